"""Rules that the database enforces: triggers for both engines, declared once in a migration."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
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
