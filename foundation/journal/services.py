"""The journal's own services, and, until every room takes steps, the older form of recording."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import models

from foundation.journal.models import Event, Heartbeat
from foundation.journal.routing import EventType
from foundation.journal.step import Change, Step, digest
from foundation.kernel.actor import Actor
from foundation.kernel.lifecycle import Act

__all__ = ["Change", "advance", "digest", "record", "record_each", "stamp_heartbeat"]


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
    """Record one event the older way."""
    step = Step(actor=actor, at=now, claim_id=claim_id, organisation_id=organisation_id)
    return step.record(event_type, subject, personal=personal, **(payload or {}))


def record_each(
    event_type: EventType,
    *,
    subjects: Sequence[tuple[models.Model, Mapping[str, Any]]],
    actor: Actor,
    now: datetime,
) -> list[Event]:
    """Record several events the older way."""
    return Step(actor=actor, at=now).record_each(event_type, subjects)


def advance(
    instance: models.Model,
    act: Act,
    *,
    to: str,
    event_type: EventType,
    actor: Actor,
    now: datetime,
    field: str = "",  # noqa: ARG001 - the table names it now
    changes: Mapping[str, Any] | None = None,
    claim_id: int | None = None,
    organisation_id: int | None = None,
    payload: Mapping[str, Any] | None = None,
) -> Event:
    """Advance the older way."""
    step = Step(actor=actor, at=now, claim_id=claim_id, organisation_id=organisation_id)
    return step.advance(instance, act, to=to, event=event_type, changes=changes, **(payload or {}))


def stamp_heartbeat(*, name: str, now: datetime) -> None:
    """Note that the unattended job `name` ran."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": now})
