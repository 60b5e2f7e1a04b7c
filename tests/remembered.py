"""States that tests build through the services: built once in a process, then replayed.

Most tests begin with one of a few states, and building these took most of the suite's time. A function marked
`@remembered` runs once for each state that it starts from and each set of arguments. Its next calls repeat what
the first one left behind: the statements that wrote to the database, mails, files, what is cached and
what is planned for the commit. This is sound because services depend on nothing but the database and their arguments.

A state is named by the calls that led to it. It has no name, and a function then simply runs, after any other
write, where a test commits or patches anything, counts queries, or passes what cannot be compared. Calls that
fail, undo a savepoint, or change their arguments are never remembered. `--build-anew` remembers
nothing.
"""

import dataclasses
import functools
import pickle
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from enum import Enum
from hashlib import sha256
from pathlib import Path
from time import time
from typing import Any, ParamSpec, TypeVar, cast
from uuid import UUID

import pytest
from django.conf import UserSettingsHolder, settings
from django.core import mail
from django.core.cache import cache as django_cache
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import Model

from foundation.doors.whole_files import WholeFiles
from foundation.kernel.rulebook import rulebook

# Typed loosely where stubs hide what the in-memory cache and the connection hold.
cache: Any = django_cache
changeable_settings: Any = settings
P = ParamSpec("P")
T = TypeVar("T")

START = "start"  # nothing has been written since the test began
READS = ("BEGIN", "SELECT", "SAVEPOINT", "RELEASE", "PRAGMA", "SET", "SHOW", "EXPLAIN", "(")
# Signing in changes nothing that a service reads.
SIGNING_IN = ("django_session", "partners_apitoken", 'UPDATE "partners_user" SET "last_login"')
FILLED_BY_MIGRATIONS = ("auth_permission", "django_content_type", "django_migrations")
COMMITS = {"transactional_db", "live_server"}
PLAIN = (str, bytes, int, float, date, timedelta, UUID, Path, type(None))


class Incomparable(Exception):
    """An argument of which two calls cannot be told apart."""


@dataclasses.dataclass(frozen=True)
class Kept:
    """What a call left behind."""

    statements: list[tuple[str, Any, bool]]
    planned: list[tuple[Callable[[], object], bool]]
    cleared_mails: bool
    cached: dict[str, tuple[object, float | None]]
    left: bytes  # its result, its mails and its files


class Recording:
    """What a running call leaves behind."""

    def __init__(self) -> None:
        self.statements: list[tuple[str, Any, bool]] = []
        self.files: dict[str, bytes] = {}
        self.sound = True
        self.mails = list(mail.outbox)
        self.planned = len(_planned())
        self.cached = cached()

    def kept(self, result: object) -> Kept | None:
        """What to replay; None if that would not be all."""
        if not self.sound or len(_planned()) < self.planned:
            return None
        cleared = mail.outbox[: len(self.mails)] != self.mails
        mails = mail.outbox if cleared else mail.outbox[len(self.mails) :]
        planned = [(call, robust) for _ids, call, robust in _planned()[self.planned :]]
        try:
            left = pickle.dumps((result, mails, self.files))
        except (AttributeError, TypeError, pickle.PicklingError):
            return None
        return Kept(self.statements, planned, cleared, _newly_cached(self.cached), left)


class Memory:
    """What has been built in this process, and the name of the state that the running test is in."""

    def __init__(self) -> None:
        self.state: str | None = None
        self.kept: dict[str, Kept] = {}
        self.running: list[Recording] = []

    def begin(self, *, enabled: bool) -> None:
        """Forget where the last test was; a test that is not enabled builds everything anew."""
        self.state = START if enabled else None
        self.running.clear()

    def watch(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Note a statement: a wrapper around all that the connection executes."""
        if many:
            params = list(params)
        result = execute(sql, params, many, context)
        if not sql.startswith(READS):
            undone = sql.startswith("ROLLBACK")
            for recording in self.running:
                recording.sound &= not undone
                recording.statements.append((sql, params, many))
            if not any(words in sql for words in SIGNING_IN):
                self.state = None
        return result

    def saved(self, name: str) -> None:
        """Note a file that was stored."""
        for recording in self.running:
            with default_storage.open(name) as file:
                recording.files[name] = file.read()

    def call(self, function: Callable[[], T], name: str, given: object) -> T:
        """Run the function, or replay what it did when it was called in this state before."""
        if self.state is None or connection.force_debug_cursor:
            return function()
        try:
            told = describe(given)
        except Incomparable:
            return function()
        if self.state == START:
            self.state = _first_numbers()
        told_besides = (repr(rulebook), repr(_changed_settings()), repr(cached()))
        state = sha256("\n".join((self.state, *told_besides, name, told)).encode()).hexdigest()
        if known := self.kept.get(state):
            result: T = self._replay(known)
        else:
            result, left = self._record(function)
            if left is None or describe(given) != told:
                self.state = None
                return result
            self.kept[state] = left
        self.state = state
        return result

    def _record(self, function: Callable[[], T]) -> tuple[T, Kept | None]:
        recording = Recording()
        self.running.append(recording)
        try:
            result = function()
        except BaseException:
            self.state = None
            raise
        finally:
            self.running.pop()
        return result, recording.kept(result)

    def _replay(self, known: Kept) -> Any:
        with connection.cursor() as cursor:
            for sql, params, many in known.statements:
                (cursor.executemany if many else cursor.execute)(sql, params)
        for call, robust in known.planned:
            _planned().append((set(connection.savepoint_ids), call, robust))
        for key, (value, seconds) in known.cached.items():
            cache._cache[key] = value
            cache._expire_info[key] = seconds and time() + seconds
        result, mails, files = pickle.loads(known.left)
        if known.cleared_mails:
            mail.outbox.clear()
        mail.outbox.extend(mails)
        for name, content in files.items():
            path = Path(default_storage.path(name))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            for recording in self.running:
                recording.files[name] = content
        return result


MEMORY = Memory()


def remembered(function: Callable[P, T]) -> Callable[P, T]:
    """Replay the function where it was called in the same state with the same arguments before."""

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        name = f"{function.__module__}.{function.__qualname__}"
        return MEMORY.call(lambda: function(*args, **kwargs), name, (args, kwargs))

    return call


def describe(value: object) -> str:
    """Return a text that only equal values have; raises Incomparable for what has none."""
    if isinstance(value, Enum):
        return str(value)
    if isinstance(value, PLAIN):
        return repr(value)
    if described := getattr(value, "described", None):
        return str(described())
    if isinstance(value, Model):
        columns = (
            f"{field.attname}={value.__dict__.get(field.attname)!r}" for field in value._meta.concrete_fields
        )
        return f"{value._meta.label}({','.join(columns)})"
    if isinstance(value, tuple | list):
        return f"[{','.join(map(describe, value))}]"
    if isinstance(value, Mapping):
        return f"{{{','.join(f'{key!r}:{describe(item)}' for key, item in sorted(value.items()))}}}"
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = (describe(getattr(value, field.name)) for field in dataclasses.fields(value))
        return f"{type(value).__qualname__}({','.join(fields)})"
    raise Incomparable(type(value))


def _first_numbers() -> str:
    """Return which keys the next rows get: PostgreSQL's sequences, which no rollback turns back, begin anew."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, seq FROM sqlite_sequence ORDER BY name")
            return repr(cursor.fetchall())
        cursor.execute(_restart_sequences())
        return "restarted"


@functools.cache
def _restart_sequences() -> str:
    """Return the statement that restarts the sequences of those tables which migrations left empty."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = current_schema()")
        names = {name for (name,) in cursor.fetchall()}
    names -= {f"{table}_id_seq" for table in FILLED_BY_MIGRATIONS}
    return "SELECT " + ", ".join(f"setval('{name}', 1, false)" for name in sorted(names))


def _changed_settings() -> list[tuple[str, str]]:
    """Return what the running test has changed, except where its files lie."""
    changed: list[tuple[str, str]] = []
    holder = changeable_settings._wrapped
    while isinstance(holder, UserSettingsHolder):
        changed += [(name, repr(value)) for name, value in holder.__dict__.items() if name.isupper()]
        holder = holder.default_settings
    return sorted((name, value) for name, value in changed if name != "MEDIA_ROOT")


def _planned() -> list[Any]:
    """Return the calls planned for the commit, each with its savepoints and whether it may fail."""
    return cast(list[Any], connection.run_on_commit)


def cached() -> dict[str, object]:
    return dict(cache._cache)


def _newly_cached(before: Mapping[str, object]) -> dict[str, tuple[object, float | None]]:
    """Return the entries of the cache that are not as before, each with the seconds that it has left."""
    ends = cache._expire_info
    return {
        key: (value, ends[key] and ends[key] - time())
        for key, value in cached().items()
        if before.get(key) != value
    }


class WatchedStorage(WholeFiles):
    """The storage of the tests, which notes what is stored."""

    def _save(self, name: str, content: Any) -> str:
        stored = super()._save(name, content)
        MEMORY.saved(stored)
        return stored


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--build-anew", action="store_true", help="build every state through the services")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    MEMORY.begin(enabled=not item.config.getoption("--build-anew") and not _commits_or_patches(item))
    if MEMORY.watch not in connection.execute_wrappers:
        connection.execute_wrappers.append(MEMORY.watch)


def _commits_or_patches(item: pytest.Item) -> bool:
    if not isinstance(item, pytest.Function):
        return False
    marker = item.get_closest_marker("django_db")
    if marker is not None and marker.kwargs.get("transaction"):
        return True
    if not COMMITS.isdisjoint(item.fixturenames):
        return True
    # pytest-django's own fixtures ask for monkeypatch in every test.
    fixtures = item._fixtureinfo.name2fixturedefs
    ours = [found[-1] for found in fixtures.values() if found[-1].func.__module__.startswith("tests.")]
    return "monkeypatch" in item._fixtureinfo.argnames or any(
        "monkeypatch" in fixture.argnames for fixture in ours
    )
