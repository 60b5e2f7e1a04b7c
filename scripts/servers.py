"""PostgreSQL and Redis servers that run as long as a command: `python -m scripts.servers COMMAND ...`.

A server is started if its address (TEST_DATABASE_URL, TEST_REDIS_URL) is not given and its program is on the
machine; running servers are never used. Both are stopped and their files removed, whatever happens.
"""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypedDict

from cpor.processes import bound_to_this_process, stop_all

WANTED_POSTGRES = 15
PATIENCE_SECONDS = 30
# The data does not outlive the tests, so no write waits for the disk.
POSTGRES_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "log_min_messages": "fatal",
}
# What a measurement needs: writes wait for the disk, as they do in production.
DURABLE = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "50",
    "shared_buffers": "2GB",
    "effective_cache_size": "8GB",
    "max_wal_size": "8GB",
    "jit": "off",
    "log_min_messages": "fatal",
}


class NotStarted(Exception):
    """Raised if a server cannot be started, with the reason in one sentence."""


def free_port() -> int:
    """Return a port that is free at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def find_postgres() -> Path | None:
    """Return the folder of PostgreSQL's programs: the required version if there are several, else the newest."""
    candidates = {
        int(folder.parent.name): folder
        for folder in Path("/usr/lib/postgresql").glob("*/bin")
        if folder.parent.name.isdigit() and (folder / "initdb").exists()
    }
    if candidates:
        return candidates.get(WANTED_POSTGRES) or candidates[max(candidates)]
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


class Account(TypedDict, total=False):
    """The account that a program runs under; empty for the current one."""

    user: int
    group: int
    extra_groups: list[int]


def unprivileged() -> Account:
    """Return an account for a program that refuses to run as root: another one if the current one is root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            account = pwd.getpwnam(name)
            return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    raise NotStarted("PostgreSQL refuses to run as root and there is no other account to start it as.")


@contextlib.contextmanager
def own_folder(account: Account) -> Iterator[Path]:
    """Yield an empty folder that the account can write to; remove it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="cpor-server-"))
    try:
        if account:
            os.chown(folder, account["user"], account["group"])
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the port accepts connections. Raises NotStarted if the process ends first or takes too long."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise NotStarted(f"A server did not start: {log.read_text()[-2000:]}")


@contextlib.contextmanager
def server(
    command: Sequence[str], port: int, folder: Path, *, stop_signal: int, account: Account
) -> Iterator[None]:
    """Run a server that listens on the port, until the context ends."""
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=bound_to_this_process(stop_signal),
            **account,
        )
    try:
        wait_for(port, process, log)
        yield
    finally:
        stop_all([process], stop_signal=stop_signal)


def create_database(programs: Path, port: int, password: str) -> None:
    """Create `cpor` once the server, which listens before it is ready, allows it. Raises NotStarted if it does not."""
    command = [str(programs / "createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", "cpor", "cpor"]
    environ = {**os.environ, "PGPASSWORD": password}
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        made = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
        if not made.returncode:
            return
        if "starting up" not in made.stderr or time.monotonic() > deadline:
            raise NotStarted(f"createdb failed: {made.stderr[-2000:]}")
        time.sleep(0.1)


@contextlib.contextmanager
def postgres(programs: Path, settings: Mapping[str, str] = POSTGRES_SETTINGS) -> Iterator[str]:
    """Run PostgreSQL; yield the URL of its empty database `cpor`."""
    account = unprivileged()
    port = free_port()
    password = secrets.token_urlsafe(16)
    with own_folder(account) as folder:
        data = folder / "data"
        key = folder / "password"
        key.write_text(password)
        key.chmod(0o644)  # in a folder that only its owner can enter
        initdb: list[str | Path] = [
            programs / "initdb",
            "-D",
            data,
            "-U",
            "cpor",
            "-A",
            "scram-sha-256",
            "--pwfile",
            key,
        ]
        made = subprocess.run(
            [*initdb, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            **account,
        )
        if made.returncode:
            raise NotStarted(f"initdb failed: {made.stderr[-2000:]}")
        options = {**settings, "port": str(port), "unix_socket_directories": str(folder)}
        command = [str(programs / "postgres"), "-D", str(data)]
        command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with server(command, port, folder, stop_signal=signal.SIGINT, account=account):
            base = f"cpor:{password}@127.0.0.1:{port}"
            create_database(programs, port, password)
            yield f"postgres://{base}/cpor"


@contextlib.contextmanager
def redis(program: str) -> Iterator[str]:
    """Run Redis without writing to disk; yield its URL."""
    port = free_port()
    with own_folder({}) as folder:
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        command += ["--dir", str(folder)]
        with server(command, port, folder, stop_signal=signal.SIGTERM, account={}):
            yield f"redis://127.0.0.1:{port}/0"


@contextlib.contextmanager
def servers_for_tests() -> Iterator[dict[str, str]]:
    """Yield the environment for tests, with all servers that this machine can run."""
    environ = dict(os.environ)
    with contextlib.ExitStack() as stack:
        programs = find_postgres()
        if not environ.get("TEST_DATABASE_URL") and programs:
            environ["TEST_DATABASE_URL"] = stack.enter_context(postgres(programs))
        program = shutil.which("redis-server")
        if not environ.get("TEST_REDIS_URL") and program:
            environ["TEST_REDIS_URL"] = stack.enter_context(redis(program))
        yield environ


def stop_on_signals() -> None:
    """Turn stop signals into exceptions, so that the servers are stopped too."""

    def unwind(number: int, _frame: object) -> None:
        sys.exit(128 + number)

    signal.signal(signal.SIGTERM, unwind)
    signal.signal(signal.SIGHUP, unwind)


def main(command: list[str]) -> int:
    """Run the command with the servers; return its exit code, or 1 after printing why they cannot be started."""
    stop_on_signals()
    try:
        with servers_for_tests() as environ:
            return subprocess.run(command, env=environ, check=False).returncode
    except NotStarted as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
