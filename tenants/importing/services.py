"""Importing one directory file, with an outcome for every row."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from foundation.imports.kinds import Kind, Progress, read_through, take_in
from foundation.imports.rows import Outcome, Refusal, Tally
from foundation.imports.sources import SourceFile
from foundation.journal.step import Step
from foundation.kernel.actor import Actor, ActorKind, DeskRole
from foundation.kernel.errors import NotPermitted, Refused
from tenants.events import DIRECTORY_IMPORTED
from tenants.models import DirectoryImport

GIVE_WAY_SECONDS: Final = 0.12
TURN: Final = 0x43504F52  # an arbitrary number: the key of the PostgreSQL lock by which imports take turns


@dataclass(frozen=True, kw_only=True)
class ImportResult:
    """The outcome of an import. `refusals` has the first hundred of `faults`; a row can have several."""

    file: str
    kind: str
    created: int
    updated: int
    unchanged: int
    older: int
    refused: int
    faults: int
    refusals: tuple[Refusal, ...]

    @property
    def rows(self) -> int:
        """Return the number of rows in the file; each has exactly one of the five outcomes."""
        return self.created + self.updated + self.unchanged + self.older + self.refused


def _ignore(*_anything: object) -> None:
    return None


def import_file(
    *,
    path: Path,
    kind: Kind,
    as_of: datetime,
    dry_run: bool,
    actor: Actor,
    now: datetime,
    correction: str = "",
    progress: Progress = _ignore,
    refused: Callable[[Refusal], None] = _ignore,
) -> ImportResult:
    """Upsert the rows of one file, in one transaction, and store `as_of` as the time it describes.

    On SQLite, whose one writer would keep everybody else waiting, it is one short transaction after another, once the
    file has been read to its end; an import that is broken off there is completed by importing the file again.

    A row changes nothing where a later statement is stored. `correction` is the reason for going back to an earlier one
    all the same; it is in the journal.

    A refused row does not affect the others. Rows that the file does not contain stay as they are. Importing a
    file again changes only the directory's as-of time. A dry run does the same and rolls it back. Each refusal
    goes to `refused` at once, since there may be more than fit in memory.

    Raises UnreadableFile, and changes nothing, if the file proves unreadable at any line; NotPermitted unless
    the actor is the system or a desk admin; Refused if `as_of` is in the future.
    """
    if actor.kind is not ActorKind.SYSTEM and DeskRole.DESK_ADMIN not in actor.desk_roles:
        raise NotPermitted(_("Only a desk admin can import the directory."))
    if as_of > now:
        raise Refused(
            _("The as-of time is in the future. Enter when the directory was read."), pointer="/as_of"
        )
    gives_way = connection.vendor == "sqlite" and not dry_run and not connection.in_atomic_block
    if gives_way:
        read_through(kind, SourceFile(path))
    source = SourceFile(path)
    with nullcontext() if gives_way else transaction.atomic():
        _take_turn()
        tally = take_in(
            kind,
            source,
            as_of=as_of,
            goes_back=bool(correction),
            actor=actor,
            now=now,
            progress=progress,
            refused=refused,
            within=_short_turn if gives_way else nullcontext,
        )
        _record(source, kind, tally, as_of=as_of, correction=correction, step=Step(actor=actor, at=now))
        if dry_run:
            transaction.set_rollback(True)
    return ImportResult(
        file=source.name,
        kind=kind.name,
        faults=tally.faults,
        refusals=tuple(tally.refusals),
        **_counts(tally),
    )


def _counts(tally: Tally) -> dict[str, Any]:
    return {str(outcome): tally.counts[outcome] for outcome in Outcome}


@transaction.atomic
def _record(
    source: SourceFile, kind: Kind, tally: Tally, *, as_of: datetime, correction: str, step: Step
) -> None:
    """Record what the import did, in the directory and in the journal."""
    taken_in = DirectoryImport.objects.create(
        file_name=source.name[:255], kind=kind.name, sha256=source.sha256, as_of=as_of, **_counts(tally)
    )
    said: dict[str, Any] = {"correction": correction} if correction else {}
    step.record(
        DIRECTORY_IMPORTED,
        taken_in,
        file=taken_in.file_name,
        kind=kind.name,
        as_of=as_of.isoformat(),
        **_counts(tally),
        **said,
    )


@contextmanager
def _short_turn() -> Iterator[None]:
    """Hold SQLite's only turn to write for a moment, then leave it to whoever waits: they look ten times a second."""
    with transaction.atomic():
        yield
    time.sleep(GIVE_WAY_SECONDS)


def _take_turn() -> None:
    """Let one import run at a time: the next one waits here and then finds what this one stored.

    On SQLite beginning the transaction has done this already.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])
