"""The last step: everything on one page, checked, confirmed, and sent to the desk."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from claims.areas import area_label, contacts_of
from claims.inputs import REVENUE_FIELDS
from claims.lifecycle import CLAIM
from claims.models import Claim
from claims.policies import allowed_actions
from claims.selectors import detailed_claim_for, visible_evidence
from claims.services import submit_claim
from foundation.kernel.errors import StaleVersion
from portal import steps
from portal.forms import SubmitForm
from portal.pages.checking import notices_before_submission, placed
from portal.pages.claims import SHAPE_STATUS, SHOWN_IN_THE_FORM, claims_page, put_refusal, show_form
from portal.presentation.notices import Notice, errors_in, one_of_each_code, warnings_in
from portal.session.acting import PartnerRequest
from tenants.enums import Channel, SubscriptionState
from wording.items import activity_labels, entry_labels, product_names, products_of

# Ticked on this very page, so it is no error before somebody has sent it.
ASKED_HERE = "/acknowledged"


@require_http_methods(["GET", "HEAD", "POST"])
@claims_page
def check_and_submit(request: PartnerRequest, public_id: UUID) -> HttpResponseBase:
    """Read everything once more, confirm each warning, acknowledge, submit."""
    claim = detailed_claim_for(request.actor, public_id)
    if request.method != "POST":
        CLAIM["save"].enforce(request.actor, claim.status)
        data = {"version": claim.version, "acknowledged": claim.acknowledged}
        form = SubmitForm({**data, "confirmed_warnings": claim.confirmed_warnings})
        return _check_page(request, claim, form)
    form = SubmitForm(request.POST)
    if not form.is_valid():
        return _check_page(request, claim, form, status=SHAPE_STATUS)
    try:
        submitted = submit_claim(
            public_id=str(public_id),
            confirmed_warnings=form.cleaned_data["confirmed_warnings"],
            acknowledged=form.cleaned_data["acknowledged"],
            actor=request.actor,
            now=timezone.now(),
            version=form.version_seen,
        )
    except SHOWN_IN_THE_FORM as refusal:
        put_refusal(form, refusal, public_id=public_id)
        return _check_page(request, claim, form, refusal=refusal)
    messages.success(
        request,
        _(
            "Claim %(reference)s was submitted. The claim desk reviews it; you are told in its comments if more "
            "is needed."
        )
        % {"reference": submitted.reference},
        extra_tags="good",
    )
    return redirect("claims:claim", public_id)


def _check_page(request: PartnerRequest, claim: Claim, form: SubmitForm, **outcome: Any) -> HttpResponseBase:
    refusal = outcome.get("refusal")
    if isinstance(refusal, StaleVersion):
        claim = detailed_claim_for(request.actor, claim.public_id)
        form.show_version(claim.version)
    form.is_valid()
    found, report = notices_before_submission(request, claim, now=timezone.now())
    names = product_names()
    notices = placed(claim, [notice for notice in found if notice.pointer != ASKED_HERE])
    own = [
        notice
        for notice in form.problems
        if refusal is None or notice.pointer in ("", ASKED_HERE, "/confirmed_warnings")
    ]
    errors = [*own, *errors_in(notices)]
    context = {
        "claim": claim,
        "step": steps.CHECK,
        "ways": steps.ways_of(claim, steps.CHECK),
        "is_draft": True,
        "errors": errors,
        "warnings": [],
        "by_code": [
            (code, group, code in (form["confirmed_warnings"].value() or []))
            for code, group in one_of_each_code(warnings_in(notices))
        ],
        "unchecked": next((notice for notice in found if report is None), None),
        "sections": _sections(claim, names, report, notices),
        "about_contacts": [notice for notice in errors_in(notices) if steps.CONTACTS.owns(notice.pointer)],
        "about_proof": [notice for notice in errors_in(notices) if steps.PROOF.owns(notice.pointer)],
        "contacts": _contacts(claim),
        "files": list(visible_evidence(claim, request.actor)),
        "covers": products_of(claim, names),
        "as_of": report.directory_as_of if report else None,
        "may_submit": "submit" in allowed_actions(request.actor, claim, asked=False),
        "section": "claims",
    }
    return show_form(request, "portal/claims/steps/check.html", form, context, **outcome)


def _sections(claim: Claim, names: Any, report: Any, notices: list[Notice]) -> list[dict[str, object]]:
    """Each part with what was entered, for reading once more."""
    values = {
        steps.CUSTOMER: [
            (_("Tenant ID"), [claim.tenant_guid]),
            (_("Domain"), [claim.domain]),
            (_("Name of the claim"), [claim.name]),
        ],
        steps.ACTIVITY: [
            (_("Solution area"), [area_label(claim.solution_area)]),
            (_("Activities"), activity_labels(claim.activities)),
        ],
        steps.REVENUE: [(asked.heading, [getattr(claim, name)]) for name, asked in REVENUE_FIELDS.items()],
        steps.PRODUCTS: [(_("Products"), _answers(claim, names, report))],
        steps.LOCATION: [(_("MPN"), [claim.mpn_id])],
    }
    return [
        {
            "step": step,
            "address": step.address(claim.public_id),
            "rows": values[step],
            "notices": [notice for notice in errors_in(notices) if step.owns(notice.pointer)],
        }
        for step in steps.steps_of(claim)
        if step in values
    ]


def _answers(claim: Claim, names: Any, report: Any) -> list[str]:
    """The products as typed, with what the directory says of a subscription that was entered (scenario 29)."""
    labels = entry_labels(claim, names)
    for item in report.items if report else ():
        told = []
        if item.state in SubscriptionState.values:
            told.append(str(SubscriptionState(item.state).label))
        if item.channel in Channel.values:
            told.append(str(Channel(item.channel).label))
        if told and item.index < len(labels):
            labels[item.index] = f"{labels[item.index]} · {', '.join(told)}"
    return labels


def _contacts(claim: Claim) -> list[tuple[str, object]]:
    contacts = {contact.kind: contact for contact in claim.contacts.all()}
    return [(str(kind.label), contacts.get(kind)) for kind in contacts_of(claim.solution_area)]
