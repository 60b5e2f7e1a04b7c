"""With real threads and commits, several simultaneous relays hand over each delivery once."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import TypeVar

import pytest
from django.db import connection

from foundation.journal.models import Delivery
from foundation.journal.relay import BACKOFF, RelayReport, drain, relay
from partners.models import Organisation
from tests.foundation.journal.conftest import NOW, Connect, Notebook, happen

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

RELAYS = 8
T = TypeVar("T")


def _at_once(act: Callable[[], T], people: int = RELAYS) -> list[T]:
    """Run the act in parallel threads that start together, and return their results."""
    barrier = threading.Barrier(people)

    def one(_number: int) -> T:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=20)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(people) as pool:
        return list(pool.map(one, range(people)))


def test_eight_relays_hand_over_every_delivery_once(connect: Connect) -> None:
    notebook = Notebook()
    connect(notebook.as_consumer(*(f"to-{number}" for number in range(10))))
    for _ in range(5):
        happen()

    reports = _at_once(lambda: relay(now=NOW))

    assert sum(report.delivered for report in reports) == 50
    assert sum(report.failed for report in reports) == 0
    assert Counter(notebook.taken) == Counter({f"to-{number}": 5 for number in range(10)})
    assert Counter(notebook.delivered) == Counter(notebook.taken)
    assert set(Delivery.objects.values_list("state", "attempts")) == {("delivered", 1)}


def test_while_one_relay_delivers_another_leaves_it_alone(connect: Connect) -> None:
    """The second relay comes while the first is handing over the only delivery."""
    notebook = Notebook()
    in_the_middle, may_finish = threading.Event(), threading.Event()

    def slow(delivery: Delivery, now: datetime) -> None:
        notebook.take(delivery, now)
        in_the_middle.set()
        assert may_finish.wait(20)

    def first() -> RelayReport:
        try:
            return relay(now=NOW)
        finally:
            connection.close()

    connect(notebook.as_consumer("a", deliver=slow))
    happen()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(first)
        assert in_the_middle.wait(20)
        second = relay(now=NOW)
        may_finish.set()
        report = running.result(20)

    assert (report.delivered, second.delivered) == (1, 0)
    assert notebook.taken == notebook.delivered == ["a"]


def test_eight_relays_of_a_transactional_consumer_take_effect_once(connect: Connect) -> None:
    def write(delivery: Delivery, now: datetime) -> None:
        Organisation.objects.create(code=f"made-{threading.get_ident()}-{delivery.pk}", name="Made")

    connect(
        Notebook().as_consumer(*(f"to-{number}" for number in range(20)), deliver=write, transactional=True)
    )
    happen()

    _at_once(lambda: drain(now=NOW))

    assert Organisation.objects.filter(name="Made").count() == 20
    assert set(Delivery.objects.values_list("state", flat=True)) == {"delivered"}


def test_eight_relays_give_up_a_delivery_once(connect: Connect) -> None:
    notebook = Notebook(failing=1_000)
    connect(notebook.as_consumer("a"))
    happen()
    now = NOW

    for pause in (*BACKOFF, BACKOFF[-1]):
        _at_once(partial(relay, now=now))
        now += pause

    assert notebook.dead == ["a"]
    assert list(Delivery.objects.values_list("state", "attempts")) == [("dead", len(BACKOFF) + 1)]
