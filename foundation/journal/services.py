"""Services of the journal."""

from datetime import datetime

from foundation.journal.models import Heartbeat


def stamp_heartbeat(*, name: str, now: datetime) -> None:
    """Record that the unattended job `name` ran at `now`."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": now})
