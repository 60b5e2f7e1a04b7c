"""One kind of file: its columns, and how a batch of its rows is compared with the database and written.

A batch costs a fixed number of queries whatever its rows hold: one look-up for each thing referred to, one
for what exists, one upsert.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, ClassVar

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from foundation.imports.columns import Column, read_values
from foundation.imports.rows import Outcome, Refusal, Row, SeenKeys, Tally, said_before
from foundation.imports.sources import Record, SourceFile, printable
from foundation.kernel.actor import Actor

BATCH_ROWS = 2_000

Progress = Callable[[int, int], None]
"""Called after each batch with the rows counted and the bytes read since the beginning of the file."""

Faults = dict[str, str]
"""Reasons by column; "" stands for the whole row."""


class Kind(ABC):
    """One kind of file. Subclasses declare its columns and how a batch is looked up and written."""

    name: ClassVar[str]
    summary: ClassVar[str | Promise]
    columns: ClassVar[tuple[Column, ...]]
    key: ClassVar[tuple[str, ...]]

    def contradictions(self, values: Mapping[str, Any]) -> Faults:  # noqa: ARG002 - most kinds have none
        """Return faults between the values of one row, each of which is valid alone."""
        return {}

    @abstractmethod
    def look_up(self, rows: Sequence[Row]) -> Iterable[tuple[Row, Faults]]:
        """Find stored rows and references for all rows at once; return the rows with faults.

        Sets `existing` on the rows of things that are there.
        """

    @abstractmethod
    def write(self, rows: Sequence[Row]) -> None:
        """Store the rows, whose keys all differ, and set each `outcome`."""

    def is_older(self, row: Row, as_of: datetime) -> bool:  # noqa: ARG002 - most kinds store no time
        """Return whether what is stored was said later than `as_of`."""
        return False

    def stamp(self, rows: Sequence[Row], *, as_of: datetime, goes_back: bool) -> None:  # noqa: B027 - most store no time
        """Store `as_of` as the time of what the rows say."""

    def tell(self, rows: Sequence[Row], *, actor: Actor, now: datetime) -> None:  # noqa: B027 - most tell nothing
        """Record what the written rows mean to other apps; `existing` still has each row's former state."""


class StoredKind(Kind):
    """A kind whose rows are those of one model, with one column as key.

    `references` are the kinds that columns refer to. A list has no field of the model: its kind stores it. Each stored
    row keeps in `said_at` the as-of time of what it says; an older statement changes nothing (domain.md part 2).
    """

    model: ClassVar[type[models.Model]]
    references: ClassVar[Mapping[str, "type[StoredKind]"]] = {}

    @classmethod
    def fields(cls) -> dict[str, str]:
        """Return the model's fields by column."""
        return {column.name: column.field or column.name for column in cls.columns if not column.many}

    @classmethod
    def stored(cls, column: str, rows: Sequence[Row]) -> models.QuerySet[Any]:
        """Return the stored rows whose keys the rows have in the column."""
        wanted = {value for row in rows for value in _each(row.values[column])}
        return cls.model._default_manager.filter(**{f"{cls.key_field()}__in": wanted})

    @classmethod
    def key_field(cls) -> str:
        """Return the model's field that the key is stored in."""
        return cls.fields()[cls.key[0]]

    def look_up(self, rows: Sequence[Row]) -> Iterator[tuple[Row, Faults]]:
        self._match(rows)
        for column, kind in self.references.items():
            yield from refer(rows, column, kind)
        yield from self._moved(rows)

    def write(self, rows: Sequence[Row]) -> None:
        self.store(rows)

    def is_older(self, row: Row, as_of: datetime) -> bool:
        return row.existing is not None and row.existing.said_at is not None and row.existing.said_at > as_of

    def stamp(self, rows: Sequence[Row], *, as_of: datetime, goes_back: bool) -> None:
        said = self.stored(self.key[0], rows)
        earlier = models.Q(said_at__isnull=True) | models.Q(said_at__lt=as_of)
        (said if goes_back else said.filter(earlier)).update(said_at=as_of)

    def _match(self, rows: Sequence[Row]) -> None:
        """Set `existing` on the rows whose key is already stored, in one query."""
        known = {getattr(item, self.key_field()): item for item in self.stored(self.key[0], rows)}
        for row in rows:
            row.existing = known.get(row.values[self.key[0]])

    def _moved(self, rows: Sequence[Row]) -> Iterator[tuple[Row, Faults]]:
        """Yield the rows that try to change a fixed column of a stored row."""
        fixed, fields = [column.name for column in self.columns if column.fixed], self.fields()
        for row in rows:
            wrong = [
                name
                for name in fixed
                if row.existing
                and (name in row.found or name not in self.references)
                and _value(row, name) != getattr(row.existing, fields[name])
            ]
            if wrong:
                yield row, dict.fromkeys(wrong, _("This cannot change once it is stored."))

    def _changed(self, row: Row) -> dict[str, Any]:
        """Return all fields of a new row, or those in which an existing row differs."""
        fields = self.fields()
        given = [column for column in self.columns if column.name in fields and column.name in row.values]
        new = {fields[column.name]: _value(row, column.name) for column in given}
        if row.existing is None:
            return new
        kept = {fields[column.name] for column in given if column.first_only}
        return {
            name: value
            for name, value in new.items()
            if name not in kept and getattr(row.existing, name) != value
        }

    def store(self, rows: Sequence[Row]) -> dict[int, Any]:
        """Upsert the rows that are new or differ and set all outcomes; return the stored objects by line.

        One INSERT with ON CONFLICT does both, so that a concurrent insert of the same key is not an error.
        """
        attributes = [item.attname for item in self.model._meta.concrete_fields if not item.primary_key]
        stored: dict[int, Any] = {}
        for row in rows:
            new = self._changed(row)
            if row.existing is None:
                row.outcome = Outcome.CREATED
                stored[row.line] = self.model(**new)
            elif new:
                row.outcome = Outcome.UPDATED
                kept = {name: getattr(row.existing, name) for name in attributes}
                stored[row.line] = self.model(**(kept | new))
            else:
                row.outcome = Outcome.UNCHANGED
        if stored:
            key = self.key_field()
            self.model._default_manager.bulk_create(
                stored.values(),
                update_conflicts=True,
                unique_fields=[key],
                update_fields=[name for name in attributes if name != key],
            )
        return stored


def read_through(kind: Kind, source: SourceFile) -> None:
    """Read the file to its end and store nothing. Raises UnreadableFile if it proves unreadable at any line."""
    for _record in _records(kind, source):
        pass


def _records(kind: Kind, source: SourceFile) -> Iterator[Record]:
    required = [column.name for column in kind.columns if column.required]
    return source.records(required=required, known=[column.name for column in kind.columns])


def take_in(
    kind: Kind,
    source: SourceFile,
    *,
    as_of: datetime,
    goes_back: bool,
    actor: Actor,
    now: datetime,
    progress: Progress,
    refused: Callable[[Refusal], None],
    within: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> Tally:
    """Store all rows of the file in the caller's transaction, or each part `within` one of its own, and count each.

    A row about something of which a later statement is stored changes nothing, unless the file `goes_back`.

    Raises UnreadableFile when the file as a whole proves unreadable, at whatever line that is: the caller's
    transaction is then to be undone.
    """
    tally = Tally(tell=refused)
    records = _records(kind, source)
    with closing(SeenKeys()) as seen:
        while batch := list(islice(records, BATCH_ROWS)):
            whole = _Batch(kind, source, tally, seen, as_of, goes_back)
            with within():
                whole.take(batch, actor=actor, now=now)
            progress(tally.rows, source.bytes_read)
    return tally


@dataclass
class _Batch:
    kind: Kind
    source: SourceFile
    tally: Tally
    seen: SeenKeys
    as_of: datetime
    goes_back: bool
    refused: dict[int, list[Refusal]] = field(default_factory=dict)

    def take(self, records: Sequence[Record], *, actor: Actor, now: datetime) -> None:
        rows = list(self._well_formed(records))
        rows = list(self._known(rows))
        rows = list(self._first(rows))
        rows = list(self._newest(rows))
        if rows:
            self.kind.write(rows)
            self.kind.stamp(rows, as_of=self.as_of, goes_back=self.goes_back)
            self.kind.tell(rows, actor=actor, now=now)
        for row in rows:
            assert row.outcome is not None
            self.tally.count(row.outcome)
        for _line, refusals in sorted(self.refused.items()):
            self.tally.refuse(refusals)

    def _well_formed(self, records: Sequence[Record]) -> Iterator[Row]:
        for record in records:
            if record.fault:
                self.refused[record.line] = [Refusal(record.line, "", printable(record.text), record.fault)]
                continue
            values, faults = read_values(self.kind.columns, record.values)
            if record.cut_in and not self._shows_its_end(record, faults):
                raise self.source.perhaps_broken_off(record.line)
            row = Row(record.line, record.values, values)
            if faults := faults or self.kind.contradictions(values):
                self._refuse(row, faults)
            else:
                yield row

    def _shows_its_end(self, record: Record, faults: Faults) -> bool:
        """Return whether the value at the end of a file without a last line break is certainly whole."""
        column = next(column for column in self.kind.columns if column.name == record.cut_in)
        filled = bool(str(record.values[record.cut_in]).strip())
        return filled and column.shows_its_end and column.name not in faults

    def _known(self, rows: Sequence[Row]) -> Iterator[Row]:
        wanting: dict[int, Faults] = {}
        for row, faults in self.kind.look_up(rows) if rows else ():
            wanting.setdefault(row.line, {}).update(faults)
        for row in rows:
            if row.line in wanting:
                self._refuse(row, wanting[row.line])
            else:
                yield row

    def _first(self, rows: Sequence[Row]) -> Iterator[Row]:
        for row in rows:
            before = self.seen.first_line(row, self.kind.key)
            if before is None:
                yield row
            elif before[1]:
                self.tally.count(Outcome.UNCHANGED)
            else:
                self._refuse(row, {self.kind.key[0]: said_before(before[0])})

    def _newest(self, rows: Sequence[Row]) -> Iterator[Row]:
        for row in rows:
            if self.goes_back or not self.kind.is_older(row, self.as_of):
                yield row
            else:
                self.tally.count(Outcome.OLDER)

    def _refuse(self, row: Row, faults: Faults) -> None:
        self.refused[row.line] = [
            Refusal(row.line, column, printable(row.raw.get(column, "")), reason)
            for column, reason in faults.items()
        ]


def refer(rows: Sequence[Row], column: str, kind: type[StoredKind]) -> Iterator[tuple[Row, Faults]]:
    """Resolve a column's references into primary keys, in `found`, with one query.

    Yields the rows with a reference that does not exist.
    """
    known = dict(kind.stored(column, rows).values_list(kind.key_field(), "pk"))
    for row in rows:
        value = row.values[column]
        missing = [str(entry) for entry in _each(value) if entry not in known]
        if missing:
            yield row, {column: _unknown(missing, kind.name)}
        elif isinstance(value, tuple):
            row.found[column] = tuple(known[entry] for entry in value)
        else:
            row.found[column] = known[value]


def _each(value: Any) -> Sequence[Any]:
    return value if isinstance(value, tuple) else (value,)


def _unknown(missing: Sequence[str], listed_in: str) -> str:
    return _("Unknown %(kind)s: %(values)s. Import them first.") % {
        "values": ", ".join(missing[:5]),
        "kind": listed_in,
    }


def _value(row: Row, column: str) -> Any:
    return row.found[column] if column in row.found else row.values.get(column)
