"""Indexes are dropped before a table is filled and built afterwards, which takes a fraction of the time."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager

from psycopg2.extensions import connection as Connection  # noqa: N812 - psycopg2 names the class in lower case

_INDEXES = """
    SELECT c.relname, t.relname, pg_get_indexdef(c.oid), constraint_of.conname, pg_get_constraintdef(constraint_of.oid)
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indexrelid
    JOIN pg_class t ON t.oid = i.indrelid
    JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public'
    LEFT JOIN pg_constraint constraint_of ON constraint_of.conindid = c.oid AND constraint_of.contype = 'u'
    WHERE NOT i.indisprimary
      AND t.relname NOT LIKE 'django\\_%' AND t.relname NOT LIKE 'auth\\_%'
      AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.conindid = c.oid AND f.contype = 'f')
    ORDER BY pg_relation_size(t.oid), c.relname
"""


@contextmanager
def indexes_put_aside(
    connect: Callable[[], AbstractContextManager[Connection]],
    *,
    connections: int,
    tell: Callable[[str], None],
) -> Iterator[None]:
    """Drop all indexes but those of primary keys while the context runs; then build them again."""
    with connect() as plain, plain.cursor() as cursor:
        cursor.execute(_INDEXES)
        kept = cursor.fetchall()
        for index, table, _definition, constraint, _meaning in kept:
            if constraint:
                cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{constraint}"')
            else:
                cursor.execute(f'DROP INDEX "{index}"')
    yield

    def build(statement: str) -> None:
        with connect() as own, own.cursor() as own_cursor:
            own_cursor.execute(statement)

    statements = [
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{constraint}" {meaning}' if constraint else definition
        for _index, table, definition, constraint, meaning in kept
    ]
    with ThreadPoolExecutor(connections) as pool:
        list(pool.map(build, statements))
    tell(f"{len(statements)} indexes built")
