"""What review and arbitration do when something happens below them. `cpor.wiring` connects each to its event; all run
in the event's transaction, under the locks its writer holds."""

from datetime import datetime

from arbitration.enums import CaseOutcome
from arbitration.selectors import open_case_on
from arbitration.services.contests import (
    contest_item,
    end_consent_pause,
    join_holder,
    leave_as_holder,
    leave_case,
)
from arbitration.services.pauses import pause_for_request, resume_after_request
from arbitration.services.rounds import drop_items, meet_items, open_round
from associations.enums import EndReason
from associations.models import Association
from claims.enums import DeclineReason, ItemOutcome, RequestState
from claims.models import Claim, ClaimItem, InformationRequest, RequestParty
from clocks.enums import ClockKind
from clocks.selectors import clock_for
from clocks.services import cancel_clock, meet_clock
from foundation.journal.models import Event
from foundation.journal.step import Step
from foundation.kernel.actor import Actor


def receive_submission(event: Event, step: Step) -> None:
    """A claim was submitted: its first review round starts, and each contested item opens or joins a case (5.1)."""
    actor, now = step.actor, step.at
    claim = Claim.objects.get(pk=event.subject_id)
    items = list(ClaimItem.objects.filter(claim=claim).select_related("claim").order_by("pk"))
    open_round(claim=claim, items=items, actor=actor, now=now)
    for item in items:
        contest_item(item=item, actor=actor, now=now)


def receive_item(event: Event, step: Step) -> None:
    """An item was added after submission: contested like any other, and in a round of its own unless its partner is
    being asked about it, whose answer starts one."""
    actor, now = step.actor, step.at
    item = ClaimItem.objects.select_related("claim").get(pk=event.subject_id)
    if item.claim.submitted_at is None:
        return
    contest_item(item=item, actor=actor, now=now)
    asked = list(item.requests.filter(state=RequestState.OPEN).select_related("request"))
    for party in asked:
        pause_for_request(party.request, scope_ids=[item.scope_id], actor=actor, now=now)
    if not asked:
        open_round(claim=item.claim, items=[item], actor=actor, now=now)


def receive_approval(event: Event, step: Step) -> None:
    """An item was approved: its round is met."""
    actor, now = step.actor, step.at
    meet_items(item_ids=[event.subject_id], actor=actor, now=now)


def receive_decline(event: Event, step: Step) -> None:
    """An item was declined: a decision meets its round, the end of its subscription takes it out; it leaves its case."""
    actor, now = step.actor, step.at
    item = ClaimItem.objects.select_related("claim").get(pk=event.subject_id)
    ended = item.reason_code == DeclineReason.SUBSCRIPTION_ENDED
    (drop_items if ended else meet_items)(item_ids=[item.pk], actor=actor, now=now)
    outcome = CaseOutcome.SUBSCRIPTION_ENDED if ended else CaseOutcome.NO_CONTEST
    leave_case(item=item, actor=actor, now=now, outcome=outcome)


def receive_withdrawal(event: Event, step: Step) -> None:
    """An item was withdrawn: it leaves its round and its case."""
    actor, now = step.actor, step.at
    item = ClaimItem.objects.select_related("claim").get(pk=event.subject_id)
    drop_items(item_ids=[item.pk], actor=actor, now=now)
    leave_case(item=item, actor=actor, now=now, outcome=CaseOutcome.NO_CONTEST)


def receive_answer(event: Event, step: Step) -> None:
    """A partner answered: outside a case, a new review round starts for the named items; what waited runs on."""
    actor, now = step.actor, step.at
    party = RequestParty.objects.select_related("request", "claim").get(pk=event.subject_id)
    _after_request(party.request, actor=actor, now=now)
    if party.request.case_id is None:
        named = list(party.items.filter(outcome=ItemOutcome.PENDING).order_by("pk"))
        open_round(claim=party.claim, items=named, actor=actor, now=now)


def receive_request_end(event: Event, step: Step) -> None:
    """A request lapsed or closed for one claim: with its last claim, what waited for it runs on."""
    actor, now = step.actor, step.at
    party = RequestParty.objects.select_related("request").get(pk=event.subject_id)
    _after_request(party.request, actor=actor, now=now)


def _after_request(request: InformationRequest, *, actor: Actor, now: datetime) -> None:
    request.refresh_from_db()
    if request.closed_at is None:
        return
    clock = clock_for(ClockKind.RESPONSE, request.pk)
    if clock is not None:
        closed_unanswered = not request.parties.exclude(state=RequestState.CLOSED).exists()
        (cancel_clock if closed_unanswered else meet_clock)(clock=clock, at=now, actor=actor)
    # Nobody owed an answer any more from the due instant on, however late a sweep noticed.
    resume_after_request(request, actor=actor, now=min(now, request.due_at))


def receive_activation(event: Event, step: Step) -> None:
    """An association took effect: a case on its scope that waited for this runs on (5.6), with it as a party."""
    actor, now = step.actor, step.at
    association = Association.objects.get(pk=event.subject_id)
    case = open_case_on(association.scope_id)
    if case is not None:
        join_holder(case, association, actor=actor, now=now)
    end_consent_pause(association=association, actor=actor, now=now)


def receive_association_end(event: Event, step: Step) -> None:
    """An association ended: its holder leaves the open case on the scope."""
    actor, now = step.actor, step.at
    association = Association.objects.get(pk=event.subject_id)
    ended = association.end_reason == EndReason.SUBSCRIPTION_ENDED
    outcome = CaseOutcome.SUBSCRIPTION_ENDED if ended else CaseOutcome.NO_CONTEST
    leave_as_holder(association=association, actor=actor, now=now, outcome=outcome)


def receive_new_due_instant(event: Event, _step: Step) -> None:
    """Keep an information request's own due instant equal to its clock's, which a desk admin moved."""
    if event.payload["kind"] == ClockKind.RESPONSE:
        due_at = datetime.fromisoformat(event.payload["due_at"])
        InformationRequest.objects.filter(pk=event.payload["subject_id"]).update(due_at=due_at)
