"""The count of all rows: each ends as exactly one of created, updated, unchanged, older, refused."""

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

KEPT_REFUSALS = 100


class Outcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    OLDER = "older"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason for refusing a row; a row with several faults has several."""

    line: int
    column: str
    value: str
    reason: str


@dataclass(slots=True)
class Row:
    """One well-formed row: its values, the stored object it matches, and its outcome."""

    line: int
    raw: dict[str, object]
    values: dict[str, Any]
    existing: Any = None
    found: dict[str, Any] = field(default_factory=dict)
    outcome: Outcome | None = None


@dataclass
class Tally:
    """The number of rows by outcome. All refusals go to `tell`; the first hundred are kept."""

    tell: Callable[[Refusal], None]
    counts: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    refusals: list[Refusal] = field(default_factory=list)
    faults: int = 0

    def refuse(self, refusals: Sequence[Refusal]) -> None:
        """Count one refused row."""
        self.counts[Outcome.REFUSED] += 1
        for refusal in refusals:
            self.faults += 1
            if len(self.refusals) < KEPT_REFUSALS:
                self.refusals.append(refusal)
            self.tell(refusal)

    def count(self, outcome: Outcome) -> None:
        """Count one stored row."""
        self.counts[outcome] += 1

    @property
    def rows(self) -> int:
        """Return the number of rows read so far."""
        return sum(self.counts.values())


class SeenKeys:
    """The keys and values that a file has given so far, kept on disk so that no file is too large."""

    def __init__(self) -> None:
        self._rows = sqlite3.connect("")  # no name: a private file that goes with the connection
        self._rows.execute("PRAGMA journal_mode=OFF")
        self._rows.execute("PRAGMA synchronous=OFF")
        self._rows.execute(
            "CREATE TABLE seen (id BLOB PRIMARY KEY, line INTEGER, content BLOB) WITHOUT ROWID"
        )

    def close(self) -> None:
        self._rows.close()

    def first_line(self, row: Row, key: Sequence[str]) -> tuple[int, bool] | None:
        """Return None for a key's first row, else the line of that row and whether it had the same values."""
        identity = _digest([row.values[name] for name in key])
        content = _digest(sorted(row.values.items()))
        added = self._rows.execute(
            "INSERT INTO seen VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (identity, row.line, content)
        )
        if added.rowcount:
            return None
        line, first = self._rows.execute(
            "SELECT line, content FROM seen WHERE id = ?", (identity,)
        ).fetchone()
        return line, first == content


def _digest(values: object) -> bytes:
    return hashlib.blake2b(repr(values).encode(), digest_size=16).digest()


def said_before(line: int) -> str:
    """Return the reason for refusing a key's second row."""
    return _("Line %d already gave this, with other values.") % line
