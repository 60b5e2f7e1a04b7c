"""Copying an upload from its stream, once and in chunks, into a searchable temporary file."""

import hashlib
import mmap
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Protocol, runtime_checkable

from .verdict import InspectionLimits

Data = mmap.mmap | bytes


class Readable(Protocol):
    """A stream to read an upload from. If it can seek, its position is restored afterwards."""

    def read(self, size: int, /) -> bytes: ...


@runtime_checkable
class Seekable(Protocol):
    """An upload whose position can be restored."""

    def seekable(self) -> bool: ...

    def tell(self) -> int: ...

    def seek(self, offset: int, /) -> object: ...


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
    held = stream if isinstance(stream, Seekable) and stream.seekable() else None
    start = 0 if held is None else held.tell()
    try:
        with tempfile.TemporaryFile() as file:
            yield _copy(stream, file, limits)
    finally:
        if held is not None:
            held.seek(start)


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
