"""A clock explained day by day, and in one text: the answer to "Why this date?"."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.dateformat import format as format_date
from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from clocks.enums import ClockKind, ClockState
from clocks.models import Clock
from foundation.kernel.workdays import Day, DayKind, Explanation, explain
from wording.dates import last_day_before, local_day, short_day

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


def explain_clock(clock: Clock, now: datetime) -> Explanation:
    """Return every day from the clock's start to its due date, and how it stands at `now`."""
    return explain(
        now,
        clock.started_at,
        clock.calendar_version.as_calendar(),
        clock.target_days,
        [pause.as_pause() for pause in clock.pauses.all()],
        [extension.days for extension in clock.extensions.all()],
    )


def explained_days(clock: Clock, why: Explanation) -> tuple[ExplainedDay, ...]:
    """Return the days of the explanation, each with its label."""
    names = clock.calendar_version.holiday_names
    return tuple(
        ExplainedDay(on=day.on, kind=day.kind, number=day.number, label=_label(day, names))
        for day in why.days
    )


def sentence_of(clock: Clock, why: Explanation) -> str:
    """Return what happened, which days count, which do not, and the date that comes of it, as one text."""
    parts = [_STARTED[clock.kind] % {"day": short_day(why.days[0].on)}, _counted(clock, why)]
    if left_out := _left_out(why, clock.calendar_version.holiday_names):
        parts.append(left_out)
    unknown = sorted({day.on.year for day in why.days if day.kind is DayKind.UNPUBLISHED})
    parts.extend(_("The holidays of %(year)d are not published yet.") % {"year": year} for year in unknown)
    parts.extend(_outcome(clock, why))
    version = clock.calendar_version
    parts.append(
        _("Calendar: %(name)s, version %(number)d.") % {"name": version.name, "number": version.number}
    )
    return " ".join(parts)


def _label(day: Day, holiday_names: Mapping[date, str]) -> str:
    if day.kind is DayKind.START:
        return _("Day 0, not counted")
    if day.kind is DayKind.COUNTED:
        return _("Business day %(number)d") % {"number": day.number}
    if day.kind is DayKind.UNPUBLISHED:
        return _("Business day %(number)d, as long as no holidays are published for %(year)d") % {
            "number": day.number,
            "year": day.on.year,
        }
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


def _outcome(clock: Clock, why: Explanation) -> Iterator[str]:
    zone = clock.calendar_version.zone
    if why.due_at is None:
        text = ngettext(
            "The clock is paused and gets its due date when it runs again, with %(days)d business day left.",
            "The clock is paused and gets its due date when it runs again, with %(days)d business days left.",
            why.business_days_left,
        )
        yield text % {"days": why.business_days_left}
    else:
        due = {"day": short_day(last_day_before(why.due_at, zone)), "zone": zone}
        yield _("Due at the end of %(day)s (%(zone)s).") % due
    if clock.breached_at is not None:
        missed = short_day(last_day_before(clock.breached_at, zone))
        yield _("Missed at the end of %(day)s.") % {"day": missed}
    if clock.state == ClockState.MET and clock.met_at is not None:
        yield _("Done on %(day)s.") % {"day": short_day(local_day(clock.met_at, zone))}
    if clock.state == ClockState.CANCELLED and clock.cancelled_at is not None:
        yield _("No longer needed since %(day)s.") % {"day": short_day(local_day(clock.cancelled_at, zone))}


def _short(previous: date, days: list[Day]) -> Iterator[str]:
    """Weekday and number, with the month where it changes from one to the next."""
    for day in days:
        same_month = (day.on.year, day.on.month) == (previous.year, previous.month)
        yield format_date(day.on, "D j" if same_month else "D j F")
        previous = day.on
