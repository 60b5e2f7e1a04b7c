"""The scripts of the Makefile: a clear sentence if something is missing, and a report that hides no failure."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from scripts.check import PARTS, Outcome, Part, report, run
from tests.not_run import missing, summary

ROOT = Path(__file__).resolve().parents[2]
TWENTY_MINUTES = 20 * 60


def _make_environment(tmp_path: Path, *stubs: tuple[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the script with only these programs and the usual tools on the path."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, text in stubs:
        (programs / name).write_text(f"#!/bin/sh\n{text}\n")
        (programs / name).chmod(0o755)
    return subprocess.run(
        ["/bin/sh", str(ROOT / "scripts/make_environment.sh"), str(tmp_path / "venv")],
        env={"PATH": str(programs)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_missing_venv_module_is_reported_with_its_remedy(tmp_path: Path) -> None:
    python_without_venv = 'case "$2" in *ensurepip*) exit 1;; esac; exit 0'

    answer = _make_environment(tmp_path, ("python3.11", python_without_venv))

    assert answer.returncode == 1
    assert answer.stderr == (
        "Python's venv module is missing: install it (Debian: sudo apt install python3.11-venv) "
        "and try again.\n"
    )


def test_a_missing_python_is_reported_with_its_remedy(tmp_path: Path) -> None:
    answer = _make_environment(tmp_path, ("python3", "exit 1"))

    assert answer.returncode == 1
    assert answer.stderr == (
        "Python 3.11 is needed and 'python3.11' is not one: install it "
        "(Debian: sudo apt install python3.11) or set PYTHON to where it is.\n"
    )


def test_the_parts_of_the_check_fit_into_twenty_minutes() -> None:
    assert sum(part.budget for part in PARTS) <= TWENTY_MINUTES


def test_ci_installs_and_calls_the_check() -> None:
    script = ROOT / ".ci" / "run"

    assert os.access(script, os.X_OK)
    assert script.read_text().endswith("exec make --no-print-directory check\n")


def test_a_failed_part_is_reported_at_the_end_with_its_last_lines(capsys: pytest.CaptureFixture[str]) -> None:
    good = Outcome(Part("good", 10, ()), 0, 1.0, ["fine"])
    bad = Outcome(Part("bad", 10, ()), 1, 11.0, ["this went wrong"])

    well = report([good, bad])

    lines = capsys.readouterr().out.splitlines()
    assert not well
    assert "=== bad failed; its last lines:" in lines
    assert "this went wrong" in lines
    assert lines[-3:-1] == [
        "good           ok         1.0 s of   10 s",
        "bad            FAILED    11.0 s of   10 s  over budget",
    ]
    assert lines[-1].startswith("whole          FAILED    12.0 s of")


def test_a_part_runs_to_its_end_and_returns_its_exit_code(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    script = "import sys; print('first'); print('last'); sys.exit(3)"

    outcome = run(Part("sample", 30, (sys.executable, "-c", script)), os.environ)

    assert (outcome.code, outcome.tail) == (3, ["first", "last"])


def test_a_part_that_hangs_is_stopped_and_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = run(Part("sample", 0, (sys.executable, "-c", "import time; time.sleep(60)")), os.environ)

    assert (outcome.code, outcome.tail) == (1, ["ended after 3 times its budget"])


def test_a_run_ends_with_the_tests_that_were_not_run_and_the_command_that_runs_them() -> None:
    reasons = Counter({"not run: needs PostgreSQL": 3, "not run: needs a browser": 1, "a slow day": 1})

    assert summary(reasons) == [
        "Not run: 5 (they are not among those that passed)",
        "  1 a slow day",
        "  3 needs PostgreSQL",
        "  1 needs a browser",
        (
            "`make test-servers` runs them; the programs it needs (postgresql-15, redis-server, chromium) "
            "are installed by `.ci/run`."
        ),
    ]


def test_a_run_in_which_everything_ran_says_so() -> None:
    assert summary(Counter()) == ["Not run: none."]


def test_without_their_own_addresses_tests_use_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)
    monkeypatch.delenv("TEST_REDIS_URL", raising=False)
    monkeypatch.setenv("DATABASE_URL", "postgres://stranger/stranger")
    monkeypatch.setenv("REDIS_URL", "redis://stranger")

    assert {"postgres", "redis"} <= missing()


SAMPLE = """
import pytest
pytest_plugins = ["tests.not_run"]

@pytest.mark.postgres
def test_on_postgres(): pass

def test_anywhere(): pass
"""


@pytest.mark.processes
@pytest.mark.parametrize(("options", "code"), [((), 0), (("--fail-not-run",), 1)])
def test_the_check_fails_when_a_test_was_not_run(options: tuple[str, ...], code: int, tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["tests.not_run"]')
    (tmp_path / "test_sample.py").write_text(SAMPLE.replace('pytest_plugins = ["tests.not_run"]\n', ""))
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TEST_")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    command += ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(tmp_path), str(tmp_path)]

    answer = subprocess.run(
        [*command, *options], cwd=ROOT, env=clean, capture_output=True, text=True, check=False
    )

    assert answer.stdout.splitlines()[-4:-1] == [
        "1 passed, 1 skipped in " + answer.stdout.splitlines()[-4].rpartition(" in ")[2],
        "Not run: 1 (they are not among those that passed)",
        "  1 needs PostgreSQL",
    ]
    assert answer.returncode == code
