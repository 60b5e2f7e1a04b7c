"""Where a claim and a case stand in the desk's lists: columns that an index can sort by, derived from their clocks.

They are stored at the end of each transaction that changed what they are derived from (`cpor.wiring` names the events),
and by nothing else.
"""

from collections.abc import Collection

from django.db.models import Case as Case_
from django.db.models import Exists, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Least

from arbitration.enums import CaseState
from arbitration.models import Case, CaseParty
from arbitration.selectors import WITHOUT_NOTICE
from claims.enums import RequestState
from claims.models import Claim, RequestParty
from clocks.enums import ClockKind, ClockState
from clocks.models import Clock
from foundation.journal.models import Event
from foundation.journal.step import Step
from foundation.journal.unit import gather


def place(event: Event, _step: Step) -> None:
    """Let the claims and cases that the event concerns find their new places at the end of the transaction."""
    gather(_place, event)


def _place(events: list[Event]) -> None:
    case_ids = {case_id for event in events if (case_id := _case_of(event)) is not None}
    claim_ids = {event.claim_id for event in events if event.claim_id is not None}
    claim_ids |= _subjects(events, ClockKind.REVIEW)
    moved = _subjects(events, ClockKind.ARBITRATION)
    if moved:
        claim_ids |= set(CaseParty.objects.filter(case__in=moved).values_list("claim_id", flat=True))
    if claim_ids:
        waiting = CaseParty.objects.filter(
            claim__in=claim_ids, left_at__isnull=True, case__state=CaseState.OPEN
        )
        case_ids |= set(waiting.values_list("case_id", flat=True))
        place_claims(claim_ids)
    if case_ids | moved:
        place_cases(case_ids | moved)


def _case_of(event: Event) -> int | None:
    if event.subject_type == Case._meta.label_lower:
        return event.subject_id
    case_id: int | None = event.payload.get("case")
    return case_id


def _subjects(events: list[Event], kind: ClockKind) -> set[int]:
    """Return what the changed clocks of this kind are about."""
    clocks = [event for event in events if event.subject_type == Clock._meta.label_lower]
    return {event.payload["subject_id"] for event in clocks if event.payload["kind"] == kind}


def place_claims(ids: Collection[int]) -> None:
    """Store each claim's next deadline, whether only its partner owes something, and from when on it is late.

    The desk's deadline is a running clock of a review round or of an open case; without one the partner's counts.
    """
    claims = Claim.objects.filter(pk__in=ids)
    claims.update(**claim_places())


def claim_places() -> dict[str, object]:
    """Return the columns of a claim as expressions over what they are derived from."""
    running = Clock.objects.filter(state=ClockState.RUNNING)
    review = running.filter(review_round__claim=OuterRef("pk"))
    contest = running.filter(
        case__state=CaseState.OPEN, case__parties__claim=OuterRef("pk"), case__parties__left_at__isnull=True
    )
    asked = RequestParty.objects.filter(claim=OuterRef("pk"), state=RequestState.OPEN)
    # One condition with OR over both would read every clock there is.
    reviews = Clock.objects.filter(review_round__claim=OuterRef("pk"))
    contests = Clock.objects.filter(case__parties__claim=OuterRef("pk"))
    return {
        "due_at": Coalesce(
            earlier(_first(review, "due_at"), _first(contest, "due_at")), _first(asked, "request__due_at")
        ),
        "is_waiting": Case_(When(Exists(review) | Exists(contest), then=Value(False)), default=Value(True)),
        "late_from": earlier(_first(_late(reviews), "late_at"), _first(_late(contests), "late_at")),
    }


def place_cases(ids: Collection[int]) -> None:
    """Store each case's next deadline and from when on it is late: its own clock's or, until the notice, a review's."""
    Case.objects.filter(pk__in=ids).update(**case_places())


def case_places() -> dict[str, object]:
    """Return the columns of a case as expressions over what they are derived from."""
    own = Clock.objects.filter(case=OuterRef("pk"))
    waiting = CaseParty.objects.filter(WITHOUT_NOTICE, case=OuterRef(OuterRef("pk")))
    reviews = Clock.objects.filter(pk__in=waiting.values("item__rounds__round__clock"))
    return {
        "due_at": earlier(_first(reviews, "due_at"), _first(own, "due_at")),
        "late_from": earlier(_first(_late(reviews), "late_at"), _first(_late(own), "late_at")),
    }


def _late(clocks: QuerySet[Clock]) -> QuerySet[Clock]:
    """Annotate from when on each clock is late, even if no sweep has noticed yet; leave out those that never were."""
    open_due = Case_(When(state__in=sorted(ClockState.open_states()), then="due_at"))
    return clocks.annotate(late_at=Coalesce("breached_at", open_due)).filter(late_at__isnull=False)


def _first(rows: QuerySet[Clock] | QuerySet[RequestParty], column: str) -> Subquery:
    """Return the smallest value of the column."""
    return Subquery(rows.filter(**{f"{column}__isnull": False}).order_by(column).values(column)[:1])


def earlier(one: Subquery, other: Subquery) -> Coalesce:
    """Return the earlier of two instants. SQLite's MIN of two values is NULL if one of them is."""
    return Coalesce(Least(one, other), one, other)
