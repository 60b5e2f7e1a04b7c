"""Inner steps of claims, for services and arbitration: they need locks that the calling service holds."""

from claims.steps.comments import post_desk_comment, post_system_comment, write_comment
from claims.steps.deciding import Decision, apply_decisions
from claims.steps.items import decline_item, end_arbitration, open_item, withdraw_items
from claims.steps.requests import (
    Ask,
    close_moot_requests,
    close_requests,
    end_part,
    lapse_overdue,
    lapse_part,
    open_request,
)
from claims.steps.reviewing import begin_review, enter_arbitration, leave_arbitration
from claims.steps.revising import revise_claim
from claims.steps.settling import settle_claim
from claims.steps.text_guard import refuse_naming_parties

__all__ = [
    "Ask",
    "Decision",
    "apply_decisions",
    "begin_review",
    "close_moot_requests",
    "close_requests",
    "decline_item",
    "end_arbitration",
    "end_part",
    "enter_arbitration",
    "lapse_overdue",
    "lapse_part",
    "leave_arbitration",
    "open_item",
    "open_request",
    "post_desk_comment",
    "post_system_comment",
    "refuse_naming_parties",
    "revise_claim",
    "settle_claim",
    "withdraw_items",
    "write_comment",
]
