"""The desk at the clock of the scenarios: Monday 6 July 2020, 09:00 UTC, stopped until a test moves it."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.desk.desk import Desk
from tests.world import NOW, World, build_world


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.fixture(autouse=True)
def clock(world: World) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def rev1(clock: time_machine.Traveller, world: World) -> Desk:
    return Desk(world.rev1)


@pytest.fixture
def arb(clock: time_machine.Traveller, world: World) -> Desk:
    return Desk(world.arb)


@pytest.fixture
def sup(clock: time_machine.Traveller, world: World) -> Desk:
    return Desk(world.sup)
