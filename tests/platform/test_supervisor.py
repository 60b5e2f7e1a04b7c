"""`make run`: everything starts and ends together, and one sentence explains why it does not start."""

import contextlib
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cpor.demo.people import USER_NAMES
from cpor.supervisor import DEMO_SIGN_INS, RESTARTS, Refusal, announcement, read_port
from scripts.servers import free_port
from tests.platform.running import (
    PATIENCE_SECONDS,
    Program,
    children,
    command_line,
    fetch,
    program,
    supervisor,
)

pytestmark = pytest.mark.processes


@dataclass(frozen=True)
class Stay:
    """One start of the product and its observed results."""

    data_dir: Path
    port: int
    output: str
    code: int
    healthy: tuple[int, str]
    processes: dict[int, str]


def _ready(program: Program) -> None:
    program.until(lambda: "Ctrl-C stops everything." in program.output(), "greeting")
    program.until(lambda: "ready." in program.output(), "worker")


def _wait_until_gone(processes: dict[int, str]) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while any(command_line(pid) for pid in processes) and time.monotonic() < deadline:
        time.sleep(0.1)
    return not any(command_line(pid) for pid in processes)


@pytest.fixture(scope="module")
def first_stay(tmp_path_factory: pytest.TempPathFactory) -> Stay:
    """Return the results of the first start on a new machine, stopped with Ctrl-C."""
    folder = tmp_path_factory.mktemp("first")
    data_dir, port = folder / "data", free_port()
    with supervisor(data_dir, port, folder / "log") as program:
        _ready(program)
        healthy, processes = fetch(port, "/healthz"), children(program.process.pid)
        program.interrupt()
        code = program.ended()
    return Stay(data_dir, port, program.output(), code, healthy, processes)


@pytest.fixture(scope="module")
def second_start(first_stay: Stay, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Program, int]]:
    """Yield the running product, started again on the same data folder, and its port."""
    port = free_port()
    with supervisor(first_stay.data_dir, port, tmp_path_factory.mktemp("second") / "log") as program:
        _ready(program)
        yield program, port


def test_three_programs_run_until_ctrl_c(first_stay: Stay) -> None:
    commands = " ".join(first_stay.processes.values())

    assert all(part in commands for part in ("gunicorn cpor.wsgi", "-A cpor worker", "-A cpor beat"))
    assert first_stay.healthy == (200, '{"status": "ok"}')
    assert first_stay.code == 0
    assert first_stay.output.endswith("Stopped.\n")
    assert _wait_until_gone(first_stay.processes)


def test_it_prints_its_address_and_the_users_of_the_demo(first_stay: Stay) -> None:
    assert f"The claim desk is at http://127.0.0.1:{first_stay.port}/\n" in first_stay.output
    assert all(f"    {name:<5} {who}\n" in first_stay.output for name, who in DEMO_SIGN_INS)


def test_only_the_first_start_loads_the_demo(first_stay: Stay, second_start: tuple[Program, int]) -> None:
    outputs = (first_stay.output, second_start[0].output())

    assert ["Loading the demo data ..." in output for output in outputs] == [True, False]
    assert ["sign in as" in output for output in outputs] == [True, True]


def test_it_listens_only_on_this_machine(second_start: tuple[Program, int]) -> None:
    _program, port = second_start

    table = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()

    rows = [line.split() for line in table.splitlines()[1:] if f":{port:04X} " in line]
    assert {row[1] for row in rows if row[3] == "0A"} == {f"0100007F:{port:04X}"}


def test_another_start_is_refused_in_one_sentence(
    first_stay: Stay, second_start: tuple[Program, int], tmp_path: Path
) -> None:
    running, port = second_start

    with supervisor(first_stay.data_dir, free_port(), tmp_path / "log") as another:
        code = another.ended()

    assert code == 1
    assert another.output() == (
        f"The claim desk is already running with the data folder {first_stay.data_dir} "
        f"(process {running.process.pid}, http://127.0.0.1:{port}/); "
        "stop it first, or set CPOR_DATA_DIR to another folder.\n"
    )
    assert fetch(port, "/healthz")[0] == 200


def _pid_of(program: Program, words: str) -> int:
    """Return the first process with these words in its command line, or 0."""
    found = (pid for pid, command in children(program.process.pid).items() if words in command)
    return min(found, default=0)


def test_a_killed_child_comes_back_and_its_end_is_told(second_start: tuple[Program, int]) -> None:
    program, port = second_start
    for name, words in (("worker", "cpor worker"), ("beat", "cpor beat"), ("web", "gunicorn cpor.wsgi")):
        killed = _pid_of(program, words)
        os.kill(killed, signal.SIGKILL)
        program.until(
            lambda w=words, k=killed: _pid_of(program, w) not in (0, k),  # type: ignore[misc] # defaults bind
            f"{name} again",
        )
    program.until(lambda: fetch(port, "/healthz")[0] == 200, "web again")

    told = program.output()

    for name in ("worker", "beat", "web"):
        assert (
            f"The {name} process was killed by SIGKILL, so it is started again. Its last lines above say why."
        ) in told


def test_a_child_that_keeps_ending_stops_everything_with_its_reason(migrated: Path, tmp_path: Path) -> None:
    data_dir = shutil.copytree(migrated, tmp_path / "data")
    with supervisor(data_dir, free_port(), tmp_path / "log", CPOR_DEMO="no") as program:
        _ready(program)
        processes = children(program.process.pid)
        while program.process.poll() is None:
            if beat := _pid_of(program, "cpor beat"):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(beat, signal.SIGKILL)
            time.sleep(0.1)
        code = program.ended()

    assert code == 1
    assert program.output().count("so it is started again") == RESTARTS
    assert program.output().endswith(
        "The beat process was killed by SIGKILL, so everything is stopped. Its last lines above say why.\n"
    )
    assert _wait_until_gone(processes)


def _refused_start(data_dir: Path, tmp_path: Path, **environ: str) -> str:
    """Return what a start says that is refused, without the reference to the details, which must be there."""
    with supervisor(data_dir, free_port(), tmp_path / "log", CPOR_DEMO="no", **environ) as program:
        code = program.ended()
    said = program.output()
    details = f" Details are in {data_dir / 'start-error.log'}.\n"
    assert (code, said.endswith(details)) == (1, True)
    assert "Traceback" in (data_dir / "start-error.log").read_text()
    return said.removesuffix(details)


def test_a_damaged_database_is_reported_in_one_sentence(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    (data_dir / "cpor.sqlite3").write_bytes(b"no database at all " * 1000)

    said = _refused_start(data_dir, tmp_path)

    assert said == (
        f"The database {data_dir / 'cpor.sqlite3'} is damaged. Put a backup in its place, "
        "or move the data folder away to start afresh."
    )


def test_a_full_disk_is_reported_in_one_sentence(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    limited = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000)); "
        "from cpor.supervisor import main; sys.exit(main())"
    )
    environ = {"CPOR_DATA_DIR": str(data_dir), "PORT": str(free_port())}

    with program([sys.executable, "-c", limited], environ, tmp_path / "log") as started:
        code = started.ended()

    assert code == 1
    assert (
        started.output()
        .splitlines()[-1]
        .startswith(f"The disk with the data folder {data_dir} is full. Make room, then start again.")
    )
    assert "Traceback" not in started.output()
    assert [path.name for path in data_dir.iterdir() if path.name.startswith(".secret")] == []


@pytest.mark.parametrize("package", ["django", "whitenoise"])
def test_a_missing_package_is_reported_in_one_sentence(tmp_path: Path, package: str) -> None:
    hidden = (
        f"import sys; sys.modules[{package!r}] = None; from cpor.supervisor import main; sys.exit(main())"
    )
    environ = {"CPOR_DATA_DIR": str(tmp_path / "data"), "PORT": str(free_port())}

    with program([sys.executable, "-c", hidden], environ, tmp_path / "log") as started:
        code = started.ended()

    assert code == 1
    assert len(started.output().splitlines()) == 1
    assert started.output().startswith("The Python package '" + package)
    assert "is missing. Delete the folder .venv, then start again." in started.output()


def test_no_process_survives_a_killed_supervisor(migrated: Path, tmp_path: Path) -> None:
    data_dir = shutil.copytree(migrated, tmp_path / "data")
    with supervisor(data_dir, free_port(), tmp_path / "log", CPOR_DEMO="no") as program:
        _ready(program)
        processes = children(program.process.pid)

        os.kill(program.process.pid, signal.SIGKILL)

        assert len(processes) >= 4
        assert _wait_until_gone(processes)


def test_a_busy_port_is_reported_in_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with supervisor(tmp_path / "data", port, tmp_path / "log") as program:
            code = program.ended()

    assert code == 1
    assert (
        program.output() == f"Port {port} is taken by another program; stop it, or set PORT to another one.\n"
    )
    assert not (tmp_path / "data" / "cpor.sqlite3").exists()


def test_variables_that_lead_outside_the_data_folder_are_ignored(tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as other,
        supervisor(
            tmp_path / "data",
            other.getsockname()[1],
            tmp_path / "log",
            DATABASE_URL="postgres://stranger/stranger",
            CPOR_MODE="production",
        ) as program,
    ):
        program.ended()

    assert program.output().startswith(
        f"DATABASE_URL, CPOR_MODE: ignored; make run keeps everything in {tmp_path / 'data'}.\n"
    )


@pytest.mark.parametrize("text", ["", "0", "65536", "abc", "-1", "80 80", "٨٠٨٠"])
def test_a_port_is_a_number(text: str) -> None:
    with pytest.raises(Refusal) as refusal:
        read_port(text)

    assert str(refusal.value) == f"PORT is {text!r}; it must be a number from 1 to 65535."


def test_the_greeting_names_every_demo_user_once() -> None:
    greeting = announcement("http://127.0.0.1:8000/", Path("/data"), has_demo=True)

    assert {name for name, _ in DEMO_SIGN_INS} == USER_NAMES
    assert all(greeting.count(f"\n    {name:<5} ") == 1 for name in USER_NAMES)
    assert greeting.count("the password is always 'demo'") == 1
    assert "http://127.0.0.1:8000/admin/" in greeting
