"""Who may open the claim pages at all, and which refusals a page shows by itself."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from claims.inputs import Purpose
from claims.validation import refuse_role
from foundation.kernel.errors import DomainError, RateLimited, Refused, StaleVersion, Unavailable
from foundation.kernel.findings import Severity
from portal.forms import ClaimForm
from portal.pages.partner import partner_page
from portal.presentation.notices import Notice, notices_of_refusal
from portal.session.acting import PartnerRequest

P = ParamSpec("P")

# Refusals after which the same form makes sense again; any other becomes a page of its own, with what was typed.
SHOWN_IN_THE_FORM = (Refused, StaleVersion, RateLimited, Unavailable)
SHAPE_STATUS = 422


def claims_page(
    view: Callable[Concatenate[PartnerRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """A page for members who may at least draft; anybody else is told which role to ask for (A1, part 9)."""

    @partner_page
    @wraps(view)
    def page(request: PartnerRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        refuse_role(actor=request.actor, purpose=Purpose.CHECK)
        return view(request, *args, **kwargs)

    return page


def put_refusal(form: ClaimForm, refusal: DomainError, *, public_id: object = None) -> None:
    """Say in the form why it was not taken: findings beside their fields, the rest on top."""
    notices = notices_of_refusal(refusal, public_id=public_id)
    if refusal.findings and not any(notice.is_error for notice in notices):
        notices.insert(0, Notice(severity=Severity.ERROR, code=refusal.code, message=str(refusal.message)))
    form.take(notices)


def show_form(
    request: HttpRequest,
    template: str,
    form: ClaimForm,
    context: dict[str, object],
    *,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page with the form, with the status and the headers of a refusal where there was one."""
    response = render(
        request,
        template,
        {"form": form, "errors": form.problems, "warnings": form.cautions, **context},
        status=refusal.http_status if refusal else status,
    )
    if refusal and refusal.retry_after is not None:
        response["Retry-After"] = str(refusal.retry_after)
    return response
