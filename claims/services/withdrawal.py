"""Withdrawal of a draft or of the open items of a claim."""

from datetime import datetime

from claims.enums import ClaimStatus, ItemOutcome
from claims.events import CLAIM_DISCARDED
from claims.lifecycle import CLAIM
from claims.models import Claim, ClaimItem
from claims.policies import withdrawal
from claims.selectors import Seen, claim_for, lock_claim
from claims.steps.items import withdraw_items
from claims.steps.requests import close_moot_requests, lapse_overdue
from claims.steps.settling import settle_claim
from foundation.journal.step import Step
from foundation.journal.unit import one_transaction
from foundation.kernel.actor import Actor


@one_transaction()
def withdraw_claim(*, public_id: str, actor: Actor, now: datetime, version: Seen = None) -> Claim:
    """Discard a draft, or withdraw the claim's open items from review and cases and settle it.

    Raises NotFound, StaleVersion, NotPermitted, Conflict INVALID_TRANSITION.
    """
    claim = lock_claim(claim_for(actor, public_id), version=version).claim
    step = Step(actor=actor, at=now).about(claim)
    act = withdrawal(claim)
    act.enforce(actor, claim.status)
    if act is CLAIM["discard"]:
        settled = {"settled_at": now, "touched_at": now}
        step.advance(claim, act, to=ClaimStatus.WITHDRAWN, event=CLAIM_DISCARDED, changes=settled)
        return claim
    lapse_overdue(step, claim)
    claim.refresh_from_db()
    act.enforce(actor, claim.status)
    withdraw_items(step, ClaimItem.objects.filter(claim=claim, outcome=ItemOutcome.PENDING).order_by("pk"))
    close_moot_requests(step, claim)
    return settle_claim(step, claim.pk)
