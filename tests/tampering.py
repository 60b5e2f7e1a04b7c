"""What the owner of a database can do to it: switch off the triggers that keep history."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def without_triggers(*tables: str) -> Iterator[None]:
    """Let the tables be rewritten inside the block, as one could who owns the database."""
    if connection.vendor == "postgresql":
        _execute("SET LOCAL session_replication_role = replica")
        yield
        _execute("SET LOCAL session_replication_role = origin")
        return
    with connection.cursor() as cursor:
        places = ", ".join(["%s"] * len(tables))
        cursor.execute(
            f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ({places})", tables
        )
        triggers = cursor.fetchall()
    for name, _sql in triggers:
        _execute(f"DROP TRIGGER {name}")
    yield
    for _name, sql in triggers:
        _execute(sql)


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
