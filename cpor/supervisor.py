"""`make run`: the whole product on this machine, in the embedded mode, until Ctrl-C.

1. Lock the data folder and check that the port is free; 2. migrate the database, with demo data if it is new;
3. start web server, worker and beat; 4. print the address; 5. start a process again that ends by itself, and end them
all if it keeps ending. Whatever goes wrong is one sentence here, with the details in a file of the data folder.
"""

import contextlib
import errno
import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import IO

try:
    import django
    from django.contrib.auth import get_user_model
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import CommandError, call_command
    from django.db import DatabaseError, connections
except ModuleNotFoundError as error:  # before anything could say so in words
    sys.exit(f"The Python package {error.name!r} is missing. Delete the folder .venv, then start again.")

from cpor.processes import bound_to_this_process, stop_all
from cpor.variables import faults

BASE_DIR = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
START_PATIENCE_SECONDS = 60
RESTARTS = 5
"""A program that ends more often than this within the time below is not started again."""

RESTART_WINDOW_SECONDS = 60
DETAILS = "start-error.log"
DAMAGED = ("not a database", "malformed")
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
NOT_HERE = (
    "DATABASE_URL",
    "DATABASE_PASSWORD",
    "REDIS_URL",
    "CACHE_URL",
    "CELERY_BROKER_URL",
    "EMAIL_URL",
    "CPOR_MODE",
    "DEBUG",
)
DEMO_PASSWORD = "demo"  # noqa: S105 - printed on purpose
DEMO_SIGN_INS = (
    ("ana", "Fabrikam, incentives administrator: files and answers claims"),
    ("uma", "Fabrikam, incentives user: files claims"),
    ("gil", "Fabrikam, global administrator"),
    ("bea", "Fabrikam, billing administrator"),
    ("dan", "Fabrikam, no role: may not file a claim"),
    ("fre", "Fabrikam, incentives administrator for the French location only"),
    ("ned", "Northwind, incentives administrator: the rival"),
    ("tom", "Tailspin, incentives administrator"),
    ("rev1", "claim desk, reviewer (admin)"),
    ("rev2", "claim desk, reviewer (admin)"),
    ("arb", "claim desk, arbiter (admin)"),
    ("arb2", "claim desk, arbiter (admin)"),
    ("sup", "claim desk, support: reads everything (admin)"),
)


class Refusal(Exception):
    """The reason why nothing is started, in one sentence for the terminal."""


class StopRequests:
    """A counter of Ctrl-C and similar signals: the first stops everything, the second kills it."""

    def __init__(self) -> None:
        self.count = 0
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note)

    def _note(self, _number: int, _frame: object) -> None:
        self.count += 1


def read_port(text: str) -> int:
    """Return the port to listen on. Raises Refusal if it is not a port number."""
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise Refusal(f"PORT is {text!r}; it must be a number from 1 to 65535.")
    return int(text)


def take_data_dir(path: Path, address: str) -> IO[str]:
    """Lock the data folder for as long as the returned file is open. Raises Refusal if it is unusable or locked."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = open(path / "run.lock", "a+")  # noqa: SIM115 - stays open until the end
    except OSError as error:
        raise Refusal(f"The data folder {path} cannot be used: {error.strerror}.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        holder = lock.read().strip() or "another start"
        raise Refusal(
            f"The claim desk is already running with the data folder {path} ({holder}); "
            "stop it first, or set CPOR_DATA_DIR to another folder."
        ) from None
    lock.truncate(0)
    lock.write(f"process {os.getpid()}, {address}")
    lock.flush()
    return lock


def see_that_port_is_free(port: int) -> None:
    """Raise Refusal unless this process can listen on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            raise Refusal(f"Port {port} may not be used by this account; set PORT to another one.") from error
        except OSError as error:
            raise Refusal(
                f"Port {port} is taken by another program; stop it, or set PORT to another one."
            ) from error


def prepare_database(data_dir: Path) -> bool:
    """Migrate the database and load the demo into a new one; return whether it contains the demo.

    If a start is interrupted while loading, the mark remains and the next start loads again.
    """
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    user_model = get_user_model()
    mark = data_dir / "demo-loading"
    wanted = os.environ.get("CPOR_DEMO", "yes") != "no"
    if wanted and (mark.exists() or not user_model.objects.exists()):
        say("Loading the demo data ...")
        mark.touch()
        call_command("load_demo")
        mark.unlink()
    has_demo = user_model.objects.filter(username=DEMO_SIGN_INS[0][0]).exists()
    connections.close_all()
    return has_demo


def data_dir_of(environ: Mapping[str, str]) -> Path:
    """Return the folder of all data."""
    return Path(environ.get("CPOR_DATA_DIR") or BASE_DIR / "var").resolve()


def explained(error: Exception, data_dir: Path) -> str:
    """Return in one sentence or two why the product cannot start and what to do; write the details into a file."""
    log = data_dir / DETAILS
    try:
        log.write_text("".join(traceback.format_exception(error)))
    except OSError:
        return _sentence(error, data_dir)
    return f"{_sentence(error, data_dir)} Details are in {log}."


def _sentence(error: Exception, data_dir: Path) -> str:
    if isinstance(error, ModuleNotFoundError):
        return f"The Python package {error.name!r} is missing. Delete the folder .venv, then start again."
    if isinstance(error, (ImproperlyConfigured, CommandError)):
        return str(error)
    if isinstance(error, DatabaseError) and any(word in str(error) for word in DAMAGED):
        return (
            f"The database {data_dir / 'cpor.sqlite3'} is damaged. Put a backup in its place, "
            "or move the data folder away to start afresh."
        )
    if _is_full(error):
        return f"The disk with the data folder {data_dir} is full. Make room, then start again."
    if isinstance(error, DatabaseError):
        return f"The database {data_dir / 'cpor.sqlite3'} cannot be used: {error}."
    if isinstance(error, OSError):
        return f"{error.filename or data_dir} cannot be used: {error.strerror or error}."
    return f"The start failed: {type(error).__name__}: {error}"


def _is_full(error: Exception) -> bool:
    if isinstance(error, OSError):
        return error.errno in FULL
    return isinstance(error, DatabaseError) and ("is full" in str(error) or "disk I/O error" in str(error))


def commands() -> dict[str, list[str]]:
    """Return the programs that production runs too, but with one small worker."""
    celery = [sys.executable, "-m", "celery", "--quiet", "-A", "cpor"]
    return {
        "web": [sys.executable, "-m", "gunicorn", "cpor.wsgi:application"],
        "worker": [*celery, "worker", "--pool", "solo", "--loglevel", "INFO"],
        "beat": [*celery, "beat", "--loglevel", "INFO"],
    }


def start(name: str, command: list[str]) -> subprocess.Popen[bytes]:
    """Start one program in a session of its own, so that Ctrl-C reaches only this process, which stops them all."""
    say(f"Starting {name} ...")
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=bound_to_this_process(),
    )


def pass_on(name: str, stream: IO[bytes]) -> None:
    """Print each line of a program's output with the program's name."""
    for line in stream:
        say(f"{name:>6} | {line.decode(errors='replace').rstrip()}")


def say(line: str) -> None:
    """Print the line; ignore a closed terminal, which must not prevent an orderly stop."""
    with contextlib.suppress(OSError):
        print(line, flush=True)


def answers(port: int) -> bool:
    """Return whether the web server responds."""
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


class Programs:
    """The running programs. One that ends by itself is started again, unless it keeps ending."""

    def __init__(self) -> None:
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self._commands = commands()
        self._ends: dict[str, deque[float]] = {name: deque(maxlen=RESTARTS) for name in self._commands}

    def start_all(self) -> None:
        for name in self._commands:
            self._start(name)

    def tend(self, *, has_started: bool) -> str | None:
        """Start again what has ended; return the reason to stop everything, if there is one."""
        for name, process in self.running.items():
            code = process.poll()
            if code is None:
                continue
            end = f"The {name} process {how_it_ended(code)}"
            ends = self._ends[name]
            keeps_ending = len(ends) == RESTARTS and time.monotonic() - ends[0] < RESTART_WINDOW_SECONDS
            if not has_started or keeps_ending:
                return f"{end}, so everything is stopped. Its last lines above say why."
            ends.append(time.monotonic())
            say(f"{end}, so it is started again. Its last lines above say why.")
            stop_all([process])  # and what it left behind
            self._start(name)
            break
        return None

    def _start(self, name: str) -> None:
        process = self.running[name] = start(name, self._commands[name])
        threading.Thread(target=pass_on, args=(name, process.stdout), daemon=True).start()


def how_it_ended(code: int) -> str:
    """Return a program's end in words."""
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"


def announcement(address: str, data_dir: Path, *, has_demo: bool) -> str:
    """Return the text to print once the product runs: its addresses and who can sign in."""
    lines = ["", f"The claim desk is at {address}", f"  admin of the desk: {address}admin/"]
    lines.append(f"  data, files and mails: {data_dir} (mails in {data_dir / 'mails'})")
    if has_demo:
        lines.append(f"  sign in as (the password is always {DEMO_PASSWORD!r}):")
        lines += [f"    {name:<5} {who}" for name, who in DEMO_SIGN_INS]
    return "\n".join([*lines, "Ctrl-C stops everything.", ""])


def watch(programs: Programs, stops: StopRequests, port: int, greeting: str) -> str | None:
    """Wait until a stop is requested, and return None, or until a program fails for good, and return the reason."""
    deadline = time.monotonic() + START_PATIENCE_SECONDS
    greeted = False
    while not stops.count:
        if reason := programs.tend(has_started=greeted):
            return reason
        if not greeted and answers(port):
            say(greeting)
            greeted = True
        if not greeted and time.monotonic() > deadline:
            return f"The web server did not answer within {START_PATIENCE_SECONDS} seconds."
        time.sleep(0.2)
    return None


def run(environ: MutableMapping[str, str]) -> str | None:
    """Run the product until it stops; return the reason unless a user stopped it. Raises Refusal if it cannot start."""
    port = read_port(environ.get("PORT") or "8000")
    data_dir = data_dir_of(environ)
    address = f"http://{HOST}:{port}/"
    ignored = [name for name in NOT_HERE if environ.pop(name, None)]
    if ignored:
        say(f"{', '.join(ignored)}: ignored; make run keeps everything in {data_dir}.")
    if wrong := faults(environ):
        raise Refusal(f"The settings are refused: {'; '.join(wrong)}.")
    environ.update(
        CPOR_DATA_DIR=str(data_dir),
        BIND=HOST,
        PORT=str(port),
        DJANGO_SETTINGS_MODULE="cpor.settings",
        PYTHONUNBUFFERED="1",
    )
    with take_data_dir(data_dir, address):
        see_that_port_is_free(port)
        has_demo = prepare_database(data_dir)
        stops = StopRequests()
        programs = Programs()
        try:
            programs.start_all()
            reason = watch(programs, stops, port, announcement(address, data_dir, has_demo=has_demo))
            if stops.count:
                say("Stopping ...")
        finally:
            asked = stops.count
            stop_all(programs.running.values(), hurry=lambda: stops.count > asked)
        time.sleep(0.2)  # for the programs' last lines
    return reason


def main() -> int:
    """Run until Ctrl-C; return 0 for a requested stop, 1 after printing the reason for any other."""
    try:
        reason = run(os.environ)
    except Refusal as refusal:
        reason = str(refusal)
    except KeyboardInterrupt:
        reason = "Stopped before the start was complete."
    except Exception as error:  # a failed start is told in a sentence, whatever failed
        reason = explained(error, data_dir_of(os.environ))
    if reason:
        print(reason, file=sys.stderr, flush=True)
        return 1
    say("Stopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
