"""One identifier for one request, so that its log lines, events and tasks can be found together."""

import contextvars
import logging
import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}")

_current: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")


def current_request_id() -> str:
    """Return the identifier of the request or task that this thread works on; empty outside of one."""
    return _current.get()


def begin_request(request_id: str = "") -> contextvars.Token[str]:
    """Work on behalf of `request_id` from now on, or of a new identifier if it is not well-formed."""
    return _current.set(request_id if WELL_FORMED.fullmatch(request_id) else uuid.uuid4().hex)


def end_request(token: contextvars.Token[str]) -> None:
    """Restore the state before the `begin_request` call that returned the token."""
    _current.reset(token)


class RequestIdMiddleware:
    """Accepts a well-formed `X-Request-ID` or makes one, and sends it with the response."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = begin_request(request.headers.get(HEADER, ""))
        try:
            response = self.get_response(request)
            request.request_id = current_request_id()  # type: ignore[attr-defined]  # for what is logged afterwards
            response[HEADER] = current_request_id()
            return response
        finally:
            end_request(token)


class RequestIdFilter(logging.Filter):
    """Puts the identifier on every log record as `request_id`."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Django logs a refusal after the last middleware, and names the request.
        answered = getattr(getattr(record, "request", None), "request_id", "")
        record.request_id = current_request_id() or answered or "-"
        return True
