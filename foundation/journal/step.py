"""One step of history: who acts, when, about which claim; it writes events and is the only way to move a state."""

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Protocol

from django.db import transaction
from django.db.models import F
from django.db.models.options import Options
from django.utils.translation import gettext_lazy as _

from foundation.journal.models import Delivery, Event, EventDetail
from foundation.journal.routing import EventType, routes
from foundation.journal.unit import gather
from foundation.kernel.actor import SYSTEM, Actor
from foundation.kernel.errors import Conflict
from foundation.kernel.lifecycle import Act

Change = tuple[str, str]


class Subject(Protocol):
    """A row that events are about."""

    pk: Any
    _meta: "ClassVar[Options[Any]]"


class Stateful(Subject, Protocol):
    """A row whose state moves by steps, each of which raises its version."""

    version: int


class OfAnOrganisation(Protocol):
    """A row that belongs to a partner organisation: a claim."""

    pk: int
    organisation_id: int


@dataclass(frozen=True, kw_only=True)
class Step:
    """One act in history. `actor`, `at`, the claim and the organisation travel together, so that no event forgets any.

    Payload keys are checked against the event's type: a key that it does not declare, or a required one that is missing,
    raises AssertionError.
    """

    actor: Actor
    at: datetime
    claim_id: int | None = None
    organisation_id: int | None = None

    def about(self, claim: OfAnOrganisation) -> "Step":
        """Return the same step as part of this claim's history."""
        return self.filed_under(claim_id=claim.pk, organisation_id=claim.organisation_id)

    def filed_under(self, *, claim_id: int | None, organisation_id: int | None) -> "Step":
        """Return the same step in the history of this claim and organisation."""
        return replace(self, claim_id=claim_id, organisation_id=organisation_id)

    def by_system(self) -> "Step":
        """Return the step as the system's own: a consequence that must name no one."""
        return replace(self, actor=SYSTEM)

    def apart(self) -> "Step":
        """Return the step outside any claim's history."""
        return self.filed_under(claim_id=None, organisation_id=None)

    def record(
        self,
        event_type: EventType,
        subject: Subject,
        /,
        *,
        personal: Mapping[str, Change] | None = None,
        **payload: Any,
    ) -> Event:
        """Run an event's subscribers, and write it with its deliveries at the end of the caller's transaction.

        `personal` maps fields to (old, new): the values go to the erasable side table, their salted hashes to the
        payload. The relay is nudged after commit; a lost nudge costs at most one period of the sweep.
        """
        details = {field: (*change, secrets.token_hex(16)) for field, change in (personal or {}).items()}
        if details:
            payload["personal"] = {field: digest(*detail) for field, detail in details.items()}
        event = self._event(event_type, subject, payload)
        gather(_write, Noted(event, details))
        self._tell(event_type, event)
        return event

    def record_each(
        self, event_type: EventType, subjects: Sequence[tuple[Subject, Mapping[str, Any]]], /
    ) -> list[Event]:
        """Record one event for each (subject, payload), as `record` does, in a fixed number of statements."""
        events = [self._event(event_type, subject, payload) for subject, payload in subjects]
        gather(_write, *(Noted(event, {}) for event in events))
        for event in events:
            self._tell(event_type, event)
        return events

    def advance(
        self,
        instance: Stateful,
        act: Act,
        /,
        *,
        to: str,
        event: EventType,
        changes: Mapping[str, Any] | None = None,
        **payload: Any,
    ) -> Event:
        """Move `instance` along its table and record it: the only code that writes a state.

        Compare-and-set on (pk, state, version): of any number of callers who try the same step at once exactly one
        succeeds. `changes` are further columns that belong to the step. The instance is brought up to date, and the
        payload gets `from` and `to`. Raises NotPermitted where the table gives the actor no right to the act, Conflict
        INVALID_TRANSITION where the state does not allow it or another caller was first.
        """
        source = getattr(instance, act.field)
        act.enforce(self.actor, source)
        if to not in act.targets:
            raise AssertionError(f"{act.name} does not lead to {to}")
        row = {act.field: to, **(changes or {})}
        current = {"pk": instance.pk, act.field: source, "version": instance.version}
        if not instance._meta.base_manager.filter(**current).update(version=F("version") + 1, **row):
            raise Conflict(
                _("This changed at the same moment, through another action. Reload it to see what happened.")
            )
        for name, value in row.items():
            setattr(instance, name, value)
        instance.version += 1
        moved: dict[str, Any] = {"from": str(source), "to": str(to)}
        return self.record(event, instance, **moved, **payload)

    def _event(self, event_type: EventType, subject: Subject, payload: Mapping[str, Any]) -> Event:
        if not transaction.get_connection().in_atomic_block:
            raise AssertionError("an event is written in the transaction of what it records")
        event_type.check(payload)
        return Event(
            type=event_type.name,
            version=event_type.version,
            subject_type=subject._meta.label_lower,
            subject_id=subject.pk,
            claim_id=self.claim_id,
            organisation_id=self.organisation_id,
            audience=event_type.audience,
            actor_kind=self.actor.kind,
            actor_id=self.actor.user_id,
            actor_name=self.actor.name,
            channel=self.actor.channel,
            request_id=self.actor.request_id,
            at=self.at,
            payload=dict(payload),
        )

    def _tell(self, event_type: EventType, event: Event) -> None:
        """Run what listens inside the transaction."""
        for subscriber in routes.subscribers.get(event_type.name, ()):
            subscriber(event, self)


@dataclass(frozen=True)
class Noted:
    """An event that is still to be written, with old and new value and salt of each personal field."""

    event: Event
    details: Mapping[str, tuple[str, str, str]]


def _write(noted: Sequence[Noted]) -> None:
    """Write the events in their order, then a delivery for each consumer and address."""
    events = Event.objects.bulk_create([one.event for one in noted])
    EventDetail.objects.bulk_create(
        EventDetail(event=one.event, field=field, old=old, new=new, salt=salt)
        for one in noted
        for field, (old, new, salt) in one.details.items()
    )
    deliveries = [
        Delivery(event=event, consumer=consumer.name, address=address, next_attempt_at=event.at)
        for event in events
        for consumer in routes.consumers.get(event.type, ())
        for address in dict.fromkeys(consumer.addresses(event))
    ]
    if deliveries:
        Delivery.objects.bulk_create(deliveries)
        first_in_transaction(routes.nudge)


def digest(old: str, new: str, salt: str) -> str:
    """Return the hash by which an event proves a personal value without holding it."""
    return hashlib.sha256("\x1f".join((salt, old, new)).encode()).hexdigest()


def text_hash(text: str) -> str:
    """Return the hash by which an event proves a text that is stored elsewhere, without the blanks around it."""
    return hashlib.sha256(text.strip().encode()).hexdigest()


def first_in_transaction(call: Callable[[], None]) -> bool:
    """Plan the call after commit; return whether this is the transaction's first such call.

    One that is planned inside a savepoint that can still be undone does not count.
    """
    connection = transaction.get_connection()
    here = set(connection.savepoint_ids)
    if any(planned == call and savepoints <= here for savepoints, planned, *_ in connection.run_on_commit):
        return False
    transaction.on_commit(call, robust=True)
    return True
