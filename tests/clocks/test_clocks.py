"""The life of a clock through its steps and services (part 6)."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from clocks.enums import ClockKind, ClockState
from clocks.models import CalendarVersion, Clock, ClockPause
from clocks.selectors import clock_for
from clocks.services import extend_clock, pin_calendar, publish_calendar
from foundation.journal.models import Event
from foundation.kernel.actor import SYSTEM, Actor
from foundation.kernel.errors import Conflict, NotPermitted, Refused, StaleVersion
from tests.clocks.acting import cancel_clock, meet_clock, pause_clock, resume_clock, start_clock
from tests.clocks.conftest import MONDAY_MORNING, Swept, july, review_clock, sweep_clocks

pytestmark = pytest.mark.django_db

Told = Callable[[Clock], list[str]]


def fresh(clock: Clock) -> Clock:
    return Clock.objects.get(pk=clock.pk)


def columns(clock: Clock) -> Mapping[str, object]:
    return Clock.objects.filter(pk=clock.pk).values().get()


def lived(clock: Clock, keeper: Actor, between: Callable[[int], object] = lambda _day: None) -> Clock:
    """Pause the clock for a day, extend it once it is late, then meet it; return it."""
    steps = {
        8: lambda: pause_clock(clock=clock, cause="request", cause_ref=1, now=july(8, 12)),
        9: lambda: resume_clock(clock=clock, cause="request", cause_ref=1, now=july(9, 12)),
        15: lambda: extend_clock(clock=clock, days=1, reason="Flood", actor=keeper, now=july(15, 12)),
        17: lambda: meet_clock(clock=clock, at=july(17, 12)),
    }
    for day in range(7, 19):
        between(day)
        if day in steps:
            steps[day]()
    return clock


class TestStarting:
    def test_a_review_from_monday_6_july_2020_is_due_at_the_end_of_monday_13_july(self, told: Told) -> None:
        clock = fresh(review_clock())

        assert (clock.state, clock.due_at, clock.warn_at) == (ClockState.RUNNING, july(14), july(11))
        assert str(clock.calendar_version) == "desk 1"
        assert told(clock) == ["started"]

    def test_starting_the_same_round_again_changes_nothing(self, told: Told) -> None:
        first = review_clock()
        before = columns(first)

        again = review_clock(started_at=july(8), target_days=9)

        assert again == first
        assert columns(first) == before
        assert told(first) == ["started"]

    def test_every_round_has_a_clock_of_its_own(self) -> None:
        first = meet_clock(clock=review_clock(), at=july(8))

        second = review_clock(round=2, started_at=july(9, 12))

        assert fresh(first).state == ClockState.MET
        assert fresh(second).due_at == july(17)

    def test_the_event_identifies_what_the_clock_measures(self) -> None:
        clock = review_clock(subject_id=41)

        assert Event.objects.get(type="clocks.clock_started").payload == {
            "kind": "review",
            "subject_id": 41,
            "round": 1,
            "due_at": "2020-07-14T00:00:00+00:00",
            "started_at": "2020-07-06T09:00:00+00:00",
            "target_days": 5,
            "calendar_version_id": clock.calendar_version_id,
        }


class TestMeeting:
    def test_met_a_moment_before_the_due_instant_is_not_breached(self, told: Told) -> None:
        at = july(14) - timedelta(microseconds=1)

        clock = fresh(meet_clock(clock=review_clock(), at=at))

        assert (clock.state, clock.met_at, clock.breached_at) == (ClockState.MET, at, None)
        assert told(clock) == ["started", "met"]

    def test_met_at_the_due_instant_is_breached_without_any_sweep(self, told: Told) -> None:
        clock = fresh(meet_clock(clock=review_clock(), at=july(14)))

        assert (clock.state, clock.met_at, clock.breached_at) == (ClockState.MET, july(14), july(14))
        assert told(clock) == ["started", "breached", "met"]

    def test_a_breached_clock_that_is_met_later_stays_breached(self, told: Told) -> None:
        clock = review_clock()
        sweep_clocks(now=july(14, 0, 1))

        meet_clock(clock=clock, at=july(15))

        assert (fresh(clock).state, fresh(clock).breached_at) == (ClockState.MET, july(14))
        assert told(clock) == ["started", "breached", "met"]

    def test_meeting_twice_keeps_the_first(self, told: Told) -> None:
        clock = meet_clock(clock=review_clock(), at=july(8))
        before = columns(clock)

        meet_clock(clock=clock, at=july(20))

        assert columns(clock) == before
        assert told(clock) == ["started", "met"]

    def test_a_met_clock_can_neither_be_paused_nor_resumed_nor_cancelled(self, told: Told) -> None:
        clock = meet_clock(clock=review_clock(), at=july(8))
        before = columns(clock)

        pause_clock(clock=clock, cause="request", cause_ref=1, now=july(9))
        resume_clock(clock=clock, cause="request", cause_ref=1, now=july(9))
        cancel_clock(clock=clock, at=july(9))

        assert columns(clock) == before
        assert ClockPause.objects.count() == 0
        assert told(clock) == ["started", "met"]

    def test_meeting_a_paused_clock_ends_its_pause_and_is_in_time(self) -> None:
        clock = pause_clock(clock=review_clock(), cause="request", cause_ref=1, now=july(8, 12))

        meet_clock(clock=clock, at=july(30, 12))

        assert (fresh(clock).state, fresh(clock).breached_at) == (ClockState.MET, None)
        assert ClockPause.objects.get().ended_at == july(30, 12)


class TestCancelling:
    def test_a_cancelled_clock_is_left_alone_by_the_sweep(self, told: Told) -> None:
        clock = cancel_clock(clock=review_clock(), at=july(8))

        report = sweep_clocks(now=july(20))

        assert report == Swept()
        assert (fresh(clock).state, fresh(clock).cancelled_at) == (ClockState.CANCELLED, july(8))
        assert told(clock) == ["started", "cancelled"]

    def test_a_clock_cancelled_at_the_due_instant_was_breached(self, told: Told) -> None:
        clock = cancel_clock(clock=review_clock(), at=july(14))

        assert (fresh(clock).state, fresh(clock).breached_at) == (ClockState.CANCELLED, july(14))
        assert told(clock) == ["started", "breached", "cancelled"]

    def test_cancelling_twice_keeps_the_first(self, told: Told) -> None:
        clock = cancel_clock(clock=review_clock(), at=july(8))
        before = columns(clock)

        cancel_clock(clock=clock, at=july(9))
        meet_clock(clock=clock, at=july(9))

        assert columns(clock) == before
        assert told(clock) == ["started", "cancelled"]


class TestPausing:
    def test_a_paused_clock_has_no_due_date_and_no_sweep_touches_it(self, told: Told) -> None:
        clock = pause_clock(clock=review_clock(), cause="request", cause_ref=1, now=july(8, 12))

        report = sweep_clocks(now=july(30))

        assert report == Swept()
        assert (fresh(clock).state, fresh(clock).due_at, fresh(clock).warn_at) == (
            ClockState.PAUSED,
            None,
            None,
        )
        assert told(clock) == ["started", "paused"]

    def test_business_days_that_ended_during_a_pause_are_added(self) -> None:
        clock = pause_clock(clock=review_clock(), cause="request", cause_ref=1, now=july(8, 12))

        resume_clock(clock=clock, cause="request", cause_ref=1, now=july(10, 12))

        assert (fresh(clock).state, fresh(clock).due_at) == (ClockState.RUNNING, july(16))

    def test_pausing_and_resuming_twice_has_the_effect_of_once(self, told: Told) -> None:
        clock = review_clock()
        for hour in (12, 13):
            pause_clock(clock=clock, cause="request", cause_ref=1, now=july(8, hour))
        for hour in (12, 13):
            resume_clock(clock=clock, cause="request", cause_ref=1, now=july(10, hour))

        pause = ClockPause.objects.get()
        assert (pause.started_at, pause.ended_at) == (july(8, 12), july(10, 12))
        assert told(clock) == ["started", "paused", "resumed"]

    def test_the_clock_runs_again_only_when_the_last_cause_is_gone(self) -> None:
        clock = review_clock()
        pause_clock(clock=clock, cause="request", cause_ref=1, now=july(7, 12))
        pause_clock(clock=clock, cause="request", cause_ref=2, now=july(8, 12))
        resume_clock(clock=clock, cause="request", cause_ref=1, now=july(9, 12))
        held = fresh(clock)

        resume_clock(clock=clock, cause="request", cause_ref=2, now=july(10, 12))

        assert (held.state, held.due_at) == (ClockState.PAUSED, None)
        assert (fresh(clock).state, fresh(clock).due_at) == (ClockState.RUNNING, july(17))

    def test_a_cause_can_pause_the_clock_again(self) -> None:
        clock = review_clock()
        for day in (7, 9):
            pause_clock(clock=clock, cause="request", cause_ref=1, now=july(day, 12))
            resume_clock(clock=clock, cause="request", cause_ref=1, now=july(day + 1, 12))

        assert fresh(clock).due_at == july(16)

    def test_a_pause_at_the_due_instant_finds_the_clock_breached(self, told: Told) -> None:
        clock = pause_clock(clock=review_clock(), cause="request", cause_ref=1, now=july(14))

        assert (fresh(clock).state, fresh(clock).due_at, fresh(clock).breached_at) == (
            ClockState.PAUSED,
            july(14),
            july(14),
        )
        assert told(clock) == ["started", "breached", "paused"]


class TestExtending:
    def test_an_extension_adds_business_days_and_is_kept_with_its_reason(
        self, keeper: Actor, told: Told
    ) -> None:
        clock = extend_clock(clock=review_clock(), days=2, reason=" Flood ", actor=keeper, now=july(8))

        extension = clock.extensions.get()
        assert (fresh(clock).due_at, fresh(clock).extension_days) == (july(16), 2)
        assert (extension.days, extension.reason, extension.by_name, extension.by_user_id) == (
            2,
            "Flood",
            "keeper",
            7,
        )
        assert told(clock) == ["started", "extended"]

    def test_extensions_add_up_even_while_the_clock_is_paused(self, keeper: Actor) -> None:
        clock = extend_clock(clock=review_clock(), days=1, reason="Flood", actor=keeper, now=july(7))
        pause_clock(clock=clock, cause="request", cause_ref=1, now=july(8, 12))
        extend_clock(clock=clock, days=2, reason="Storm", actor=keeper, now=july(8, 13))
        paused = fresh(clock)

        resume_clock(clock=clock, cause="request", cause_ref=1, now=july(8, 14))

        assert (paused.state, paused.due_at, paused.extension_days) == (ClockState.PAUSED, None, 3)
        assert fresh(clock).due_at == july(17)

    def test_an_extension_does_not_undo_a_breach(self, keeper: Actor) -> None:
        clock = extend_clock(clock=review_clock(), days=2, reason="Flood", actor=keeper, now=july(14))

        assert (fresh(clock).due_at, fresh(clock).breached_at) == (july(16), july(14))
        assert sweep_clocks(now=july(20)).breached == 0

    def test_a_repeated_extension_is_stale(self, keeper: Actor) -> None:
        clock = review_clock()
        seen = clock.version
        extend_clock(clock=clock, days=2, reason="Flood", actor=keeper, now=july(8), version=seen)

        with pytest.raises(StaleVersion):
            extend_clock(clock=clock, days=2, reason="Flood", actor=keeper, now=july(8), version=seen)

        assert fresh(clock).extension_days == 2

    @pytest.mark.parametrize(
        ("days", "reason", "code", "pointer"),
        [
            (0, "Flood", "VALIDATION_FAILED", "/days"),
            (31, "Flood", "VALIDATION_FAILED", "/days"),
            (1, "  ", "REASON_REQUIRED", "/reason"),
            (1, "x" * 4_001, "REASON_REQUIRED", "/reason"),
        ],
    )
    def test_days_and_reason_are_checked(
        self, keeper: Actor, days: int, reason: str, code: str, pointer: str
    ) -> None:
        clock = review_clock()
        before = columns(clock)

        with pytest.raises(Refused) as refusal:
            extend_clock(clock=clock, days=days, reason=reason, actor=keeper, now=july(8))

        assert (refusal.value.code, refusal.value.pointer) == (code, pointer)
        assert columns(clock) == before

    def test_a_closed_clock_cannot_be_extended(self, keeper: Actor) -> None:
        clock = meet_clock(clock=review_clock(), at=july(8))
        before = columns(clock)

        with pytest.raises(Conflict):
            extend_clock(clock=clock, days=1, reason="Flood", actor=keeper, now=july(9))

        assert columns(clock) == before
        assert clock.extensions.count() == 0

    def test_only_a_desk_admin_may_extend_pin_or_publish(self, reviewer: Actor) -> None:
        clock = review_clock()
        before = columns(clock)

        with pytest.raises(NotPermitted):
            extend_clock(clock=clock, days=1, reason="Flood", actor=reviewer, now=july(8))
        with pytest.raises(NotPermitted):
            pin_calendar(clock=clock, calendar_version=clock.calendar_version, actor=reviewer, now=july(8))
        with pytest.raises(NotPermitted):
            publish_calendar(actor=reviewer, now=july(8))

        assert columns(clock) == before
        assert CalendarVersion.objects.count() == 1


class TestPinningACalendar:
    def test_a_new_calendar_leaves_running_clocks_alone_until_it_is_pinned(
        self, keeper: Actor, told: Told
    ) -> None:
        clock = review_clock()
        newer = publish_calendar(own_holidays={date(2020, 7, 9): "Desk day"}, actor=keeper, now=july(7))
        untouched = fresh(clock).due_at

        pin_calendar(clock=clock, calendar_version=newer, actor=keeper, now=july(8))
        pin_calendar(clock=clock, calendar_version=newer, actor=keeper, now=july(8))

        assert untouched == july(14)
        assert (fresh(clock).due_at, fresh(clock).calendar_version) == (july(15), newer)
        assert review_clock(subject_id=2).due_at == july(15)
        assert told(clock) == ["started", "calendar_pinned"]

    def test_a_calendar_pinned_too_late_does_not_undo_a_breach(self, keeper: Actor) -> None:
        clock = review_clock()
        newer = publish_calendar(own_holidays={date(2020, 7, 9): "Desk day"}, actor=keeper, now=july(14))

        pin_calendar(clock=clock, calendar_version=newer, actor=keeper, now=july(14))

        assert (fresh(clock).due_at, fresh(clock).breached_at) == (july(15), july(14))

    def test_a_date_that_moves_into_the_past_is_found_breached_even_while_paused(self, keeper: Actor) -> None:
        clock = pause_clock(clock=review_clock(), cause="request", cause_ref=1, now=july(13, 12))
        saturday = publish_calendar(working_days=[date(2020, 7, 11)], actor=keeper, now=july(15))
        pin_calendar(clock=clock, calendar_version=saturday, actor=keeper, now=july(15))

        report = sweep_clocks(now=july(15, 1))

        assert report == Swept(breached=1)
        assert (fresh(clock).state, fresh(clock).due_at, fresh(clock).breached_at) == (
            ClockState.PAUSED,
            july(12),
            july(12),
        )


class TestSweeping:
    def test_nothing_happens_before_its_instant(self) -> None:
        review_clock()

        assert sweep_clocks(now=july(11) - timedelta(microseconds=1)) == Swept()

    def test_it_warns_once_when_one_business_day_is_left(self, told: Told) -> None:
        clock = review_clock()

        reports = [sweep_clocks(now=july(11, 0, minute)) for minute in range(3)]

        assert reports == [Swept(warned=1), Swept(), Swept()]
        assert fresh(clock).warned_at == july(11)
        assert told(clock) == ["started", "warned"]

    def test_it_breaches_once_as_of_the_due_instant(self, told: Told) -> None:
        clock = review_clock()

        reports = [sweep_clocks(now=july(20, 0, minute)) for minute in range(3)]

        assert reports == [Swept(breached=1), Swept(), Swept()]
        assert fresh(clock).breached_at == july(14)
        assert Event.objects.get(type="clocks.clock_breached").at == july(20)
        assert told(clock) == ["started", "breached"]

    def test_a_later_date_is_warned_of_again(self, keeper: Actor, told: Told) -> None:
        clock = review_clock()
        sweep_clocks(now=july(11))
        extend_clock(clock=clock, days=2, reason="Flood", actor=keeper, now=july(12))

        reports = [sweep_clocks(now=now) for now in (july(14), july(15), july(16))]

        assert reports == [Swept(), Swept(warned=1), Swept(breached=1)]
        assert told(clock) == ["started", "warned", "extended", "warned", "breached"]

    def test_a_clock_resumed_on_its_last_day_is_not_warned_of_twice(self) -> None:
        clock = review_clock()
        sweep_clocks(now=july(11))
        pause_clock(clock=clock, cause="request", cause_ref=1, now=july(11, 12))
        resume_clock(clock=clock, cause="request", cause_ref=1, now=july(14, 12))

        assert sweep_clocks(now=july(14, 13)) == Swept()
        assert fresh(clock).due_at == july(15)

    def test_clocks_beyond_the_limit_are_left_for_the_next_sweep(self) -> None:
        for subject_id in range(5):
            review_clock(subject_id=subject_id)

        reports = [sweep_clocks(now=july(20), limit=2) for _ in range(4)]

        assert [report.breached for report in reports] == [2, 2, 1, 0]

    def test_the_outcome_of_a_clock_does_not_depend_on_sweeps(self, keeper: Actor) -> None:
        unswept = lived(review_clock(subject_id=1), keeper)
        swept = lived(review_clock(subject_id=2), keeper, between=lambda day: sweep_clocks(now=july(day, 1)))

        ignored = {"id", "subject_id", "warned_at"}
        first, second = (
            {name: value for name, value in columns(clock).items() if name not in ignored}
            for clock in (unswept, swept)
        )
        assert first == second
        assert (first["breached_at"], first["due_at"]) == (july(15), july(16))


class TestTheDatabase:
    def test_it_refuses_to_change_a_published_calendar(self) -> None:
        calendar = review_clock().calendar_version

        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            CalendarVersion.objects.filter(pk=calendar.pk).update(zone="Asia/Tokyo")

        assert CalendarVersion.objects.get().zone == "UTC"

    def test_it_refuses_a_second_open_pause_of_the_same_cause(self) -> None:
        clock = pause_clock(clock=review_clock(), cause="request", cause_ref=1, now=july(8))

        with pytest.raises(DatabaseError), transaction.atomic():
            ClockPause.objects.create(clock=clock, cause="request", cause_ref=1, started_at=july(9))

        assert ClockPause.objects.count() == 1

    def test_it_refuses_a_running_clock_without_a_date(self) -> None:
        clock = review_clock()

        with pytest.raises(DatabaseError), transaction.atomic():
            Clock.objects.filter(pk=clock.pk).update(due_at=None)

        assert fresh(clock).due_at == july(14)


def test_every_event_of_a_clock_carries_the_stored_date(keeper: Actor) -> None:
    clock = review_clock()
    pause_clock(clock=clock, cause="request", cause_ref=1, now=july(8, 12))
    resume_clock(clock=clock, cause="request", cause_ref=1, now=july(9, 12))
    extend_clock(clock=clock, days=1, reason="Flood", actor=keeper, now=july(9, 13))

    payloads = (
        Event.objects.filter(subject_type="clocks.clock").order_by("id").values_list("payload", flat=True)
    )

    assert [payload["due_at"] for payload in payloads] == [
        "2020-07-14T00:00:00+00:00",
        None,
        "2020-07-15T00:00:00+00:00",
        "2020-07-16T00:00:00+00:00",
    ]
    assert [(payload.get("from"), payload.get("to")) for payload in payloads] == [
        (None, None),
        ("running", "paused"),
        ("paused", "running"),
        ("running", "running"),
    ]


def test_clocks_of_two_kinds_with_the_same_subject_id_are_separate() -> None:
    review = review_clock(subject_id=9)
    response = start_clock(
        kind=ClockKind.RESPONSE, subject_id=9, started_at=MONDAY_MORNING, target_days=5, actor=SYSTEM
    )

    assert clock_for(ClockKind.REVIEW, 9) == review
    assert clock_for(ClockKind.RESPONSE, 9) == response
    assert clock_for(ClockKind.ARBITRATION, 9) is None
