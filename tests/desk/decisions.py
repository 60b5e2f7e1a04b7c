"""The three texts that tests of decisions send."""

TEXTS = {
    "rationale": "The newer signature.",
    "winner_text": "Your proof was decisive.",
    "loser_text": "Other proof was decisive.",
}
