"""Every kind of directory file, about customers and about partners, for the command and for the demo data."""

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

`manage.py import_directory FILE... [--dry-run] [--kind KIND] [--as-of TIME] [--report FILE]` takes in
what is known about customers, products and partners. Samples of every kind lie in `samples/directory/`.

## Files

- **CSV** (`.csv`): UTF-8 with or without byte order mark, comma-separated, values in double quotes where
  they hold commas, first row the column names in any order and case. Lists are separated by semicolons.
- **JSON Lines** (`.jsonl`, `.ndjson`): UTF-8, one object a line with the same names; lists are JSON
  lists; `null` is an empty value.
- The kind is the word that the file's name begins with (`tenants.csv`, `subscriptions-2026-11.jsonl`),
  or `--kind`.
- Files given together are taken in the order of the sections below, whatever the order on the command
  line, since later ones refer to earlier ones.
- Each file is one transaction: it is taken in as a whole, without its refused rows, or not at all.

## Rows

- Every row ends as *created*, *updated*, *unchanged* or *refused*, and the four add up to the rows of
  the file; blank lines are no rows.
- A refused row changes nothing and stops no other row. Each fault is told with line, column, value and
  reason; the screen shows the first twenty of a file, `--report FILE` writes all of all files as CSV (a
  value that a spreadsheet would take for a formula gets an apostrophe in front).
- A row is found again by its key. Only differences are written, so that importing a file twice changes
  nothing.
- The same key twice in one file: the first good row counts; a later one that says the same is
  *unchanged*, one that says something else is refused. Of several files the last one counts.
- A column that is not needed may be left out, which leaves stored values as they are, or be empty, which
  empties them (an empty flag leaves them too). A needed one must be there and filled.
- What a file does not name stays as it is: a missing row ends nothing.
- What a row refers to (a tenant, a product, an organisation, a location) must be stored or come in an
  earlier file.

## What spoils a whole file

Another encoding than UTF-8, zero bytes, a compressed, Excel or PDF file, an empty file, an unknown kind
or file type, missing, unknown or doubly named columns of a CSV, quotation marks that do not fit
together, a line of more than 1,000,000 bytes, and a last line that breaks off. Such a file changes
nothing and gets one sentence naming file and line; the other files on the command line are taken in all
the same. In JSON Lines a missing or unknown column refuses its row only. A CSV that was cut off exactly
between two rows cannot be told from a shorter one.

## What follows from it

- `--as-of` is the time the files speak of (ISO 8601; without a zone it is UTC; default: now). Every
  import notes it, also when nothing changed: the newest one is what answers about customers are said to
  be as of.
- A stored subscription that comes to an end (`expired`, `disabled`, `deleted`) ends what was claimed on
  it; one that is suspended is flagged. Both happen once, right after the import. A subscription that is
  new and already over causes nothing.
- `--dry-run` does everything, tells the same, and undoes all of it; files given together see each
  other's rows.

| Exit code | Meaning |
|---|---|
| 0 | every row was taken in |
| 1 | rows were refused |
| 2 | a file could not be read, or the command line is wrong; other files may have been taken in |

## Columns
"""


@dataclass(frozen=True, kw_only=True)
class FileOutcome:
    """What became of one file: its result, or why it could not be read."""

    path: Path
    result: ImportResult | None = None
    error: UnreadableFile | None = None


class Watcher(Protocol):
    """Who wants to know how it goes."""

    def started(self, path: Path) -> None: ...
    def progressed(self, rows: int, bytes_read: int) -> None: ...
    def refused(self, refusal: Refusal) -> None: ...
    def finished(self, outcome: FileOutcome) -> None: ...


def kind_of(path: Path, *, named: str | None = None) -> Kind:
    """The kind of file: the one named, or the one its name begins with; raises UnreadableFile for neither."""
    word = named or re.split(r"[^a-z]", path.name.lower(), maxsplit=1)[0]
    if word not in KINDS:
        raise UnreadableFile(
            _("%(file)s: its name begins with no kind of file (%(kinds)s); rename it or say --kind.")
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
    """Take in files in the order in which their kinds refer to each other, each in a transaction of its own.

    A file that cannot be read changes nothing and stops no other. A dry run is one transaction around all of
    them, so that they see each other's rows, undone at the end.
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
    """The page docs/directory-import.md, from the declarations that the import works by."""
    return f"{INTRODUCTION}\n{columns_of(KINDS.values())}\n"
