"""What is not a bug but a machine that is away, busy or full, and how it is said at every door."""

import errno
from dataclasses import dataclass

from django.db import Error, InterfaceError, OperationalError
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

RETRY_AFTER_SECONDS = 30
"""When to try again after a 503 of unknown length."""

DISK_FULL = "DISK_FULL"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True)
class Outage:
    """An answer for a request that could not be carried out now; nothing of it was done."""

    status: int
    code: str
    detail: str
    retry_after: int


def outage_of(error: BaseException | None) -> Outage | None:
    """Return the outage behind an exception, or None if it is a bug."""
    while error is not None:
        if _is_full(error):
            text = _("The disk of our server is full. Nothing was changed. Try again later.")
            return Outage(507, DISK_FULL, text, 600)
        if isinstance(error, (OperationalError, InterfaceError, RedisError)):
            text = _("Nothing was changed. Try again in a moment.")
            return Outage(503, "SERVICE_UNAVAILABLE", text, RETRY_AFTER_SECONDS)
        error = error.__cause__
    return None


def _is_full(error: BaseException) -> bool:
    """Return whether a file, SQLite or PostgreSQL found no room on its disk."""
    if isinstance(error, OSError):
        return error.errno in FULL
    if not isinstance(error, Error):
        return False
    return "is full" in str(error) or getattr(error.__cause__, "pgcode", "") == "53100"
