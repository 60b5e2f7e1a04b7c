"""Talking with the desk: comments, answers to its questions, and withdrawing."""

from uuid import UUID

from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from claims.guidance import NOT_ASKED
from claims.lifecycle import CLAIM
from claims.models import Claim
from claims.policies import editable_fields, withdrawal
from claims.selectors import claim_for, detailed_claim_for, open_requests, visible_evidence
from claims.services import add_comment, answer_requests, withdraw_claim
from foundation.kernel.errors import Conflict
from portal.forms import AnswerForm, CommentForm, WithdrawForm
from portal.pages.claims import as_stored, claims_page, done, note_act, page_of, seen_in_tab, show_form
from portal.pages.kept import kept_fields
from portal.presentation.claims import Question
from portal.session.acting import PartnerRequest
from portal.views.following import show_claim


@require_http_methods(["GET", "HEAD", "POST"])
@claims_page
def comment(request: PartnerRequest, public_id: UUID) -> HttpResponseBase:
    """Post a comment; if it is refused, show it again on the claim's page."""
    if request.method != "POST":
        claim_for(request.actor, public_id)
        return redirect(f"{reverse('claims:claim', args=[public_id])}#comments")
    form = CommentForm(request.POST)
    posted = form.attempt(
        lambda: add_comment(
            public_id=str(public_id), text=form.cleaned_data["text"], actor=request.actor, now=timezone.now()
        )
    )
    if posted is None:
        return show_claim(request, detailed_claim_for(request.actor, public_id), form)
    return done(request, form, _("Your comment was posted."), public_id, at="#comments")


@require_http_methods(["GET", "HEAD", "POST"])
@claims_page
def respond(request: PartnerRequest, public_id: UUID) -> HttpResponseBase:
    """Answer one question of the desk, or all that are open; proof and changes are added on their own pages."""
    claim = claim_for(request.actor, public_id)
    if request.method != "POST":
        CLAIM["respond"].enforce(request.actor, claim.status)
        return _answer_page(request, claim, AnswerForm(kept_fields(request) or page_of(request, claim)))
    form = AnswerForm(request.POST)
    answered = form.attempt(
        lambda: answer_requests(
            public_id=str(public_id),
            comment=form.cleaned_data["comment"],
            request_id=form.request_named,
            actor=request.actor,
            now=timezone.now(),
            version=seen_in_tab(request, public_id, form),
        )
    )
    if answered is None:
        return _answer_page(request, as_stored(claim, form, request.actor), form)
    note_act(request, form, seen_in_tab(request, public_id, form), answered)
    return done(request, form, _("Your answer was sent to the claim desk."), public_id)


def _answer_page(request: PartnerRequest, claim: Claim, form: AnswerForm) -> HttpResponseBase:
    asked = list(open_requests(claim).prefetch_related("items__products", "items__scope__workload"))
    if not asked:
        raise Conflict(NOT_ASKED)
    since = min(party.request.asked_at for party in asked)
    return show_form(
        request,
        "portal/claims/respond.html",
        form,
        claim,
        questions=[Question(party=party) for party in asked],
        added=[file for file in visible_evidence(claim, request.actor) if file.added_at >= since],
        editable=editable_fields(request.actor, claim),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@claims_page
def withdraw(request: PartnerRequest, public_id: UUID) -> HttpResponseBase:
    """Ask for confirmation, then withdraw what is still open; of a draft, everything."""
    claim = claim_for(request.actor, public_id)
    if request.method != "POST":
        withdrawal(claim).enforce(request.actor, claim.status)
        form = WithdrawForm(page_of(request, claim))
        return show_form(request, "portal/claims/withdraw.html", form, claim)
    form = WithdrawForm(request.POST)
    withdrawn = form.attempt(
        lambda: withdraw_claim(
            public_id=str(public_id),
            actor=request.actor,
            now=timezone.now(),
            version=seen_in_tab(request, public_id, form),
        )
    )
    if withdrawn is None:
        claim = as_stored(claim, form, request.actor)
        return show_form(request, "portal/claims/withdraw.html", form, claim)
    return done(request, form, _("The claim was withdrawn."), public_id)
