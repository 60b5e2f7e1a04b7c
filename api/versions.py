"""Optimistic locking over HTTP: the version a caller saw, from `If-Match`, and the current one, as `ETag`."""

import re

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.request import Request

_VERSION = re.compile(r'(?:W/)?(?P<quote>"?)(?P<number>[0-9]{1,9})(?P=quote)')


def version_seen(request: Request) -> int | None:
    """The version in `If-Match`: a single number, quoted or not; None without the header, or for `*`.

    A proxy that compresses may have marked the tag as weak; it still means the same version.
    """
    header = request.headers.get("If-Match", "").strip()
    if header in ("", "*"):
        return None
    match = _VERSION.fullmatch(header)
    if match is None:
        message = _('If-Match takes the claim\'s version, for example "3".')
        raise ParseError(message)
    return int(match["number"])


def etag(version: int) -> dict[str, str]:
    """The header that tells the version, to be sent back in `If-Match`."""
    return {"ETag": f'"{version}"'}
