"""Every delivery reaches its consumer at least once, from rows alone; its outcome is recorded exactly once."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError
from pytest_django import DjangoCaptureOnCommitCallbacks

from foundation.journal.enums import DeliveryState
from foundation.journal.models import Delivery
from foundation.journal.relay import BACKOFF, LEASE, RelayReport, drain, relay
from partners.models import Organisation
from tests.foundation.journal.conftest import NOW, Connect, Notebook, happen

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


def _row() -> tuple[str, int, datetime, str]:
    delivery = Delivery.objects.get()
    return delivery.state, delivery.attempts, delivery.next_attempt_at, delivery.last_error


def test_a_delivery_reaches_its_consumer_once(connect: Connect) -> None:
    notebook = Notebook()
    connect(notebook.as_consumer("a", "b"))
    happen()

    first, second = relay(now=NOW), relay(now=NOW + timedelta(days=1))

    assert (first, second) == (RelayReport(delivered=2), RelayReport())
    assert notebook.taken == notebook.delivered == ["a", "b"]
    assert set(Delivery.objects.values_list("state", "attempts", "delivered_at")) == {("delivered", 1, NOW)}


def test_nothing_is_delivered_before_it_is_due(connect: Connect) -> None:
    notebook = Notebook()
    connect(notebook.as_consumer())
    happen(now=NOW)

    assert relay(now=NOW - SECOND) == RelayReport()
    assert notebook.taken == []


def test_deliveries_go_out_in_the_order_of_their_events(connect: Connect) -> None:
    seen: list[str] = []
    notebook = Notebook()
    connect(notebook.as_consumer(deliver=lambda delivery, now: seen.append(delivery.event.payload["what"])))
    for what in ("first", "second", "third"):
        happen(what)

    relay(now=NOW, limit=2)
    relay(now=NOW, limit=2)

    assert seen == ["first", "second", "third"]


def test_a_failing_delivery_waits_longer_each_time_and_then_succeeds(connect: Connect) -> None:
    notebook = Notebook(failing=3)
    connect(notebook.as_consumer("a"))
    happen()
    now = NOW

    for attempt in (1, 2, 3):
        report = relay(now=now)
        assert report == RelayReport(failed=1)
        assert _row() == ("pending", attempt, now + BACKOFF[attempt - 1], "OSError: the other side is away")
        assert relay(now=now + BACKOFF[attempt - 1] - SECOND) == RelayReport()
        now += BACKOFF[attempt - 1]
    last = relay(now=now)

    assert last == RelayReport(delivered=1)
    assert _row()[:2] == ("delivered", 4)
    assert Delivery.objects.get().last_error == ""
    assert notebook.taken == notebook.delivered == ["a"]


class SlowDays:
    """A clock that a slow consumer lets run: each delivery takes 50 seconds."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def work(self, _delivery: Delivery, _now: datetime) -> None:
        self.now += timedelta(seconds=50)


def test_a_long_relay_leases_and_records_each_delivery_at_its_own_instant(connect: Connect) -> None:
    clock = SlowDays()
    leases: list[datetime | None] = []

    def deliver(delivery: Delivery, now: datetime) -> None:
        leases.append(Delivery.objects.get(pk=delivery.pk).leased_until)
        clock.work(delivery, now)

    connect(Notebook().as_consumer(deliver=deliver))
    for number in range(5):
        happen(str(number))

    relay(now=NOW, clock=clock)

    assert leases == [NOW + timedelta(seconds=50 * number) + LEASE for number in range(5)]
    assert list(Delivery.objects.order_by("id").values_list("delivered_at", flat=True)) == [
        NOW + timedelta(seconds=50 * number) for number in range(1, 6)
    ]


def test_another_relay_takes_nothing_that_a_long_relay_holds(connect: Connect) -> None:
    """With leases counted from the start, the fourth delivery would be free again and go out twice."""
    clock = SlowDays()
    taken: list[str] = []

    def deliver(delivery: Delivery, now: datetime) -> None:
        taken.append(delivery.event.payload["what"])
        clock.work(delivery, now)
        if len(taken) == 4:
            relay(now=clock() - SECOND, clock=clock, limit=4)

    connect(Notebook().as_consumer(deliver=deliver))
    for number in range(4):
        happen(str(number))

    drain(now=NOW, clock=clock)

    assert taken == ["0", "1", "2", "3"]


def test_retries_wait_as_long_as_documented() -> None:
    minute, hour = timedelta(minutes=1), timedelta(hours=1)

    assert (
        timedelta(seconds=10),
        minute,
        5 * minute,
        30 * minute,
        2 * hour,
        6 * hour,
        15 * hour,
    ) == BACKOFF


def test_after_the_last_attempt_a_delivery_is_visibly_given_up_once(connect: Connect) -> None:
    notebook = Notebook(failing=100)
    connect(notebook.as_consumer("a"))
    happen()
    now = NOW

    reports = [relay(now=now)]
    for pause in BACKOFF:
        now += pause
        reports.append(relay(now=now))
    afterwards = relay(now=now + timedelta(days=30))

    assert [report.failed for report in reports] == [1] * 8
    assert [report.dead for report in reports] == [0] * 7 + [1]
    assert afterwards == RelayReport()
    assert _row()[:2] == ("dead", 8)
    assert Delivery.objects.get().last_error == "OSError: the other side is away"
    assert (notebook.taken, notebook.delivered, notebook.dead) == ([], [], ["a"])


def test_one_failing_delivery_does_not_block_the_others(connect: Connect) -> None:
    broken, sound = Notebook(failing=1), Notebook()
    connect(broken.as_consumer("a", name="broken"), sound.as_consumer("b", name="sound"))
    happen()

    report = relay(now=NOW)

    assert report == RelayReport(delivered=1, failed=1)
    assert sound.taken == ["b"]


def test_a_delivery_to_a_removed_consumer_does_not_block_the_others(connect: Connect) -> None:
    notebook = Notebook()
    connect(notebook.as_consumer())
    happen()
    Delivery.objects.update(consumer="gone")
    happen()

    report = relay(now=NOW)

    assert report == RelayReport(delivered=1, failed=1)
    stuck = Delivery.objects.get(consumer="gone")
    assert (stuck.state, stuck.attempts) == (DeliveryState.PENDING, 1)
    assert "no consumer gone receives" in stuck.last_error


def test_a_long_error_is_stored_truncated(connect: Connect) -> None:
    def fail(delivery: Delivery, now: datetime) -> None:
        raise OSError("x" * 5_000)

    connect(Notebook().as_consumer(deliver=fail))
    happen()

    relay(now=NOW)

    assert len(Delivery.objects.get().last_error) == 2_000


def test_a_leased_delivery_is_left_alone_until_its_lease_expires(connect: Connect) -> None:
    """A relay that is killed while it delivers keeps its lease for two minutes and no longer."""
    notebook = Notebook()
    connect(notebook.as_consumer("a"))
    happen()
    Delivery.objects.update(leased_until=NOW + LEASE, attempts=1)

    before = relay(now=NOW + LEASE - SECOND)
    after = relay(now=NOW + LEASE)

    assert (before, after) == (RelayReport(), RelayReport(delivered=1))
    assert notebook.taken == ["a"]
    assert _row()[:2] == ("delivered", 2)


def test_a_relay_whose_lease_expired_does_not_overwrite_its_successor(connect: Connect) -> None:
    """It delivers too slowly: another relay takes over and finishes; the outcome is recorded once."""
    notebook = Notebook()

    def slow(delivery: Delivery, now: datetime) -> None:
        notebook.take(delivery, now)
        if len(notebook.taken) == 1:
            assert relay(now=NOW + LEASE) == RelayReport(delivered=1)

    connect(notebook.as_consumer("a", deliver=slow))
    happen()

    report = relay(now=NOW)

    assert report == RelayReport()
    assert notebook.taken == ["a", "a"]
    assert notebook.delivered == ["a"]
    assert Delivery.objects.get().delivered_at == NOW + LEASE


def test_a_slow_failure_does_not_undo_its_successors_success(connect: Connect) -> None:
    notebook = Notebook()

    def slow(delivery: Delivery, now: datetime) -> None:
        notebook.taken.append(delivery.address)
        if len(notebook.taken) == 1:
            relay(now=NOW + LEASE)
            raise OSError("too late")

    connect(notebook.as_consumer("a", deliver=slow))
    happen()

    relay(now=NOW)

    assert _row()[:2] == ("delivered", 2)
    assert notebook.delivered == ["a"]


def test_events_caused_by_deliveries_are_drained_too(connect: Connect) -> None:
    notebook = Notebook()

    def pass_on(delivery: Delivery, now: datetime) -> None:
        if delivery.event.payload["what"] != "it ended":
            happen("it ended", now=now)

    connect(notebook.as_consumer("a", delivered=pass_on))
    happen()

    report = drain(now=NOW)

    assert report == RelayReport(delivered=2)
    assert notebook.taken == ["a", "a"]
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.DELIVERED}


def test_a_transactional_consumer_takes_effect_with_its_record(connect: Connect) -> None:
    def write(delivery: Delivery, now: datetime) -> None:
        Organisation.objects.create(code=f"made-{delivery.pk}", name="Made")

    connect(Notebook().as_consumer(deliver=write, transactional=True))
    happen()

    first, second = relay(now=NOW), relay(now=NOW + LEASE)

    assert (first, second) == (RelayReport(delivered=1), RelayReport())
    assert Organisation.objects.filter(name="Made").count() == 1


def test_a_transactional_consumer_that_fails_leaves_nothing_behind(connect: Connect) -> None:
    attempts: list[int] = []

    def write_and_fail_once(delivery: Delivery, now: datetime) -> None:
        Organisation.objects.create(code=f"made-{delivery.pk}", name="Made")
        attempts.append(delivery.attempts)
        if len(attempts) == 1:
            raise DatabaseError("the connection is gone")

    connect(Notebook().as_consumer(deliver=write_and_fail_once, transactional=True))
    happen()

    relay(now=NOW)
    after_the_failure = Organisation.objects.filter(name="Made").count()
    relay(now=NOW + BACKOFF[0])

    assert after_the_failure == 0
    assert attempts == [1, 2]
    assert Organisation.objects.filter(name="Made").count() == 1


def test_the_follow_up_of_a_delivery_commits_or_rolls_back_with_its_record(connect: Connect) -> None:
    """`delivered` raises: the outcome is not recorded, the delivery is repeated and its follow-up happens once."""
    notebook = Notebook()
    failures = [OSError("no")]

    def follow_up(delivery: Delivery, now: datetime) -> None:
        Organisation.objects.create(code=f"made-{delivery.pk}", name="Made")
        if failures:
            raise failures.pop()

    connect(notebook.as_consumer("a", delivered=follow_up))
    happen()

    relay(now=NOW)
    state_after_failure, made_after_failure = _row()[0], Organisation.objects.filter(name="Made").count()
    relay(now=NOW + BACKOFF[0])

    assert (state_after_failure, made_after_failure) == ("pending", 0)
    assert notebook.taken == ["a", "a"]
    assert Organisation.objects.filter(name="Made").count() == 1
    assert _row()[0] == "delivered"


def test_a_lost_nudge_loses_nothing(
    connect: Connect, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """The broker is down: the event is committed, and the next sweep delivers it."""
    notebook = Notebook()

    def no_broker() -> None:
        raise OSError("no broker")

    connect(notebook.as_consumer("a"), nudged=no_broker)

    with django_capture_on_commit_callbacks(execute=True):
        happen()
    before_the_sweep = list(notebook.taken)
    drain(now=NOW)

    assert before_the_sweep == []
    assert notebook.taken == ["a"]
