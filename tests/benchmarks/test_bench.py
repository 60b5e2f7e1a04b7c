"""`make bench` runs: a small run of all its parts, as documented."""

import subprocess
import sys

import pytest

from benchmarks.goals import GOALS
from tests.platform.running import ROOT


@pytest.mark.processes
def test_a_small_run_measures_every_figure_and_says_what_each_must_reach() -> None:
    small = ["--claims", "300", "--rounds", "1", "--requests", "8", "--parts", "statements,paths,sweep"]

    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *small], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr[-4000:]
    told = [line.split(" | ") for line in done.stdout.splitlines() if line.startswith("| 300 ")]
    figures = {row[1]: row for row in told if len(row) > 4}
    of_lists = {"queue faster", "search faster", "slowest list"}
    assert {goal.name for goal in GOALS if not goal.name.startswith(tuple(of_lists))} <= figures.keys()
