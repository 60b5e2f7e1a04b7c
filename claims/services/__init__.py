"""Use cases of claims, one function each, for doors and sweeps. The steps they share are in `claims.steps`."""

from claims.services.answering import answer_requests, lapse_request, overdue_requests
from claims.services.cautions import cautions_about
from claims.services.checks import check_claim, check_draft
from claims.services.commenting import add_comment
from claims.services.drafts import SavedClaim, create_draft, save_claim
from claims.services.editing import change_items
from claims.services.entries import edit_items
from claims.services.evidence import ProofDetails, add_evidence, open_evidence
from claims.services.idleness import expire_idle_draft, idle_drafts, warn_idle_draft
from claims.services.overrides import ask_override, confirm_override, waiting_overrides
from claims.services.submission import submit_claim
from claims.services.subscriptions import end_subscription, flag_suspension, overlooked_ends
from claims.services.withdrawal import withdraw_claim

__all__ = [
    "ProofDetails",
    "SavedClaim",
    "add_comment",
    "add_evidence",
    "answer_requests",
    "ask_override",
    "cautions_about",
    "change_items",
    "check_claim",
    "check_draft",
    "confirm_override",
    "create_draft",
    "edit_items",
    "end_subscription",
    "expire_idle_draft",
    "flag_suspension",
    "idle_drafts",
    "lapse_request",
    "open_evidence",
    "overdue_requests",
    "overlooked_ends",
    "save_claim",
    "submit_claim",
    "waiting_overrides",
    "warn_idle_draft",
    "withdraw_claim",
]
