"""Copies of rows that the services wrote: each template row becomes one INSERT ... SELECT over a table of copies.

A template's keys come from a range of their own, so that they are recognised wherever they stand, in JSON too. A copy
moves each key into the block of its number, each instant by whole weeks (deadlines at midnight stay deadlines), and
replaces the customer's and partners' words.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from psycopg2.extensions import connection as Connection  # noqa: N812 - psycopg2 names the class in lower case

from benchmarks.seeding.stories import Token

TEMPLATES = 8_000_000_000_000
PARTNERS = (8_100_000_000_000, 8_200_000_000_000)
SPAN = 1_000_000
PARTNER_BLOCK = 100
"""How many keys a copied partner has for its rows in each table."""

_FIRST = (
    "North",
    "Blue",
    "Clear",
    "Silver",
    "Green",
    "Bright",
    "Stone",
    "River",
    "Summit",
    "Harbor",
    "Cedar",
    "Iron",
)
_SECOND = (
    "wind",
    "field",
    "bridge",
    "water",
    "light",
    "gate",
    "forge",
    "crest",
    "vale",
    "mark",
    "peak",
    "works",
)
_KIND = (
    "Trading",
    "Foods",
    "Logistics",
    "Health",
    "Energy",
    "Textiles",
    "Media",
    "Optics",
    "Tools",
    "Papers",
)


@dataclass(frozen=True)
class Row:
    """One template row: its table and, by column, type and text as PostgreSQL prints it (None for NULL)."""

    table: str
    columns: dict[str, tuple[str, str | None]]


def clonable_tables(connection: Connection) -> list[str]:
    """Return the tables whose rows have a numbered key."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' "
            "AND column_name = 'id' AND data_type = 'bigint' AND is_identity = 'YES' ORDER BY table_name"
        )
        return [name for (name,) in cursor.fetchall() if not name.startswith(("auth_", "django_"))]


def number_from(connection: Connection, tables: Iterable[str], start: int) -> None:
    """Let the next row of each table have this key."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s, false)", [table, start])


def rows_from(connection: Connection, tables: Iterable[str], start: int) -> list[Row]:
    """Return the rows with keys from `start` on, which one template wrote."""
    found = []
    with connection.cursor() as cursor:
        for table in tables:
            types = _types(connection, table)
            texts = ", ".join(f'"{column}"::text' for column in types)
            cursor.execute(
                f'SELECT {texts} FROM "{table}" WHERE id >= %s AND id < %s ORDER BY id', [start, start + SPAN]
            )
            for values in cursor.fetchall():
                columns = {c: (t, v) for (c, t), v in zip(types.items(), values, strict=True)}
                found.append(Row(table, columns))
    return found


def _types(connection: Connection, table: str) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, format_type(a.atttypid, a.atttypmod) FROM information_schema.columns c "
            "JOIN pg_attribute a ON a.attrelid = c.table_name::regclass AND a.attname = c.column_name "
            "WHERE c.table_schema = 'public' AND c.table_name = %s ORDER BY ordinal_position",
            [table],
        )
        return dict(cursor.fetchall())


# --- Tables of copies ---


def copies_of_partners(connection: Connection, table: str, number: int) -> None:
    """Create the table of copies of the partner template."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE UNLOGGED TABLE {table} AS SELECT n AS k, n AS party0, n AS party1, 0::bigint AS base, "
            "0::bigint AS customer, 0 AS weeks, 0 AS seconds "
            "FROM generate_series(0, %s - 1) AS n",
            [number],
        )


def copies_of_story(
    connection: Connection,
    table: str,
    *,
    number: int,
    base: int,
    block: int,
    customer: int,
    weeks: int,
    partners: int,
    seed: int,
    of_first_partner: bool = False,
) -> None:
    """Create the table of copies of one story: who files, for which customer, when, and from which key on.

    The first partner files every tenth claim, or all of them, the others share the rest.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            CREATE UNLOGGED TABLE {table} AS
            WITH drawn AS (
                SELECT n AS k,
                       abs(hashint8extended(n, %(seed)s) %% 1000000007) AS one,
                       abs(hashint8extended(n, %(seed)s + 1) %% 1000000007) AS two,
                       abs(hashint8extended(n, %(seed)s + 2) %% 1000000007) AS three
                FROM generate_series(0::bigint, %(number)s - 1) AS n
            ), placed AS (
                SELECT *, CASE WHEN %(of_first)s OR one %% 10 = 0 THEN 0 ELSE one / 10 %% %(partners)s END AS first
                FROM drawn
            )
            SELECT k, first AS party0, (first + 1 + two %% (%(partners)s - 1)) %% %(partners)s AS party1,
                   %(base)s + k * %(block)s AS base, %(customer)s + k AS customer,
                   (three %% (%(weeks)s + 1))::int AS weeks, (two %% 3000)::int AS seconds
            FROM placed
            """,
            {
                "number": number,
                "base": base,
                "block": block,
                "customer": customer,
                "weeks": weeks,
                "partners": partners,
                "seed": seed,
                "of_first": of_first_partner,
            },
        )


# --- Statements ---


class Copying:
    """Turns template rows into statements over the table of copies named `table`."""

    def __init__(self, table: str, rows: Sequence[Row], *, start: int, seed: int, partner_base: int) -> None:
        self._table, self._rows, self._seed = table, rows, seed
        self._start = start
        self._partner_base = partner_base
        self._uuids = list(
            dict.fromkeys(
                text for row in rows for kind, text in row.columns.values() if kind == "uuid" and text
            )
        )
        self._references = [
            text
            for row in rows
            if row.table == "claims_claim"
            if (text := row.columns["reference"][1]) is not None
        ]

    def statements(self) -> Iterator[str]:
        """Yield one INSERT for each template row."""
        for row in self._rows:
            names = ", ".join(f'"{column}"' for column in row.columns)
            values = ", ".join(self._value(kind, text) for kind, text in row.columns.values())
            yield f'INSERT INTO "{row.table}" ({names}) SELECT {values} FROM {self._table} AS c'

    def _value(self, kind: str, text: str | None) -> str:
        if text is None:
            return "NULL"
        if kind in {"bigint", "integer", "smallint"}:
            return self._key(int(text)) or text
        if kind == "timestamp with time zone":
            return _moved(text)
        if kind == "date":
            return f"{_quoted(text)}::date - c.weeks * 7"
        return f"({self._text(text)})::{kind}"

    def _key(self, number: int) -> str:
        """Return the expression for a template's key; nothing for any other number."""
        if self._start <= number < self._start + SPAN:
            return f"(c.base + {number - self._start})"
        for side, start in enumerate(PARTNERS):
            if start <= number < start + SPAN:
                return f"({self._partner_base} + c.party{side} * {PARTNER_BLOCK} + {number - start})"
        return ""

    def _text(self, text: str) -> str:
        """Return the expression for a text in which everything recognised is replaced."""
        parts, end = [], 0
        for found in _RECOGNISED.finditer(text):
            replaced = self._replaced(found)
            if replaced:
                parts += [_quoted(text[end : found.start()]), replaced]
                end = found.end()
        parts.append(_quoted(text[end:]))
        return " || ".join(part for part in parts if part != "''") or "''"

    def _replaced(self, found: re.Match[str]) -> str:
        word = found[0]
        match found.lastgroup:
            case "uuid":
                if word not in self._uuids:
                    return ""
                digest = f"md5('{self._seed}:{self._uuids.index(word)}:{self._start}:' || c.k)"
                return f"({digest}::uuid)::text"
            case "instant":
                return f"""to_char(({_moved(word)}) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"')"""
            case "date":
                return f"to_char({_quoted(word)}::date - c.weeks * 7, 'YYYY-MM-DD')"
            case "reference":
                if word not in self._references:
                    return ""
                number = f"((c.base + {self._references.index(word)}) * 2654435761 % 4294967296)"
                return f"'{word[:10]}' || upper(lpad(to_hex({number}), 8, '0'))"
            case "key":
                key = self._key(int(word))
                return f"{key}::text" if key else ""
            case _:
                return WORDS[word]


def _moved(instant: str) -> str:
    """Return an instant some weeks earlier, and some seconds later unless it is a midnight, where deadlines lie."""
    moved = f"{_quoted(instant)}::timestamptz - c.weeks * interval '7 days'"
    at_midnight = re.search(r"[T ]00:00:00(?!\.)", instant)
    return moved if at_midnight else f"{moved} + c.seconds * interval '1 second'"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _picked(words: Sequence[str], number: str) -> str:
    return f"(ARRAY[{', '.join(map(_quoted, words))}])[1 + ({number}) % {len(words)}]"


def _name(number: str) -> str:
    """Return a company's name that is nobody else's: two of many words, what it does, and its number."""
    first = f"{_picked(_FIRST, number)} || {_picked(_SECOND, f'{number} / {len(_FIRST)}')}"
    return f"({first} || ' ' || {_picked(_KIND, f'{number} / 7')} || ' ' || ({number}))"


WORDS = {
    Token.CUSTOMER: _name("c.customer"),
    Token.CUSTOMER.lower(): f"lower({_name('c.customer')})",
    Token.DOMAIN: "'customer' || c.customer",
}
for _side, _token in enumerate(Token.PARTNERS):
    WORDS[_token] = _name(f"c.party{_side}")
    WORDS[_token.lower()] = f"lower({_name(f'c.party{_side}')})"
    WORDS[Token.CODES[_side]] = f"'partner' || c.party{_side}"
    WORDS[Token.MPNS[_side]] = f"(1000000 + c.party{_side})::text"

_RECOGNISED = re.compile(
    "|".join(
        (
            r"(?P<uuid>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})",
            r"(?P<instant>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:\+00(?::00)?|Z))",
            r"(?P<date>\b\d{4}-\d\d-\d\d\b)",
            r"(?P<reference>CPOR-\d{4}-[0-9A-Z]{6,12})",
            "(?P<word>" + "|".join(map(re.escape, sorted(WORDS, key=len, reverse=True))) + ")",
            r"(?P<key>\b8[012]\d{11}\b)",
        )
    )
)
