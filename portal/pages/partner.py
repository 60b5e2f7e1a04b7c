"""What every page for partners shares: signing in, and the one place where a refusal becomes a page."""

import logging
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from foundation.doors.outages import DISK_FULL, outage_of
from foundation.doors.request_id import current_request_id
from foundation.doors.typed.fields import typed_in
from foundation.doors.typed.keeping import forget_sent, keep
from foundation.doors.typed.pages import signed_out
from foundation.doors.typed.senders import company, set_side
from foundation.kernel.errors import DomainError, NotFound, Unavailable
from portal.pages.kept import made_for_another, show_kept
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


def partner_page(view: "PartnerView[P]") -> "Page[P]":
    """Let only signed-in people open the page; others sign in first and then return to the same address.

    Refusals that the page itself does not show become pages here, with whatever was typed. What is not the reader's
    to know is a 404, the very same as for what does not exist.
    """

    @wraps(view)
    def page(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _ask_to_sign_in(request)
        ours = cast(PartnerRequest, request)
        try:
            set_side(request, company(ours.actor.organisation_id))
            response = made_for_another(ours) or view(ours, *args, **kwargs)
            forget_sent(request, response)
        except NotFound:
            show_kept(ours)
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
    kept, status = None, refusal.http_status
    if request.method == "POST":
        kept = keep(request, now=timezone.now()) if status == HTTPStatus.FORBIDDEN else None
    elif status < HTTPStatus.INTERNAL_SERVER_ERROR:
        show_kept(cast(PartnerRequest, request))
    response = render(
        request,
        "refusal.html",
        {
            "title": TITLES[HTTPStatus(refusal.http_status)],
            "refusal": refusal,
            "typed": list(typed_in(request.POST)),
            "kept": kept,
            "is_posted": refusal.code == "RESPONSE_LATE",  # a late answer is posted as a comment
            "request_id": current_request_id(),
        },
        status=status,
    )
    if refusal.retry_after is not None:
        response["Retry-After"] = str(refusal.retry_after)
    return response


def _ask_to_sign_in(request: HttpRequest) -> HttpResponseBase:
    if request.method not in ("POST", "PUT", "PATCH", "DELETE"):
        return redirect_to_login(request.get_full_path())
    return signed_out(request)
