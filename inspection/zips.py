"""The container of the Office formats: a zip archive that reads the same from both ends and unpacks to a bounded size."""

import errno
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO
from urllib.parse import unquote

from .reading import Data
from .sniffing import ZIP_SIGNATURE
from .verdict import Detail, InspectionLimits, unsafe, wrong_type

_DIRECTORY_ENTRY = b"PK\x01\x02"
_END_OF_DIRECTORY = b"PK\x05\x06"
_ENCRYPTED_FLAGS = 0x0001 | 0x0040 | 0x2000
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
# A data descriptor, with or without its signature and with sizes of four or eight bytes, may follow an entry.
_MAX_DESCRIPTOR = 24
# Errors that a hostile archive can make the standard library raise, besides its own.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
)


@contextmanager
def opened(file: IO[bytes], data: Data, limits: InspectionLimits) -> Iterator[zipfile.ZipFile]:
    """Yield the archive once its directory has been checked. Raises Refused for damage found while reading it.

    The checks before unpacking cover the number of entries, their names, locks and declared sizes, and that
    the entries follow each other with nothing in front, between, behind or overlapping.
    """
    if _count(data, _DIRECTORY_ENTRY, limits.max_entries) > limits.max_entries:
        # Counted in the raw bytes, because opening the archive would already build an object for each entry.
        raise unsafe(Detail.ZIP_TOO_MANY_ENTRIES)
    try:
        with zipfile.ZipFile(file) as archive:
            _check_ends(archive, data)
            _check_entries(archive.infolist(), limits)
            _check_layout(archive, data)
            yield archive
    except _DAMAGE:
        raise wrong_type(Detail.ZIP_DAMAGED) from None
    except OSError as error:
        # EINVAL means an offset before the start of the file. A failing disk is not the file's fault.
        if error.errno != errno.EINVAL:
            raise
        raise wrong_type(Detail.ZIP_DAMAGED) from None


def chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, size: int) -> Iterator[bytes]:
    """Yield one entry unpacked in chunks. The library stops at the declared size and compares the checksum."""
    total = 0
    with archive.open(entry) as part:
        while chunk := part.read(size):
            total += len(chunk)
            yield chunk
    if total != entry.file_size:
        raise wrong_type(Detail.ZIP_DAMAGED)


def part_name(entry: zipfile.ZipInfo) -> str:
    """Return the name that a package's descriptions use for an entry: without escapes, in lower case."""
    return unquote(entry.filename).lower()


def _count(data: Data, needle: bytes, enough: int) -> int:
    found, at = 0, data.find(needle)
    while at != -1 and found <= enough:
        found += 1
        at = data.find(needle, at + len(needle))
    return found


def _check_ends(archive: zipfile.ZipFile, data: Data) -> None:
    if archive.comment or data[len(data) - 22 : len(data) - 18] != _END_OF_DIRECTORY:
        raise unsafe(Detail.ZIP_HIDDEN_DATA)


def _check_entries(entries: list[zipfile.ZipInfo], limits: InspectionLimits) -> None:
    names: set[str] = set()
    total = 0
    for entry in entries:
        if entry.flag_bits & _ENCRYPTED_FLAGS:
            raise unsafe(Detail.ZIP_ENCRYPTED)
        if entry.compress_type not in _METHODS:
            raise wrong_type(Detail.ZIP_COMPRESSION)
        if _is_bad_name(entry):
            raise unsafe(Detail.ZIP_BAD_NAME)
        # Part names are compared case-insensitively, so two that differ only in case are duplicates.
        folded = part_name(entry).rstrip("/")
        if folded in names:
            raise unsafe(Detail.ZIP_DUPLICATE_NAME)
        names.add(folded)
        total += entry.file_size
        if total > limits.max_unpacked_bytes or _is_bomb(entry, limits):
            raise unsafe(Detail.ZIP_BOMB)


def _is_bad_name(entry: zipfile.ZipInfo) -> bool:
    name = unquote(entry.orig_filename)
    segments = (name[:-1] if name.endswith("/") else name).split("/")
    return (
        len(name) > 255
        or not name.isprintable()
        or "\\" in name
        or ":" in name
        or any(segment in ("", ".", "..") for segment in segments)
        or (name.endswith("/") and entry.file_size > 0)
        or (entry.external_attr >> 16) & 0o170000 == 0o120000
    )


def _is_bomb(entry: zipfile.ZipInfo, limits: InspectionLimits) -> bool:
    return (
        entry.file_size > limits.ratio_from_bytes
        and entry.file_size > max(entry.compress_size, 1) * limits.max_ratio
    )


def _check_layout(archive: zipfile.ZipFile, data: Data) -> None:
    end = 0
    slack = 0
    for entry in sorted(archive.infolist(), key=lambda one: one.header_offset):
        start = entry.header_offset
        if start < end or start > end + slack:
            raise unsafe(Detail.ZIP_HIDDEN_DATA)
        header = data[start : start + 30]
        if len(header) < 30 or header[:4] != ZIP_SIGNATURE:
            raise wrong_type(Detail.ZIP_DAMAGED)
        name_length, extra_length = struct.unpack("<2H", header[26:30])
        end = start + 30 + name_length + extra_length + entry.compress_size
        slack = _MAX_DESCRIPTOR
    if not end <= archive.start_dir <= end + slack:
        raise unsafe(Detail.ZIP_HIDDEN_DATA)
