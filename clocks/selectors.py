"""Reading clocks, and explaining them."""

from collections.abc import Iterable
from datetime import datetime

from clocks.models import Clock
from clocks.wording import ClockExplanation, explained_days, last_day_before, sentence
from cpor.kernel.workdays import explain


def clock_for(
    kind: str,
    subject_id: int,
    round: int | None = None,  # noqa: A002 (the rulebook's word)
) -> Clock | None:
    """The clock of this round, of the newest one without a round; ready to be explained."""
    clocks = Clock.objects.filter(kind=kind, subject_id=subject_id).order_by("-round")
    if round is not None:
        clocks = clocks.filter(round=round)
    return clocks.select_related("calendar_version").prefetch_related("pauses", "extensions").first()


def clocks_for_subjects(kind: str, subject_ids: Iterable[int]) -> dict[int, Clock]:
    """The clock of the newest round of each subject that has one, in one query."""
    clocks = Clock.objects.filter(kind=kind, subject_id__in=set(subject_ids))
    return {clock.subject_id: clock for clock in clocks.select_related("calendar_version").order_by("round")}


def explain_clock(clock: Clock, now: datetime) -> ClockExplanation:
    """Why the clock is due when it is, day by day and in one text, and how it stands at `now` (part 6)."""
    calendar = clock.calendar_version.as_calendar()
    holiday_names = clock.calendar_version.holiday_names
    why = explain(
        now,
        clock.started_at,
        calendar,
        clock.target_days,
        [pause.as_pause() for pause in clock.pauses.all()],
        [extension.days for extension in clock.extensions.all()],
    )
    return ClockExplanation(
        kind=clock.kind,
        state=clock.state,
        zone=calendar.zone,
        due_at=why.due_at,
        due_on=last_day_before(why.due_at, calendar) if why.due_at else None,
        business_days_left=why.business_days_left if clock.is_open else 0,
        overdue=clock.is_open and why.overdue,
        breached=clock.breached_at is not None,
        days=explained_days(why.days, holiday_names),
        sentence=sentence(clock, calendar, why, holiday_names),
    )
