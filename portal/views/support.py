"""How to reach a person, with the facts that this person will ask for (S21, scenario 101)."""

from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from claims.areas import area_label, programme_of
from claims.models import Claim
from claims.selectors import detailed_claim_for
from portal.pages.partner import partner_page
from portal.session.acting import PartnerRequest
from wording.items import activity_labels, entry_labels, item_for_partner, product_names

LONGEST_CODE = 64


@require_safe
@partner_page
def support(request: PartnerRequest) -> HttpResponseBase:
    """Show the desk's address and, if a claim is named, its facts as plain text."""
    lines = _about(request)
    text = "\n".join(lines)
    subject = lines[0] if lines else _("Question about a customer association")
    mail = f"mailto:{settings.DESK_EMAIL}?subject={quote(subject)}&body={quote(text)}"
    return render(
        request,
        "portal/claims/support.html",
        {"address": settings.DESK_EMAIL, "mail": mail, "text": text, "section": "support"},
    )


def _about(request: PartnerRequest) -> list[str]:
    """Return what support needs to know: claim, MPN, tenant ID, products with subscriptions, programmes (S21)."""
    named = request.GET.get("claim", "")
    if not named:
        return []
    try:
        public_id = UUID(named)
    except ValueError:
        raise BadRequest from None
    claim = detailed_claim_for(request.actor, public_id)
    code = request.GET.get("code", "")
    known = code.replace("_", "").isalnum() and code.isascii() and len(code) <= LONGEST_CODE
    return [
        _("Claim: %(reference)s") % {"reference": claim.reference or claim.public_id},
        *([_("Message code: %(code)s") % {"code": code}] if known else []),
        _("MPN: %(mpn)s") % {"mpn": claim.mpn_id or "–"},
        _("Tenant ID: %(tenant_id)s") % {"tenant_id": claim.tenant_guid or "–"},
        _("Domain: %(domain)s") % {"domain": claim.domain or "–"},
        _("Solution area: %(area)s") % {"area": area_label(claim.solution_area) or "–"},
        _("Activities: %(activities)s") % {"activities": ", ".join(activity_labels(claim.activities)) or "–"},
        _("Programmes: %(programmes)s") % {"programmes": ", ".join(_programmes(claim)) or "–"},
        *[_("Product: %(product)s") % {"product": product} for product in _products(claim)],
    ]


def _programmes(claim: Claim) -> list[str]:
    programmes = [programme_of(claim.solution_area, activity) for activity in claim.activities]
    return [programme.value for programme in programmes if programme is not None]


def _products(claim: Claim) -> list[str]:
    """Return the products with the subscriptions that the partner may know about (S42)."""
    if claim.submitted_at is None:
        return entry_labels(claim, product_names())
    return [item_for_partner(item) for item in claim.items.all()]
