from collections.abc import Iterator

import pytest

from tests.walk.invariants import check_all, check_replay
from tests.world import World, build_world


@pytest.fixture
def world(transactional_db: None) -> Iterator[World]:
    """Return the committed fixture. After each race, check every invariant and replay history."""
    yield build_world()
    check_all()
    check_replay()
