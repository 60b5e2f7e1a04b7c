"""A journal for tests: an event type of its own, and consumers that note what reaches them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

import pytest
from django.db import transaction

from foundation.journal.models import Delivery, Event
from foundation.journal.routing import Consumer, EventType, Subscriber, routes
from foundation.journal.step import Change, Step
from foundation.kernel.actor import SYSTEM, Actor
from partners.models import Organisation

NOW = datetime(2020, 7, 6, 9, tzinfo=UTC)
HAPPENED = EventType(
    name="test.happened", summary="Something happened", fields=("what",), optional=("to", "personal")
)


@dataclass
class Notebook:
    """What reached a consumer, by the delivery's address; `failing` counts its failures before it takes anything."""

    taken: list[str] = field(default_factory=list)
    delivered: list[str] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)
    failing: int = 0

    def take(self, delivery: Delivery, now: datetime) -> None:
        if self.failing:
            self.failing -= 1
            raise OSError("the other side is away")
        self.taken.append(delivery.address)

    def note_delivered(self, delivery: Delivery, now: datetime) -> None:
        self.delivered.append(delivery.address)

    def note_dead(self, delivery: Delivery, now: datetime) -> None:
        self.dead.append(delivery.address)

    def as_consumer(self, *addresses: str, name: str = "notebook", **changes: Any) -> Consumer:
        given: dict[str, Any] = {
            "deliver": self.take,
            "delivered": self.note_delivered,
            "dead": self.note_dead,
            "addresses": lambda event: addresses or ("",),
        }
        return Consumer(name=name, **(given | changes))


class Connect(Protocol):
    def __call__(
        self,
        *consumers: Consumer,
        subscribers: tuple[Subscriber, ...] = (),
        nudged: Callable[[], None] = lambda: None,
    ) -> None: ...


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Connect consumers and subscribers to HAPPENED for one test."""
    routes.types[HAPPENED.name] = HAPPENED
    nudge = routes.nudge

    def connected(
        *consumers: Consumer,
        subscribers: tuple[Subscriber, ...] = (),
        nudged: Callable[[], None] = lambda: None,
    ) -> None:
        routes.consumers[HAPPENED.name].extend(consumers)
        routes.subscribers[HAPPENED.name].extend(subscribers)
        routes.nudge = nudged

    yield connected
    routes.nudge = nudge
    for table in (routes.types, routes.consumers, routes.subscribers):
        table.pop(HAPPENED.name, None)


def happen(
    what: str = "it",
    *,
    now: datetime = NOW,
    actor: Actor = SYSTEM,
    claim_id: int | None = None,
    organisation_id: int | None = None,
    payload: Mapping[str, object] | None = None,
    personal: Mapping[str, Change] | None = None,
) -> Event:
    """Record that something happened to an organisation, in a transaction of its own, and return the event."""
    with transaction.atomic():
        subject, _created = Organisation.objects.get_or_create(code="somebody", name="Somebody")
        step = Step(actor=actor, at=now, claim_id=claim_id, organisation_id=organisation_id)
        return step.record(HAPPENED, subject, personal=personal, **(payload or {"what": what}))
