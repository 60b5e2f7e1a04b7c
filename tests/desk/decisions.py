"""The three texts of a decision, for tests that send one."""

TEXTS = {
    "rationale": "The newer signature.",
    "winner_text": "Your proof was decisive.",
    "loser_text": "Other proof was decisive.",
}
