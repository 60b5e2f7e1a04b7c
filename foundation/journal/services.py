"""Writing history: `record` for what happened, `advance` for what happened to a state."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from foundation.journal.models import Delivery, Event, EventDetail, Heartbeat
from foundation.journal.routing import EventType, routes
from foundation.kernel.actor import Actor
from foundation.kernel.errors import Conflict
from foundation.kernel.lifecycle import Transition

Change = tuple[str, str]


def record(
    event_type: EventType,
    *,
    subject: models.Model,
    actor: Actor,
    now: datetime,
    claim_id: int | None = None,
    organisation_id: int | None = None,
    payload: Mapping[str, Any] | None = None,
    personal: Mapping[str, Change] | None = None,
) -> Event:
    """Write an event with its deliveries and run its subscribers, all in the caller's transaction.

    `personal` maps fields to (old, new): the values go to the erasable side table, their salted hashes to the payload.
    The relay is nudged after commit; a lost nudge costs at most one period of the sweep.
    """
    if not transaction.get_connection().in_atomic_block:
        raise AssertionError("an event is written in the transaction of what it tells")
    if unknown := set(payload or ()) - set(event_type.fields):
        raise AssertionError(f"{event_type.name} does not declare {sorted(unknown)}")
    details = {field: (*change, secrets.token_hex(16)) for field, change in (personal or {}).items()}
    body: dict[str, Any] = dict(payload or {})
    if details:
        body["personal"] = {field: digest(*detail) for field, detail in details.items()}
    event = Event.objects.create(
        type=event_type.name,
        version=event_type.version,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        claim_id=claim_id,
        organisation_id=organisation_id,
        audience=event_type.audience,
        actor_kind=actor.kind,
        actor_id=actor.user_id,
        actor_name=actor.name,
        channel=actor.channel,
        request_id=actor.request_id,
        at=now,
        payload=body,
    )
    EventDetail.objects.bulk_create(
        EventDetail(event=event, field=field, old=old, new=new, salt=salt)
        for field, (old, new, salt) in details.items()
    )
    for subscriber in routes.subscribers.get(event_type.name, ()):
        subscriber(event, actor=actor, now=now)
    deliveries = [
        Delivery(event=event, consumer=consumer.name, address=address, next_attempt_at=now)
        for consumer in routes.consumers.get(event_type.name, ())
        for address in dict.fromkeys(consumer.addresses(event))
    ]
    if deliveries:
        Delivery.objects.bulk_create(deliveries)
        _nudge_after_commit()
    return event


def _nudge_after_commit() -> None:
    """One nudge a transaction is enough, as long as no savepoint that may still be undone holds the only one."""
    connection = transaction.get_connection()
    here = set(connection.savepoint_ids)
    planned = any(
        call is routes.nudge and savepoints <= here for savepoints, call, *_ in connection.run_on_commit
    )
    if not planned:
        transaction.on_commit(routes.nudge, robust=True)


def record_each(
    event_type: EventType,
    *,
    subjects: Sequence[tuple[models.Model, Mapping[str, Any]]],
    actor: Actor,
    now: datetime,
) -> list[Event]:
    """Write one event for each (subject, payload), as `record` would, in a fixed number of statements.

    For bulk work inside the caller's transaction; subscribers still run once an event.
    """
    if not transaction.get_connection().in_atomic_block:
        raise AssertionError("an event is written in the transaction of what it tells")
    for _subject, payload in subjects:
        if unknown := set(payload) - set(event_type.fields):
            raise AssertionError(f"{event_type.name} does not declare {sorted(unknown)}")
    events = Event.objects.bulk_create(
        Event(
            type=event_type.name,
            version=event_type.version,
            subject_type=subject._meta.label_lower,
            subject_id=subject.pk,
            audience=event_type.audience,
            actor_kind=actor.kind,
            actor_id=actor.user_id,
            actor_name=actor.name,
            channel=actor.channel,
            request_id=actor.request_id,
            at=now,
            payload=dict(payload),
        )
        for subject, payload in subjects
    )
    for event in events:
        for subscriber in routes.subscribers.get(event_type.name, ()):
            subscriber(event, actor=actor, now=now)
    deliveries = [
        Delivery(event=event, consumer=consumer.name, address=address, next_attempt_at=now)
        for event in events
        for consumer in routes.consumers.get(event_type.name, ())
        for address in dict.fromkeys(consumer.addresses(event))
    ]
    if deliveries:
        Delivery.objects.bulk_create(deliveries)
        transaction.on_commit(routes.nudge, robust=True)
    return events


def digest(old: str, new: str, salt: str) -> str:
    """The hash by which an event proves a personal value without holding it."""
    return hashlib.sha256("\x1f".join((salt, old, new)).encode()).hexdigest()


def advance(
    instance: models.Model,
    transition: Transition,
    *,
    to: str,
    event_type: EventType,
    actor: Actor,
    now: datetime,
    field: str = "status",
    changes: Mapping[str, Any] | None = None,
    claim_id: int | None = None,
    organisation_id: int | None = None,
    payload: Mapping[str, Any] | None = None,
) -> Event:
    """Move `instance` along its table and record it: the only code that writes a state.

    Compare-and-set on (pk, state, version): of any number who try the same step at once exactly one succeeds, the
    others get Conflict INVALID_TRANSITION. `changes` are further columns that belong to the step. The instance is
    brought up to date. The event's payload gets `from` and `to` where its type declares them.
    """
    source = getattr(instance, field)
    transition.check(source, to)
    row = {field: to, **(changes or {})}
    current = {"pk": instance.pk, field: source, "version": instance.version}  # type: ignore[attr-defined]
    if not type(instance)._base_manager.filter(**current).update(version=F("version") + 1, **row):
        raise Conflict(_("Somebody else changed this at the same moment. Reload it to see what happened."))
    for name, value in row.items():
        setattr(instance, name, value)
    instance.version += 1  # type: ignore[attr-defined]
    step = {"from": str(source), "to": str(to)}
    return record(
        event_type,
        subject=instance,
        actor=actor,
        now=now,
        claim_id=claim_id,
        organisation_id=organisation_id,
        payload={key: value for key, value in step.items() if key in event_type.fields} | dict(payload or {}),
    )


def stamp_heartbeat(*, name: str, now: datetime) -> None:
    """Note that the unattended job `name` ran."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": now})
