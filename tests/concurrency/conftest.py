from collections.abc import Iterator

import pytest

from tests.walk.invariants import check_all, check_replay
from tests.world import World, build_world


@pytest.fixture
def world(transactional_db: None) -> Iterator[World]:
    """The fixture, really committed; whatever raced, afterwards every invariant holds and history replays."""
    yield build_world()
    check_all()
    check_replay()
