"""Copying an upload from its stream, once and in chunks, into a searchable temporary file."""

import hashlib
import mmap
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Protocol

from .verdict import InspectionLimits

Data = mmap.mmap | bytes


class Readable(Protocol):
    """A stream to read an upload from. If it can seek, its position is restored afterwards."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Spool:
    """The upload on disk; ``data`` is a view of it that costs no memory, ``sha256`` covers the whole file.

    ``complete`` is False if reading stopped at the size limit; ``data`` is empty then.
    """

    file: IO[bytes]
    data: Data
    size: int
    sha256: str
    complete: bool


@contextmanager
def spooled(stream: Readable, limits: InspectionLimits) -> Iterator[Spool]:
    """Read ``stream`` from its current position, at most one byte beyond the limit."""
    start = _position(stream)
    try:
        with tempfile.TemporaryFile() as file:
            yield _copy(stream, file, limits)
    finally:
        if start is not None:
            stream.seek(start)  # type: ignore[attr-defined]


def _copy(stream: Readable, file: IO[bytes], limits: InspectionLimits) -> Spool:
    digest = hashlib.sha256()
    size = 0
    while chunk := stream.read(min(limits.chunk_bytes, limits.max_bytes + 1 - size)):
        size += len(chunk)
        if size > limits.max_bytes:
            return Spool(file, b"", size, "", complete=False)
        digest.update(chunk)
        file.write(chunk)
    file.flush()
    # Not closed explicitly: a match object alive in a traceback would prevent it, and it ends with its last user.
    data: Data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
    return Spool(file, data, size, digest.hexdigest(), complete=True)


def _position(stream: Readable) -> int | None:
    seekable = getattr(stream, "seekable", None)
    if seekable is None or not seekable():
        return None
    position: int = stream.tell()  # type: ignore[attr-defined]
    return position
