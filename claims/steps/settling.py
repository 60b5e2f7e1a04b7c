"""The one function that settles; everything that closes an item or ends a grant comes through here."""

from datetime import datetime

from django.db import transaction

from associations.enums import AssociationState
from claims.enums import ClaimStatus, ItemOutcome, RequestState
from claims.events import CLAIM_RESUMED, CLAIM_SETTLED
from claims.lifecycle import CLAIM
from claims.models import Claim, ClaimItem, ItemActivity, RequestParty
from foundation.journal.services import advance
from foundation.kernel.actor import Actor


@transaction.atomic
def settle_claim(*, claim_id: int, actor: Actor, now: datetime) -> Claim:
    """Bring the claim to where its items and requests put it; changes nothing where it stands there already.

    With an open item: back to the status it left once no request is open. Without: it settles by the first rule of
    domain.md part 3 that fits. Drafts are left alone.
    """
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    if claim.status not in ClaimStatus.OPEN | {ClaimStatus.APPROVED}:
        return claim
    outcomes = set(ClaimItem.objects.filter(claim=claim).values_list("outcome", flat=True))
    if claim.status in ClaimStatus.OPEN and ItemOutcome.PENDING in outcomes:
        _resume(claim, actor=actor, now=now)
        return claim
    target = _settled_status(claim, outcomes)
    if target != claim.status:
        advance(
            claim,
            CLAIM["settle"],
            to=target,
            event_type=CLAIM_SETTLED,
            actor=actor,
            now=now,
            changes={"settled_at": now, "touched_at": now, "resume_status": ""},
            claim_id=claim.pk,
            organisation_id=claim.organisation_id,
        )
    return claim


def _resume(claim: Claim, *, actor: Actor, now: datetime) -> None:
    waiting = RequestParty.objects.filter(claim=claim, state=RequestState.OPEN).exists()
    if claim.status != ClaimStatus.PARTNER_ACTION_REQUIRED or waiting:
        return
    advance(
        claim,
        CLAIM["resume"],
        to=claim.resume_status,
        event_type=CLAIM_RESUMED,
        actor=actor,
        now=now,
        changes={"resume_status": "", "touched_at": now},
        claim_id=claim.pk,
        organisation_id=claim.organisation_id,
    )


def _settled_status(claim: Claim, outcomes: set[str]) -> ClaimStatus:
    """Domain.md part 3: approved, ended, rejected (final once disputed; disputes come later), withdrawn."""
    if ItemOutcome.APPROVED in outcomes:
        living = ItemActivity.objects.filter(
            item__claim=claim, item__outcome=ItemOutcome.APPROVED, grant__state__in=AssociationState.LIVING
        )
        return ClaimStatus.APPROVED if living.exists() else ClaimStatus.ENDED
    if ItemOutcome.DECLINED in outcomes:
        return ClaimStatus.REJECTED
    return ClaimStatus.WITHDRAWN
