"""Reactions of review and arbitration to events below them. `cpor.wiring` connects each to its event; all run in the
event's transaction, under its writer's locks."""

from dataclasses import replace
from datetime import datetime

from arbitration.enums import CaseOutcome, CaseState
from arbitration.events import ANSWERS_OPENED
from arbitration.models import Case
from arbitration.selectors import open_case_on
from arbitration.steps.contests import contest_item, join_holder, leave_as_holder, leave_case
from arbitration.steps.parties import age_case
from arbitration.steps.pauses import end_consent_pause, pause_for_request, resume_after_request
from arbitration.steps.rounds import drop_items, meet_items, open_round
from associations.enums import EndReason
from associations.models import Association
from claims.enums import DeclineReason, ItemOutcome, RequestState
from claims.events import DEADLINE_MOVED
from claims.models import Claim, ClaimItem, InformationRequest, RequestParty
from clocks.enums import ClockKind
from clocks.selectors import clock_for
from clocks.steps import cancel_clock, meet_clock
from foundation.journal.models import Event
from foundation.journal.step import Step


def receive_submission(event: Event, step: Step) -> None:
    """Start a submitted claim's first review round; each contested item opens or joins a case (5.1)."""
    claim = Claim.objects.get(pk=event.subject_id)
    items = list(ClaimItem.objects.filter(claim=claim).select_related("claim").order_by("pk"))
    open_round(step, claim, items)
    for item in items:
        contest_item(step, item)


def receive_item(event: Event, step: Step) -> None:
    """Contest an item added after submission and open a round for it.

    If its partner is being asked about it at the claim, the answer opens the round instead; the answer to a request in
    a case opens none."""
    item = _item_of(event)
    if item.claim.submitted_at is None:
        return
    contest_item(step, item)
    asked = list(item.requests.filter(state=RequestState.OPEN).select_related("request"))
    for party in asked:
        pause_for_request(step, party.request, scope_ids=[item.scope_id])
    if all(party.request.case_id is not None for party in asked):
        open_round(step, item.claim, [item])


def receive_approval(event: Event, step: Step) -> None:
    """Meet the round of an approved item."""
    meet_items(step, [event.subject_id])


def receive_decline(event: Event, step: Step) -> None:
    """Take a declined item out of its case. A decision meets its round; the end of its subscription removes it."""
    item = _item_of(event)
    ended = item.reason_code == DeclineReason.SUBSCRIPTION_ENDED
    (drop_items if ended else meet_items)(step, [item.pk])
    leave_case(step, item, outcome=_no_contest(ended))


def receive_withdrawal(event: Event, step: Step) -> None:
    """Take a withdrawn item out of its round and its case."""
    item = _item_of(event)
    drop_items(step, [item.pk])
    leave_case(step, item, outcome=CaseOutcome.NO_CONTEST)


def receive_answer(event: Event, step: Step) -> None:
    """Resume what waited for an answer; outside a case, start a new review round for the named items."""
    party = _party_of(event)
    _after_request(step, party.request)
    if party.request.case_id is None:
        named = list(party.items.filter(outcome=ItemOutcome.PENDING).order_by("pk"))
        open_round(step, party.claim, named)


def receive_request_end(event: Event, step: Step) -> None:
    """Resume what waited for a request, once it has ended for its last claim."""
    _after_request(step, _party_of(event).request)


def _after_request(step: Step, request: InformationRequest) -> None:
    if request.closed_at is None:
        return
    clock = clock_for(ClockKind.RESPONSE, request.pk)
    if clock is not None:
        closed_unanswered = not request.parties.exclude(state=RequestState.CLOSED).exists()
        (cancel_clock if closed_unanswered else meet_clock)(step, clock)
    case = Case.objects.filter(pk=request.case_id).first() if request.case_id else None
    if case is not None:
        _open_answers(step, case, request)
    # No answer was owed from the due instant on, however late a sweep noticed.
    resume_after_request(replace(step, at=min(step.at, request.due_at)), request)


def _open_answers(step: Step, case: Case, request: InformationRequest) -> None:
    """Record that the desk can now read what the request sealed, unless another one seals it still (5.3)."""
    opened = [
        sorted(rows.exclude(sealed_by__closed_at__isnull=True).values_list("pk", flat=True))
        for rows in (request.sealed_comments.all(), request.sealed_evidence.all())
    ]
    step.by_system().apart().record(
        ANSWERS_OPENED,
        case,
        request=request.pk,
        comments=opened[0],
        evidence=opened[1],
    )
    if case.state == CaseState.OPEN:
        age_case(case)


def receive_activation(event: Event, step: Step) -> None:
    """Resume a case that waited for this association to take effect (5.6), and make the association a party."""
    association = Association.objects.get(pk=event.subject_id)
    case = open_case_on(association.scope_id)
    if case is not None:
        join_holder(step, case, association)
    end_consent_pause(step, association)


def receive_association_end(event: Event, step: Step) -> None:
    """Take the holder of an ended association out of the open case on its scope."""
    association = Association.objects.get(pk=event.subject_id)
    ended = association.end_reason == EndReason.SUBSCRIPTION_ENDED
    leave_as_holder(step, association, outcome=_no_contest(ended))


def receive_new_due_instant(event: Event, step: Step) -> None:
    """Copy the due instant that a desk admin moved from a response clock to its information request, and record it in
    the history of each claim whose partner sees it: a question's, or the newest review's. A case's is shown to none."""
    kind, subject_id = event.payload["kind"], event.payload["subject_id"]
    concerned = Claim.objects.none()
    if kind == ClockKind.RESPONSE:
        due_at = datetime.fromisoformat(event.payload["due_at"])
        InformationRequest.objects.filter(pk=subject_id).update(due_at=due_at)
        concerned = Claim.objects.filter(requests__request_id=subject_id, requests__state=RequestState.OPEN)
    newest = clock_for(ClockKind.REVIEW, subject_id) if kind == ClockKind.REVIEW else None
    if newest is not None and newest.pk == event.subject_id:
        concerned = Claim.objects.filter(pk=subject_id)
    for claim in concerned.order_by("pk"):
        step.about(claim).record(DEADLINE_MOVED, claim, kind=kind, due_at=event.payload["due_at"])


def _item_of(event: Event) -> ClaimItem:
    return ClaimItem.objects.select_related("claim").get(pk=event.subject_id)


def _party_of(event: Event) -> RequestParty:
    return RequestParty.objects.select_related("request", "claim").get(pk=event.subject_id)


def _no_contest(subscription_ended: bool) -> CaseOutcome:
    return CaseOutcome.SUBSCRIPTION_ENDED if subscription_ended else CaseOutcome.NO_CONTEST
