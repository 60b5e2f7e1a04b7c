"""Optimistic locking over HTTP: the version a caller saw, from `If-Match`, and the current one, as `ETag`."""

import re

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.request import Request

_VERSION = re.compile(r'(?:W/)?(?P<quote>"?)(?P<number>[0-9]{1,9})(?P=quote)')


def version_seen(request: Request) -> int | None:
    """Return the version in `If-Match`, a single number, quoted or not; None without the header and for `*`.

    A compressing proxy may mark the tag as weak; it still means the same version. Raises ParseError for anything else.
    """
    header = request.headers.get("If-Match", "").strip()
    if header in ("", "*"):
        return None
    match = _VERSION.fullmatch(header)
    if match is None:
        message = _('Send the claim\'s version in If-Match, for example "3".')
        raise ParseError(message)
    return int(match["number"])


def etag(version: int) -> dict[str, str]:
    """Return the `ETag` header with the version that `If-Match` takes back."""
    return {"ETag": f'"{version}"'}
