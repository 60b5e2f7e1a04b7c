"""With real threads and real commits, everything happens once, however many callers act at the same moment."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import connection

from clocks.enums import ClockState
from clocks.models import CalendarVersion, Clock, ClockPause
from clocks.services import publish_calendar
from clocks.steps import desk_calendar
from foundation.journal.models import Event
from foundation.kernel.actor import SYSTEM
from foundation.kernel.errors import Conflict
from tests.clocks.acting import meet_clock, pause_clock
from tests.clocks.conftest import july, review_clock, sweep_clocks

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

T = TypeVar("T")


def at_once(act: Callable[[int], T], people: int = 8) -> list[T]:
    """Run the act in parallel threads that start together, and return their results."""
    barrier = Barrier(people)

    def one(number: int) -> T:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=20)
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(people) as pool:
        return list(pool.map(one, range(people)))


def events(name: str) -> Counter[int]:
    return Counter(Event.objects.filter(type=f"clocks.{name}").values_list("subject_id", flat=True))


def test_eight_sweeps_breach_every_clock_once_with_one_event() -> None:
    clocks = [review_clock(subject_id=number) for number in range(40)]

    reports = at_once(lambda _: sweep_clocks(now=july(20)))

    assert sum(report.breached for report in reports) == 40
    assert sum(report.failed for report in reports) == 0
    assert events("clock_breached") == Counter(clock.pk for clock in clocks)
    assert set(Clock.objects.values_list("breached_at", flat=True)) == {july(14)}


def test_eight_sweeps_warn_of_every_clock_once_with_one_event() -> None:
    clocks = [review_clock(subject_id=number) for number in range(40)]

    reports = at_once(lambda _: sweep_clocks(now=july(12)))

    assert sum(report.warned for report in reports) == 40
    assert events("clock_warned") == Counter(clock.pk for clock in clocks)


def test_clocks_met_while_sweeps_run_are_breached_and_met_once() -> None:
    clocks = [review_clock(subject_id=number) for number in range(20)]

    def act(number: int) -> None:
        if number % 2:
            sweep_clocks(now=july(14))
            return
        for clock in Clock.objects.order_by("-id"):
            meet_clock(clock=clock, at=july(14))

    at_once(act)

    assert events("clock_breached") == Counter(clock.pk for clock in clocks)
    assert events("clock_met") == Counter(clock.pk for clock in clocks)
    assert set(Clock.objects.values_list("state", "breached_at", "met_at")) == {
        (ClockState.MET, july(14), july(14))
    }


def test_a_sweep_never_breaches_a_clock_that_was_met_in_time() -> None:
    clocks = [review_clock(subject_id=number) for number in range(20)]

    def act(number: int) -> None:
        if number % 2:
            sweep_clocks(now=july(14))
            return
        for clock in Clock.objects.order_by("id"):
            meet_clock(clock=clock, at=july(13, 23))

    at_once(act)

    for clock in clocks:
        clock.refresh_from_db()
        told = list(
            Event.objects.filter(subject_type="clocks.clock", subject_id=clock.pk)
            .order_by("id")
            .values_list("type", flat=True)
        )
        assert clock.state == ClockState.MET
        assert ("clocks.clock_breached" in told) == (clock.breached_at is not None)
        assert told[-1] == "clocks.clock_met"


def test_simultaneous_pauses_for_one_cause_make_one_pause() -> None:
    clock = review_clock()

    at_once(lambda _: pause_clock(clock=Clock.objects.get(), cause="request", cause_ref=1, now=july(8)))

    assert ClockPause.objects.count() == 1
    assert events("clock_paused") == {clock.pk: 1}


def test_simultaneous_pauses_for_many_causes_are_all_kept() -> None:
    review_clock()

    at_once(
        lambda number: pause_clock(clock=Clock.objects.get(), cause="request", cause_ref=number, now=july(8))
    )

    assert ClockPause.objects.filter(ended_at=None).count() == 8
    assert Clock.objects.get().version == 9


def test_simultaneous_starts_make_one_calendar_and_one_clock() -> None:
    started = at_once(lambda _: review_clock().pk)

    assert len(set(started)) == 1
    assert events("clock_started") == {started[0]: 1}
    assert list(CalendarVersion.objects.values_list("name", "number")) == [("desk", 1)]
    assert Event.objects.filter(type="clocks.calendar_published").count() == 1


def test_simultaneously_published_versions_get_their_own_number_or_are_refused() -> None:
    desk_calendar(now=july(1))

    def publish(_: int) -> int | None:
        try:
            return publish_calendar(actor=SYSTEM, now=july(2)).number
        except Conflict:
            return None

    numbers = [number for number in at_once(publish) if number is not None]

    assert sorted(numbers) == list(range(2, 2 + len(numbers)))
    assert CalendarVersion.objects.count() == 1 + len(numbers)


def test_simultaneous_clocks_past_the_last_year_continue_the_calendar_once() -> None:
    publish_calendar(country="DE", years=[2020], actor=SYSTEM, now=july(1))
    december = datetime(2020, 12, 29, 9, tzinfo=UTC)

    started = at_once(lambda number: review_clock(subject_id=number, started_at=december).pk)

    clocks = Clock.objects.filter(pk__in=started).select_related("calendar_version")
    assert {clock.calendar_version.number for clock in clocks} == {2}
    assert {clock.due_at for clock in clocks} == {datetime(2021, 1, 7, tzinfo=UTC)}
    assert list(CalendarVersion.objects.order_by("number").values_list("number", "years")) == [
        (1, [2020]),
        (2, [2020, 2021, 2022]),
    ]
