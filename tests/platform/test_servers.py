"""Tests have their own servers: started if none is named, stopped afterwards, and never shared with anything else."""

import os
import shutil
import socket
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from scripts.servers import find_postgres, servers_for_tests
from tests.platform.running import ROOT

TELL = "import os; print(os.environ.get('TEST_DATABASE_URL', '-'), os.environ.get('TEST_REDIS_URL', '-'))"


def _listens(url: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", urlsplit(url).port or 0)) == 0


@pytest.mark.processes
def test_started_servers_stop_with_their_command() -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TEST_")}
    strangers = {"DATABASE_URL": "postgres://stranger/stranger", "REDIS_URL": "redis://stranger"}
    command = [sys.executable, "-m", "scripts.servers", sys.executable, "-c", TELL]

    answer = subprocess.run(
        command, cwd=ROOT, env={**clean, **strangers}, capture_output=True, text=True, check=True
    )

    database, redis = answer.stdout.split()
    assert (database != "-") == (find_postgres() is not None)
    assert (redis != "-") == (shutil.which("redis-server") is not None)
    assert not any(_listens(url) for url in (database, redis) if url != "-")
    assert "stranger" not in answer.stdout


def test_named_servers_are_used_and_none_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_DATABASE_URL", "postgres://given/cpor")
    monkeypatch.setenv("TEST_REDIS_URL", "redis://given/0")

    with servers_for_tests() as environ:
        given = (environ["TEST_DATABASE_URL"], environ["TEST_REDIS_URL"])

    assert given == ("postgres://given/cpor", "redis://given/0")


@pytest.mark.processes
def test_the_exit_code_is_that_of_the_command() -> None:
    given = {"TEST_DATABASE_URL": "postgres://given/cpor", "TEST_REDIS_URL": "redis://given/0"}
    command = [sys.executable, "-m", "scripts.servers", sys.executable, "-c", "raise SystemExit(7)"]

    answer = subprocess.run(command, cwd=ROOT, env={**os.environ, **given}, check=False)

    assert answer.returncode == 7
