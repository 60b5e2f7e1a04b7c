"""Use cases of the desk, one function each, behind its buttons. The steps they share are in `arbitration.steps`."""

from arbitration.services.asking import ask_parties, request_information
from arbitration.services.confirming import confirm_decision, return_decision
from arbitration.services.deadlines import extend_deadline, recount_deadline
from arbitration.services.lifting import lift_block
from arbitration.services.notice import post_notice
from arbitration.services.review import add_note, decide_items, start_review
from arbitration.services.ruling import PartyMessage, decide_case, preview_decision
from arbitration.steps.parties import notice_to_challenger, notice_to_holder
from arbitration.steps.proposals import changes_since
from arbitration.steps.rulings import Ruling, matter_of, missing_in
from claims.steps import Decision

__all__ = [
    "Decision",
    "PartyMessage",
    "Ruling",
    "add_note",
    "ask_parties",
    "changes_since",
    "confirm_decision",
    "decide_case",
    "decide_items",
    "extend_deadline",
    "lift_block",
    "matter_of",
    "missing_in",
    "notice_to_challenger",
    "notice_to_holder",
    "post_notice",
    "preview_decision",
    "recount_deadline",
    "request_information",
    "return_decision",
    "start_review",
]
