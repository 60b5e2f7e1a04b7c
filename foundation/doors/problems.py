"""Refusals as problem documents (RFC 9457): one shape and one media type for every refused API request.

Clients branch on `code` (or `type`, which is made of it); `findings` say what is against a rule, `errors` what is not
of the right shape, both in the shape of `foundation.kernel.findings.Finding`.
"""

import logging
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import defaults
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.settings import api_settings

from foundation.doors.outages import RETRY_AFTER_SECONDS, Outage, outage_of
from foundation.doors.request_id import current_request_id
from foundation.kernel.errors import DomainError, NotFound, NotPermitted
from foundation.kernel.findings import Finding, Severity

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
UNKNOWN_FIELD = "UNKNOWN_FIELD"
INVALID_FIELD = "INVALID_FIELD"

TITLES: dict[int, Promise] = {
    400: gettext_lazy("The request could not be understood"),
    401: gettext_lazy("You are not signed in"),
    403: gettext_lazy("You may not do this"),
    404: gettext_lazy("Not found"),
    405: gettext_lazy("This address does not take this method"),
    406: gettext_lazy("This cannot be answered in the format asked for"),
    409: gettext_lazy("Not possible at the moment"),
    412: gettext_lazy("Changed since you read it"),
    411: gettext_lazy("The length of the request is missing"),
    413: gettext_lazy("The request is too large"),
    415: gettext_lazy("This format is not accepted"),
    422: gettext_lazy("Understood, but against a rule"),
    429: gettext_lazy("Too many requests"),
    500: gettext_lazy("Something went wrong on our side"),
    503: gettext_lazy("Not available at the moment"),
    507: gettext_lazy("No room on our disk"),
}

API_CODES: dict[type[exceptions.APIException], str] = {
    exceptions.ParseError: "MALFORMED_BODY",
    exceptions.NotAuthenticated: "NOT_AUTHENTICATED",
    exceptions.AuthenticationFailed: "INVALID_TOKEN",
    exceptions.MethodNotAllowed: "METHOD_NOT_ALLOWED",
    exceptions.NotAcceptable: "NOT_ACCEPTABLE",
    exceptions.UnsupportedMediaType: "UNSUPPORTED_MEDIA_TYPE",
    exceptions.Throttled: "RATE_LIMITED",
}


def exception_handler(exc: Exception, context: Mapping[str, Any]) -> HttpResponseBase | None:
    """Return the problem that describes `exc`; None for a bug, which surfaces as one."""
    headers: dict[str, str] = {}
    match exc:
        case DomainError():
            document = _of_domain_error(exc)
            if wait := exc.retry_after or (RETRY_AFTER_SECONDS if exc.http_status == 503 else 0):
                headers["Retry-After"] = str(wait)
        case Http404():
            document = _of_domain_error(NotFound())
        case PermissionDenied():
            document = _of_domain_error(NotPermitted(_("You may not do this.")))
        case exceptions.ValidationError():
            document = problem(
                400,
                "INVALID_REQUEST",
                _("The request has the wrong shape. Nothing was changed."),
                errors=list(shape_errors(exc.detail)),
            )
        case exceptions.APIException():
            document = _of_api_exception(exc)
            headers |= _headers_of(exc)
        case RequestDataTooBig() | TooManyFieldsSent() | TooManyFilesSent():
            document = problem(413, "REQUEST_TOO_LARGE", too_many())
        case SuspiciousOperation() | MultiPartParserError():
            document = problem(400, "MALFORMED_BODY", unreadable())
        case _ if outage := outage_of(exc):
            logger.error("this cannot be done at the moment: %s", outage.code, exc_info=exc)
            document = problem(outage.status, outage.code, outage.detail)
            headers["Retry-After"] = str(outage.retry_after)
        case _:
            return None
    document["instance"] = _instance(context.get("request"))
    return Response(document, status=document["status"], headers=headers, content_type=MEDIA_TYPE)


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    findings: Sequence[Mapping[str, object]] = (),
    errors: Sequence[Mapping[str, object]] = (),
) -> dict[str, Any]:
    """Return a problem document about the current request; the caller fills in `instance`."""
    return {
        "type": f"urn:cpor:problem:{code.lower().replace('_', '-')}",
        "title": str(TITLES[status]),
        "status": status,
        "detail": detail,
        "instance": "",
        "code": code,
        "request_id": current_request_id(),
        "findings": list(findings),
        "errors": list(errors),
    }


@csrf_exempt
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return the response for an unknown address: a problem below /api/, Django's page elsewhere."""
    if not is_api(request):
        return defaults.page_not_found(request, exception or Http404())
    return _answer(request, _of_domain_error(NotFound()))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the response for a request that was refused before any view saw it."""
    if not is_api(request):
        return defaults.bad_request(request, exception)
    return _answer(request, problem(400, "MALFORMED_REQUEST", _("The request cannot be read.")))


def unread(request: HttpRequest, status: int, code: str, detail: str) -> HttpResponse:
    """Return the response for a request that goes no further: a problem below /api/, a page elsewhere."""
    if is_api(request):
        return _answer(request, problem(status, code, detail))
    page = render_to_string("unread.html", {"title": str(TITLES[status]), "detail": detail, "code": code})
    return HttpResponse(page, status=status)


def too_many() -> str:
    """Return what is said of a request with too much in it."""
    return _("This request is larger than is accepted: too much text, too many fields or too many files.")


def unreadable() -> str:
    """Return what is said of a body that is not what its header says."""
    return _("The body of this request cannot be read.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Return the response for a bug or an outage; the log has its traceback under the same request id.

    Outages come here from middlewares too, where no view could have handled them.
    """
    if outage := outage_of(sys.exc_info()[1]):
        return _unavailable(request, outage)
    if not is_api(request):
        return defaults.server_error(request)
    detail = _("This is our mistake, not yours. If it happens again, send the request ID to support.")
    return _answer(request, problem(500, "INTERNAL_ERROR", detail))


def _unavailable(request: HttpRequest, outage: Outage) -> HttpResponse:
    if is_api(request):
        response = _answer(request, problem(outage.status, outage.code, outage.detail))
    else:
        page = render_to_string("outage.html", {"detail": outage.detail, "code": outage.code})
        response = HttpResponse(page, status=outage.status)
    response.headers["Retry-After"] = str(outage.retry_after)
    return response


def is_api(request: HttpRequest) -> bool:
    """Return whether the request is for the API."""
    return request.path_info.startswith("/api/")


def _answer(request: HttpRequest, document: dict[str, Any]) -> HttpResponse:
    document["instance"] = _instance(request)
    return HttpResponse(JSONRenderer().render(document), status=document["status"], content_type=MEDIA_TYPE)


def _instance(request: HttpRequest | None) -> str:
    return _printable(request.path) if request is not None else ""


def _of_domain_error(error: DomainError) -> dict[str, Any]:
    findings = [finding.as_dict() for finding in error.findings]
    if not findings and error.http_status == 422:
        findings = [_finding(error.code, error.pointer, str(error.message))]
    return problem(error.http_status, error.code, str(error.message), findings=findings)


def _of_api_exception(exc: exceptions.APIException) -> dict[str, Any]:
    if isinstance(exc, exceptions.NotFound):
        return _of_domain_error(NotFound())
    if isinstance(exc, exceptions.PermissionDenied):
        code = str(getattr(exc.detail, "code", ""))
        return problem(403, code if code.isupper() else NotPermitted.default_code, _printable(exc.detail))
    code = API_CODES.get(type(exc), "REFUSED")
    return problem(exc.status_code, code, _printable(exc.detail))


def _headers_of(exc: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if auth_header := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    if wait := getattr(exc, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return headers


def shape_errors(detail: object, pointer: str = "") -> Iterator[dict[str, object]]:
    """Yield the library's nested messages as a flat list, each with the JSON pointer of its field."""
    if isinstance(detail, Mapping):
        for key, nested in detail.items():
            own = str(key) == api_settings.NON_FIELD_ERRORS_KEY
            yield from shape_errors(nested, pointer if own else f"{pointer}/{_escaped(key)}")
    elif isinstance(detail, list):
        for index, nested in enumerate(detail):
            is_message = isinstance(nested, str)
            yield from shape_errors(nested, pointer if is_message else f"{pointer}/{index}")
    else:
        code = getattr(detail, "code", "")
        yield _finding(UNKNOWN_FIELD if code == UNKNOWN_FIELD else INVALID_FIELD, pointer, _printable(detail))


def _finding(code: str, pointer: str, message: str) -> dict[str, object]:
    return Finding(code=code, severity=Severity.ERROR, message=message, pointer=pointer).as_dict()


def _escaped(key: object) -> str:
    return _printable(key).replace("~", "~0").replace("/", "~1")


def _printable(text: object) -> str:
    """Return a text from the request, safe to write into a response: a lone surrogate cannot be encoded."""
    return str(text).encode("utf-8", "replace").decode("utf-8")
