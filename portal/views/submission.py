"""The last step: everything on one page, checked, confirmed, and sent to the desk."""

from uuid import UUID

from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from claims.lifecycle import CLAIM
from claims.models import Claim
from claims.policies import allowed_actions
from claims.selectors import detailed_claim_for, visible_evidence
from claims.services import submit_claim
from portal import steps
from portal.forms import SubmitForm
from portal.pages.checking import notices_before_submission, placed
from portal.pages.claims import as_stored, claims_page, done, page_of, show_step
from portal.pages.kept import kept_fields
from portal.presentation.check import contacts_in, sections_of
from portal.presentation.notices import errors_in, one_of_each_code, warnings_in
from portal.session.acting import PartnerRequest
from wording.items import product_names

# Ticked on this very page, so it is no error before somebody has sent it.
ASKED_HERE = "/acknowledged"


@require_http_methods(["GET", "HEAD", "POST"])
@claims_page
def check_and_submit(request: PartnerRequest, public_id: UUID) -> HttpResponseBase:
    """Read everything once more, confirm each warning, acknowledge, submit."""
    claim = detailed_claim_for(request.actor, public_id)
    if request.method != "POST":
        CLAIM["save"].enforce(request.actor, claim.status)
        # Whoever submits ticks warnings and acknowledgement; that a draft was saved with them says nothing for them.
        form = SubmitForm(kept_fields(request) or page_of(request, claim))
        return _check_page(request, claim, form)
    form = SubmitForm(request.POST)
    submitted = form.attempt(
        lambda: submit_claim(
            public_id=str(public_id),
            confirmed_warnings=form.cleaned_data["confirmed_warnings"],
            acknowledged=form.cleaned_data["acknowledged"],
            actor=request.actor,
            now=timezone.now(),
            version=form.version_seen,  # not what its tab made of it since: this page shows all that is submitted
        ),
        public_id=public_id,
    )
    if submitted is None:
        return _check_page(request, as_stored(claim, form, request.actor, detailed_claim_for), form)
    text = _(
        "Claim %(reference)s was submitted. Next: we review it, and we ask in its comments if we need more."
    )
    return done(request, form, text % {"reference": submitted.reference}, public_id)


def _check_page(request: PartnerRequest, claim: Claim, form: SubmitForm) -> HttpResponseBase:
    form.is_valid()
    found, report = notices_before_submission(request, claim, now=timezone.now())
    names = product_names()
    notices = placed(
        claim, [notice for notice in found if notice.pointer != ASKED_HERE], tab=form["tab"].value()
    )
    own = [
        notice
        for notice in form.problems
        if form.refusal is None or notice.pointer in ("", ASKED_HERE, "/confirmed_warnings")
    ]
    wrong = errors_in(notices)
    confirmed = form["confirmed_warnings"].value() or []
    return show_step(
        request,
        steps.CHECK,
        form,
        claim,
        errors=[*own, *wrong],
        warnings=[],
        by_code=[(code, group, code in confirmed) for code, group in one_of_each_code(warnings_in(notices))],
        unchecked=next((notice for notice in found if report is None), None),
        sections=sections_of(claim, names, report, notices),
        about_contacts=[notice for notice in wrong if steps.CONTACTS.owns(notice.pointer)],
        about_proof=[notice for notice in wrong if steps.PROOF.owns(notice.pointer)],
        contacts=contacts_in(claim),
        files=list(visible_evidence(claim, request.actor)),
        as_of=report.directory_as_of if report else None,
        may_submit="submit" in allowed_actions(request.actor, claim, asked=False),
    )
