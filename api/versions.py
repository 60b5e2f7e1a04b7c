"""Optimistic locking over HTTP: the version a caller saw, from `If-Match`, and the current one, as `ETag`."""

import re

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.request import Request

from claims.models import Claim
from claims.selectors import Revision

_VERSION = re.compile(r'(?:W/)?(?P<quote>"?)(?P<number>[0-9]{1,9})(?P=quote)')


def version_seen(request: Request) -> Revision | None:
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
    return Revision(int(match["number"]))


def etag(claim: Claim) -> dict[str, str]:
    """Return the `ETag` header with the version that `If-Match` takes back: it moves with all that a partner can see."""
    return {"ETag": f'"{claim.revision}"'}
