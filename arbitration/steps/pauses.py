"""Why an arbitration clock stands still: somebody owes an answer, or an earlier decision waits for consent."""

from collections.abc import Sequence
from datetime import datetime

from arbitration.enums import CaseState, PauseCause
from arbitration.models import Case, CaseParty
from associations.enums import AssociationState
from associations.models import Association
from claims.enums import RequestState
from claims.models import ClaimItem, InformationRequest
from clocks.models import Clock
from clocks.services import pause_clock, resume_clock
from foundation.kernel.actor import Actor


def pause_for_request(
    request: InformationRequest, *, scope_ids: Sequence[int], actor: Actor, now: datetime
) -> None:
    """Hold the clocks of the open cases on these scopes while the request is open."""
    for clock in Clock.objects.filter(case__scope_id__in=scope_ids, case__state=CaseState.OPEN):
        pause_clock(
            clock=clock,
            cause=PauseCause.INFORMATION_REQUEST,
            cause_ref=request.pk,
            now=now,
            actor=actor,
        )


def resume_after_request(request: InformationRequest, *, actor: Actor, now: datetime) -> None:
    """The request is closed: no clock waits for it any more."""
    waiting = Clock.objects.filter(
        pauses__cause=PauseCause.INFORMATION_REQUEST,
        pauses__cause_ref=request.pk,
        pauses__ended_at__isnull=True,
    )
    for clock in waiting.distinct():
        resume_clock(
            clock=clock,
            cause=PauseCause.INFORMATION_REQUEST,
            cause_ref=request.pk,
            now=now,
            actor=actor,
        )


def resume_without(item: ClaimItem, case: Case, *, actor: Actor, now: datetime) -> None:
    """The item left the case: what its partner still owes an answer to elsewhere holds the case's clock no more."""
    if case.clock is None:
        return
    asked = InformationRequest.objects.filter(case_id=None, closed_at=None, parties__items=item)
    for request in asked:
        resume_clock(
            clock=case.clock,
            cause=PauseCause.INFORMATION_REQUEST,
            cause_ref=request.pk,
            now=now,
            actor=actor,
        )


def pause_from_the_start(case: Case, clock: Clock, *, actor: Actor, now: datetime) -> None:
    """A clock that starts while a party owes an answer, or an association waits for consent, starts paused (5.6)."""
    asked = InformationRequest.objects.filter(
        closed_at__isnull=True,
        parties__state=RequestState.OPEN,
        parties__items__in=CaseParty.objects.filter(case=case, left_at__isnull=True).values("item"),
    )
    for request in asked.distinct():
        pause_clock(
            clock=clock, cause=PauseCause.INFORMATION_REQUEST, cause_ref=request.pk, now=now, actor=actor
        )
    pending = Association.objects.filter(scope_id=case.scope_id, state=AssociationState.PENDING_CONSENT)
    for association in pending:
        pause_clock(
            clock=clock, cause=PauseCause.PENDING_CONSENT, cause_ref=association.pk, now=now, actor=actor
        )
