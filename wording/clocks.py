"""A deadline in plain words: the one answer of pages, mail, admin and API to "Why this date?"."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.dateformat import format as format_date
from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from clocks.enums import ClockKind, ClockState
from clocks.models import Clock
from foundation.kernel.workdays import Calendar, Day, DayKind, Explanation, explain

_STARTED: Mapping[str, Promise] = {
    ClockKind.REVIEW: gettext_lazy("Received %(day)s."),
    ClockKind.ARBITRATION: gettext_lazy("Notice given %(day)s."),
    ClockKind.RESPONSE: gettext_lazy("Asked %(day)s."),
    ClockKind.DISPUTE: gettext_lazy("Disputed %(day)s."),
}
_NUMBERS: tuple[Promise, ...] = (
    gettext_lazy("One"),
    gettext_lazy("Two"),
    gettext_lazy("Three"),
    gettext_lazy("Four"),
    gettext_lazy("Five"),
    gettext_lazy("Six"),
    gettext_lazy("Seven"),
    gettext_lazy("Eight"),
    gettext_lazy("Nine"),
    gettext_lazy("Ten"),
)


@dataclass(frozen=True, kw_only=True)
class ExplainedDay:
    """A row of the table below the sentence."""

    on: date
    kind: DayKind
    number: int | None
    label: str


@dataclass(frozen=True, kw_only=True)
class ClockExplanation:
    """How a clock stands and why. `due_on` is the last day in the calendar's zone; None while unknown."""

    clock_id: int
    kind: str
    state: str
    zone: str
    due_at: datetime | None
    due_on: date | None
    business_days_left: int
    overdue: bool
    breached: bool
    days: tuple[ExplainedDay, ...]
    sentence: str


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
        clock_id=clock.pk,
        kind=clock.kind,
        state=clock.state,
        zone=calendar.zone,
        due_at=why.due_at,
        due_on=last_day_before(why.due_at, calendar) if why.due_at else None,
        business_days_left=why.business_days_left if clock.is_open else 0,
        overdue=clock.is_open and why.overdue,
        breached=clock.breached_at is not None,
        days=_explained_days(why.days, holiday_names),
        sentence=_sentence(clock, calendar, why, holiday_names),
    )


def _explained_days(days: tuple[Day, ...], holiday_names: Mapping[date, str]) -> tuple[ExplainedDay, ...]:
    return tuple(
        ExplainedDay(on=day.on, kind=day.kind, number=day.number, label=_label(day, holiday_names))
        for day in days
    )


def _sentence(clock: Clock, calendar: Calendar, why: Explanation, holiday_names: Mapping[date, str]) -> str:
    """What happened, which days count, which do not, and the date that comes of it."""
    parts = [_STARTED[clock.kind] % {"day": _full(why.days[0].on)}, _counted(clock, why)]
    if left_out := _left_out(why, holiday_names):
        parts.append(left_out)
    parts.extend(_outcome(clock, calendar, why))
    return " ".join(parts)


def last_day_before(instant: datetime, calendar: Calendar) -> date:
    """The day at whose end the instant falls."""
    return calendar.local_date(instant - timedelta(seconds=1))


def _label(day: Day, holiday_names: Mapping[date, str]) -> str:
    if day.kind is DayKind.START:
        return _("Day 0, not counted")
    if day.kind is DayKind.COUNTED:
        return _("Business day %(number)d") % {"number": day.number}
    if day.kind is DayKind.HOLIDAY:
        return holiday_names.get(day.on) or _("Holiday")
    if day.kind is DayKind.PAUSED:
        return _("Paused")
    if day.kind is DayKind.SKIPPED:
        return _("Not on the calendar in this time zone")
    return _("Weekend")


def _counted(clock: Clock, why: Explanation) -> str:
    total = clock.target_days + clock.extension_days
    many: Promise | int = _NUMBERS[total - 1] if total <= len(_NUMBERS) else total
    if clock.extension_days:
        text = _("%(many)s business days, %(added)d of them added later, are counted from the day after")
    else:
        text = ngettext(
            "%(many)s business day is counted from the day after",
            "%(many)s business days are counted from the day after",
            total,
        )
    counted = [day for day in why.days if day.number is not None]
    listed = ", ".join(
        f"{name} ({day.number})" for name, day in zip(_short(why.days[0].on, counted), counted, strict=True)
    )
    opening = text % {"many": many, "added": clock.extension_days}
    return f"{opening}: {listed}." if listed else f"{opening}."


def _left_out(why: Explanation, holiday_names: Mapping[date, str]) -> str:
    holidays = [day for day in why.days if day.kind is DayKind.HOLIDAY]
    names = _short(why.days[0].on, holidays)
    reasons = [f"{name} ({_label(day, holiday_names)})" for name, day in zip(names, holidays, strict=True)]
    paused = sum(1 for day in why.days if day.kind is DayKind.PAUSED)
    if paused:
        text = ngettext(
            "%(days)d business day while the clock was paused",
            "%(days)d business days while the clock was paused",
            paused,
        )
        reasons.append(text % {"days": paused})
    if not reasons:
        return ""
    return _("Not counted: %(reasons)s.") % {"reasons": get_text_list(reasons, pgettext("list", "and"))}


def _outcome(clock: Clock, calendar: Calendar, why: Explanation) -> Iterator[str]:
    if why.due_at is None:
        text = ngettext(
            "The clock is paused and gets its due date when it runs again, with %(days)d business day left.",
            "The clock is paused and gets its due date when it runs again, with %(days)d business days left.",
            why.business_days_left,
        )
        yield text % {"days": why.business_days_left}
    else:
        due = {"day": _full(last_day_before(why.due_at, calendar)), "zone": calendar.zone}
        yield _("Due at the end of %(day)s (%(zone)s).") % due
    if clock.breached_at is not None:
        missed = last_day_before(clock.breached_at, calendar)
        yield _("Missed at the end of %(day)s.") % {"day": _full(missed)}
    if clock.state == ClockState.MET and clock.met_at is not None:
        yield _("Done on %(day)s.") % {"day": _full(calendar.local_date(clock.met_at))}
    if clock.state == ClockState.CANCELLED and clock.cancelled_at is not None:
        yield _("No longer needed since %(day)s.") % {"day": _full(calendar.local_date(clock.cancelled_at))}


def _full(day: date) -> str:
    return format_date(day, "D j F Y")


def _short(previous: date, days: list[Day]) -> Iterator[str]:
    """Weekday and number, with the month where it changes from one to the next."""
    for day in days:
        same_month = (day.on.year, day.on.month) == (previous.year, previous.month)
        yield format_date(day.on, "D j" if same_month else "D j F")
        previous = day.on
