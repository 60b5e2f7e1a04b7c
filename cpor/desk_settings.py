"""The desk's settings in the journal: each number that an operator changes is recorded once (domain.md 5.9)."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from foundation.journal.enums import Audience
from foundation.journal.models import Event, Heartbeat
from foundation.journal.routing import EventType
from foundation.journal.step import Step
from foundation.journal.unit import one_transaction
from foundation.kernel.actor import SYSTEM
from foundation.kernel.rulebook import rulebook

SETTINGS_CHANGED = EventType(
    name="desk.settings_changed",
    summary=_("Settings of the desk changed"),
    audience=Audience.DESK,
    fields=("before", "after"),
)
EVENT_TYPES = (SETTINGS_CHANGED,)

BESIDE_THE_RULEBOOK = ("DESK_EMAIL", "SESSION_IDLE_MINUTES", "SESSION_MAX_HOURS", "SITE_URL")
"""Settings that say where the desk is reached and how long people stay signed in. None is a secret."""


def effective_settings() -> dict[str, Any]:
    """Return what this process goes by, under the names that an operator sets."""
    numbers = {name.upper(): value for name, value in asdict(rulebook).items()}
    return {**numbers, **{name: getattr(settings, name) for name in BESIDE_THE_RULEBOOK}}


def recorded_settings() -> dict[str, Any]:
    """Return the values as the journal has them; nothing before the first record."""
    values: dict[str, Any] = {}
    for payload in _records().values_list("payload", flat=True):
        values |= payload["after"]
    return values


def unrecorded_settings(*, now: datetime) -> Iterable[int]:  # noqa: ARG001 - depends on the settings, not on the time
    """Return one key if a setting differs from its record, none otherwise."""
    return [0] if _differing() else []


@one_transaction()
def record_settings(*, now: datetime) -> bool:
    """Record every setting that differs from its record, old and new value; return False if none does.

    The first record has all settings and no old values. Any number of processes at once record a change once.
    """
    Heartbeat.objects.get_or_create(name="settings", defaults={"at": now})
    compared = Heartbeat.objects.select_for_update().get(name="settings")
    before, after = recorded_settings(), _differing()
    if not after:
        return False
    old = {name: before[name] for name in after if name in before}
    Step(actor=SYSTEM, at=now).record(SETTINGS_CHANGED, compared, before=old, after=after)
    Heartbeat.objects.filter(pk=compared.pk).update(at=now)
    return True


def _differing() -> dict[str, Any]:
    recorded = recorded_settings()
    return {
        name: value
        for name, value in effective_settings().items()
        if name not in recorded or recorded[name] != value
    }


def _records() -> Any:
    return Event.objects.filter(type=SETTINGS_CHANGED.name).order_by("id")
