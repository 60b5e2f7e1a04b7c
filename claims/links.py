"""Where findings send people: one place, so that every door points at the same pages."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from foundation.kernel.findings import Link

ENROLMENT_PATH = "/company/locations/"
SUPPORT_PATH = "/support/"


def claim_link(*, public_id: UUID, reference: str) -> Link:
    """The page of a claim that the reader may see."""
    return Link(
        rel="claim",
        href=f"/claims/{public_id}/",
        text=_("Open claim %(reference)s") % {"reference": reference},
    )


def enrolment_link() -> Link:
    """The company's locations with their enrolments (S41)."""
    return Link(rel="enrolment", href=ENROLMENT_PATH, text=_("Your company's locations and enrolments"))


def support_link() -> Link:
    """How to ask a person (S21, S25)."""
    return Link(rel="support", href=SUPPORT_PATH, text=_("Contact support"))
