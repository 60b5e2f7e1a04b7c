"""The embedded mode's cache: files, with which several programs count truly."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.cache.backends.filebased import FileBasedCache

LOCK = ".lock"


class CountingFiles(FileBasedCache):
    """Django's cache in files, whose `add` and `incr` no two callers do at the same time, as in Redis.

    The library's read first and write then, so that callers at the same moment count once and all get a lock.
    """

    def __init__(self, dir: str | Path, params: dict[str, Any]) -> None:  # noqa: A002 - the library's name
        super().__init__(str(dir), params)
        self._folder = Path(dir)

    def add(self, *arguments: Any, **options: Any) -> bool:
        """Store the value and return True, to exactly one of all callers, if the key has none."""
        with self._alone():
            return super().add(*arguments, **options)

    def incr(self, *arguments: Any, **options: Any) -> int:
        """Add to a number and return the sum. Raises ValueError if there is none."""
        with self._alone():
            return super().incr(*arguments, **options)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._folder / LOCK).open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
