"""One loop runs everything that time causes; a failure in one row does not end the others."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connection, connections

from clocks.models import Clock
from cpor.sweeps import PIECES, Piece, run_pieces, sweep
from foundation.journal.models import Delivery, Heartbeat
from scripts.servers import free_port
from tests.clocks.conftest import july, review_clock
from tests.filing import file_claim, sales, workloads
from tests.world import build_world

LATE = july(20)


@pytest.mark.django_db
def test_a_failing_row_is_counted_and_the_others_are_handled() -> None:
    worked: list[int] = []

    def act(key: int, now: object) -> None:
        if key == 2:
            raise ValueError("not this one")
        worked.append(key)

    report = run_pieces([Piece("rows", lambda *, now: [1, 2, 3], act)], now=LATE)

    assert (worked, report.done, report.failed) == ([1, 3], {"rows": 2}, 1)


@pytest.mark.django_db
def test_a_piece_that_cannot_find_its_rows_does_not_end_the_others() -> None:
    def find(*, now: object) -> list[int]:
        raise ValueError("no rows today")

    worked: list[int] = []
    broken = Piece("broken", find, lambda key, now: None)
    sound = Piece("sound", lambda *, now: [1], lambda key, now: worked.append(key))
    report = run_pieces([broken, sound], now=LATE)

    assert (worked, report.failed) == ([1], 1)


@pytest.mark.django_db
def test_the_writes_of_a_failing_row_are_rolled_back() -> None:
    clock = review_clock()

    def act(key: int, now: object) -> None:
        Clock.objects.filter(pk=key).update(target_days=9)
        raise ValueError("after all, no")

    run_pieces([Piece("rows", lambda *, now: [clock.pk], act)], now=LATE)

    clock.refresh_from_db()
    assert clock.target_days == 5


@pytest.fixture
def impatient() -> Iterator[None]:
    """Give up on a lock after a moment, as production does."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
    yield
    connection.close()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_lock_on_one_clock_costs_that_clock_only(impatient: None) -> None:
    world = build_world()
    file_claim(world, world.ana, sales(world.s_b))
    file_claim(world, world.ana, *workloads("microsoft-teams"), solution_area="microsoft_365")
    held, free = Clock.objects.filter(kind="review").order_by("pk")
    locked, finished = threading.Event(), threading.Event()

    def hold() -> None:
        with connections["default"].cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1 FROM clocks_clock WHERE id = %s FOR UPDATE", [held.pk])
            locked.set()
            finished.wait(10)
            cursor.execute("ROLLBACK")
        connections["default"].close()

    holder = threading.Thread(target=hold)
    holder.start()
    locked.wait(10)
    try:
        report = sweep(now=LATE)
    finally:
        finished.set()
        holder.join()

    assert (report.failed, report.is_gone) == (1, False)
    assert list(Clock.objects.filter(breached_at__isnull=False)) == [free]
    assert not Delivery.objects.exclude(state="delivered").exists()
    assert Heartbeat.objects.get(name="sweep").at == LATE
    assert sweep(now=LATE).failed == 0
    assert Clock.objects.filter(breached_at__isnull=False).count() == 2


def _terminate_own_backend() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_broken_connection_costs_one_row_if_a_new_one_can_be_made() -> None:
    clock = review_clock()
    breaking = Piece("breaking", lambda *, now: [1], lambda key, now: _terminate_own_backend())

    report = run_pieces([breaking, *PIECES], now=LATE)

    clock.refresh_from_db()
    assert (report.failed, report.is_gone) == (1, False)
    assert clock.breached_at is not None


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_sweep_without_a_database_stops_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    address = connection.settings_dict
    port = address["PORT"]

    def vanish(key: int, now: object) -> None:
        address["PORT"] = str(free_port())
        _terminate_own_backend()

    worked: list[int] = []
    pieces = [
        Piece("breaking", lambda *, now: [1, 2], vanish),
        Piece("later", lambda *, now: [1], lambda key, now: worked.append(key)),
    ]
    try:
        report = run_pieces(pieces, now=LATE)
    finally:
        connection.close()
        address["PORT"] = port

    assert (report.is_gone, report.failed, worked) == (True, 1, [])
    assert "the database does not answer" in caplog.text
