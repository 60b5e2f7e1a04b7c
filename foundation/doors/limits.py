"""Headers of every response, and the size limit of every request, for all doors."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils.translation import gettext as _

from foundation.doors import problems
from foundation.doors.framing import WITHOUT_LENGTH, body_limit

PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"

GetResponse = Callable[[HttpRequest], HttpResponse]


class PermissionsPolicyMiddleware:
    """Tells the browser which devices our pages never use."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response


class BodyLimitMiddleware:
    """Refuses a request that is too large with 413, before a byte of it is stored.

    A body of unknown length is refused with 411, and one that ends before its announced length with 400.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        declared = request.META.get("CONTENT_LENGTH") or "0"
        size = int(declared) if declared.isdigit() else 0
        limit = body_limit(request.META.get("CONTENT_TYPE", ""))
        if request.META.get(WITHOUT_LENGTH):
            message = _("Send the length of the body: this server cannot read it in chunks.")
            return _refused(request, 411, "LENGTH_REQUIRED", message)
        if size > limit:
            message = _("This request is too large: at most %(limit)d bytes are accepted.") % {"limit": limit}
            return _refused(request, 413, "REQUEST_TOO_LARGE", message)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the response for a body that ended too early, wherever it was read."""
        if not isinstance(exception, UnreadablePostError):
            return None
        return _refused(request, 400, "MALFORMED_BODY", problems.incomplete_body())


def _refused(request: HttpRequest, status: int, code: str, message: str) -> HttpResponse:
    if problems.is_api(request):
        return problems.refused(request, status, code, message)
    return HttpResponse(message, status=status, content_type="text/plain; charset=utf-8")
