"""The storage of files of proof: a file is there whole or not at all."""

import contextlib
import os
from typing import Any

from django.core.files.storage import FileSystemStorage


class WholeFiles(FileSystemStorage):
    """Django's storage, which leaves nothing behind when the disk fills up in the middle of a file."""

    def _save(self, name: str, content: Any) -> str:
        """Store the file. Raises OSError, and takes away what was written, if it cannot be stored whole."""
        path = self.path(name)
        was_there = os.path.lexists(path)
        try:
            stored: str = super()._save(name, content)  # type: ignore[misc] # the stubs leave it out
        except BaseException:
            if not was_there:
                with contextlib.suppress(OSError):
                    os.unlink(path)
            raise
        return stored
