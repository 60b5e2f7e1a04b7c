"""Real processes for tests, started with an environment of their own, watched, and always stopped."""

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from cpor.processes import bound_to_this_process, stop_all

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 120  # a ceiling for machines that do much else; nothing waits so long otherwise
# Enough to find programs; none of the developer's own settings.
INHERITED = ("PATH", "HOME", "LANG")


class Program:
    """One started program; `output()` returns its output so far."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str], log: Path) -> None:
        clean = {name: os.environ[name] for name in INHERITED if name in os.environ}
        self.log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**clean, "PYTHONUNBUFFERED": "1", **environ},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=bound_to_this_process(),
            )

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def until(self, done: Callable[[], bool], what: str) -> None:
        """Wait until `done`. Fail with the program's output if it ends earlier or takes too long."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not done():
            assert self.process.poll() is None, f"ended before {what}:\n{self.output()}"
            assert time.monotonic() < deadline, f"no {what} in time:\n{self.output()}"
            time.sleep(0.1)

    def ended(self) -> int:
        """Wait for the end; return the exit code."""
        return self.process.wait(timeout=PATIENCE_SECONDS)

    def interrupt(self) -> None:
        """Send the signal to the whole process group, as Ctrl-C in a terminal does."""
        os.killpg(self.process.pid, signal.SIGINT)


@contextlib.contextmanager
def program(command: Sequence[str], environ: Mapping[str, str], log: Path) -> Iterator[Program]:
    started = Program(command, environ, log)
    try:
        yield started
    finally:
        stop_all([started.process])


def supervisor(
    data_dir: Path, port: int, log: Path, **environ: str
) -> contextlib.AbstractContextManager[Program]:
    """Run the program that `make run` starts once the environment is built."""
    own = {"CPOR_DATA_DIR": str(data_dir), "PORT": str(port), **environ}
    return program([sys.executable, "-m", "cpor.supervisor"], own, log)


def fetch(port: int, path: str, host: str = "127.0.0.1", **headers: str) -> tuple[int, str]:
    """Return status and body of a GET request, or status 0 without a response."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers={"Host": host, **headers})
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace")
    except OSError:
        return 0, ""
    finally:
        connection.close()


def children(pid: int) -> dict[int, str]:
    """Return the running descendants of a process, with their command lines."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                parents[int(entry.name)] = int(fields[1])
    found: set[int] = set()
    while more := {child for child, parent in parents.items() if parent in {pid, *found}} - found:
        found |= more
    return {child: command_line(child) for child in found}


def command_line(pid: int) -> str:
    """Return the command line of a process, or an empty string if it has ended."""
    with contextlib.suppress(OSError):
        return (Path("/proc") / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    return ""
