"""Pure functions of calendar and clock: when a deadline falls, and why (part 6).

Day 0 is the local date of the start. Each business day after it counts, unless the clock is paused at that day's end.
A deadline is the end of the last counted day: 24:00 local time, exclusive, as a UTC instant.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

MAX_DAYS_WALKED = 36_600
"""A century. A count that has not ended by then never ends."""

_A_DAY = timedelta(days=1)
_A_SECOND = timedelta(seconds=1)


@cache
def time_zones() -> frozenset[str]:
    """Return the names of all IANA time zones, in exactly their spelling."""
    return frozenset(available_timezones())


class CalendarExhaustedError(ValueError):
    """The calendar has too few working days for the count to end."""


class DayKind(StrEnum):
    """How a day is counted."""

    START = "start"
    COUNTED = "counted"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    UNPUBLISHED = "unpublished"  # counted too, but nobody has said yet which days of that year are holidays
    PAUSED = "paused"
    SKIPPED = "skipped"  # the zone crossed the date line and never had this date


_COUNTS = frozenset({DayKind.COUNTED, DayKind.UNPUBLISHED})


@dataclass(frozen=True, slots=True)
class Calendar:
    """The business days of one zone. `working_days` override both weekends and holidays.

    With `years`, the holidays of these years are known and of no other; without, they are known for all time.
    """

    zone: str = "UTC"
    weekend: frozenset[int] = frozenset({5, 6})  # as date.weekday() counts: Monday is 0
    holidays: frozenset[date] = frozenset()
    working_days: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()
    version_id: int | None = None

    def local_date(self, instant: datetime) -> date:
        """Return the instant's date in the calendar's zone. Raises ValueError if the instant has no zone."""
        if instant.utcoffset() is None:
            raise ValueError("an instant needs a zone")
        return instant.astimezone(ZoneInfo(self.zone)).date()

    def kind_of(self, day: date) -> DayKind:
        if day in self.working_days:
            return DayKind.COUNTED
        if day.weekday() in self.weekend:
            return DayKind.WEEKEND
        if day in self.holidays:
            return DayKind.HOLIDAY
        return DayKind.COUNTED if self.is_published(day.year) else DayKind.UNPUBLISHED

    def is_worked(self, day: date) -> bool:
        """Return whether the day counts where no clock is paused."""
        return self.kind_of(day) in _COUNTS

    def is_published(self, year: int) -> bool:
        """Return whether the holidays of the year are known."""
        return not self.years or year in self.years

    def unpublished_year(self, start: datetime, ends_at: datetime | None) -> int | None:
        """Return the last unpublished year that a count from `start` to the end of its due day passes through."""
        if ends_at is None:
            return None
        first, last = self.local_date(start) + _A_DAY, self.local_date(ends_at - _A_SECOND)
        passed = range(first.year, last.year + 1)
        return next((year for year in reversed(passed) if not self.is_published(year)), None)

    def end_of(self, day: date) -> datetime:
        """Return 24:00 local time of the day, in UTC: the instant from which the date never appears again."""
        midnight = datetime.combine(day + _A_DAY, time(), ZoneInfo(self.zone))
        first, second = midnight.astimezone(UTC), midnight.replace(fold=1).astimezone(UTC)
        if first == second:
            return first
        if first < second:  # midnight strikes twice: does the old date return in between?
            return second if self.local_date(second - _A_SECOND) <= day else first
        # The clock jumps over midnight: the day ends with the jump, somewhere between the two readings.
        before, after = second, first
        while after - before > _A_SECOND:
            middle = before + (after - before) // _A_SECOND // 2 * _A_SECOND
            before, after = (middle, after) if self.local_date(middle) <= day else (before, middle)
        return after


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause from `start` until `end`, exclusive; without an end it is still open."""

    start: datetime
    end: datetime | None = None

    def covers_end(self, ends_at: datetime) -> bool:
        """Return whether the last moment before `ends_at` lies in the pause."""
        return self.start < ends_at and (self.end is None or ends_at <= self.end)


@dataclass(frozen=True, slots=True)
class Day:
    """One row of "Why this date?"; `number` counts the business days."""

    on: date
    kind: DayKind
    ends_at: datetime
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every day from day 0 to the due day or, while the clock is paused, until today."""

    days: tuple[Day, ...]
    due_at: datetime | None
    business_days_left: int
    overdue: bool


def due_at(
    start: datetime,
    calendar: Calendar,
    target_days: int,
    pauses: Sequence[Pause] = (),
    extensions: Iterable[int] = (),
) -> datetime | None:
    """Return the deadline, or None while an open pause leaves it unknown. In time means strictly before it.

    Raises CalendarExhaustedError if the calendar has too few working days.
    """
    last = _last_number(target_days, extensions)
    held_from = _held_from(pauses)
    for day in _walk(start, calendar, pauses):
        if day.number == last:
            return day.ends_at
        if held_from is not None and day.ends_at > held_from:
            return None
    raise AssertionError("the walk ends with its own error")


def warn_at(
    start: datetime,
    calendar: Calendar,
    target_days: int,
    pauses: Sequence[Pause] = (),
    extensions: Iterable[int] = (),
    *,
    warn_days: int,
) -> datetime | None:
    """Return the instant from which `warn_days` counted days are left, but not before the end of day 0."""
    counted_by_then = _last_number(target_days, extensions) - warn_days
    if counted_by_then < 1:
        return calendar.end_of(calendar.local_date(start))
    return due_at(start, calendar, counted_by_then, pauses)


def explain(
    now: datetime,
    start: datetime,
    calendar: Calendar,
    target_days: int,
    pauses: Sequence[Pause] = (),
    extensions: Iterable[int] = (),
) -> Explanation:
    """Return the days behind the result of `due_at`, and the clock's standing at `now`."""
    last = _last_number(target_days, extensions)
    due = due_at(start, calendar, last, pauses)
    today = calendar.local_date(now)
    days: list[Day] = []
    for day in _walk(start, calendar, pauses):
        if due is None and days and day.on > today:
            break
        days.append(day)
        if day.number == last:
            break
    over = sum(1 for day in days if day.number is not None and day.ends_at <= now)
    return Explanation(
        days=tuple(days), due_at=due, business_days_left=last - over, overdue=due is not None and now >= due
    )


def calendar_window_end(start: datetime, days: int, zone: str) -> datetime:
    """Return the end of a window of calendar days: 24:00 local time of day `days`; the start's date is day 0."""
    calendar = Calendar(zone=zone)
    return calendar.end_of(calendar.local_date(start) + timedelta(days=days))


def _walk(start: datetime, calendar: Calendar, pauses: Sequence[Pause]) -> Iterator[Day]:
    on = calendar.local_date(start)
    ends_at = calendar.end_of(on)
    yield Day(on, DayKind.START, ends_at)
    number = 0
    for _ in range(MAX_DAYS_WALKED):
        on += _A_DAY
        day_before_ended_at, ends_at = ends_at, calendar.end_of(on)
        kind = calendar.kind_of(on)
        if ends_at == day_before_ended_at:
            kind = DayKind.SKIPPED
        elif kind in _COUNTS and any(pause.covers_end(ends_at) for pause in pauses):
            kind = DayKind.PAUSED
        if kind in _COUNTS:
            number += 1
            yield Day(on, kind, ends_at, number)
        else:
            yield Day(on, kind, ends_at)
    raise CalendarExhaustedError(
        f"only {number} days could be counted within {MAX_DAYS_WALKED} days of {start}"
    )


def _last_number(target_days: int, extensions: Iterable[int]) -> int:
    last = target_days + sum(extensions)
    if last < 1:
        raise ValueError("a clock counts at least one day")
    return last


def _held_from(pauses: Sequence[Pause]) -> datetime | None:
    return min((pause.start for pause in pauses if pause.end is None), default=None)
