"""Rules that the database enforces: triggers for both engines, declared once in a migration."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.utils import CursorWrapper
from django.db.migrations import RunPython
from django.db.migrations.operations.base import Operation


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """Refuses `events` on rows of `table` where `when` holds, with `message`.

    `when` is an SQL condition over NEW (and OLD) that PostgreSQL and SQLite both understand.
    """

    name: str
    table: str
    events: Sequence[str]
    message: str
    when: str = ""

    def create(self, vendor: str) -> list[str]:
        condition = self.when or ("true" if vendor == "postgresql" else "1")
        if vendor == "postgresql":
            fires = " OR ".join(self.events)
            function = (
                f"CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF {condition} THEN RAISE EXCEPTION '{self.message}' "
                f"USING ERRCODE = 'integrity_constraint_violation'; END IF; "
                f"IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
            )
            trigger = (
                f"CREATE TRIGGER {self.name} BEFORE {fires} ON {self.table} "
                f"FOR EACH ROW EXECUTE FUNCTION {self.name}()"
            )
            return [function, trigger]
        return [
            f"CREATE TRIGGER {self.name}_{event.lower()} BEFORE {event} ON {self.table} FOR EACH ROW "
            f"WHEN {condition} BEGIN SELECT RAISE(ABORT, '{self.message}'); END"
            for event in self.events
        ]

    def drop(self, vendor: str) -> list[str]:
        if vendor == "postgresql":
            return [f"DROP TRIGGER {self.name} ON {self.table}", f"DROP FUNCTION {self.name}()"]
        return [f"DROP TRIGGER {self.name}_{event.lower()}" for event in self.events]


def around_triggers(*operations: Operation) -> list[Operation]:
    """Return the operations between two steps that take SQLite's triggers away and put them back.

    SQLite changes a table by making it anew, which loses the triggers of that table and fails because of the triggers of
    others that read it. PostgreSQL keeps them all.
    """
    kept: list[str] = []

    def take_away(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
        kept.clear()
        if schema_editor.connection.vendor != "sqlite":
            return
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            found = cursor.fetchall()
        for name, statement in found:
            kept.append(statement)
            schema_editor.execute(f'DROP TRIGGER "{name}"')

    def put_back(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for statement in kept:
            schema_editor.execute(statement)

    return [RunPython(take_away, put_back), *operations, RunPython(put_back, take_away)]


def replace(old: Trigger, new: Trigger) -> RunPython:
    """Return the migration step that puts another trigger in the place of one, and the first one back when reversed."""

    def step(gone: Trigger, come: Trigger) -> Callable[..., None]:
        def run(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
            vendor = schema_editor.connection.vendor
            for statement in [*gone.drop(vendor), *come.create(vendor)]:
                schema_editor.execute(statement)

        return run

    return RunPython(step(old, new), step(new, old))


def keep(*triggers: Trigger) -> RunPython:
    """Return the migration step that creates the triggers, and drops them when reversed."""

    def step(statements: Callable[[Trigger, str], list[str]]) -> Callable[..., None]:
        def run(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
            for trigger in triggers:
                for statement in statements(trigger, schema_editor.connection.vendor):
                    schema_editor.execute(statement)

        return run

    return RunPython(step(Trigger.create), step(Trigger.drop))


def changed(*columns: str) -> str:
    """Return the condition that one of the columns changes."""
    return " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns)


def changed_again(*columns: str) -> str:
    """Return the condition that one of the columns changes although it has a value."""
    return " OR ".join(
        f"(OLD.{column} IS NOT NULL AND NEW.{column} IS DISTINCT FROM OLD.{column})" for column in columns
    )


def history(table: str, message: str, *, when: str = "", deleted_when: str = "") -> list[Trigger]:
    """Return the triggers that make rows of the table history: they refuse changes and deletions.

    `when` limits the changes that are refused, `deleted_when` the deletions; without them every one is.
    """
    return [
        Trigger(
            name=f"{table}_stays",
            table=table,
            events=["UPDATE"],
            message=message,
            when=" ".join(when.split()),
        ),
        Trigger(name=f"{table}_is_kept", table=table, events=["DELETE"], message=message, when=deleted_when),
    ]


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A table whose rows are never deleted, or only those for which `when`, a condition over `kept`, does not hold.

    Two ways around a DELETE trigger are refused as well. SQLite's OR REPLACE, of an INSERT or an UPDATE, deletes the rows
    that have the same key without firing their triggers, so each unique key has a condition. PostgreSQL's TRUNCATE fires
    triggers of the statement only.
    """

    table: str
    when: str = ""

    def create(self, schema_editor: BaseDatabaseSchemaEditor) -> list[str]:
        if schema_editor.connection.vendor == "postgresql":
            name = f"{self.table}_is_not_emptied"
            function = (
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"RAISE EXCEPTION 'history is never emptied' USING ERRCODE = 'integrity_constraint_violation'; "
                f"END $$"
            )
            trigger = (
                f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {self.table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
            )
            return [function, trigger]
        with schema_editor.connection.cursor() as cursor:
            keys = list(unique_keys(cursor, self.table))
        return [
            self._refuse("INSERT", [self._displaced(key) for key in keys]),
            self._refuse("UPDATE", [self._displaced(key, but="kept.id <> OLD.id") for key in keys]),
        ]

    def _refuse(self, event: str, displaced: Sequence[str]) -> str:
        when = " OR ".join(displaced)
        return (
            f"CREATE TRIGGER {self.table}_not_replaced_{event.lower()} BEFORE {event} ON {self.table} FOR EACH ROW "
            f"WHEN {when} BEGIN SELECT RAISE(ABORT, 'history is never replaced'); END"
        )

    def _displaced(self, key: "UniqueKey", *, but: str = "") -> str:
        """Return the condition that the new row would take the key of a row that is kept."""
        same = [f"kept.{column} = NEW.{column}" for column in key.columns]
        among = (
            [re.sub(r'"(\w+)"', rf'{row}."\1"', key.among) for row in ("kept", "NEW")] if key.among else []
        )
        conditions = [*same, *among, self.when, but]
        held = " AND ".join(f"({condition})" for condition in conditions if condition)
        return f"EXISTS (SELECT 1 FROM {self.table} kept WHERE {held})"  # noqa: S608 - names from migrations

    def drop(self, schema_editor: BaseDatabaseSchemaEditor) -> list[str]:
        if schema_editor.connection.vendor == "postgresql":
            name = f"{self.table}_is_not_emptied"
            return [f"DROP TRIGGER {name} ON {self.table}", f"DROP FUNCTION {name}()"]
        return [f"DROP TRIGGER {self.table}_not_replaced_{event}" for event in ("insert", "update")]


@dataclass(frozen=True, kw_only=True)
class UniqueKey:
    """Columns that are unique in a table of SQLite, or only `among` the rows of which this condition holds."""

    columns: Sequence[str]
    among: str = ""


def unique_keys(cursor: CursorWrapper, table: str) -> Iterator[UniqueKey]:
    """Return the unique keys of a table of SQLite, its primary key first."""
    yield UniqueKey(columns=["id"])
    cursor.execute(
        "SELECT listed.name, made.sql FROM pragma_index_list(%s) listed "
        "LEFT JOIN sqlite_master made ON made.name = listed.name WHERE listed.[unique] ORDER BY listed.name",
        [table],
    )
    for name, statement in cursor.fetchall():
        cursor.execute("SELECT name FROM pragma_index_info(%s) ORDER BY seqno", [name])
        columns = [column for [column] in cursor.fetchall()]
        _, _, among = (statement or "").partition(" WHERE ")
        yield UniqueKey(columns=columns, among=among)


def keep_rows(*tables: Kept) -> RunPython:
    """Return the migration step that refuses to replace or empty what is never deleted, and drops that when reversed."""

    def step(statements: Callable[[Kept, BaseDatabaseSchemaEditor], list[str]]) -> Callable[..., None]:
        def run(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
            for kept in tables:
                for statement in statements(kept, schema_editor):
                    schema_editor.execute(statement)

        return run

    return RunPython(step(Kept.create), step(Kept.drop))
