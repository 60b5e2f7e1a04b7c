from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from clocks.enums import ClockKind
from clocks.models import Clock
from clocks.services import start_clock
from foundation.journal.models import Event
from foundation.kernel.actor import Actor, ActorKind, DeskRole

MONDAY_MORNING = datetime(2020, 7, 6, 9, tzinfo=UTC)


def july(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2020, 7, day, hour, minute, tzinfo=UTC)


def review_clock(subject_id: int = 1, **changes: object) -> Clock:
    """A review clock of five days, started on Monday 6 July 2020 at 9:00."""
    started: dict[str, object] = {
        "kind": ClockKind.REVIEW,
        "subject_id": subject_id,
        "started_at": MONDAY_MORNING,
        "target_days": 5,
    }
    return start_clock(**(started | changes))  # type: ignore[arg-type]


@pytest.fixture
def keeper() -> Actor:
    return Actor(kind=ActorKind.DESK, name="keeper", user_id=7, desk_roles=frozenset({DeskRole.DESK_ADMIN}))


@pytest.fixture
def reviewer() -> Actor:
    return Actor(kind=ActorKind.DESK, name="rev1", user_id=8, desk_roles=frozenset({DeskRole.REVIEWER}))


@pytest.fixture
def told() -> Callable[..., list[str]]:
    """What the journal says about a clock, oldest first."""

    def told_about(clock: Clock) -> list[str]:
        events = Event.objects.filter(subject_type="clocks.clock", subject_id=clock.pk).order_by("id")
        return [event.type.removeprefix("clocks.clock_") for event in events]

    return told_about
