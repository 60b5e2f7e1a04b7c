"""Files of rows, read once and line by line: CSV as spreadsheets and programs write it, and JSON Lines.

A fault in the file as a whole raises `UnreadableFile` with one sentence that names file and line. A fault in one
row is reported with that row.
"""

import codecs
import csv
import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.kernel.errors import DomainError
from foundation.kernel.text import pasted

LINE_BYTES = 1_000_000
SUFFIXES = (".csv", ".jsonl", ".ndjson")
CHUNK_BYTES = 1 << 16
UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
SEPARATORS = ",;\t"
END_OF_FILE = b"\x1a"  # Ctrl-Z, with which old programs end a text
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


Recode = Callable[[bytes, bool], bytes]

# Excel writes the separators of the empty cells beside it, too.
_NAMED_SEPARATOR = re.compile(r'^"?sep *= *([^"\r\n ])"?[,;\s]*$', re.IGNORECASE)
_BETWEEN_WORDS = re.compile(r"[\s_-]+")
# Byte order marks at the start, and at the start of whatever was joined to it.
_BYTE_ORDER_MARKS = re.compile('^\ufeff+(?=["{])')
_NOT_SEPARATED = gettext_lazy("the columns must be separated by commas, semicolons or tabs.")


class UnreadableFile(DomainError):
    """The file cannot be read, so nothing of it was imported. The message names file and line."""

    http_status = 422
    default_code = "FILE_UNREADABLE"


@dataclass(frozen=True, slots=True)
class Record:
    """One row of the file: its first line and its raw values by column, or why it is not a row.

    `cut_in` is the column in which the file ends without a line break, so that its value may be cut off.
    """

    line: int
    values: dict[str, object] = field(default_factory=dict)
    fault: str = ""
    text: str = ""
    cut_in: str = ""


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

    def unreadable(self, reason: str | Promise, *, line: int = 0) -> UnreadableFile:
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
        if head.startswith(UTF_32):
            raise self.unreadable(_("this is UTF-32 text; save it as UTF-8."), line=1)
        for magic, what in FOREIGN:
            if head.startswith(magic):
                raise self.unreadable(
                    _("this is not text but a %s file; give the CSV or JSON Lines file itself.") % what,
                    line=1,
                )

    def _lines(self) -> Iterator[str]:
        try:
            with self._open() as file:
                for line in _split(self._chunks(file)):
                    self.line += 1
                    self._ends_with_line_break = line.endswith((b"\n", b"\r"))
                    yield self._decoded(line)
        except OSError as error:
            raise self.unreadable(
                _("it cannot be read (%s).") % (error.strerror or error), line=self.line
            ) from error

    def _chunks(self, file: BinaryIO) -> Iterator[bytes]:
        """Yield the file's bytes as UTF-8, without a byte order mark. What spreadsheets call Unicode text is UTF-16."""
        recode: Recode = _unchanged
        while chunk := file.read(CHUNK_BYTES):
            if not self.bytes_read:
                self._refuse_foreign(chunk[:8])
                recode = _utf_16_to_utf_8() if chunk.startswith(UTF_16) else _unchanged
            self._hash.update(chunk)
            plain = chunk if self.bytes_read else chunk.removeprefix(codecs.BOM_UTF8)
            self.bytes_read += len(chunk)
            yield self._recoded(recode, plain, final=False)
        yield self._recoded(recode, b"", final=True)

    def _recoded(self, recode: Recode, chunk: bytes, *, final: bool) -> bytes:
        try:
            return recode(chunk, final)
        except UnicodeError as error:
            raise self.unreadable(
                _("the UTF-16 text is damaged or breaks off; save it as UTF-8."), line=self.line + 1
            ) from error

    def _decoded(self, line: bytes) -> str:
        if b"\0" in line:
            raise self.unreadable(
                _("it contains a zero byte; the file is binary, damaged or not in UTF-8."),
                line=self.line,
            )
        if len(line) > LINE_BYTES:
            raise self.unreadable(
                _("the line is longer than %d bytes; this is not a file of rows.") % LINE_BYTES,
                line=self.line,
            )
        try:
            text = line.decode()
        except UnicodeDecodeError as error:
            raise self.unreadable(
                _("byte %(position)d is not UTF-8 (but perhaps Windows-1252); save the file as UTF-8.")
                % {"position": error.start + 1},
                line=self.line,
            ) from error
        return text.lstrip("\ufeff") if self.line == 1 else _BYTE_ORDER_MARKS.sub("", text)

    # --- CSV ---

    def _csv_records(self, required: Collection[str], known: Collection[str]) -> Iterator[Record]:
        header: list[str] | None = None
        for line, cells in self._csv_rows():
            if header is None:
                header = self._header(cells, line, required, known)
            else:
                yield self._csv_record(line, _without_empty_end(cells, len(header)), header)
        if header is None and self.bytes_read:
            raise self.unreadable(_("there is no header, only blank lines."))

    def _csv_record(self, line: int, cells: list[str], header: list[str]) -> Record:
        cut_in = "" if self._ends_with_line_break else header[-1]
        if len(cells) == len(header):
            return Record(line, dict(zip(header, cells, strict=True)), cut_in=cut_in)
        if len(cells) < len(header) and cut_in:
            raise self.broken_off(line)
        fault = _("%(found)d values where the header names %(expected)d columns.") % {
            "found": len(cells),
            "expected": len(header),
        }
        return Record(line, fault=fault, text=",".join(cells))

    def broken_off(self, line: int) -> UnreadableFile:
        """Return the error for a file that ends within a row."""
        return self.unreadable(_("the file breaks off in the middle of this line."), line=line)

    def perhaps_broken_off(self, line: int) -> UnreadableFile:
        """Return the error for a file that ends, without a line break, in a value that may have gone on."""
        return self.unreadable(
            _(
                "the file ends here without a line break, so the value may be cut off; if it is whole, add the "
                "line break."
            ),
            line=line,
        )

    def _csv_rows(self) -> Iterator[tuple[int, list[str]]]:
        lines = self._lines()
        first, separator = self._first_line(lines)
        before = self.line - 1
        rows = csv.reader(chain([first], lines), strict=True, delimiter=separator)
        while True:
            line = before + rows.line_num + 1
            try:
                cells = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                raise self._mismatched(line, str(error)) from error
            if any(cell.strip() for cell in cells):
                yield line, cells

    def _first_line(self, lines: Iterator[str]) -> tuple[str, str]:
        """Return the line of the header, and the separator that it uses or that a line before it names (`sep=;`)."""
        named = ""
        for line in lines:
            if found := _NAMED_SEPARATOR.match(line):
                named = found.group(1)
                if named not in SEPARATORS:
                    raise self.unreadable(_NOT_SEPARATED, line=self.line)
            elif line.strip(f'{SEPARATORS}"\r\n '):
                return line, named or max(SEPARATORS, key=line.count)
        return "", ","

    def _mismatched(self, line: int, error: str) -> UnreadableFile:
        if "unexpected end" in error:
            if not self._ends_with_line_break:
                return self.broken_off(line)
            reason = _("a value begins with a quotation mark here, and no other one ends it.")
        elif "field limit" in error:
            reason = _("a value is too long; perhaps a quotation mark is missing.")
        else:
            reason = _(
                "a quotation mark ends a value, but no separator follows it; double those within a value."
            )
        return self.unreadable(reason, line=line)

    def _header(
        self, cells: list[str], line: int, required: Collection[str], known: Collection[str]
    ) -> list[str]:
        header = _without_empty_end([_column_named(cell) for cell in cells], 1)
        if len(header) == 1 and "|" in header[0]:
            raise self.unreadable(_NOT_SEPARATED, line=line)
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
                raise self.broken_off(line) from error
            return Record(line, fault=_("This is not a JSON object."), text=text)
        if not isinstance(value, dict):
            return Record(line, fault=_("This is not a JSON object."), text=text)
        values = {_column_named(name): entry for name, entry in value.items()}
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


def _split(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines of a text with their ends: LF, CR LF, or CR alone. Ctrl-Z ends the last line."""
    rest = b""
    for chunk in chunks:
        lines = (rest + chunk).splitlines(keepends=True)
        # What follows may belong to a line without an end, and to a CR the LF.
        rest = lines.pop() if lines and not lines[-1].endswith(b"\n") else b""
        yield from (b"\n" if line.strip() == END_OF_FILE else line for line in lines)
        if len(rest) > LINE_BYTES:
            break
    if rest.strip(b"\r").endswith(END_OF_FILE):
        rest = rest.strip(b"\r").rstrip(END_OF_FILE) + b"\n"
    if rest:
        yield rest


def _unchanged(chunk: bytes, _final: bool) -> bytes:
    return chunk


def _utf_16_to_utf_8() -> Recode:
    decoder = codecs.getincrementaldecoder("utf-16")()
    return lambda chunk, final: decoder.decode(chunk, final).encode()


def _column_named(text: str) -> str:
    """Return the name of a column as we write it: “Tenant ID” and “tenant-id” are `tenant_id`."""
    return _BETWEEN_WORDS.sub("_", pasted(text).lower())


def _without_empty_end(cells: list[str], at_least: int) -> list[str]:
    """Return the cells without the empty ones that spreadsheets leave behind the last column."""
    end = len(cells)
    while end > at_least and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


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
