"""Files of rows, read once and line by line: CSV (UTF-8, comma, header) and JSON Lines.

A fault in the file as a whole raises `UnreadableFile` with one sentence that names file and line. A fault in one
row is reported with that row.
"""

import codecs
import csv
import hashlib
import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from foundation.kernel.errors import DomainError

LINE_BYTES = 1_000_000
SUFFIXES = (".csv", ".jsonl", ".ndjson")
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
FOREIGN = (
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "ZIP/Excel"),
    (b"PK\x05\x06", "ZIP/Excel"),
    (b"\xd0\xcf\x11\xe0", "Excel 97"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"%PDF", "PDF"),
)


class UnreadableFile(DomainError):
    """The file cannot be read, so nothing of it was imported. The message names file and line."""

    http_status = 422
    default_code = "FILE_UNREADABLE"


@dataclass(frozen=True, slots=True)
class Record:
    """One row of the file: its first line and its raw values by column, or why it is not a row."""

    line: int
    values: dict[str, object] = field(default_factory=dict)
    fault: str = ""
    text: str = ""


class SourceFile:
    """One file, read a line at a time. `line`, `bytes_read` and `sha256` report the progress and the content."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.line = 0
        self.bytes_read = 0
        self._hash = hashlib.sha256()
        self._ends_with_line_break = True

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def sha256(self) -> str:
        """Return the hash of what has been read so far; of the whole file once all records are read."""
        return self._hash.hexdigest()

    def records(self, *, required: Collection[str], known: Collection[str]) -> Iterator[Record]:
        """Yield the file's rows in order.

        A CSV's header must have every `required` column and no other than the `known`, each once. In JSON
        Lines every line is its own header, so that such a fault refuses the line and not the file.
        """
        readers: dict[str, Callable[[Collection[str], Collection[str]], Iterator[Record]]] = {
            ".csv": self._csv_records,
            ".jsonl": self._json_records,
            ".ndjson": self._json_records,
        }
        reader = readers.get(self.path.suffix.lower())
        if reader is None:
            self._refuse_foreign_head()
            raise self.unreadable(_("its name must end in .csv or .jsonl."))
        yield from reader(required, known)
        if not self.bytes_read:
            raise self.unreadable(_("the file is empty."))

    def unreadable(self, reason: str, *, line: int = 0) -> UnreadableFile:
        """Return the one clear error: file, line if there is one, reason."""
        if line:
            return UnreadableFile(
                _("%(file)s, line %(line)d: %(reason)s") % {"file": self.name, "line": line, "reason": reason}
            )
        return UnreadableFile(_("%(file)s: %(reason)s") % {"file": self.name, "reason": reason})

    # --- Lines ---

    def _open(self) -> BinaryIO:
        if not self.path.exists():
            raise self.unreadable(_("there is no such file."))
        if not self.path.is_file():
            raise self.unreadable(_("this is not a file."))
        return self.path.open("rb")

    def _refuse_foreign_head(self) -> None:
        try:
            with self._open() as file:
                self._refuse_foreign(file.read(8))
        except OSError as error:
            raise self.unreadable(_("it cannot be read (%s).") % error.strerror) from error

    def _refuse_foreign(self, head: bytes) -> None:
        for mark, encoding in BYTE_ORDER_MARKS:
            if head.startswith(mark):
                raise self.unreadable(_("this is %s text; save it as UTF-8.") % encoding, line=1)
        for magic, what in FOREIGN:
            if head.startswith(magic):
                raise self.unreadable(
                    _("this is not text but a %s file; give the CSV or JSON Lines file itself.") % what,
                    line=1,
                )

    def _lines(self) -> Iterator[str]:
        try:
            with self._open() as file:
                while chunk := file.readline(LINE_BYTES + 1):
                    self.line += 1
                    yield self._decoded(chunk)
        except OSError as error:
            raise self.unreadable(
                _("it cannot be read (%s).") % (error.strerror or error), line=self.line
            ) from error

    def _decoded(self, chunk: bytes) -> str:
        self.bytes_read += len(chunk)
        self._hash.update(chunk)
        self._ends_with_line_break = chunk.endswith((b"\n", b"\r"))
        if self.line == 1:
            self._refuse_foreign(chunk[:8])
            chunk = chunk.removeprefix(codecs.BOM_UTF8)
        if b"\0" in chunk:
            raise self.unreadable(
                _("it contains a zero byte; the file is binary, damaged or not in UTF-8."),
                line=self.line,
            )
        if len(chunk) > LINE_BYTES:
            raise self.unreadable(
                _("the line is longer than %d bytes; this is not a file of rows.") % LINE_BYTES,
                line=self.line,
            )
        try:
            return chunk.decode()
        except UnicodeDecodeError as error:
            raise self.unreadable(
                _("byte %(position)d is not UTF-8 (but perhaps Windows-1252); save the file as UTF-8.")
                % {"position": error.start + 1},
                line=self.line,
            ) from error

    # --- CSV ---

    def _csv_records(self, required: Collection[str], known: Collection[str]) -> Iterator[Record]:
        header: list[str] | None = None
        for line, cells in self._csv_rows():
            if header is None:
                header = self._header(cells, line, required, known)
            elif len(cells) == len(header):
                yield Record(line, dict(zip(header, cells, strict=True)))
            elif len(cells) < len(header) and not self._ends_with_line_break:
                raise self.unreadable(_("the file breaks off in the middle of this line."), line=line)
            else:
                fault = _("%(found)d values where the header names %(expected)d columns.") % {
                    "found": len(cells),
                    "expected": len(header),
                }
                yield Record(line, fault=fault, text=",".join(cells))
        if header is None and self.bytes_read:
            raise self.unreadable(_("there is no header, only blank lines."))

    def _csv_rows(self) -> Iterator[tuple[int, list[str]]]:
        rows = csv.reader(self._lines(), strict=True)
        while True:
            line = rows.line_num + 1
            try:
                cells = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                raise self.unreadable(
                    _("the quotation marks or line ends do not match from here on (%s).") % error,
                    line=line,
                ) from error
            if cells:
                yield line, cells

    def _header(
        self, cells: list[str], line: int, required: Collection[str], known: Collection[str]
    ) -> list[str]:
        header = [cell.strip().lower() for cell in cells]
        if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
            raise self.unreadable(_("the columns must be separated by commas."), line=line)
        faults = [
            (_("columns missing: %s."), [name for name in required if name not in header]),
            (_("columns named twice: %s."), sorted({name for name in header if header.count(name) > 1})),
            (_("unknown columns: %s."), [name for name in header if name not in known]),
        ]
        told = [text % ", ".join(_shown(name) for name in names[:20]) for text, names in faults if names]
        if told:
            raise self.unreadable(" ".join(told), line=line)
        return header

    # --- JSON Lines ---

    def _json_records(self, required: Collection[str], known: Collection[str]) -> Iterator[Record]:
        first = True
        for text in self._lines():
            if not text.strip():
                continue
            if first and not text.lstrip().startswith("{"):
                raise self.unreadable(
                    _("this is not JSON Lines: every line must hold one JSON object."), line=self.line
                )
            first = False
            yield self._json_record(text, required, known)
        if first and self.bytes_read:
            raise self.unreadable(_("there are only blank lines."))

    def _json_record(self, text: str, required: Collection[str], known: Collection[str]) -> Record:
        line = self.line
        try:
            value = json.loads(text, object_pairs_hook=_object)
        except _NamedTwice as error:
            return Record(line, fault=_("%s is named twice.") % _shown(str(error)), text=text)
        except (ValueError, RecursionError) as error:
            if not self._ends_with_line_break:
                raise self.unreadable(
                    _("the file breaks off in the middle of this line."), line=line
                ) from error
            return Record(line, fault=_("This is not a JSON object."), text=text)
        if not isinstance(value, dict):
            return Record(line, fault=_("This is not a JSON object."), text=text)
        values = {name.strip().lower(): entry for name, entry in value.items()}
        if len(values) < len(value):
            return Record(line, fault=_("A column is named twice."), text=text)
        unknown = [name for name in values if name not in known]
        missing = [name for name in required if name not in values]
        if unknown or missing:
            faults = [_("columns missing: %s.") % ", ".join(missing)] if missing else []
            if unknown:
                faults.append(_("unknown columns: %s.") % ", ".join(_shown(name) for name in unknown[:20]))
            return Record(line, fault=" ".join(faults), text=text)
        return Record(line, values)


class _NamedTwice(Exception):
    pass


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise _NamedTwice(name)
        found[name] = value
    return found


def _shown(name: str) -> str:
    return printable(name, limit=40) or _("(without a name)")


def printable(value: object, *, limit: int = 80) -> str:
    """Return `value` fit for one line of a terminal or a report: without control characters and not too long."""
    text = _flat(value)[: limit + 1]
    safe = "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)
    return safe if len(safe) <= limit else safe[: limit - 1] + "…"


def _flat(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ";".join(_flat(entry) if isinstance(entry, str | int | float) else "…" for entry in value[:50])
    return "" if value is None else "{…}" if isinstance(value, dict) else str(value)
