"""Deadlines that a desk admin moves: the claims that show them are locked before their clock."""

from datetime import datetime

from associations.selectors import lock_scopes
from claims.enums import RequestState
from claims.models import Claim, ClaimItem
from clocks.enums import ClockKind
from clocks.models import CalendarVersion, Clock
from clocks.services import extend_clock, pin_calendar
from foundation.journal.unit import one_transaction
from foundation.kernel.actor import Actor
from foundation.kernel.errors import require_version
from foundation.kernel.rights import KEEPING_CLOCKS


@one_transaction()
def extend_deadline(
    *, clock_id: int, days: int, reason: str, actor: Actor, now: datetime, version: int | None = None
) -> Clock:
    """Add business days to a clock. Raises what `extend_clock` raises."""
    clock = _clock(clock_id, actor, version)
    return extend_clock(clock=clock, days=days, reason=reason, actor=actor, now=now, version=version)


@one_transaction()
def recount_deadline(
    *,
    clock_id: int,
    calendar_version: CalendarVersion,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> Clock:
    """Count a clock on another calendar version. Raises what `pin_calendar` raises."""
    clock = _clock(clock_id, actor, version)
    return pin_calendar(clock=clock, calendar_version=calendar_version, actor=actor, now=now, version=version)


def _clock(clock_id: int, actor: Actor, version: int | None) -> Clock:
    """Return the clock, with the claims that show it locked; who may not act or saw another version locks nothing."""
    KEEPING_CLOCKS.enforce(actor)
    clock = Clock.objects.get(pk=clock_id)
    require_version(clock.version, version)
    _lock_claims_that_show(clock)
    return clock


def _lock_claims_that_show(clock: Clock) -> None:
    """Lock the claims of a review or a question, after their scopes, because a clock is locked last."""
    claims = Claim.objects.none()
    if clock.kind == ClockKind.REVIEW:
        claims = Claim.objects.filter(pk=clock.subject_id)
    elif clock.kind == ClockKind.RESPONSE:
        claims = Claim.objects.filter(
            requests__request_id=clock.subject_id, requests__state=RequestState.OPEN
        )
    claim_ids = sorted(set(claims.values_list("pk", flat=True)))
    lock_scopes(ClaimItem.objects.filter(claim_id__in=claim_ids).values_list("scope_id", flat=True))
    list(Claim.objects.select_for_update().filter(pk__in=claim_ids).order_by("pk"))
