"""What every page for partners shares: signing in, and the one place where a refusal becomes a page."""

import logging
from collections.abc import Callable, Iterator
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from foundation.doors.outages import DISK_FULL, outage_of
from foundation.doors.request_id import current_request_id
from foundation.kernel.errors import DomainError, NotFound, Unavailable
from portal.session.acting import PartnerRequest

logger = logging.getLogger(__name__)

P = ParamSpec("P")
PartnerView = Callable[Concatenate[PartnerRequest, P], HttpResponseBase]
Page = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

TITLES = {
    HTTPStatus.BAD_REQUEST: _("This address does not work"),
    HTTPStatus.FORBIDDEN: _("You cannot do this"),
    HTTPStatus.CONFLICT: _("You cannot do this now"),
    HTTPStatus.PRECONDITION_FAILED: _("This was changed in the meantime"),
    HTTPStatus.UNPROCESSABLE_ENTITY: _("We did not accept this"),
    HTTPStatus.TOO_MANY_REQUESTS: _("Too many attempts"),
    HTTPStatus.SERVICE_UNAVAILABLE: _("We cannot check this at the moment"),
}
NOT_TYPED = frozenset({"csrfmiddlewaretoken", "version", "tab", "told", "over", "password", "next"})


def partner_page(view: "PartnerView[P]") -> "Page[P]":
    """Let only signed-in people open the page; others sign in first and then return to the same address.

    Refusals that the page itself does not show become pages here, with whatever was typed. What is not the reader's
    to know is a 404, the very same as for what does not exist.
    """

    @wraps(view)
    def page(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _ask_to_sign_in(request)
        try:
            response = view(cast(PartnerRequest, request), *args, **kwargs)
        except NotFound:
            raise Http404 from None
        except DomainError as refusal:
            response = refusal_page(request, refusal)
        except (DatabaseError, RedisError) as error:
            if (outage := outage_of(error)) and outage.code == DISK_FULL:
                raise
            logger.exception("a page could not reach the database or the cache")
            response = refusal_page(request, _database_away())
        # Not "no-store": Back must still show what somebody typed.
        patch_cache_control(response, private=True, no_cache=True)
        return response

    return page


def _database_away() -> DomainError:
    return Unavailable(
        _("We cannot read our data at the moment. Nothing was changed. Try again in a few minutes."),
        code="SERVICE_UNAVAILABLE",
        retry_after=60,
    )


def refusal_page(request: HttpRequest, refusal: DomainError) -> HttpResponseBase:
    """Return the page that explains a refusal: its code, what to do, and what was typed."""
    response = render(
        request,
        "refusal.html",
        {
            "title": TITLES[HTTPStatus(refusal.http_status)],
            "refusal": refusal,
            "typed": list(typed(request)),
            "kept": refusal.code == "RESPONSE_LATE",  # a late answer is posted as a comment
            "request_id": current_request_id(),
        },
        status=refusal.http_status,
    )
    if refusal.retry_after is not None:
        response["Retry-After"] = str(refusal.retry_after)
    return response


def typed(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """Return what was typed into the request's form, by readable names, since it could not be accepted."""
    for name, values in request.POST.lists():
        label = name.replace("-", " ").replace("_", " ").capitalize()
        if name not in NOT_TYPED:
            yield from ((label, value) for value in map(str, values) if value.strip())


def _ask_to_sign_in(request: HttpRequest) -> HttpResponseBase:
    if request.method not in ("POST", "PUT", "PATCH", "DELETE"):
        return redirect_to_login(request.get_full_path())
    return render(
        request,
        "signed_out.html",
        {"typed": list(typed(request)), "address": request.get_full_path()},
        status=HTTPStatus.FORBIDDEN,
    )
