"""Routes from event types to subscribers and consumers. Only `cpor.wiring` fills them, once at start."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from foundation.journal.enums import Audience
from foundation.journal.models import Delivery, Event


@dataclass(frozen=True, kw_only=True)
class EventType:
    """One type of event: its stable name, its line in a history, its readers and the keys of its payload.

    Every event carries all `fields`, and those in `optional` where they apply. Payloads are a public contract.
    """

    name: str
    summary: str | Promise
    audience: Audience = Audience.PARTNER
    fields: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    version: int = 1

    def check(self, payload: Collection[str]) -> None:
        """Raise AssertionError unless the payload has every required key and no undeclared one."""
        keys = set(payload)
        if unknown := keys - {*self.fields, *self.optional}:
            raise AssertionError(f"{self.name} does not declare {sorted(unknown)}")
        if missing := set(self.fields) - keys:
            raise AssertionError(f"{self.name} lacks {sorted(missing)}")


Subscriber = Callable[[Event, Any], None]
"""Runs in the event's transaction, with the `Step` that recorded it; an exception rolls back both."""


def _no_address(_event: Event) -> Iterable[str]:
    return ("",)


def _nothing(_delivery: Delivery, _now: datetime) -> None:
    return None


@dataclass(frozen=True, kw_only=True)
class Consumer:
    """Receives events after commit, through the relay.

    `addresses` runs in the event's transaction; each address gets one delivery. `deliver` runs outside any transaction
    and may be repeated after a crash, so it must be idempotent by the delivery's ID. `delivered` and `dead` run in the
    transaction that records the outcome, hence exactly once. A consumer that only writes to our database sets
    `transactional`: its `deliver` then runs in that transaction and takes effect exactly once.
    """

    name: str
    deliver: Callable[[Delivery, datetime], None]
    addresses: Callable[[Event], Iterable[str]] = _no_address
    transactional: bool = False
    delivered: Callable[[Delivery, datetime], None] = _nothing
    dead: Callable[[Delivery, datetime], None] = _nothing


def _refuse(delivery: Delivery, _now: datetime) -> None:
    raise LookupError(f"no consumer {delivery.consumer} receives {delivery.event.type} any more")


@dataclass
class Routes:
    types: dict[str, EventType] = field(default_factory=dict)
    subscribers: dict[str, list[Subscriber]] = field(default_factory=lambda: defaultdict(list))
    consumers: dict[str, list[Consumer]] = field(default_factory=lambda: defaultdict(list))
    nudge: Callable[[], None] = lambda: None

    def declare(self, event_types: Iterable[EventType]) -> None:
        for event_type in event_types:
            if self.types.setdefault(event_type.name, event_type) is not event_type:
                raise ValueError(f"two event types have the name {event_type.name}")

    def subscribe(self, event_type: EventType, subscriber: Subscriber) -> None:
        self.subscribers[event_type.name].append(subscriber)

    def deliver_to(self, consumer: Consumer, event_types: Iterable[EventType]) -> None:
        for event_type in event_types:
            self.consumers[event_type.name].append(consumer)

    def consumer(self, event_type: str, name: str) -> Consumer:
        """Return the consumer of this delivery; for a removed consumer, one whose `deliver` raises LookupError."""
        known = (consumer for consumer in self.consumers.get(event_type, ()) if consumer.name == name)
        return next(known, Consumer(name=name, deliver=_refuse))


routes = Routes()
