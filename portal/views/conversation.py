"""Talking with the desk: comments, answers to its questions, and withdrawing."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from claims.enums import ClaimStatus
from claims.guidance import NOT_ASKED
from claims.lifecycle import CLAIM
from claims.models import Claim
from claims.policies import editable_fields, withdrawal
from claims.selectors import claim_for, detailed_claim_for, open_requests, visible_evidence
from claims.services import add_comment, answer_requests, withdraw_claim
from foundation.kernel.errors import Conflict, StaleVersion
from portal.forms import AnswerForm, ClaimForm, CommentForm, WithdrawForm
from portal.pages.claims import SHAPE_STATUS, SHOWN_IN_THE_FORM, claims_page, put_refusal, show_form
from portal.presentation.claims import Question
from portal.session.acting import PartnerRequest
from portal.views.following import claim_context


@require_http_methods(["GET", "HEAD", "POST"])
@claims_page
def comment(request: PartnerRequest, public_id: UUID) -> HttpResponseBase:
    """Post a comment; a refused one comes back with the claim's page."""
    if request.method != "POST":
        claim_for(request.actor, public_id)
        return redirect(f"{reverse('claims:claim', args=[public_id])}#comments")
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _claim_with(request, public_id, form, status=SHAPE_STATUS)
    try:
        add_comment(
            public_id=str(public_id), text=form.cleaned_data["text"], actor=request.actor, now=timezone.now()
        )
    except SHOWN_IN_THE_FORM as refusal:
        put_refusal(form, refusal)
        return _claim_with(request, public_id, form, refusal=refusal)
    messages.success(request, _("Your comment was posted."), extra_tags="good")
    return redirect(f"{reverse('claims:claim', args=[public_id])}#comments")


def _claim_with(
    request: PartnerRequest, public_id: UUID, form: ClaimForm, **outcome: Any
) -> HttpResponseBase:
    claim = detailed_claim_for(request.actor, public_id)
    context = {**claim_context(request, claim, now=timezone.now()), "comment_form": form}
    return show_form(request, "portal/claims/claim.html", form, context, **outcome)


@require_http_methods(["GET", "HEAD", "POST"])
@claims_page
def respond(request: PartnerRequest, public_id: UUID) -> HttpResponseBase:
    """Answer one question of the desk, or all that are open; proof and changes are added on their own pages."""
    claim = claim_for(request.actor, public_id)
    if request.method != "POST":
        CLAIM["respond"].enforce(request.actor, claim.status)
        return _answer_page(request, claim, AnswerForm({"version": claim.version}))
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _answer_page(request, claim, form, status=SHAPE_STATUS)
    try:
        answer_requests(
            public_id=str(public_id),
            comment=form.cleaned_data["comment"],
            request_id=form.request_named,
            actor=request.actor,
            now=timezone.now(),
            version=form.version_seen,
        )
    except SHOWN_IN_THE_FORM as refusal:
        put_refusal(form, refusal)
        return _answer_page(request, claim, form, refusal=refusal)
    messages.success(request, _("Your answer was sent to the claim desk."), extra_tags="good")
    return redirect("claims:claim", public_id)


def _answer_page(request: PartnerRequest, claim: Claim, form: AnswerForm, **outcome: Any) -> HttpResponseBase:
    if isinstance(outcome.get("refusal"), StaleVersion):
        claim = claim_for(request.actor, claim.public_id)
        form.show_version(claim.version)
    asked = list(open_requests(claim).prefetch_related("items__products", "items__scope__workload"))
    if not asked:
        raise Conflict(NOT_ASKED)
    since = min(party.request.asked_at for party in asked)
    files = [file for file in visible_evidence(claim, request.actor) if file.added_at >= since]
    context = {
        "claim": claim,
        "questions": [Question(party=party) for party in asked],
        "added": files,
        "editable": editable_fields(request.actor, claim),
        "section": "claims",
    }
    return show_form(request, "portal/claims/respond.html", form, context, **outcome)


@require_http_methods(["GET", "HEAD", "POST"])
@claims_page
def withdraw(request: PartnerRequest, public_id: UUID) -> HttpResponseBase:
    """Ask once more, then withdraw what is still open (a draft: all of it)."""
    claim = claim_for(request.actor, public_id)
    if request.method != "POST":
        withdrawal(claim).enforce(request.actor, claim.status)
        return _withdraw_page(request, claim, WithdrawForm({"version": claim.version}))
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _withdraw_page(request, claim, form, status=SHAPE_STATUS)
    try:
        withdraw_claim(
            public_id=str(public_id), actor=request.actor, now=timezone.now(), version=form.version_seen
        )
    except SHOWN_IN_THE_FORM as refusal:
        put_refusal(form, refusal)
        return _withdraw_page(request, claim, form, refusal=refusal)
    messages.success(request, _("The claim was withdrawn."), extra_tags="good")
    return redirect("claims:claim", public_id)


def _withdraw_page(
    request: PartnerRequest, claim: Claim, form: ClaimForm, **outcome: Any
) -> HttpResponseBase:
    if isinstance(outcome.get("refusal"), StaleVersion):
        claim = claim_for(request.actor, claim.public_id)
        form.show_version(claim.version)
    context = {"claim": claim, "is_draft": claim.status == ClaimStatus.DRAFT, "section": "claims"}
    return show_form(request, "portal/claims/withdraw.html", form, context, **outcome)
