"""All doors at one instant: Monday 6 July 2020, 09:00 UTC, fixed until a test moves it."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.world import NOW, World, build_world


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(db: None) -> World:
    return build_world()
