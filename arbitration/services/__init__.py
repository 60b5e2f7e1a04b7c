"""Use cases of the desk: one function each. The admin's buttons call these and nothing else."""

from arbitration.services.cases import (
    PartyMessage,
    Verdict,
    ask_parties,
    decide_case,
    notice_to_challenger,
    notice_to_holder,
    post_notice,
    preview_decision,
)
from arbitration.services.reviewing import add_note, decide_items, request_information, start_review

__all__ = [
    "PartyMessage",
    "Verdict",
    "add_note",
    "ask_parties",
    "decide_case",
    "decide_items",
    "notice_to_challenger",
    "notice_to_holder",
    "post_notice",
    "preview_decision",
    "request_information",
    "start_review",
]
