"""What the claim pages share: who may open them, how a form is shown, and what is said after a success."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
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
from portal.session.tabs import hand_on, handing_over, note_save, tab_of, taken_over, version_in
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
        of_a_claim = "public_id" in kwargs
        return (taken_over(request) if of_a_claim else None) or view(request, *args, **kwargs)

    return page


def page_of(request: HttpRequest, claim: Claim) -> dict[str, Any]:
    """Return what the form of a page carries: the version that it shows and the mark of its tab."""
    return {"version": claim.version, "tab": tab_of(request)}


def seen_in_tab(request: HttpRequest, public_id: UUID, form: ClaimForm, *, but_by: str = "") -> int | None:
    """Return the version that the page of the form shows, or that its own tab has made of it since."""
    return version_in(request, form.tab_named, public_id, form.version_seen, but_by=but_by)


def note_act(
    request: HttpRequest, form: ClaimForm, before: int | None, after: Claim, *, by: str = ""
) -> None:
    """Note what the tab of the form has made of the claim itself."""
    note_save(request, form.tab_named, after.public_id, before, after.version, by=by)


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
        "same_tab": handing_over(str(form["tab"].value() or "")),
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


def go_on(request: HttpRequest, form: ClaimForm, path: str, at: str = "") -> HttpResponse:
    """Go to the page at the path, which belongs to the tab of the form."""
    hand_on(request, form.tab_named, path)
    return redirect(path + at)


def done(
    request: HttpRequest, form: ClaimForm, text: str, public_id: UUID, *, to: str = "claim", at: str = ""
) -> HttpResponse:
    """Go to a page of the claim and say there what was done."""
    messages.success(request, text, extra_tags="good")
    return go_on(request, form, reverse(f"claims:{to}", args=[public_id]), at)
