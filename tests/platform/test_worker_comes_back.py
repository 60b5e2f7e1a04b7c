"""A worker outlives its broker and its own children, or ends with a reason."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.servers import free_port, own_folder, server
from tests.platform.running import INHERITED, ROOT, Program, children, program

pytestmark = [pytest.mark.redis, pytest.mark.processes]


@contextlib.contextmanager
def redis_at(port: int) -> Iterator[int]:
    """Run Redis on this port, yield its process, and kill it as the kernel would."""
    with own_folder({}) as folder:
        command = [
            "redis-server",
            "--port",
            str(port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            str(folder),
        ]
        with server(command, port, folder, stop_signal=signal.SIGKILL, account={}):
            yield port


def _environ(data_dir: Path, port: int) -> dict[str, str]:
    return {
        "CPOR_DATA_DIR": str(data_dir),
        "REDIS_URL": f"redis://127.0.0.1:{port}/0",
        "DJANGO_SETTINGS_MODULE": "cpor.settings",
    }


def _answers(environ: dict[str, str]) -> bool:
    own = {name: os.environ[name] for name in INHERITED if name in os.environ}
    command = [sys.executable, "-m", "celery", "-A", "cpor", "inspect", "ping", "--timeout", "2"]
    pinged = subprocess.run(
        command, cwd=ROOT, env=own | environ, capture_output=True, text=True, check=False, timeout=60
    )
    return "pong" in pinged.stdout


@contextlib.contextmanager
def worker(environ: dict[str, str], log: Path) -> Iterator[Program]:
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "cpor",
        "worker",
        "--loglevel",
        "INFO",
        "--concurrency",
        "2",
    ]
    with program(command, environ, log) as started:
        started.until(lambda: "ready." in started.output(), "worker")
        yield started


def test_a_worker_goes_on_once_a_killed_redis_is_back(tmp_path: Path) -> None:
    port = free_port()
    environ = _environ(tmp_path / "data", port)

    with contextlib.ExitStack() as stack:
        with redis_at(port):
            running = stack.enter_context(worker(environ, tmp_path / "log"))
        running.until(lambda: "Connection to broker lost" in running.output(), "lost broker")
        with redis_at(port):
            running.until(lambda: _answers(environ), "answer over the new broker")


def test_a_worker_replaces_children_that_are_killed(tmp_path: Path) -> None:
    port = free_port()
    environ = _environ(tmp_path / "data", port)

    with redis_at(port), worker(environ, tmp_path / "log") as running:
        killed = children(running.process.pid)
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        running.until(lambda: len(children(running.process.pid).keys() - killed.keys()) >= 2, "new children")

        assert _answers(environ)


def test_a_worker_that_is_asked_to_end_says_so(tmp_path: Path) -> None:
    port = free_port()

    with redis_at(port), worker(_environ(tmp_path / "data", port), tmp_path / "log") as running:
        running.process.send_signal(signal.SIGTERM)
        code = running.ended()

    assert code == 0
    assert "the worker ends because of SIGTERM" in running.output()
