"""Use cases of the desk, one function each, behind its buttons. The steps they share are in `arbitration.steps`."""

from arbitration.services.asking import ask_parties, request_information
from arbitration.services.notice import post_notice
from arbitration.services.review import add_note, decide_items, start_review
from arbitration.services.ruling import PartyMessage, Ruling, decide_case, missing_in, preview_decision
from arbitration.steps.parties import notice_to_challenger, notice_to_holder
from claims.steps import Decision

__all__ = [
    "Decision",
    "PartyMessage",
    "Ruling",
    "add_note",
    "ask_parties",
    "decide_case",
    "decide_items",
    "missing_in",
    "notice_to_challenger",
    "notice_to_holder",
    "post_notice",
    "preview_decision",
    "request_information",
    "start_review",
]
