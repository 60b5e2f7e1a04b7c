"""Rules D1 to D9: what the directory says about each item (S7-S25), D3 and D4 before the rest.

Another tenant's subscription gets SUBSCRIPTION_NOT_ON_TENANT and no other finding. Findings about a subscription that
the system attached say what is wrong, but never its ID or its exact state.
"""

from collections.abc import Iterable

from django.utils.text import get_text_list
from django.utils.translation import gettext_lazy as _

from claims.areas import area_label, kinds_on_subscriptions
from claims.guidance import (
    CONFIRM_SUBSCRIPTION_AND_TENANT,
    CONFIRM_WORKLOAD_AND_TENANT,
    CONTACT_SUPPORT,
    Cause,
    with_other_causes,
)
from claims.rules.base import ItemRule, ItemView, finding_at, id_typed
from foundation.kernel.findings import Finding, Text
from tenants.enums import Channel, Provisioning, SubscriptionState

INPUTS = ("tenant_guid", "domain", "items")

IS_IT_PROVISIONED = _(
    "Ask the customer whether the subscription is activated and provisioned, and whether it is the right "
    "one; confirm the subscription ID and the tenant ID with them."
)
RECENTLY_BOUGHT = _(
    "If it was bought or activated recently, check again later; it can take some days to appear here."
)


def _error(code: str, pointer: str, message: Text, cause: Text, *steps: Text) -> Finding:
    steps = steps or (CONFIRM_SUBSCRIPTION_AND_TENANT,)
    return finding_at(code, pointer, message, cause, *steps, last=CONTACT_SUPPORT)


def _id_is_a_subscriptions(view: ItemView) -> Iterable[Finding]:
    item = view.item
    if item.is_subscription_id:
        return
    if item.guid is None:
        message = _(
            "This is not a subscription ID. A subscription ID looks like 12345678-90ab-cdef-1234-567890abcdef."
        )
        known = _("You did not enter a GUID. Order and offer numbers are not subscription IDs.")
    elif item.guid == view.claim.tenant_guid:
        message = _("This is the tenant ID of this claim, not a subscription ID.")
        known = _("You entered the tenant ID instead of the subscription ID.")
    else:
        message = _("We do not know a subscription with this ID.")
        known = _("It may be the ID of an order, an offer or a tenant, or it may be mistyped.")
    yield _error(
        "NOT_A_SUBSCRIPTION_ID",
        item.subscription_pointer,
        message,
        with_other_causes(known, Cause.NO_SUBSCRIPTION_ID),
        CONFIRM_SUBSCRIPTION_AND_TENANT,
        RECENTLY_BOUGHT,
    )


def _subscription_is_the_tenants(view: ItemView) -> Iterable[Finding]:
    if view.item.subscription is None:
        yield _error(
            "SUBSCRIPTION_NOT_ON_TENANT",
            view.item.subscription_pointer,
            _("This subscription is not on the customer's tenant."),
            with_other_causes(_("Either the subscription ID or the tenant ID is wrong.")),
        )


def _product_is_on_tenant(view: ItemView) -> Iterable[Finding]:
    item = view.item
    if item.is_workload:
        if not item.is_carried:
            yield _error(
                "PRODUCT_NOT_ON_TENANT",
                item.product_pointer,
                _("%(product)s is not on the customer's tenant.") % {"product": item.product_name},
                _("No subscription of the tenant that is active, in grace or suspended contains it."),
                CONFIRM_WORKLOAD_AND_TENANT,
                RECENTLY_BOUGHT,
            )
    elif not item.subscriptions_known:
        yield _error(
            "PRODUCT_NOT_ON_TENANT",
            item.product_pointer,
            _("%(product)s is not on the customer's tenant.") % {"product": item.product_name},
            with_other_causes(_("No subscription of the tenant contains it."), Cause.NOT_ON_TENANT),
            CONFIRM_SUBSCRIPTION_AND_TENANT,
            RECENTLY_BOUGHT,
        )


def _subscription_is_determined(view: ItemView) -> Iterable[Finding]:
    item = view.item
    if not item.attached:
        yield _error(
            "SUBSCRIPTION_REQUIRED",
            item.subscription_pointer,
            _("Enter the subscription ID of %(product)s.") % {"product": item.product_name},
            _(
                "The customer's tenant has more than one subscription with this product, so we cannot "
                "choose for you."
            ),
        )


def _subscription_has_claimable_kind(view: ItemView) -> Iterable[Finding]:
    subscription = view.item.subscription
    if subscription is None or not subscription.has_claimable_kind:
        kinds = get_text_list([kind.label for kind in kinds_on_subscriptions(view.claim.area)], _("or"))
        yield _error(
            "SUBSCRIPTION_NOT_DYNAMICS",
            view.item.pointer,
            _("This subscription contains no %(kind)s.") % {"kind": kinds},
            with_other_causes(
                _("A claim needs a subscription with at least one %(kind)s.") % {"kind": kinds},
                Cause.NOT_DYNAMICS,
            ),
        )


def _subscription_contains_product(view: ItemView) -> Iterable[Finding]:
    item = view.item
    contained = item.subscription.product_ids if item.subscription else frozenset()
    if item.product is None or item.product.id not in contained:
        yield _error(
            "SUBSCRIPTION_PRODUCT_MISMATCH",
            item.subscription_pointer,
            _("This subscription does not contain %(product)s.") % {"product": item.product_name},
            with_other_causes(_("The product is in another subscription of the tenant.")),
        )


def _channel_is_eligible(view: ItemView) -> Iterable[Finding]:
    item = view.item
    channel = item.subscription.channel if item.subscription else ""
    if channel == Channel.CSP:
        yield _error(
            "SUBSCRIPTION_IS_CSP",
            item.pointer,
            _("The subscription for %(product)s was bought through a Cloud Solution Provider (CSP).")
            % {"product": item.product_name},
            with_other_causes(
                _needs_licensing(view),
                Cause.IS_CSP,
            ),
        )
    elif channel not in Channel.ELIGIBLE:
        yield _error(
            "CHANNEL_NOT_ELIGIBLE",
            item.pointer,
            _("The subscription for %(product)s was not bought through Volume Licensing or Web Direct.")
            % {"product": item.product_name},
            with_other_causes(_needs_licensing(view)),
        )


def _needs_licensing(view: ItemView) -> str:
    return _("Every activity of %(area)s needs Volume Licensing or Web Direct.") % {
        "area": area_label(view.claim.given.solution_area or "")
    }


def _subscription_is_provisioned(view: ItemView) -> Iterable[Finding]:
    item = view.item
    if item.subscription is None or item.subscription.provisioning != Provisioning.SUCCESS:
        yield _error(
            "SUBSCRIPTION_NOT_PROVISIONED",
            item.pointer,
            _("The subscription for %(product)s is not provisioned.") % {"product": item.product_name},
            with_other_causes(
                _(
                    "After buying it, the customer must activate the subscription before you can claim it. "
                    "It appears here some time later."
                ),
                Cause.NOT_PROVISIONED,
            ),
            IS_IT_PROVISIONED,
        )


def _subscription_is_active(view: ItemView) -> Iterable[Finding]:
    item = view.item
    state = item.subscription.state if item.subscription else ""
    if state in SubscriptionState.CLAIMABLE:
        return
    if item.attached or not state:
        message = _("The subscription for %(product)s is neither active nor in its grace period.") % {
            "product": item.product_name
        }
    else:
        message = _(
            "The subscription for %(product)s is neither active nor in its grace period: its state is "
            "“%(state)s”."
        ) % {"product": item.product_name, "state": SubscriptionState(state).label}
    yield _error(
        "SUBSCRIPTION_NOT_ACTIVE",
        item.pointer,
        message,
        with_other_causes(
            _(
                "You can claim only a subscription that is active or in its grace period. If another one "
                "has replaced it, claim that one."
            )
        ),
    )


RULES = (
    ItemRule(
        id="D3",
        codes=("NOT_A_SUBSCRIPTION_ID",),
        statement=_("The ID is that of a subscription, not of an order, an offer or a tenant."),
        basis="S18",
        needs=("B3",),
        present=id_typed,
        inputs=INPUTS,
        judge=_id_is_a_subscriptions,
    ),
    ItemRule(
        id="D4",
        codes=("SUBSCRIPTION_NOT_ON_TENANT",),
        statement=_("The subscription belongs to this tenant; if not, we reveal nothing else about it."),
        basis="S10",
        needs=("D3",),
        present=id_typed,
        inputs=INPUTS,
        judge=_subscription_is_the_tenants,
    ),
    ItemRule(
        id="D1",
        codes=("PRODUCT_NOT_ON_TENANT",),
        statement=_(
            "The product is on the tenant: any subscription contains it, or for a workload one that is "
            "active, in grace or suspended."
        ),
        basis="S9, S13",
        needs=("B3", "C4"),
        workload_needs=("B3", "C4"),
        inputs=INPUTS,
        judge=_product_is_on_tenant,
    ),
    ItemRule(
        id="D2",
        codes=("SUBSCRIPTION_REQUIRED",),
        statement=_(
            "A subscription ID is given if the tenant has several subscriptions with the product; a single "
            "one is attached."
        ),
        basis="S7",
        needs=("D1",),
        present=lambda view: not id_typed(view),
        inputs=INPUTS,
        judge=_subscription_is_determined,
    ),
    ItemRule(
        id="D5",
        codes=("SUBSCRIPTION_NOT_DYNAMICS",),
        statement=_("The subscription contains a product of the kind that the area claims (Dynamics 365)."),
        basis="S14",
        needs=("D4",),
        inputs=INPUTS,
        judge=_subscription_has_claimable_kind,
    ),
    ItemRule(
        id="D6",
        codes=("SUBSCRIPTION_PRODUCT_MISMATCH",),
        statement=_("The subscription contains the chosen product."),
        basis="S8",
        needs=("D1", "D5"),
        inputs=INPUTS,
        judge=_subscription_contains_product,
    ),
    ItemRule(
        id="D7",
        codes=("SUBSCRIPTION_IS_CSP", "CHANNEL_NOT_ELIGIBLE"),
        statement=_("The subscription was bought through Volume Licensing or Web Direct, not through CSP."),
        basis="S15, S29, S32",
        needs=("D6",),
        attached_suffices=True,
        inputs=INPUTS,
        judge=_channel_is_eligible,
    ),
    ItemRule(
        id="D8",
        codes=("SUBSCRIPTION_NOT_PROVISIONED",),
        statement=_("The subscription is provisioned."),
        basis="S16, S22-S25",
        needs=("D6",),
        attached_suffices=True,
        inputs=INPUTS,
        judge=_subscription_is_provisioned,
    ),
    ItemRule(
        id="D9",
        codes=("SUBSCRIPTION_NOT_ACTIVE",),
        statement=_("The subscription is active or in its grace period."),
        basis="S11, S43",
        needs=("D6",),
        attached_suffices=True,
        inputs=INPUTS,
        judge=_subscription_is_active,
    ),
)
