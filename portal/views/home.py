"""The front door: partners to their claims, the desk to its own pages."""

from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from portal.pages.partner import partner_page
from portal.session.acting import PartnerRequest


@require_safe
@partner_page
def home(request: PartnerRequest) -> HttpResponseBase:
    """Send people of the desk who belong to no company to the administration, and everyone else to the claims."""
    for_the_desk = request.user.is_staff and request.actor.organisation_id is None
    return redirect("/admin/" if for_the_desk else "claims:list")
