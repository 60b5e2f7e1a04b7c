"""The company's locations with their enrolments, and the choice between companies."""

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from foundation.kernel.errors import NotFound, NotPermitted
from partners.enums import Programme
from partners.selectors import global_admins_of, organisations_of, visible_locations
from portal.pages.partner import partner_page
from portal.presentation.locations import location_cards
from portal.session.acting import ORGANISATION_KEY, PartnerRequest


@require_safe
@partner_page
def locations(request: PartnerRequest) -> HttpResponseBase:
    """List every MPN that the member may use, with its enrolments by programme and year (S36, S37, S41)."""
    if request.actor.organisation_id is None:
        raise NotPermitted(
            _("This page is for members of a partner company. Ask the company's global admin to add you.")
        )
    year = timezone.now().year
    return render(
        request,
        "portal/company/locations.html",
        {
            "cards": location_cards(visible_locations(request.actor), year=year),
            "programmes": Programme.choices,
            "year": year,
            "global_admins": global_admins_of(request.actor.organisation_id),
            "section": "locations",
        },
    )


@require_POST
@partner_page
def switch_company(request: PartnerRequest) -> HttpResponseBase:
    """Let the user work for another of their companies from now on."""
    chosen = request.POST.get("organisation", "")
    company = next((own for own in organisations_of(request.user) if own.code == chosen), None)
    if company is None:
        raise NotFound
    request.session[ORGANISATION_KEY] = company.pk
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if safe else "/")
