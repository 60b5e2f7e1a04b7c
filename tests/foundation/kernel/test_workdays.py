"""The examples of part 6, and the days on which calendars go wrong."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from foundation.kernel.workdays import (
    Calendar,
    CalendarExhaustedError,
    Day,
    DayKind,
    Pause,
    calendar_window_end,
    due_at,
    explain,
    warn_at,
)

PLAIN = Calendar()
MONDAY_MORNING = datetime(2020, 7, 6, 9, tzinfo=UTC)


def utc(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0, micro: int = 0
) -> datetime:
    return datetime(year, month, day, hour, minute, second, micro, tzinfo=UTC)


def local(zone: str, year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def test_a_claim_received_on_monday_6_july_2020_is_due_at_the_end_of_monday_13_july() -> None:
    assert due_at(MONDAY_MORNING, PLAIN, 5) == utc(2020, 7, 14)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        (utc(2020, 7, 6), utc(2020, 7, 14)),
        (utc(2020, 7, 6, 23, 59, 59, 999999), utc(2020, 7, 14)),
        (utc(2020, 7, 7), utc(2020, 7, 15)),
        (utc(2020, 7, 10, 16), utc(2020, 7, 18)),
        (utc(2020, 7, 11, 8), utc(2020, 7, 18)),
        (utc(2020, 7, 12, 23, 59), utc(2020, 7, 18)),
    ],
)
def test_day_0_never_counts_and_a_weekend_start_has_its_first_day_on_monday(
    start: datetime, due: datetime
) -> None:
    assert due_at(start, PLAIN, 5) == due


def test_a_holiday_moves_the_date_by_one_business_day() -> None:
    calendar = Calendar(holidays=frozenset({date(2020, 7, 8)}))

    assert due_at(MONDAY_MORNING, calendar, 5) == utc(2020, 7, 15)


def test_a_holiday_on_a_weekend_changes_nothing() -> None:
    calendar = Calendar(holidays=frozenset({date(2020, 7, 11)}))

    assert due_at(MONDAY_MORNING, calendar, 5) == utc(2020, 7, 14)


def test_a_working_saturday_counts() -> None:
    calendar = Calendar(working_days=frozenset({date(2020, 7, 11)}))

    assert due_at(MONDAY_MORNING, calendar, 5) == utc(2020, 7, 12)


def test_a_working_day_overrides_a_holiday() -> None:
    day = frozenset({date(2020, 7, 8)})

    assert due_at(MONDAY_MORNING, Calendar(holidays=day, working_days=day), 5) == utc(2020, 7, 14)


def test_a_friday_and_saturday_weekend_is_respected() -> None:
    calendar = Calendar(weekend=frozenset({4, 5}))

    assert due_at(MONDAY_MORNING, calendar, 5) == utc(2020, 7, 14)
    assert due_at(MONDAY_MORNING, calendar, 4) == utc(2020, 7, 13)


def test_late_on_friday_in_utc_is_saturday_in_tokyo() -> None:
    start = utc(2020, 7, 10, 23, 30)

    assert due_at(start, Calendar("Asia/Tokyo"), 5) == local("Asia/Tokyo", 2020, 7, 18)
    assert due_at(start, Calendar("Asia/Tokyo"), 5) == utc(2020, 7, 17, 15)
    assert due_at(start, Calendar("America/Los_Angeles"), 5) == local("America/Los_Angeles", 2020, 7, 18)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        (utc(2020, 3, 26, 12), utc(2020, 4, 2, 22)),  # 26 March at +1, 2 April at +2
        (utc(2020, 10, 22, 12), utc(2020, 10, 29, 23)),  # 22 October at +2, 29 October at +1
    ],
)
def test_five_days_across_a_clock_change_end_at_local_midnight(start: datetime, due: datetime) -> None:
    assert due_at(start, Calendar("Europe/Berlin"), 5) == due


@pytest.mark.parametrize(
    ("zone", "day", "end"),
    [
        ("America/Sao_Paulo", date(2018, 11, 3), utc(2018, 11, 4, 3)),  # 0:00 became 1:00
        ("America/Sao_Paulo", date(2018, 2, 17), utc(2018, 2, 18, 3)),  # 24:00 became 23:00: 25 hours
        ("America/Toronto", date(1919, 3, 30), utc(1919, 3, 31, 4, 30)),  # 23:30 became 0:30
        ("America/Havana", date(2020, 10, 31), utc(2020, 11, 1, 4)),  # 1:00 became 0:00, on the same date
        ("America/St_Johns", date(2010, 11, 6), utc(2010, 11, 7, 3, 30)),  # 0:01 became 23:01 the day before
        ("Pacific/Apia", date(2011, 12, 29), utc(2011, 12, 30, 10)),  # then it was the 31st
        ("Pacific/Kwajalein", date(1969, 9, 30), utc(1969, 10, 1, 12)),  # a day that came twice
    ],
)
def test_a_day_ends_when_its_date_no_longer_appears(zone: str, day: date, end: datetime) -> None:
    calendar = Calendar(zone)

    assert calendar.end_of(day) == end
    assert calendar.local_date(end - timedelta(microseconds=1)) == day
    assert calendar.local_date(end) > day


def test_a_day_that_the_zone_skipped_is_not_counted() -> None:
    start = local("Pacific/Apia", 2011, 12, 28, 12)

    why = explain(start, start, Calendar("Pacific/Apia"), 2)

    assert [(day.on, day.kind, day.number) for day in why.days] == [
        (date(2011, 12, 28), DayKind.START, None),
        (date(2011, 12, 29), DayKind.COUNTED, 1),
        (date(2011, 12, 30), DayKind.SKIPPED, None),
        (date(2011, 12, 31), DayKind.WEEKEND, None),
        (date(2012, 1, 1), DayKind.WEEKEND, None),
        (date(2012, 1, 2), DayKind.COUNTED, 2),
    ]
    assert why.due_at == local("Pacific/Apia", 2012, 1, 3)


@pytest.mark.parametrize(
    ("pause", "due"),
    [
        (Pause(utc(2020, 7, 8, 9), utc(2020, 7, 8, 23, 59)), utc(2020, 7, 14)),  # over before the day's end
        (Pause(utc(2020, 7, 8, 9), utc(2020, 7, 9)), utc(2020, 7, 15)),  # to the very end
        (Pause(utc(2020, 7, 9), utc(2020, 7, 9, 12)), utc(2020, 7, 14)),  # from the next day's first instant
        (
            Pause(utc(2020, 7, 8, 23, 59), utc(2020, 7, 9, 0, 1)),
            utc(2020, 7, 15),
        ),  # two minutes around the end
        (Pause(utc(2020, 7, 8, 9), utc(2020, 7, 10, 12)), utc(2020, 7, 16)),
        (Pause(utc(2020, 7, 11), utc(2020, 7, 12)), utc(2020, 7, 14)),  # a weekend day does not count twice
        (Pause(utc(2020, 7, 1), utc(2020, 7, 6, 12)), utc(2020, 7, 14)),  # before the count began
        (Pause(utc(2020, 7, 14), utc(2020, 7, 20)), utc(2020, 7, 14)),  # after it was over
    ],
)
def test_a_business_day_counts_unless_the_clock_is_paused_at_its_end(pause: Pause, due: datetime) -> None:
    assert due_at(MONDAY_MORNING, PLAIN, 5, [pause]) == due


def test_overlapping_pauses_leave_out_a_day_once() -> None:
    pauses = [
        Pause(utc(2020, 7, 7, 9), utc(2020, 7, 8, 12)),
        Pause(utc(2020, 7, 7, 15), utc(2020, 7, 9, 12)),
        Pause(utc(2020, 7, 7, 16), utc(2020, 7, 7, 17)),
    ]

    assert due_at(MONDAY_MORNING, PLAIN, 5, pauses) == utc(2020, 7, 16)


def test_while_a_pause_is_open_there_is_no_date() -> None:
    assert due_at(MONDAY_MORNING, PLAIN, 5, [Pause(utc(2020, 7, 13, 23, 59))]) is None


def test_a_pause_at_the_due_instant_comes_too_late() -> None:
    assert due_at(MONDAY_MORNING, PLAIN, 5, [Pause(utc(2020, 7, 14))]) == utc(2020, 7, 14)


def test_extensions_add_business_days() -> None:
    assert due_at(MONDAY_MORNING, PLAIN, 5, extensions=[2, 1]) == utc(2020, 7, 17)


def test_the_warning_comes_when_one_counted_day_is_left() -> None:
    assert warn_at(MONDAY_MORNING, PLAIN, 5, warn_days=1) == utc(2020, 7, 11)
    assert warn_at(MONDAY_MORNING, PLAIN, 5, extensions=[1], warn_days=1) == utc(2020, 7, 14)
    assert warn_at(MONDAY_MORNING, PLAIN, 5, [Pause(utc(2020, 7, 9))], warn_days=1) is None
    assert warn_at(MONDAY_MORNING, PLAIN, 2, warn_days=1) == utc(2020, 7, 8)
    assert warn_at(MONDAY_MORNING, PLAIN, 1, warn_days=1) == utc(2020, 7, 7)
    assert warn_at(MONDAY_MORNING, PLAIN, 1, warn_days=3) == utc(2020, 7, 7)


def test_a_consent_window_from_friday_10_july_ends_at_the_end_of_friday_17_july() -> None:
    assert calendar_window_end(utc(2020, 7, 10, 9), 7, "UTC") == utc(2020, 7, 18)


def test_a_calendar_window_ends_at_local_midnight() -> None:
    start = utc(2020, 10, 22, 23, 30)

    assert calendar_window_end(start, 7, "Europe/Berlin") == local("Europe/Berlin", 2020, 10, 31)


def test_the_explanation_lists_every_day() -> None:
    calendar = Calendar(holidays=frozenset({date(2020, 7, 9)}))
    pauses = [Pause(utc(2020, 7, 7, 9), utc(2020, 7, 8, 12))]

    why = explain(utc(2020, 7, 12), MONDAY_MORNING, calendar, 3, pauses)

    assert why.days == (
        Day(date(2020, 7, 6), DayKind.START, utc(2020, 7, 7)),
        Day(date(2020, 7, 7), DayKind.PAUSED, utc(2020, 7, 8)),
        Day(date(2020, 7, 8), DayKind.COUNTED, utc(2020, 7, 9), 1),
        Day(date(2020, 7, 9), DayKind.HOLIDAY, utc(2020, 7, 10)),
        Day(date(2020, 7, 10), DayKind.COUNTED, utc(2020, 7, 11), 2),
        Day(date(2020, 7, 11), DayKind.WEEKEND, utc(2020, 7, 12)),
        Day(date(2020, 7, 12), DayKind.WEEKEND, utc(2020, 7, 13)),
        Day(date(2020, 7, 13), DayKind.COUNTED, utc(2020, 7, 14), 3),
    )
    assert (why.due_at, why.business_days_left, why.overdue) == (utc(2020, 7, 14), 1, False)


def test_a_paused_clock_is_explained_until_today() -> None:
    why = explain(utc(2020, 7, 10, 12), MONDAY_MORNING, PLAIN, 5, [Pause(utc(2020, 7, 8, 9))])

    assert [(day.on.day, day.kind) for day in why.days] == [
        (6, DayKind.START),
        (7, DayKind.COUNTED),
        (8, DayKind.PAUSED),
        (9, DayKind.PAUSED),
        (10, DayKind.PAUSED),
    ]
    assert (why.due_at, why.business_days_left, why.overdue) == (None, 4, False)


@pytest.mark.parametrize(
    ("now", "left"),
    [
        (MONDAY_MORNING, 5),
        (utc(2020, 7, 7, 23, 59, 59), 5),
        (utc(2020, 7, 8), 4),
        (utc(2020, 7, 12), 1),
        (utc(2020, 7, 13, 23, 59, 59, 999999), 1),
        (utc(2020, 7, 14), 0),
        (utc(2021, 1, 1), 0),
    ],
)
def test_a_business_day_is_left_until_it_is_over(now: datetime, left: int) -> None:
    assert explain(now, MONDAY_MORNING, PLAIN, 5).business_days_left == left


def test_a_clock_is_in_time_strictly_before_the_due_instant() -> None:
    due = utc(2020, 7, 14)

    assert explain(due - timedelta(microseconds=1), MONDAY_MORNING, PLAIN, 5).overdue is False
    assert explain(due, MONDAY_MORNING, PLAIN, 5).overdue is True


def test_a_calendar_without_working_days_is_refused_instead_of_counted_forever() -> None:
    never = Calendar(weekend=frozenset(range(7)), working_days=frozenset({date(2020, 7, 8)}))

    with pytest.raises(CalendarExhaustedError, match="only 1 days could be counted"):
        due_at(MONDAY_MORNING, never, 2)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a zone"):
        due_at(datetime(2020, 7, 6, 9), PLAIN, 5)  # noqa: DTZ001 - what is refused


def test_a_clock_without_a_day_to_count_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        due_at(MONDAY_MORNING, PLAIN, 0)
