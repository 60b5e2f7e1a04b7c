"""A random walk over the services breaks no invariant, and history replays to the present state."""

from pathlib import Path

import pytest

from tests.walk.invariants import check_all, check_replay
from tests.walk.walker import Walker
from tests.world import build_world

STEPS = 120


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_the_invariants_hold_and_history_replays(seed: int, tmp_path: Path) -> None:
    walker = Walker(build_world(), seed, tmp_path)

    story = []
    for _step in range(STEPS):
        story.append(walker.step())
        try:
            check_all()
        except AssertionError as broken:
            raise AssertionError(f"{broken}\nafter: {', '.join(story[-12:])}") from broken

    check_replay()
    assert walker.done["file"] > 3, walker.refused
