"""Headers of every response, and the size limit of every request, for all doors."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from foundation.doors import problems

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

    Forms with files may bring REQUEST_MAX_BYTES, everything else DATA_UPLOAD_MAX_MEMORY_SIZE. A request
    without a Content-Length brings no body at all: that is how WSGI reads it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        declared = request.META.get("CONTENT_LENGTH") or "0"
        size = int(declared) if declared.isdigit() else 0
        has_files = (request.content_type or "") == "multipart/form-data"
        limit = settings.REQUEST_MAX_BYTES if has_files else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if size <= limit:
            return self.get_response(request)
        message = _("This request is too large: at most %(limit)d bytes are accepted.") % {"limit": limit}
        if problems.is_api(request):
            return problems.too_large(request, message)
        return HttpResponse(message, status=413, content_type="text/plain; charset=utf-8")
