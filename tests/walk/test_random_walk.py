"""A random walk over the services breaks no invariant, and history replays to the present state."""

from collections.abc import Callable
from pathlib import Path
from typing import Self

import pytest
from django.db import connection

from foundation.kernel.rulebook import rulebook
from tests.remembered import READS
from tests.walk.invariants import Revisions, check_all, check_replay
from tests.walk.walker import Walker
from tests.world import build_world

STEPS = 120


class Writes:
    """Notes whether anything was written. A step without a write needs no new check."""

    any = False

    def __enter__(self) -> Self:
        self._watching = connection.execute_wrapper(self._watch)
        self._watching.__enter__()
        return self

    def __exit__(self, *raised: object) -> None:
        self._watching.__exit__(None, None, None)

    def _watch(self, execute: Callable[..., object], sql: str, *given: object) -> object:
        self.any = self.any or not sql.startswith(READS)
        return execute(sql, *given)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_random_acts_break_no_invariant_and_history_replays(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Walk with one arbiter deciding in half of the walks, and with a second one confirming in the others."""
    monkeypatch.setattr(rulebook, "second_decision", bool(seed % 2))
    walker = Walker(build_world(), seed, tmp_path)

    story, revisions = [], Revisions()
    for _step in range(STEPS):
        with Writes() as written:
            story.append(walker.step())
        if not written.any:
            continue
        try:
            check_all()
            revisions.check()
        except AssertionError as broken:
            raise AssertionError(f"{broken}\nafter: {', '.join(story[-12:])}") from broken

    check_replay()
    assert walker.done["file"] > 3, walker.refused
