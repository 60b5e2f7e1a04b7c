"""The parts of filing a claim, one thing each, and which part a finding belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from associations.enums import Activity
from claims.models import Claim


@dataclass(frozen=True, kw_only=True)
class FilingStep:
    """One part. `fields` are the claim's fields that it edits; findings about it begin with one of `pointers`."""

    name: str
    title: Promise
    purpose: Promise
    fields: tuple[str, ...]
    pointers: tuple[str, ...]

    def address(self, public_id: object) -> str:
        return reverse(f"claims:{self.name}", args=[public_id])

    def owns(self, pointer: str) -> bool:
        return any(pointer == own or pointer.startswith(f"{own}/") for own in self.pointers)


CUSTOMER = FilingStep(
    name="customer",
    title=_("Customer"),
    purpose=_("The customer’s tenant ID and domain."),
    fields=("name", "tenant_guid", "domain"),
    pointers=("/tenant_id", "/domain", "/name"),
)
ACTIVITY = FilingStep(
    name="activity",
    title=_("Activity"),
    purpose=_("Your work for the customer."),
    fields=("solution_area", "activities"),
    pointers=("/solution_area", "/activities"),
)
REVENUE = FilingStep(
    name="revenue",
    title=_("Revenue details"),
    purpose=_("Seller, customer and solution."),
    fields=("revenue_details",),
    pointers=("/revenue_details",),
)
PRODUCTS = FilingStep(
    name="products",
    title=_("Products"),
    purpose=_("The products or workloads that you claim."),
    fields=("items",),
    pointers=("/items",),
)
LOCATION = FilingStep(
    name="location",
    title=_("Location (MPN)"),
    purpose=_("The MPN that you claim with."),
    fields=("mpn_id",),
    pointers=("/mpn_id",),
)
CONTACTS = FilingStep(
    name="contacts",
    title=_("Contacts"),
    purpose=_("People to ask at the customer and at your company."),
    fields=("contacts",),
    pointers=("/contacts",),
)
PROOF = FilingStep(
    name="proof",
    title=_("Proof of execution"),
    purpose=_("The document that the customer signed."),
    fields=("evidence",),
    pointers=("/evidence", "/file", "/signed_on"),
)
CHECK = FilingStep(
    name="check",
    title=_("Check and submit"),
    purpose=_("Read everything once more, then send it to the desk."),
    fields=("acknowledged", "confirmed_warnings"),
    pointers=("/acknowledged", "/confirmed_warnings"),
)


def steps_of(claim: Claim) -> Sequence[FilingStep]:
    """Return the parts of this claim in order; revenue details only if revenue association asks for them."""
    revenue = (REVENUE,) if Activity.REVENUE_ASSOCIATION in claim.activities else ()
    return (CUSTOMER, ACTIVITY, *revenue, PRODUCTS, LOCATION, CONTACTS, PROOF, CHECK)


@dataclass(frozen=True, kw_only=True)
class Way:
    """One part in the list beside a step."""

    title: Promise
    address: str
    is_current: bool


def ways_of(claim: Claim | None, current: FilingStep) -> list[Way]:
    """Return every part, the open one marked; before there is a claim, without links."""
    parts = steps_of(claim) if claim is not None else steps_of(Claim())
    return [
        Way(
            title=step.title,
            address="" if claim is None else step.address(claim.public_id),
            is_current=step is current,
        )
        for step in parts
    ]


def step_after(claim: Claim, step: FilingStep) -> FilingStep:
    """Return the part that follows, or the last one itself."""
    steps = steps_of(claim)
    position = steps.index(step) if step in steps else -1
    return steps[min(position + 1, len(steps) - 1)]


def step_of(claim: Claim, pointer: str) -> FilingStep:
    """Return the part that a finding belongs to; one about the whole claim belongs to the last part."""
    return next((step for step in steps_of(claim) if step.owns(pointer)), CHECK)
