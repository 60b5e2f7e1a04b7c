"""Proof of execution: adding files, and handing them out to those who may see the claim."""

from typing import Any, BinaryIO, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from claims.enums import ClaimStatus
from claims.lifecycle import CLAIM
from claims.models import Claim
from claims.selectors import (
    claim_for,
    detailed_claim_for,
    loaded_requests,
    one_or_not_found,
    servable_evidence,
    visible_evidence,
)
from claims.services import add_evidence
from foundation.doors.files import serve_file
from portal import steps
from portal.forms import ProofForm
from portal.pages.checking import notices_on
from portal.pages.claims import SHAPE_STATUS, SHOWN_IN_THE_FORM, claims_page, put_refusal, show_form
from portal.session.acting import PartnerRequest
from wording.items import product_names, products_of


@require_http_methods(["GET", "HEAD", "POST"])
@claims_page
def proof(request: PartnerRequest, public_id: UUID) -> HttpResponseBase:
    """The claim's files, and one more; nothing is replaced (part 7)."""
    claim = detailed_claim_for(request.actor, public_id)
    covered = products_of(claim, product_names())
    if request.method != "POST":
        CLAIM["add_evidence"].enforce(request.actor, claim.status)
        form = ProofForm(covered=covered)
        said = [
            notice
            for notice in notices_on(request, claim, now=timezone.now())
            if steps.PROOF.owns(notice.pointer)
        ]
        return _proof_page(request, claim, form, notices=said)
    form = ProofForm(request.POST, request.FILES, covered=covered)
    if not form.is_valid():
        return _proof_page(request, claim, form, status=SHAPE_STATUS)
    upload = form.cleaned_data["file"]
    try:
        evidence = add_evidence(
            public_id=str(public_id),
            stream=cast(BinaryIO, upload.file),
            name=upload.name,
            details=form.details(),
            actor=request.actor,
            now=timezone.now(),
        )
    except SHOWN_IN_THE_FORM as refusal:
        put_refusal(form, refusal, public_id=public_id)
        return _proof_page(request, claim, form, refusal=refusal)
    messages.success(
        request, _("“%(name)s” was added as proof.") % {"name": evidence.name}, extra_tags="good"
    )
    return redirect("claims:proof", public_id)


def _proof_page(
    request: PartnerRequest, claim: Claim, form: ProofForm, *, notices: Any = (), **outcome: Any
) -> HttpResponseBase:
    context = {
        "claim": claim,
        "step": steps.PROOF,
        "ways": steps.ways_of(claim, steps.PROOF),
        "is_draft": claim.status == ClaimStatus.DRAFT,
        "is_asked": bool(loaded_requests(claim)),
        "files": list(visible_evidence(claim, request.actor)),
        "file_notices": notices,
        "next_step": reverse("claims:check", args=[claim.public_id]),
        "section": "claims",
    }
    return show_form(request, "portal/claims/steps/proof.html", form, context, **outcome)


@require_safe
@claims_page
def download(request: PartnerRequest, public_id: UUID, evidence_id: UUID) -> HttpResponseBase:
    """Return one file to those who may see its claim; anything else is not found (scenario 100)."""
    files = servable_evidence(claim_for(request.actor, public_id), request.actor)
    evidence = one_or_not_found(files.filter(public_id=evidence_id))
    return serve_file(evidence.file, name=evidence.name, content_type=evidence.content_type)
