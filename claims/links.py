"""Links that findings carry, in one place, so that every door leads to the same pages."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from foundation.kernel.findings import Link

ENROLMENT_PATH = "/company/locations/"
SUPPORT_PATH = "/support/"


def claim_link(*, public_id: UUID, reference: str) -> Link:
    """Return a link to a claim that the reader may see."""
    return Link(
        rel="claim",
        href=f"/claims/{public_id}/",
        text=_("Open claim %(reference)s") % {"reference": reference},
    )


def enrolment_link() -> Link:
    """Return a link to the company's locations and enrolments (S41)."""
    return Link(rel="enrolment", href=ENROLMENT_PATH, text=_("Your company's locations and enrolments"))


def support_link() -> Link:
    """Return a link to support (S21, S25)."""
    return Link(rel="support", href=SUPPORT_PATH, text=_("Contact support"))
