"""Importing directory files of every kind, about customers and partners, for the command and the demo."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from django.db import transaction
from django.utils.translation import gettext as _

from foundation.imports.kinds import Kind
from foundation.imports.reference import columns_of
from foundation.imports.rows import Refusal
from foundation.imports.sources import UnreadableFile, printable
from foundation.kernel.actor import Actor
from partners.importing.kinds import PARTNER_KINDS
from tenants.importing.kinds import CUSTOMER_KINDS
from tenants.importing.services import ImportResult, import_file

KINDS: Final[dict[str, Kind]] = {kind.name: kind for kind in (*CUSTOMER_KINDS, *PARTNER_KINDS)}

INTRODUCTION = """\
# Directory import

`manage.py import_directory FILE... [--dry-run] [--kind KIND] [--as-of TIME] [--report FILE]` imports
customers, products and partners. `samples/directory/` contains samples of every kind of file.

## Files

- **CSV** (`.csv`): UTF-8 with or without byte order mark, separated by commas, values with commas in
  double quotes. The first row has the column names, in any order, in upper or lower case. Separate the
  values of a list with semicolons.
- **JSON Lines** (`.jsonl`, `.ndjson`): UTF-8, one object per line with the same names. Lists are JSON
  lists; `null` is an empty value.
- The kind of a file is the first word of its name (`tenants.csv`, `subscriptions-2026-11.jsonl`), or
  the value of `--kind`.
- Files are imported in the order of the sections below, whatever their order on the command line, since
  later kinds refer to earlier ones.
- Each file is one transaction: either all its rows are imported, except refused ones, or none.

## Rows

- Every row is *created*, *updated*, *unchanged* or *refused*. The four counts add up to the rows of the
  file; blank lines do not count.
- A refused row changes nothing and does not stop the others. Each fault is reported with line, column,
  value and reason. The screen shows the first twenty faults of a file; `--report FILE` writes all faults
  of all files as CSV (with an apostrophe before a value that a spreadsheet would read as a formula).
- A row is matched to its stored version by its key. Only differences are written, so importing a file
  twice changes nothing.
- If a file has the same key twice, the first valid row counts. A later row is *unchanged* if its values
  are the same, and refused otherwise. Across several files, the last one counts.
- An optional column can be absent, which keeps the stored values, or empty, which clears them (an empty
  flag also keeps them). A required column must be present and filled.
- Rows that a file does not contain stay as they are: a missing row ends nothing.
- Everything that a row refers to (a tenant, product, organisation or location) must be stored already or
  come in an earlier file.

## Unreadable files

A file is unreadable if it is not UTF-8, contains zero bytes, is a compressed, Excel or PDF file, is
empty, has an unknown kind or file type, has missing, unknown or repeated CSV columns, has quotation
marks that do not match, has a line of more than 1,000,000 bytes, or ends in the middle of a line. It
changes nothing and is reported with one sentence that names file and line; the other files on the
command line are still imported. In JSON Lines, a missing or unknown column refuses only its row. A CSV
file that was cut off exactly between two rows looks like a shorter file and is imported.

## Effects

- `--as-of` is the time that the files describe (ISO 8601; UTC without an offset; default: now). Every
  import stores it, even if nothing changed. Pages and API show the newest one as the time of all
  information about customers.
- If a stored subscription ends (`expired`, `disabled`, `deleted`), the claims on it end; if it is
  suspended, they are flagged. Both happen once, right after the import. A subscription that is new and
  has already ended has no effect.
- `--dry-run` does and reports everything, then undoes it; later files see the rows of earlier ones.

| Exit code | Meaning |
|---|---|
| 0 | every row was imported |
| 1 | rows were refused |
| 2 | a file could not be read, or the command line is wrong; other files may have been imported |

## Columns
"""


@dataclass(frozen=True, kw_only=True)
class FileOutcome:
    """The outcome of one file: its result, or the error if it could not be read."""

    path: Path
    result: ImportResult | None = None
    error: UnreadableFile | None = None


class Watcher(Protocol):
    """An observer of the progress of an import."""

    def started(self, path: Path) -> None: ...
    def progressed(self, rows: int, bytes_read: int) -> None: ...
    def refused(self, refusal: Refusal) -> None: ...
    def finished(self, outcome: FileOutcome) -> None: ...


def kind_of(path: Path, *, named: str | None = None) -> Kind:
    """Return the named kind, or the kind that the file name begins with. Raises UnreadableFile if there is none."""
    word = named or re.split(r"[^a-z]", path.name.lower(), maxsplit=1)[0]
    if word not in KINDS:
        raise UnreadableFile(
            _("%(file)s: its name does not begin with a kind of file (%(kinds)s); rename it or use --kind.")
            % {"file": printable(path.name), "kinds": ", ".join(KINDS)}
        )
    return KINDS[word]


def import_files(
    *,
    paths: Sequence[Path],
    kind: str | None,
    as_of: datetime,
    dry_run: bool,
    actor: Actor,
    now: datetime,
    watcher: Watcher,
) -> list[FileOutcome]:
    """Import files in the order in which their kinds refer to each other; return the outcome of each.

    Each file is imported in a transaction of its own. An unreadable file changes nothing and does not stop the
    others. A dry run is one transaction around all files, rolled back at the end, so that later files see the
    rows of earlier ones.
    """
    outcomes = []
    with _undone() if dry_run else nullcontext():
        for path in sorted(paths, key=lambda path: _rank(path, kind)):
            watcher.started(path)
            try:
                result = import_file(
                    path=path,
                    kind=kind_of(path, named=kind),
                    as_of=as_of,
                    dry_run=False,
                    actor=actor,
                    now=now,
                    progress=watcher.progressed,
                    refused=watcher.refused,
                )
                outcome = FileOutcome(path=path, result=result)
            except UnreadableFile as error:
                outcome = FileOutcome(path=path, error=error)
            watcher.finished(outcome)
            outcomes.append(outcome)
    return outcomes


def _rank(path: Path, named: str | None) -> int:
    try:
        return list(KINDS).index(kind_of(path, named=named).name)
    except UnreadableFile:
        return len(KINDS)


@contextmanager
def _undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def column_reference() -> str:
    """Return the text of docs/directory-import.md, generated from the declarations of the kinds."""
    return f"{INTRODUCTION}\n{columns_of(KINDS.values())}\n"
