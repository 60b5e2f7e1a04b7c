from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from clocks.enums import ClockKind
from clocks.limits import SWEEP_BATCH
from clocks.models import Clock
from clocks.services import breach_clock, late_clocks, near_clocks, warn_clock
from cpor.sweeps import Piece, run_pieces
from foundation.journal.models import Event
from foundation.kernel.actor import Actor, ActorKind, DeskRole
from tests.clocks.acting import start_clock

MONDAY_MORNING = datetime(2020, 7, 6, 9, tzinfo=UTC)


def july(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2020, 7, day, hour, minute, tzinfo=UTC)


def review_clock(subject_id: int = 1, **changes: Any) -> Clock:
    """Start a review clock of five days on Monday 6 July 2020 at 9:00."""
    started: dict[str, Any] = {
        "kind": ClockKind.REVIEW,
        "subject_id": subject_id,
        "started_at": MONDAY_MORNING,
        "target_days": 5,
    }
    return start_clock(**(started | changes))


@dataclass(frozen=True)
class Swept:
    """Counts of what a sweep of the clocks did."""

    warned: int = 0
    breached: int = 0
    failed: int = 0


def sweep_clocks(*, now: datetime, limit: int = SWEEP_BATCH) -> Swept:
    """Run the two pieces of the sweep that are about clocks."""
    late = Piece("late", partial(late_clocks, limit=limit), lambda pk, at: breach_clock(clock_id=pk, now=at))
    near = Piece("near", partial(near_clocks, limit=limit), lambda pk, at: warn_clock(clock_id=pk, now=at))
    report = run_pieces([late, near], now=now)
    return Swept(warned=report.done["near"], breached=report.done["late"], failed=report.failed)


@pytest.fixture
def keeper() -> Actor:
    return Actor(kind=ActorKind.DESK, name="keeper", user_id=7, desk_roles=frozenset({DeskRole.DESK_ADMIN}))


@pytest.fixture
def reviewer() -> Actor:
    return Actor(kind=ActorKind.DESK, name="rev1", user_id=8, desk_roles=frozenset({DeskRole.REVIEWER}))


@pytest.fixture
def told() -> Callable[..., list[str]]:
    """Return a function that lists a clock's events by short name, oldest first."""

    def told_about(clock: Clock) -> list[str]:
        events = Event.objects.filter(subject_type="clocks.clock", subject_id=clock.pk).order_by("id")
        return [event.type.removeprefix("clocks.clock_") for event in events]

    return told_about
