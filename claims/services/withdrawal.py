"""Giving up a draft or what is still open of a claim."""

from datetime import datetime

from django.db import transaction

from claims import policies
from claims.enums import ClaimStatus, ItemOutcome
from claims.events import CLAIM_DISCARDED
from claims.lifecycle import CLAIM
from claims.models import Claim
from claims.selectors import claim_for, lock_claim
from claims.services.items import withdraw_items
from claims.services.requests import close_moot_requests, lapse_overdue
from claims.services.settling import settle_claim
from foundation.journal.services import advance
from foundation.kernel.actor import Actor


@transaction.atomic
def withdraw_claim(*, public_id: str, actor: Actor, now: datetime, version: int | None = None) -> Claim:
    """Discard a draft, or withdraw the open items of a claim out of their cases; it then settles.

    Raises NotFound, StaleVersion, NotPermitted, Conflict INVALID_TRANSITION.
    """
    locked = lock_claim(claim_for(actor, public_id), version=version)
    claim = locked.claim
    policies.enforce(policies.withdrawal(actor, claim))
    if claim.status == ClaimStatus.DRAFT:
        advance(
            claim,
            CLAIM["discard"],
            to=ClaimStatus.WITHDRAWN,
            event_type=CLAIM_DISCARDED,
            actor=actor,
            now=now,
            changes={"settled_at": now, "touched_at": now},
            claim_id=claim.pk,
            organisation_id=claim.organisation_id,
        )
        return claim
    lapse_overdue(claim, now=now)
    claim.refresh_from_db()
    policies.enforce(policies.withdrawal(actor, claim))
    pending = [item for item in locked.items if item.outcome == ItemOutcome.PENDING]
    for item in pending:
        item.refresh_from_db()
    withdraw_items(
        [item for item in pending if item.outcome == ItemOutcome.PENDING], claim=claim, actor=actor, now=now
    )
    close_moot_requests(claim, actor=actor, now=now)
    return settle_claim(claim_id=claim.pk, actor=actor, now=now)
