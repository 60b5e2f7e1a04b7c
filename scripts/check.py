"""Everything that CI does: every part runs, whatever failed before, and all failures are reported at the end.

`python -m scripts.check [PART ...]`. Each part has its budget in seconds, measured on two cores; the whole
aims for fifteen minutes and must stay under twenty-five. A part over its budget is reported; a part that takes three
times its budget fails.
"""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from cpor.processes import bound_to_this_process, stop_all
from scripts.servers import NotStarted, servers_for_tests, stop_on_signals

BIN = Path(sys.executable).parent
PYTEST = (
    sys.executable,
    "-m",
    "pytest",
    "-q",
    "-n",
    os.environ.get("TEST_PROCESSES") or "2",
    "--dist",
    "loadfile",
    "--no-loadscope-reorder",
    "--fail-not-run",
    "--durations=10",
    "--durations-min=3",
    "--show-capture=no",  # run a failing test alone to see its log
)
MANAGE = (sys.executable, "manage.py")
NEEDS_SERVERS = "postgres or redis or browser or processes"
PATIENCE = 3
# Settings as production requires them; no program or server is started with them.
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "cpor.settings",
    "CPOR_MODE": "production",
    "CPOR_DATA_DIR": f"{tempfile.gettempdir()}/cpor-check-deploy",
    "SECRET_KEY": secrets.token_urlsafe(48),
    "DATABASE_URL": "postgres://cpor@127.0.0.1:1/cpor",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "EMAIL_URL": "smtp://127.0.0.1:1",
    "ALLOWED_HOSTS": "desk.example.org",
    "SITE_URL": "https://desk.example.org",
    "DESK_EMAIL": "desk@example.org",
}
TAIL_LINES = 60


@dataclass(frozen=True)
class Part:
    """One part of the check."""

    name: str
    budget: int
    command: tuple[str, ...]
    servers: bool = False
    environ: Mapping[str, str] = field(default_factory=dict)


PARTS = (
    Part("format", 10, (f"{BIN}/ruff", "format", "--check", "--output-format", "concise", ".")),
    Part("lint", 10, (f"{BIN}/ruff", "check", "--output-format", "concise", ".")),
    Part("templates", 20, (f"{BIN}/djlint", "--lint", "--quiet", "templates")),
    Part("scripts", 10, (f"{BIN}/shellcheck", ".ci/run", "scripts/make_environment.sh")),
    Part("types", 90, (f"{BIN}/mypy",)),
    Part("imports", 20, (f"{BIN}/lint-imports",)),
    Part("migrations", 20, (*MANAGE, "makemigrations", "--check", "--dry-run")),
    Part("deploy", 20, (*MANAGE, "check", "--deploy", "--fail-level", "WARNING"), environ=PRODUCTION),
    Part("documents", 20, (*MANAGE, "render_docs", "--check")),
    # Tests without a database run once, in the next part.
    Part("test-sqlite", 240, (*PYTEST, "--database-only", "-m", f"not ({NEEDS_SERVERS})")),
    Part("test-postgres", 740, (*PYTEST, "--cov", "--cov-report=term", "--no-cov-on-fail"), servers=True),
)


@dataclass(frozen=True)
class Outcome:
    """The result of one part."""

    part: Part
    code: int
    seconds: float
    tail: list[str]

    def line(self) -> str:
        """Return the part's row of the report."""
        verdict = "ok" if self.code == 0 else "FAILED"
        note = "  over budget" if self.seconds > self.part.budget else ""
        return f"{self.part.name:<14} {verdict:<7} {self.seconds:6.1f} s of {self.part.budget:>4} s{note}"


def run(part: Part, environ: Mapping[str, str]) -> Outcome:
    """Run one part and show its output; return its result."""
    print(f"\n=== {part.name}", flush=True)
    begun = time.monotonic()
    with subprocess.Popen(
        part.command,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=bound_to_this_process(),
    ) as process:
        try:
            tail, in_time = _follow(process, begun + PATIENCE * part.budget)
        finally:
            stop_all([process])
    if not in_time:
        tail.append(f"ended after {PATIENCE} times its budget")
    return Outcome(part, process.returncode if in_time else 1, time.monotonic() - begun, tail)


def _follow(process: subprocess.Popen[bytes], deadline: float) -> tuple[list[str], bool]:
    """Print the output until the process ends; return its last lines and whether it ended by itself."""
    stream: IO[bytes] | None = process.stdout
    assert stream is not None
    os.set_blocking(stream.fileno(), False)
    output = bytearray()
    while True:
        ended = process.poll() is not None
        chunk = stream.read() or b""
        sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
        output += chunk
        if ended or time.monotonic() > deadline:
            return output.decode(errors="replace").splitlines()[-TAIL_LINES:], ended
        time.sleep(0.05)


def report(outcomes: list[Outcome]) -> bool:
    """Print the report; return whether every part passed."""
    failed = [outcome for outcome in outcomes if outcome.code]
    for outcome in failed:
        print(f"\n=== {outcome.part.name} failed; its last lines:")
        print("\n".join(outcome.tail))
    print()
    for outcome in outcomes:
        print(outcome.line())
    seconds = sum(outcome.seconds for outcome in outcomes)
    budget = sum(part.budget for part in PARTS)
    print(f"{'whole':<14} {'FAILED' if failed else 'ok':<7} {seconds:6.1f} s of {budget:>4} s", flush=True)
    return not failed


def main(names: list[str]) -> int:
    """Run the named parts, or all of them; return 0 if every part passed."""
    unknown = sorted(set(names) - {part.name for part in PARTS})
    if unknown:
        print(f"There is no part {', '.join(unknown)}; there are {', '.join(part.name for part in PARTS)}.")
        return 2
    stop_on_signals()
    # The tests' settings make a data folder of their own, so that no installation is read or written.
    own = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    outcomes = []
    for part in PARTS:
        if names and part.name not in names:
            continue
        if not part.servers:
            without_servers = {key: value for key, value in own.items() if not key.startswith("TEST_")}
            outcomes.append(run(part, {**without_servers, **part.environ}))
            continue
        try:
            with servers_for_tests() as servers:
                outcomes.append(run(part, {**own, **servers, "DJANGO_SETTINGS_MODULE": "tests.settings"}))
        except NotStarted as error:
            outcomes.append(Outcome(part, 1, 0.0, [str(error)]))
    return 0 if report(outcomes) else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
