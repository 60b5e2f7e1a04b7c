"""Proof of execution: adding files, and handing them out to those who may see the claim."""

from collections.abc import Sequence
from typing import BinaryIO, cast
from uuid import UUID

from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from claims.lifecycle import CLAIM
from claims.models import Claim, Evidence
from claims.selectors import (
    detailed_claim_for,
    loaded_requests,
    visible_evidence,
)
from claims.services import add_evidence, open_evidence
from foundation.doors.files import serve_file
from portal import steps
from portal.forms import ProofForm
from portal.pages.checking import notices_on
from portal.pages.claims import claims_page, done, page_of, show_step
from portal.pages.kept import kept_fields
from portal.presentation.notices import Notice
from portal.session.acting import PartnerRequest
from wording.items import product_names, products_of


@require_http_methods(["GET", "HEAD", "POST"])
@claims_page
def proof(request: PartnerRequest, public_id: UUID) -> HttpResponseBase:
    """Show the claim's files and add another; nothing is replaced (part 7)."""
    claim = detailed_claim_for(request.actor, public_id)
    covered = products_of(claim, product_names())
    if request.method != "POST":
        CLAIM["add_evidence"].enforce(request.actor, claim.status)
        said = [
            notice
            for notice in notices_on(request, claim, now=timezone.now())
            if steps.PROOF.owns(notice.pointer)
        ]
        form = ProofForm(kept_fields(request), initial=page_of(request, claim), covered=covered)
        return _proof_page(request, claim, form, said)
    form = ProofForm(request.POST, request.FILES, covered=covered)
    evidence = form.attempt(lambda: _add(request, public_id, form), public_id=public_id)
    if evidence is None:
        return _proof_page(request, claim, form)
    added = _("“%(name)s” was added as proof.") % {"name": evidence.name}
    return done(request, form, added, public_id, to="proof")


def _add(request: PartnerRequest, public_id: UUID, form: ProofForm) -> Evidence:
    upload = form.cleaned_data["file"]
    return add_evidence(
        public_id=str(public_id),
        stream=cast(BinaryIO, upload.file),
        name=upload.name,
        details=form.details(),
        actor=request.actor,
        now=timezone.now(),
    )


def _proof_page(
    request: PartnerRequest, claim: Claim, form: ProofForm, file_notices: Sequence[Notice] = ()
) -> HttpResponseBase:
    return show_step(
        request,
        steps.PROOF,
        form,
        claim,
        is_asked=bool(loaded_requests(claim)),
        files=list(visible_evidence(claim, request.actor)),
        file_notices=file_notices,
        next_step=steps.CHECK.address(claim.public_id),
    )


@require_safe
@claims_page
def download(request: PartnerRequest, public_id: UUID, evidence_id: UUID) -> HttpResponseBase:
    """Return one file to those who may see its claim; anything else is not found (scenario 100)."""
    evidence = open_evidence(
        public_id=public_id,
        evidence_id=evidence_id,
        reads=request.method == "GET",
        actor=request.actor,
        now=timezone.now(),
    )
    return serve_file(evidence.file, name=evidence.name, content_type=evidence.content_type)
