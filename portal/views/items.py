"""Giving up open items, or claiming others instead, while the desk waits for an answer (part 3, Editing)."""

from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from claims.models import Claim
from claims.policies import amend_refusal
from claims.selectors import detailed_claim_for
from claims.services import change_items
from foundation.kernel.errors import enforce
from portal.forms import ItemsForm
from portal.pages.claims import as_stored, claims_page, done, note_act, page_of, seen_in_tab, show_form
from portal.pages.kept import kept_fields
from portal.presentation.claims import item_cards
from portal.presentation.notices import one_of_each_code
from portal.session.acting import PartnerRequest
from wording.items import claimable_names

ACT = "items"
"""Going back here after a change shows products that the change took away or added: it is told, not made once more."""


@require_http_methods(["GET", "HEAD", "POST"])
@claims_page
def change(request: PartnerRequest, public_id: UUID) -> HttpResponseBase:
    """Give up the ticked items and add others; both happen together or not at all."""
    claim = detailed_claim_for(request.actor, public_id)
    if request.method != "POST":
        enforce(amend_refusal(request.actor, claim))
        stored = {**page_of(request, claim), **ItemsForm.typed(claim)}
        return _items_page(request, claim, _form(claim, kept_fields(request) or stored))
    form = _form(claim, request.POST)
    if "more" in request.POST:
        return _items_page(request, claim, form)
    seen = partial(seen_in_tab, request, public_id, form, but_by=ACT)
    changed = form.attempt(
        lambda: change_items(
            public_id=str(public_id),
            add=form.entries(),
            remove=form.cleaned_data["remove"],
            confirmed_warnings=form.cleaned_data["confirmed_warnings"],
            actor=request.actor,
            now=timezone.now(),
            version=seen(),
        ),
        public_id=public_id,
    )
    if changed is None:
        return _items_page(request, as_stored(claim, form, request.actor, detailed_claim_for), form)
    note_act(request, form, seen(), changed, by=ACT)
    return done(request, form, _("The products of the claim were changed."), public_id)


def _form(claim: Claim, data: Any) -> ItemsForm:
    names = claimable_names(claim.solution_area, today=timezone.now().date())
    return ItemsForm(data, names=names, more="more" in data, solution_area=claim.solution_area)


def _items_page(request: PartnerRequest, claim: Claim, form: ItemsForm) -> HttpResponseBase:
    return show_form(
        request,
        "portal/claims/items.html",
        form,
        claim,
        open_items=[card for card in item_cards(claim, []) if card.is_pending],
        removed=form["remove"].value() or [],
        by_code=one_of_each_code(form.cautions),
        confirmed=form["confirmed_warnings"].value() or [],
    )
