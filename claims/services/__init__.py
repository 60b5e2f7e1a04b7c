"""Use cases of claims: one function each, one module per idea. Doors and the layers above call these and nothing else."""

from claims.services.checks import check_claim
from claims.services.comments import add_comment, post_desk_comment, post_system_comment
from claims.services.deciding import Decision, decide_items
from claims.services.drafts import SavedClaim, create_draft, save_claim
from claims.services.editing import change_items
from claims.services.entries import edit_items
from claims.services.evidence import ProofDetails, add_evidence
from claims.services.idleness import expire_idle_draft, idle_drafts, warn_idle_draft
from claims.services.requests import (
    Ask,
    answer_requests,
    close_requests,
    lapse_request,
    open_request,
    overdue_requests,
)
from claims.services.reviewing import enter_arbitration, leave_arbitration, start_review
from claims.services.settling import settle_claim
from claims.services.submission import submit_claim
from claims.services.subscriptions import end_subscription, flag_suspension, overlooked_ends
from claims.services.withdrawal import withdraw_claim

__all__ = [
    "Ask",
    "Decision",
    "ProofDetails",
    "SavedClaim",
    "add_comment",
    "add_evidence",
    "answer_requests",
    "change_items",
    "check_claim",
    "close_requests",
    "create_draft",
    "decide_items",
    "edit_items",
    "end_subscription",
    "enter_arbitration",
    "expire_idle_draft",
    "flag_suspension",
    "idle_drafts",
    "lapse_request",
    "leave_arbitration",
    "open_request",
    "overdue_requests",
    "overlooked_ends",
    "post_desk_comment",
    "post_system_comment",
    "save_claim",
    "settle_claim",
    "start_review",
    "submit_claim",
    "warn_idle_draft",
    "withdraw_claim",
]
