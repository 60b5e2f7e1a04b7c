"""Users with browsers, and a clock stopped at Monday 6 July 2020, 09:00 UTC, until a test moves it."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.scenarios.partner import Partner
from tests.world import NOW, World, build_world


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.fixture(autouse=True)
def clock(world: World) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ana(world: World) -> Partner:
    return Partner(world.ana)


@pytest.fixture
def ned(world: World) -> Partner:
    return Partner(world.ned)
