"""Products and items in words, for drafts as typed and for submitted claims."""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from associations.enums import Activity
from associations.models import Scope
from claims.enums import DeclineReason, ItemOutcome
from claims.models import Claim, ClaimItem
from foundation.kernel.actor import ActorKind
from tenants.enums import ProductKind
from tenants.models import Product
from tenants.selectors import claimable_products

_CLOSED_BY: Mapping[str, ActorKind] = {
    DeclineReason.CUSTOMER_DECLINED: ActorKind.CUSTOMER,
    DeclineReason.NO_PARTNER_RESPONSE: ActorKind.SYSTEM,
    DeclineReason.SUBSCRIPTION_ENDED: ActorKind.SYSTEM,
}


def claimable_names(solution_area: str, *, today: date) -> dict[str, str]:
    """Return code and name of the products that can be claimed in the area today, sorted by name."""
    products = claimable_products(today=today).filter(solution_area=solution_area)
    return dict(products.exclude(kind=ProductKind.OTHER).order_by("name").values_list("code", "name"))


def product_names() -> dict[str, str]:
    """Return the name of every product by its code."""
    return dict(Product.objects.values_list("code", "name"))


def entry_labels(claim: Claim, names: Mapping[str, str]) -> list[str]:
    """Return a draft's entries as typed: the product and, where given, the subscription."""
    return [
        _with_subscription(names.get(entry["product"], entry["product"]), entry["subscription_id"])
        for entry in claim.entries
    ]


def activity_labels(codes: Iterable[str]) -> tuple[str, ...]:
    """Return labels for the activity codes; leave unknown codes unchanged."""
    return tuple(str(Activity(code).label) if code in Activity.values else code for code in codes)


def item_label(item: ClaimItem) -> str:
    """Return the products of a submitted item by name, or its workload."""
    return _listed(item.products.all()) or str(item.scope.workload)


def item_with_subscription(item: ClaimItem) -> str:
    """Return the item's products with its subscription, if any: for the desk, and the customer that owns it."""
    return _with_subscription(item_label(item), item.scope.subscription and item.scope.subscription.guid)


def item_for_partner(item: ClaimItem) -> str:
    """Return the item's products with its subscription, if its partner may know it (S42)."""
    return _with_subscription(item_label(item), shown_subscription(item))


def shown_subscription(item: ClaimItem) -> UUID | None:
    """Return the ID of the item's subscription; None if it has none, or one attached by us and not approved (S42)."""
    is_hidden = item.subscription_attached and item.outcome != ItemOutcome.APPROVED
    return None if is_hidden or item.scope.subscription is None else item.scope.subscription.guid


def hidden_subscription(item: ClaimItem) -> str:
    """Return the sentence that stands in for a subscription ID kept back until approval (S42), else nothing."""
    if item.scope.subscription is None or shown_subscription(item) is not None:
        return ""
    return _(
        "The customer has one subscription of this product. You can see its ID once the claim is approved."
    )


def decider_of(item: ClaimItem) -> ActorKind | None:
    """Return the side that closed the item; None while it is open. The desk speaks with one voice."""
    if item.outcome == ItemOutcome.PENDING:
        return None
    if item.outcome == ItemOutcome.WITHDRAWN:
        return ActorKind.PARTNER
    return _CLOSED_BY.get(item.reason_code, ActorKind.DESK)


def scope_label(scope: Scope) -> str:
    """Return what a scope is about: its workload, or the products of its subscription."""
    if scope.subscription is None:
        return str(scope.workload)
    return _listed(scope.subscription.products.all()) or str(scope.subscription)


def products_of(claim: Claim, names: Mapping[str, str]) -> dict[str, str]:
    """Return code and name of each product of the claim, draft or submitted."""
    if claim.submitted_at is None:
        return {entry["product"]: names.get(entry["product"], entry["product"]) for entry in claim.entries}
    return {product.code: product.name for item in claim.items.all() for product in item.products.all()}


def covered_products(codes: Iterable[str], names: Mapping[str, str]) -> str:
    """Return in words which products a file of proof covers; its details may leave that open."""
    listed = ", ".join(names.get(code, code) for code in codes)
    return (
        _("Covers: %(products)s") % {"products": listed} if listed else _("Covers every product of the claim")
    )


def _listed(products: Iterable[Product]) -> str:
    return ", ".join(sorted(" ".join(product.name.split()) for product in products))


def _with_subscription(products: str, guid: object) -> str:
    text = _("%(products)s (subscription %(guid)s)") % {"products": products, "guid": guid}
    return text if guid else products
