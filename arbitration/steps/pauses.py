"""Pauses of arbitration clocks: while a party owes an answer, or an earlier decision waits for consent."""

from collections.abc import Sequence

from arbitration.enums import CaseState, PauseCause
from arbitration.models import Case, CaseParty
from arbitration.selectors import open_case_on
from associations.enums import AssociationState
from associations.models import Association
from claims.enums import RequestState
from claims.models import ClaimItem, InformationRequest
from clocks.models import Clock
from clocks.steps import pause_clock, resume_clock
from foundation.journal.step import Step


def pause_for_request(step: Step, request: InformationRequest, *, scope_ids: Sequence[int]) -> None:
    """Pause the clocks of the open cases on these scopes while the request is open."""
    for clock in Clock.objects.filter(case__scope_id__in=scope_ids, case__state=CaseState.OPEN):
        pause_clock(step, clock, cause=PauseCause.INFORMATION_REQUEST, cause_ref=request.pk)


def resume_after_request(step: Step, request: InformationRequest) -> None:
    """Resume the clocks that waited for this request, which is closed now."""
    waiting = Clock.objects.filter(
        pauses__cause=PauseCause.INFORMATION_REQUEST,
        pauses__cause_ref=request.pk,
        pauses__ended_at__isnull=True,
    )
    for clock in waiting.distinct():
        resume_clock(step, clock, cause=PauseCause.INFORMATION_REQUEST, cause_ref=request.pk)


def resume_without(step: Step, item: ClaimItem, case: Case) -> None:
    """Resume the case's clock where it waited for requests about this item, which left the case."""
    if case.clock is None:
        return
    for request in InformationRequest.objects.filter(case_id=None, closed_at=None, parties__items=item):
        resume_clock(step, case.clock, cause=PauseCause.INFORMATION_REQUEST, cause_ref=request.pk)


def end_consent_pause(step: Step, association: Association) -> None:
    """Resume the case that waited for this association, which took effect or ended (5.6)."""
    case = open_case_on(association.scope_id)
    if case is not None and case.clock is not None:
        resume_clock(step, case.clock, cause=PauseCause.PENDING_CONSENT, cause_ref=association.pk)


def pause_from_the_start(step: Step, case: Case, clock: Clock) -> None:
    """Pause a new clock if a party owes an answer or an association waits for consent (5.6)."""
    asked = InformationRequest.objects.filter(
        closed_at__isnull=True,
        parties__state=RequestState.OPEN,
        parties__items__in=CaseParty.objects.filter(case=case, left_at__isnull=True).values("item"),
    )
    for request in asked.distinct():
        pause_clock(step, clock, cause=PauseCause.INFORMATION_REQUEST, cause_ref=request.pk)
    pending = Association.objects.filter(scope_id=case.scope_id, state=AssociationState.PENDING_CONSENT)
    for association in pending:
        pause_clock(step, clock, cause=PauseCause.PENDING_CONSENT, cause_ref=association.pk)
