""" "Why this date?" in plain English, the same for pages, mail, admin and API."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clocks.enums import ClockKind
from clocks.models import Clock
from clocks.selectors import clock_for, clocks_for_subjects
from clocks.services import extend_clock, pin_calendar, publish_calendar
from foundation.kernel.actor import Actor
from tests.clocks.acting import cancel_clock, meet_clock, pause_clock, resume_clock, start_clock
from tests.clocks.conftest import july, review_clock, sweep_clocks
from wording.deadlines import deadline_of

pytestmark = pytest.mark.django_db


def sentence(clock: Clock, day: int) -> str:
    """Return the explanation without the calendar and version, which end every one."""
    stored = Clock.objects.get(pk=clock.pk)
    version = stored.calendar_version
    text, calendar = deadline_of(stored, july(day, 12)).sentence.split(" Calendar: ")
    assert calendar == f"{version.name}, version {version.number}."
    return text


def test_a_running_clock_lists_the_days_it_counts() -> None:
    assert sentence(review_clock(), 8) == (
        "Received Mon 6 July 2020. Five business days are counted from the day after: "
        "Tue 7 (1), Wed 8 (2), Thu 9 (3), Fri 10 (4), Mon 13 (5). "
        "Due at the end of Mon 13 July 2020 (UTC)."
    )


def test_the_month_is_named_where_it_changes() -> None:
    assert sentence(review_clock(started_at=july(29, 9), target_days=3), 30) == (
        "Received Wed 29 July 2020. Three business days are counted from the day after: "
        "Thu 30 (1), Fri 31 (2), Mon 3 August (3). "
        "Due at the end of Mon 3 August 2020 (UTC)."
    )


def test_holidays_are_named_and_paused_days_are_numbered(keeper: Actor) -> None:
    calendar = publish_calendar(
        zone="Europe/Berlin", own_holidays={date(2020, 7, 9): "Desk day"}, actor=keeper, now=july(1)
    )
    clock = review_clock(calendar_version=calendar)
    pause_clock(clock=clock, cause="request", cause_ref=1, now=july(7, 12))
    resume_clock(clock=clock, cause="request", cause_ref=1, now=july(8, 12))

    assert sentence(clock, 8) == (
        "Received Mon 6 July 2020. Five business days are counted from the day after: "
        "Wed 8 (1), Fri 10 (2), Mon 13 (3), Tue 14 (4), Wed 15 (5). "
        "Not counted: Thu 9 (Desk day) and 1 business day while the clock was paused. "
        "Due at the end of Wed 15 July 2020 (Europe/Berlin)."
    )


def test_a_paused_clock_says_how_many_days_are_left() -> None:
    clock = pause_clock(clock=review_clock(), cause="request", cause_ref=1, now=july(8, 9))

    assert sentence(clock, 9) == (
        "Received Mon 6 July 2020. Five business days are counted from the day after: Tue 7 (1). "
        "Not counted: 2 business days while the clock was paused. "
        "The clock is paused and gets its due date when it runs again, with 4 business days left."
    )


def test_a_clock_that_has_not_counted_a_day_yet_still_reads_well() -> None:
    clock = pause_clock(clock=review_clock(target_days=1), cause="request", cause_ref=1, now=july(6, 10))

    assert sentence(clock, 6) == (
        "Received Mon 6 July 2020. One business day is counted from the day after. "
        "The clock is paused and gets its due date when it runs again, with 1 business day left."
    )


def test_an_extended_clock_says_how_many_days_were_added(keeper: Actor) -> None:
    clock = extend_clock(clock=review_clock(), days=1, reason="Flood", actor=keeper, now=july(7))

    assert sentence(clock, 8) == (
        "Received Mon 6 July 2020. Six business days, 1 of them added later, are counted from the day after: "
        "Tue 7 (1), Wed 8 (2), Thu 9 (3), Fri 10 (4), Mon 13 (5), Tue 14 (6). "
        "Due at the end of Tue 14 July 2020 (UTC)."
    )


@pytest.mark.parametrize(
    ("kind", "opening"),
    [
        (ClockKind.REVIEW, "Received Mon 6 July 2020. "),
        (ClockKind.ARBITRATION, "Notice given Mon 6 July 2020. "),
        (ClockKind.RESPONSE, "Asked Mon 6 July 2020. "),
        (ClockKind.DISPUTE, "Disputed Mon 6 July 2020. "),
    ],
)
def test_every_kind_opens_with_what_started_it(kind: ClockKind, opening: str) -> None:
    clock = start_clock(kind=kind, subject_id=1, started_at=july(6, 9), target_days=12)

    assert sentence(clock, 8).startswith(
        f"{opening}12 business days are counted from the day after: Tue 7 (1)"
    )


def test_the_text_ends_with_the_clocks_outcome() -> None:
    met = meet_clock(clock=review_clock(subject_id=1), at=july(9, 9))
    late = meet_clock(clock=review_clock(subject_id=2), at=july(15, 9))
    cancelled = cancel_clock(clock=review_clock(subject_id=3), at=july(9, 9))
    missed = review_clock(subject_id=4)
    sweep_clocks(now=july(20))

    due = "Due at the end of Mon 13 July 2020 (UTC)."
    assert sentence(met, 20).endswith(f"{due} Done on Thu 9 July 2020.")
    assert sentence(late, 20).endswith(
        f"{due} Missed at the end of Mon 13 July 2020. Done on Wed 15 July 2020."
    )
    assert sentence(cancelled, 20).endswith(f"{due} No longer needed since Thu 9 July 2020.")
    assert sentence(missed, 20).endswith(f"{due} Missed at the end of Mon 13 July 2020.")


def test_the_explanation_has_every_day_with_its_label(keeper: Actor) -> None:
    calendar = publish_calendar(own_holidays={date(2020, 7, 7): "Desk day"}, actor=keeper, now=july(1))
    clock = review_clock(target_days=3, calendar_version=calendar)
    pause_clock(clock=clock, cause="request", cause_ref=1, now=july(8, 9))
    resume_clock(clock=clock, cause="request", cause_ref=1, now=july(9, 9))

    why = deadline_of(clock, july(11))

    assert [(day.on.day, day.label) for day in why.days] == [
        (6, "Day 0, not counted"),
        (7, "Desk day"),
        (8, "Paused"),
        (9, "Business day 1"),
        (10, "Business day 2"),
        (11, "Weekend"),
        (12, "Weekend"),
        (13, "Business day 3"),
    ]
    assert (why.at, why.on, why.zone) == (july(14), date(2020, 7, 13), "UTC")
    assert (why.business_days_left, why.is_late, why.is_breached) == (1, False, False)


def test_an_open_clock_is_overdue_from_the_due_instant_even_before_a_sweep() -> None:
    clock = review_clock()

    assert (
        deadline_of(clock, july(13, 23)).is_late,
        deadline_of(clock, july(13, 23)).business_days_left,
    ) == (
        False,
        1,
    )
    assert (deadline_of(clock, july(14)).is_late, deadline_of(clock, july(14)).business_days_left) == (
        True,
        0,
    )


def test_a_closed_clock_is_never_overdue_and_has_no_days_left() -> None:
    clock = meet_clock(clock=review_clock(), at=july(8))

    why = deadline_of(clock, july(30))

    assert (why.state, why.is_late, why.business_days_left, why.is_breached) == ("met", False, 0, False)


def test_the_explained_date_is_the_stored_one(keeper: Actor) -> None:
    clock = review_clock()
    newer = publish_calendar(zone="Asia/Tokyo", working_days=[date(2020, 7, 11)], actor=keeper, now=july(7))
    steps: list[Callable[[], object]] = [
        lambda: pause_clock(clock=clock, cause="x", cause_ref=1, now=july(8, 9)),
        lambda: extend_clock(clock=clock, days=2, reason="Flood", actor=keeper, now=july(8, 10)),
        lambda: resume_clock(clock=clock, cause="x", cause_ref=1, now=july(9, 9)),
        lambda: pin_calendar(clock=clock, calendar_version=newer, actor=keeper, now=july(9, 10)),
        lambda: meet_clock(clock=clock, at=july(10)),
    ]

    for step in steps:
        step()
        stored = Clock.objects.get(pk=clock.pk)
        assert deadline_of(stored, july(10)).at == stored.due_at


class TestReading:
    def test_without_a_round_the_newest_clock_is_returned(self) -> None:
        first, second = review_clock(), review_clock(round=2)

        assert clock_for(ClockKind.REVIEW, 1) == second
        assert clock_for(ClockKind.REVIEW, 1, round=1) == first
        assert clock_for(ClockKind.REVIEW, 1, round=3) is None

    def test_a_selected_clock_is_explained_without_further_queries(self) -> None:
        review_clock()
        clock = clock_for(ClockKind.REVIEW, 1)
        assert clock is not None

        with CaptureQueriesContext(connection) as queries:
            deadline_of(clock, july(8))

        assert len(queries) == 0

    @pytest.mark.parametrize("subjects", [1, 25])
    def test_a_list_takes_one_query(self, subjects: int) -> None:
        for subject_id in range(1, subjects + 1):
            review_clock(subject_id=subject_id)
            review_clock(subject_id=subject_id, round=2)

        with CaptureQueriesContext(connection) as queries:
            found = clocks_for_subjects(ClockKind.REVIEW, range(1, 30))

        assert len(queries) == 1
        assert {subject_id: clock.round for subject_id, clock in found.items()} == dict.fromkeys(
            range(1, subjects + 1), 2
        )
