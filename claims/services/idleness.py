"""Idle drafts: withdrawn after ninety days, with a warning a week before (domain.md part 3)."""

from datetime import datetime, timedelta

from django.db.models import Q

from claims.enums import ClaimStatus
from claims.events import CLAIM_EXPIRED, CLAIM_EXPIRY_WARNED
from claims.lifecycle import CLAIM
from claims.models import Claim
from foundation.journal.step import Step
from foundation.journal.unit import one_transaction
from foundation.kernel.actor import SYSTEM
from foundation.kernel.rulebook import rulebook

IDLE = timedelta(days=rulebook.draft_idle_days)
NOTICE = timedelta(days=rulebook.draft_warning_days)


def idle_drafts(*, now: datetime, limit: int = 500) -> list[int]:
    """List drafts that are due for their warning or their end, longest idle first."""
    unwarned = Q(idle_warned_at__isnull=True, touched_at__lte=now - IDLE + NOTICE)
    over = Q(idle_warned_at__lte=now - NOTICE, touched_at__lte=now - IDLE)
    idle = Claim.objects.filter(unwarned | over, status=ClaimStatus.DRAFT)
    return list(idle.order_by("touched_at").values_list("pk", flat=True)[:limit])


@one_transaction()
def warn_idle_draft(*, claim_id: int, now: datetime) -> bool:
    """Warn the author, once, that the draft will be withdrawn. The end comes at least a full week later."""
    due = Claim.objects.filter(
        pk=claim_id,
        status=ClaimStatus.DRAFT,
        idle_warned_at__isnull=True,
        touched_at__lte=now - IDLE + NOTICE,
    )
    if not due.update(idle_warned_at=now):
        return False
    claim = Claim.objects.get(pk=claim_id)
    expires_on = max(claim.touched_at + IDLE, now + NOTICE).date()
    step = Step(actor=SYSTEM, at=now).about(claim)
    step.record(CLAIM_EXPIRY_WARNED, claim, expires_on=expires_on.isoformat())
    return True


@one_transaction()
def expire_idle_draft(*, claim_id: int, now: datetime) -> bool:
    """Withdraw a draft that stayed idle after its warning; return False if it was touched or is not due."""
    claim = (
        Claim.objects.select_for_update()
        .filter(
            pk=claim_id,
            status=ClaimStatus.DRAFT,
            idle_warned_at__lte=now - NOTICE,
            touched_at__lte=now - IDLE,
        )
        .first()
    )
    if claim is None:
        return False
    Step(actor=SYSTEM, at=now).about(claim).advance(
        claim,
        CLAIM["expire"],
        to=ClaimStatus.WITHDRAWN,
        event=CLAIM_EXPIRED,
        changes={"settled_at": now},
    )
    return True
