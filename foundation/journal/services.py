"""The journal's own services."""

from datetime import datetime

from foundation.journal.models import Heartbeat


def stamp_heartbeat(*, name: str, now: datetime) -> None:
    """Note that the unattended job `name` ran."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": now})
