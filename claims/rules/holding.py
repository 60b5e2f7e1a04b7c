"""Rules D10 and D11: a scope that is claimed or held already (S17, S44-S49). Rivals stay unnamed."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from claims.guidance import (
    CONFIRM_SUBSCRIPTION_AND_TENANT,
    CONFIRM_WORKLOAD_AND_TENANT,
    CONTACT_SUPPORT,
    Cause,
    with_other_causes,
)
from claims.links import claim_link
from claims.rules.base import ItemRule, ItemView, finding_at
from foundation.kernel.findings import Finding, Severity

INPUTS = ("tenant_guid", "domain", "activities", "items")
NEEDS = ("D7", "D8", "D9")

OPEN_THE_OTHER = _("Open your company's claim for it, or ask a colleague who can see it.")


def _not_claimed_yet(view: ItemView) -> Iterable[Finding]:
    item = view.item
    if not item.already_claimed:
        return
    links = tuple(
        claim_link(public_id=claim.public_id, reference=claim.reference) for claim in item.own_claims
    )
    known = _("Your company has an open claim or an association for it with the same activity.")
    yield finding_at(
        "WORKLOAD_ALREADY_CLAIMED" if item.is_workload else "SUBSCRIPTION_ALREADY_CLAIMED",
        item.pointer,
        _("Your company has already claimed %(product)s at this customer.") % {"product": item.product_name},
        known if item.is_workload else with_other_causes(known, Cause.ALREADY_CLAIMED),
        CONFIRM_WORKLOAD_AND_TENANT if item.is_workload else CONFIRM_SUBSCRIPTION_AND_TENANT,
        OPEN_THE_OTHER,
        last=CONTACT_SUPPORT,
        links=links,
    )


def _scope_is_uncontested(view: ItemView) -> Iterable[Finding]:
    item = view.item
    if not item.is_contested:
        return
    yield finding_at(
        "COMPETING_CLAIM",
        item.pointer,
        _("At least one other partner has claimed %(product)s at this customer, or is associated with it.")
        % {"product": item.product_name},
        _(
            "If you submit, we review the proof of execution of every partner concerned before we decide. "
            "We may ask you for more, and the review may take longer while we hear the others. We keep you "
            "informed in the comments on the claim."
        ),
        CONFIRM_WORKLOAD_AND_TENANT if item.is_workload else CONFIRM_SUBSCRIPTION_AND_TENANT,
        _("Have recent proof ready, signed by the customer, that names this customer and product."),
        severity=Severity.WARNING,
        last=_("To continue, confirm this warning. If you have questions, contact support."),
    )


RULES = (
    ItemRule(
        id="D10",
        codes=("SUBSCRIPTION_ALREADY_CLAIMED", "WORKLOAD_ALREADY_CLAIMED"),
        statement=_(
            "The company has no open item and no living association there for any of the activities."
        ),
        basis="S17",
        needs=NEEDS,
        workload_needs=("D1",),
        inputs=INPUTS,
        judge=_not_claimed_yet,
    ),
    ItemRule(
        id="D11",
        codes=("COMPETING_CLAIM",),
        statement=_(
            "No other company has an association or an open item there; otherwise a warning, always in the "
            "same words. The company that holds the association never gets it."
        ),
        basis="S44-S49",
        needs=NEEDS,
        workload_needs=("D1",),
        inputs=INPUTS,
        judge=_scope_is_uncontested,
    ),
)
