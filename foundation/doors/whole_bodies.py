"""The body of every request, received whole before anything else looks at it, for all doors.

A body may be sent in chunks, without its length (the default of .NET's HttpClient). WSGI programs read such a body as
empty; so it is received here and given its length. A body that is shorter than was promised is refused: what arrived
may be half of a sentence or of a file. Only refusals from here leave a body unread, and end the connection.
"""

import tempfile
from collections.abc import Callable, Iterator
from typing import IO, BinaryIO, NamedTuple, cast

from django.conf import settings
from django.core.exceptions import (
    BadRequest,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from gunicorn.http.errors import ParseException

from foundation.doors import problems
from foundation.doors.connections import CLOSE

BLOCK = 64 * 1024


class _Refusal(NamedTuple):
    status: int
    code: str
    detail: str


class _Refused(Exception):
    """Raised where a request goes no further."""


class WholeBodyMiddleware:
    """Receives the body, and refuses with 400, 411 or 413 what cannot be read whole or is too large.

    Forms with files may bring REQUEST_MAX_BYTES, everything else DATA_UPLOAD_MAX_MEMORY_SIZE.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with tempfile.SpooledTemporaryFile(
            max_size=settings.FILE_UPLOAD_MAX_MEMORY_SIZE, dir=settings.FILE_UPLOAD_TEMP_DIR
        ) as body:
            try:
                _receive(request, cast(BinaryIO, body))
            except _Refused as refused:
                return _answer(request, refused, closes=True)
            try:
                _read_forms(request)
            except _Refused as refused:
                return _answer(request, refused)
            return self.get_response(request)


def _answer(request: HttpRequest, refused: _Refused, *, closes: bool = False) -> HttpResponse:
    refusal: _Refusal = refused.args[0]
    response = problems.unread(request, refusal.status, refusal.code, refusal.detail)
    if closes:
        response.headers[CLOSE[0]] = CLOSE[1]
    return response


def _receive(request: HttpRequest, body: BinaryIO) -> None:
    """Copy the body into the file and let the request read from there. Raises _Refused."""
    source = request.META.get("wsgi.input")
    declared = request.META.get("CONTENT_LENGTH") or ""
    is_chunked = not declared and "HTTP_TRANSFER_ENCODING" in request.META
    if source is None or not (is_chunked or declared.isdigit()):
        return  # without a length and without chunks HTTP knows no body; a server for ASGI has received it
    if is_chunked and not request.META.get("wsgi.input_terminated"):
        message = _("Send the length of the body in Content-Length: this server cannot read it in chunks.")
        raise _Refused(_Refusal(411, "LENGTH_REQUIRED", message))
    limit = _limit_of(request)
    size = 0 if is_chunked else int(declared)
    if size > limit:
        raise _too_large(limit)
    for block in _blocks(source, None if is_chunked else size):
        body.write(block)
        if body.tell() > limit:
            raise _too_large(limit)
    request.META["CONTENT_LENGTH"] = str(body.tell())
    body.seek(0)
    request._stream = body  # what Django reads from


def _limit_of(request: HttpRequest) -> int:
    has_files = (request.content_type or "") == "multipart/form-data"
    return int(settings.REQUEST_MAX_BYTES if has_files else settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


def _too_large(limit: int) -> _Refused:
    message = _("This request is too large: at most %(limit)d bytes are accepted.") % {"limit": limit}
    return _Refused(_Refusal(413, "REQUEST_TOO_LARGE", message))


def _blocks(source: IO[bytes], size: int | None) -> Iterator[bytes]:
    """Yield the body, `size` bytes or up to its end. Raises _Refused if it ends before."""
    left = size
    while left is None or left > 0:
        try:
            block = source.read(BLOCK if left is None else min(left, BLOCK))
        except (OSError, ParseException) as error:
            raise _incomplete() from error
        if not block:
            if left is not None:
                raise _incomplete()
            return
        yield block
        left = None if left is None else left - len(block)


def _incomplete() -> _Refused:
    message = _("The body of this request ended before it was complete. Nothing was changed. Send it again.")
    return _Refused(_Refusal(400, "MALFORMED_BODY", message))


def _read_forms(request: HttpRequest) -> None:
    """Read the parameters, and a form's fields except the API's, which reads its own. Raises _Refused.

    Otherwise whoever reads them first meets the refusal: often a page that only says that there is no such page.
    """
    try:
        _ = request.GET
        if not problems.is_api(request):
            _ = request.POST
    except (TooManyFieldsSent, TooManyFilesSent, RequestDataTooBig) as error:
        raise _Refused(_Refusal(413, "REQUEST_TOO_LARGE", problems.too_many())) from error
    except (BadRequest, SuspiciousOperation, MultiPartParserError) as error:
        raise _Refused(_Refusal(400, "MALFORMED_BODY", problems.unreadable())) from error
