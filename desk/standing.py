"""Deadlines of claims and cases: what is owed, by whom and by when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from arbitration.enums import CaseState
from arbitration.models import Case, CaseParty, ProposedDecision, ReviewRound
from arbitration.selectors import (
    Hearing,
    asks_of,
    case_parties_of,
    response_clocks,
    rounds_of,
    unnoticed_reviews,
)
from associations.models import Association
from claims.enums import ClaimStatus, RequestState
from claims.models import Claim, RequestParty
from foundation.kernel.actor import Actor
from wording.deadlines import ClockDeadline, deadline_of
from wording.items import item_label

SOON = 3


class Urgency(models.TextChoices):
    """The groups of the queue, in working order."""

    LATE = "late", gettext_lazy("Overdue")
    LAST_DAY = "last_day", gettext_lazy("Last business day")
    SOON = "soon", gettext_lazy("Two or three business days left")
    LATER = "later", gettext_lazy("More than three business days left")
    WAITING = "waiting", gettext_lazy("Waiting for the partner")
    NONE = "none", gettext_lazy("Nothing is owed")


@dataclass(frozen=True, kw_only=True)
class Round:
    row: ReviewRound
    due: ClockDeadline


@dataclass(frozen=True, kw_only=True)
class Contest:
    """A claim's part in a case. Without a notice the case has no deadline yet."""

    party: CaseParty
    due: ClockDeadline | None

    @property
    def is_live(self) -> bool:
        return self.party.left_at is None and self.party.case.state == CaseState.OPEN


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A claim's part in an information request."""

    row: RequestParty
    due: ClockDeadline | None

    @property
    def is_open(self) -> bool:
        return self.row.state == RequestState.OPEN

    @property
    def is_sealed(self) -> bool:
        """Return whether what the partner adds is hidden until each party of the case has answered (5.3)."""
        return self.row.request.case_id is not None and self.row.request.closed_at is None

    @property
    def about(self) -> str:
        """Return the items that the question is about."""
        return "; ".join(item_label(item) for item in self.row.items.all())


@dataclass(kw_only=True)
class Standing:
    """Every deadline of one claim."""

    claim: Claim
    rounds: list[Round] = field(default_factory=list)
    contests: list[Contest] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    @property
    def owed(self) -> list[ClockDeadline]:
        """Return what the desk owes now, earliest first."""
        dues = [each.due for each in self.rounds]
        dues += [each.due for each in self.live_contests if each.due]
        return sorted((due for due in dues if due.is_running), key=_when)

    @property
    def awaited(self) -> list[ClockDeadline]:
        """Return what the partner owes now, earliest first."""
        return sorted((each.due for each in self.asked if each.is_open and each.due), key=_when)

    @property
    def current(self) -> ClockDeadline | None:
        """Return the deadline that counts now: the desk's, else the partner's, else a paused one."""
        paused = [each.due for each in self.live_contests if each.due and each.due.is_open]
        return next(iter([*self.owed, *self.awaited, *paused]), None)

    @property
    def live_contests(self) -> list[Contest]:
        return [contest for contest in self.contests if contest.is_live]

    @property
    def breaches(self) -> list[str]:
        """Return every missed deadline of the desk, in words."""
        dues = [each.due for each in self.rounds] + [each.due for each in self.contests if each.due]
        return [due.breach for due in dues if due.is_breached]

    @property
    def urgency(self) -> Urgency:
        if self.claim.status not in ClaimStatus.OPEN:
            return Urgency.NONE
        if not self.owed:
            return Urgency.WAITING
        if self.owed[0].is_late:
            return Urgency.LATE
        left = self.owed[0].business_days_left
        if left <= 1:
            return Urgency.LAST_DAY
        return Urgency.SOON if left <= SOON else Urgency.LATER


def standings(claims: Sequence[Claim], *, actor: Actor, now: datetime) -> dict[int, Standing]:
    """Return the deadlines of each claim, in a fixed number of queries."""
    found = {claim.pk: Standing(claim=claim) for claim in claims}
    for row in rounds_of(claims):
        found[row.claim_id].rounds.append(Round(row=row, due=deadline_of(row.clock, now)))
    for party in case_parties_of(claims, actor):
        clock = party.case.clock
        due = deadline_of(clock, now) if clock else None
        found[party.claim_id].contests.append(Contest(party=party, due=due))
    for asked in with_deadlines(asks_of(claims), now):
        found[asked.row.claim_id].asked.append(asked)
    return found


def case_deadlines(cases: Sequence[Case], *, now: datetime) -> dict[int, list[ClockDeadline]]:
    """Return the deadlines of each case, in a fixed number of queries.

    They are its own, once its clock has started, and those of the reviews of parties that had no notice yet.
    """
    reviews = unnoticed_reviews(cases)
    return {
        case.pk: [
            deadline_of(clock, now)
            for clock in [*([case.clock] if case.clock else []), *reviews.get(case.pk, ())]
        ]
        for case in cases
    }


def earliest(dues: Sequence[ClockDeadline]) -> ClockDeadline | None:
    """Return the open deadline that comes first (a paused one last); without one the first of all."""
    return next(iter(sorted((due for due in dues if due.is_open), key=_when)), dues[0] if dues else None)


def next_in_case(hearing: Hearing, pending: Association | None, proposal: ProposedDecision | None) -> str:
    """Return who acts next in an open case, and how."""
    if proposal is not None:
        name = {"name": proposal.proposed_by.shown_name}
        return _("Next: an arbiter other than %(name)s confirms the decision, or returns it.") % name
    if hearing.unaware:
        return _("Next: post the notice.")
    if hearing.asked:
        return _("Next: the parties answer. Their answers stay sealed until all are in or the time is up.")
    if pending is not None:
        return _("An earlier decision waits for the customer's consent; until then only its winner can win.")
    return _("Next: an arbiter decides, or asks the parties.")


def with_deadlines(rows: Iterable[RequestParty], now: datetime) -> list[Asked]:
    """Return each part in a request with the deadline of its answer, in a fixed number of queries."""
    rows = list(rows)
    dues = {key: deadline_of(clock, now) for key, clock in response_clocks(rows).items()}
    return [Asked(row=row, due=dues.get(row.request_id)) for row in rows]


def _when(due: ClockDeadline) -> float:
    return due.at.timestamp() if due.at else float("inf")
