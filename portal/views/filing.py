"""Filing a claim, one thing per step; every save keeps what was typed, right or wrong."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.http import require_http_methods

from claims.areas import area_of, contacts_of, programme_of
from claims.enums import ClaimStatus
from claims.guidance import WRONG_ACTIVITY
from claims.models import Claim
from claims.policies import edit_refusal
from claims.selectors import claim_for, visible_claims
from claims.services import SavedClaim, create_draft, save_claim
from foundation.kernel.errors import enforce
from foundation.kernel.findings import Severity
from partners.selectors import global_admins_of, visible_locations
from portal import steps
from portal.forms import (
    ActivityForm,
    ClaimForm,
    ContactsForm,
    CustomerForm,
    LocationForm,
    RevenueForm,
    SubscriptionsForm,
    WorkloadsForm,
)
from portal.pages.checking import UNCHECKED, keep_for_next_page, notices_on
from portal.pages.claims import (
    as_stored,
    claims_page,
    done,
    go_on,
    note_act,
    page_of,
    seen_in_tab,
    show_step,
)
from portal.pages.kept import kept_fields
from portal.presentation.locations import location_cards
from portal.session.acting import PartnerRequest
from portal.session.tabs import (
    NOT_YET_STORED,
    claim_made_in,
    handing_over,
    new_tab,
    tab_handed_over,
    version_in,
)
from portal.steps import FilingStep
from wording.items import claimable_names


@require_http_methods(["GET", "HEAD", "POST"])
@claims_page
def new_claim(request: PartnerRequest) -> HttpResponseBase:
    """Show the first step, whose first save creates the draft (scenario 47).

    The address has the mark of its tab: browsers that load it once more on going back get the draft that it made.
    """
    if request.method != "POST":
        return _first_page(request, tab_handed_over(request))
    form = CustomerForm(request.POST)
    made = claim_made_in(request, request.POST.get("tab", ""))
    if made is not None:  # somebody went back to this page: it is that draft which is saved again
        return CustomerStep.as_view()(request, public_id=UUID(made))
    saved = form.attempt(
        lambda: create_draft(changes=form.changes(), actor=request.actor, now=timezone.now())
    )
    if saved is None:
        return show_step(request, steps.CUSTOMER, form, None)
    note_act(request, form, NOT_YET_STORED, saved.claim)
    return _after_saving(request, saved, steps.CUSTOMER, form)


def _first_page(request: PartnerRequest, tab: str) -> HttpResponseBase:
    made = claim_made_in(request, tab)
    if made is not None:
        draft = visible_claims(request.actor).filter(public_id=made, status=ClaimStatus.DRAFT).first()
        if draft is not None:
            return redirect(steps.CUSTOMER.address(made) + handing_over(tab))
    if made is not None or not tab:
        return redirect(request.path + handing_over(new_tab()))
    form = CustomerForm(initial={"tab": tab})
    if kept := kept_fields(request):
        kept["tab"] = tab
        form = CustomerForm(kept)
    return show_step(request, steps.CUSTOMER, form, None)


def _after_saving(
    request: PartnerRequest, saved: SavedClaim, step: FilingStep, form: ClaimForm
) -> HttpResponseBase:
    """Go to the next step, back to this one if it has an error, or to the overview if that was asked for."""
    claim = saved.claim
    keep_for_next_page(request, claim, saved.report)
    if "overview" in request.POST:
        return go_on(request, form, reverse("claims:claim", args=[claim.public_id]))
    wrong = any(step.owns(finding.pointer) for finding in saved.report.errors)
    following = step if wrong else steps.step_after(claim, step)
    return go_on(request, form, following.address(claim.public_id))


@method_decorator(claims_page, name="dispatch")
class StepPage(View):
    """One step of a draft, or of a submitted claim that may still be edited (part 3, Editing)."""

    http_method_names = ["get", "head", "post", "options"]
    step: ClassVar[FilingStep]
    form_class: ClassVar[type[ClaimForm]]

    def get(self, request: PartnerRequest, public_id: UUID) -> HttpResponseBase:
        claim = claim_for(request.actor, public_id)
        enforce(edit_refusal(request.actor, claim, self.step.fields))
        if kept := kept_fields(request):
            return self.page(request, claim, self.form(claim, kept))
        form = self.form(claim, {**page_of(request, claim), **self.typed(request, claim)})
        form.is_valid()
        form.take(
            notice
            for notice in notices_on(request, claim, now=timezone.now())
            # What is told in any case stands on the page, whether or not something was chosen.
            if notice.code in UNCHECKED
            or (self.step.owns(notice.pointer) and notice.severity != Severity.INFO)
        )
        return self.page(request, claim, form)

    def post(self, request: PartnerRequest, public_id: UUID) -> HttpResponseBase:
        claim = claim_for(request.actor, public_id)
        form = self.form(claim, request.POST)
        saved = form.attempt(
            lambda: save_claim(
                public_id=str(public_id),
                changes=form.changes(),
                actor=request.actor,
                now=timezone.now(),
                version=self.seen(request, public_id, form),
            ),
            public_id=public_id,
        )
        if saved is None:
            return self.page(request, as_stored(claim, form, request.actor), form)
        note_act(request, form, self.seen(request, public_id, form), saved.claim)
        if saved.claim.submitted_at is None:
            return _after_saving(request, saved, self.step, form)
        return done(request, form, _("Your change was saved."), public_id)

    def seen(self, request: PartnerRequest, public_id: UUID, form: ClaimForm) -> int | None:
        """Return the version that the page shows or that its own tab has made of it since."""
        if form.version_seen is None and claim_made_in(request, form.tab_named) == str(public_id):
            return version_in(request, form.tab_named, public_id, NOT_YET_STORED)
        return seen_in_tab(request, public_id, form)

    def form_class_for(self, claim: Claim) -> type[ClaimForm]:  # noqa: ARG002 - steps with several forms look at it
        return self.form_class

    def form(self, claim: Claim, data: Any) -> ClaimForm:
        return self.form_class_for(claim)(data)

    def typed(self, request: PartnerRequest, claim: Claim) -> dict[str, Any]:  # noqa: ARG002 - one step looks at it
        """Return what the form shows when it is opened."""
        return self.form_class_for(claim).typed(claim)

    def extras(self, request: PartnerRequest, claim: Claim, form: ClaimForm) -> Mapping[str, object]:  # noqa: ARG002 - all steps'
        """Return what this step's page shows besides its form."""
        return {}

    def page(self, request: PartnerRequest, claim: Claim, form: ClaimForm) -> HttpResponseBase:
        unchecked = next((notice for notice in form.about_all if notice.code in UNCHECKED), None)
        extras = self.extras(request, claim, form)
        return show_step(request, self.step, form, claim, unchecked=unchecked, **extras)


class CustomerStep(StepPage):
    step = steps.CUSTOMER
    form_class = CustomerForm


class ActivityStep(StepPage):
    step = steps.ACTIVITY
    form_class = ActivityForm

    def extras(self, request: PartnerRequest, claim: Claim, form: ClaimForm) -> Mapping[str, object]:  # noqa: ARG002 - all steps'
        return {"wrong_activity": WRONG_ACTIVITY}


class RevenueStep(StepPage):
    step = steps.REVENUE
    form_class = RevenueForm


class ProductsStep(StepPage):
    step = steps.PRODUCTS

    def get(self, request: PartnerRequest, public_id: UUID) -> HttpResponseBase:
        claim = claim_for(request.actor, public_id)
        if claim.status == ClaimStatus.PARTNER_ACTION_REQUIRED:
            return redirect("claims:items", public_id)
        return super().get(request, public_id)

    def post(self, request: PartnerRequest, public_id: UUID) -> HttpResponseBase:
        """Save, or for “Add another row” only show the page again with one more row and everything as typed."""
        if "more" not in request.POST:
            return super().post(request, public_id)
        claim = claim_for(request.actor, public_id)
        return self.page(request, claim, self.form(claim, request.POST))

    def form_class_for(self, claim: Claim) -> type[ClaimForm]:
        area = area_of(claim.solution_area)
        return SubscriptionsForm if area is None or area.takes_subscriptions else WorkloadsForm

    def form(self, claim: Claim, data: Any) -> ClaimForm:
        names = claimable_names(claim.solution_area, today=timezone.now().date())
        return self.form_class_for(claim)(data, names=names, more="more" in data)

    def extras(self, request: PartnerRequest, claim: Claim, form: ClaimForm) -> Mapping[str, object]:  # noqa: ARG002 - all steps'
        return {
            "blocked": area_of(claim.solution_area) is None,
            "takes_subscriptions": isinstance(form, SubscriptionsForm),
        }


class LocationStep(StepPage):
    step = steps.LOCATION
    form_class = LocationForm

    def form(self, claim: Claim, data: Any) -> ClaimForm:  # noqa: ARG002 - all steps'
        return LocationForm(data)

    def extras(self, request: PartnerRequest, claim: Claim, form: ClaimForm) -> Mapping[str, object]:
        year = timezone.now().year
        cards = location_cards(visible_locations(request.actor), year=year)
        asked = [
            programme
            for activity in claim.activities
            if (programme := programme_of(claim.solution_area, activity)) is not None
        ]
        chosen = form["mpn_id"].value() or ""
        return {
            "cards": [
                {
                    "card": card,
                    "chosen": card.mpn_id == chosen,
                    "missing": [programme for programme in asked if programme not in card.now],
                }
                for card in cards
            ],
            "asked": asked,
            "other": chosen if chosen and chosen not in {card.mpn_id for card in cards} else "",
            "year": year,
            "global_admins": global_admins_of(claim.organisation_id),
        }


class ContactsStep(StepPage):
    step = steps.CONTACTS
    form_class = ContactsForm

    def form(self, claim: Claim, data: Any) -> ClaimForm:
        return ContactsForm(data, kinds=contacts_of(claim.solution_area))

    def typed(self, request: PartnerRequest, claim: Claim) -> dict[str, Any]:
        """Suggest the person who fills this in first as the partner contact; the entry can be changed."""
        own = {
            "first_name": request.user.first_name,
            "last_name": request.user.last_name,
            "email": request.user.email,
        }
        return {f"partner_{name}": text for name, text in own.items()} | ContactsForm.typed(claim)
