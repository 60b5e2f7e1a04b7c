"""Importing directory files of every kind, about customers and partners, for the command and the demo."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from foundation.imports.kinds import Kind
from foundation.imports.rows import Refusal
from foundation.imports.sources import UnreadableFile, printable
from foundation.kernel.actor import Actor
from partners.importing.kinds import PARTNER_KINDS
from tenants.importing.kinds import CUSTOMER_KINDS
from tenants.importing.services import ImportResult, import_file

KINDS: Final[dict[str, Kind]] = {kind.name: kind for kind in (*CUSTOMER_KINDS, *PARTNER_KINDS)}


@dataclass(frozen=True, kw_only=True)
class FileOutcome:
    """The outcome of one file: its result, or the error if it could not be read."""

    path: Path
    result: ImportResult | None = None
    error: UnreadableFile | None = None


class Watcher:
    """An observer of the progress of an import; this one ignores it."""

    def started(self, path: Path) -> None: ...
    def progressed(self, rows: int, bytes_read: int) -> None: ...
    def refused(self, refusal: Refusal) -> None: ...
    def finished(self, outcome: FileOutcome) -> None: ...


UNWATCHED = Watcher()


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
    correction: str = "",
    watcher: Watcher = UNWATCHED,
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
                    correction=correction,
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
