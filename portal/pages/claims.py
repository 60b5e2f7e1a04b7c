"""What the claim pages share: who may open them, how a form is shown, and what is said after a success."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from claims.enums import ClaimStatus
from claims.inputs import Purpose
from claims.models import Claim
from claims.selectors import claim_for, history_of
from claims.validation import refuse_role
from foundation.kernel.actor import Actor
from foundation.kernel.errors import StaleVersion
from portal import steps
from portal.forms import ClaimForm
from portal.pages.partner import partner_page
from portal.session.acting import PartnerRequest
from wording.history import history_rows

P = ParamSpec("P")
UNTOLD = 3
"""How many of the last changes a page shows that does not say what it has told already."""


def claims_page(
    view: Callable[Concatenate[PartnerRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Let only members who may at least draft open the page; tell others which role to ask for (A1, part 9)."""

    @partner_page
    @wraps(view)
    def page(request: PartnerRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        refuse_role(actor=request.actor, purpose=Purpose.CHECK)
        return view(request, *args, **kwargs)

    return page


def as_stored(
    claim: Claim, form: ClaimForm, actor: Actor, read: Callable[[Actor, UUID], Claim] = claim_for
) -> Claim:
    """Return the claim, read again if the form was refused for its version."""
    return read(actor, claim.public_id) if isinstance(form.refusal, StaleVersion) else claim


def changes_shown(form: ClaimForm, claim: Claim, actor: Actor) -> dict[str, object]:
    """Return how much of the claim's history the page tells and, after a collision, what the form does not know of.

    Its version stays the old one: only who ticks that the changes were read sends the new one (`over`).
    """
    events = history_of(claim, actor)
    if not isinstance(form.refusal, StaleVersion):
        return {"told": events.count()}
    told = form.cleaned_data.get("told")
    since = list(events[told:] if told is not None else events.reverse()[:UNTOLD])
    return {
        "told": told,
        "over": claim.version,
        "changed": history_rows(since, claim),
        "differences": form.differences(claim),
    }


def show_form(
    request: HttpRequest, template: str, form: ClaimForm, claim: Claim | None, **shown: object
) -> HttpResponse:
    """Return the page with the form, under the status and the headers of its refusal if it was refused."""
    context = {
        "form": form,
        "errors": form.problems,
        "warnings": form.cautions,
        "claim": claim,
        "is_draft": claim is None or claim.status == ClaimStatus.DRAFT,
        "section": "claims",
        **shown,
    }
    if claim is not None:
        context |= changes_shown(form, claim, cast(PartnerRequest, request).actor)
    response = render(request, template, context, status=form.http_status)
    if form.refusal and form.refusal.retry_after is not None:
        response["Retry-After"] = str(form.refusal.retry_after)
    return response


def show_step(
    request: HttpRequest, step: steps.FilingStep, form: ClaimForm, claim: Claim | None, **shown: object
) -> HttpResponse:
    """Return the page of one step of filing; without a claim it is the first save that makes the draft."""
    template, ways = f"portal/claims/steps/{step.name}.html", steps.ways_of(claim, step)
    return show_form(request, template, form, claim, step=step, ways=ways, **shown)


def done(
    request: HttpRequest, text: str, public_id: UUID, *, to: str = "claim", at: str = ""
) -> HttpResponse:
    """Go to a page of the claim and say there what was done."""
    messages.success(request, text, extra_tags="good")
    return redirect(reverse(f"claims:{to}", args=[public_id]) + at)
