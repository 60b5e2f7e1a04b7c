"""Products and items in words, for drafts as typed and for submitted claims."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from associations.models import Scope
from claims.enums import ItemOutcome
from claims.models import Claim, ClaimItem
from tenants.enums import ProductKind
from tenants.models import Product
from tenants.selectors import claimable_products


def claimable_names(solution_area: str, *, today: date) -> dict[str, str]:
    """Return code and name of the products that can be claimed in the area today, sorted by name."""
    products = claimable_products(today=today).filter(solution_area=solution_area)
    return dict(products.exclude(kind=ProductKind.OTHER).order_by("name").values_list("code", "name"))


def product_names() -> dict[str, str]:
    """Return the name of every product by its code."""
    return dict(Product.objects.values_list("code", "name"))


def entry_labels(claim: Claim, names: Mapping[str, str]) -> list[str]:
    """Return a draft's entries as typed: the product and, where given, the subscription."""
    labels = []
    for entry in claim.entries:
        name = names.get(entry["product"], entry["product"])
        labels.append(f"{name} · {entry['subscription_id']}" if entry["subscription_id"] else name)
    return labels


def item_label(item: ClaimItem) -> str:
    """Return the products of a submitted item by name, or its workload."""
    names = sorted(" ".join(product.name.split()) for product in item.products.all())
    return ", ".join(names) or str(item.scope.workload)


def item_with_subscription(item: ClaimItem) -> str:
    """Return the item's products with its subscription, where there is one."""
    if item.scope.subscription is None:
        return item_label(item)
    return _("%(products)s (subscription %(guid)s)") % {
        "products": item_label(item),
        "guid": item.scope.subscription.guid,
    }


def item_for_partner(item: ClaimItem) -> str:
    """Return the item as its partner may read it: the ID of an attached subscription appears at approval (S42)."""
    return item_label(item) if shown_subscription(item) is None else item_with_subscription(item)


def shown_subscription(item: ClaimItem) -> UUID | None:
    """Return the ID of the item's subscription if its partner may know it (S42), else None."""
    is_hidden = item.subscription_attached and item.outcome != ItemOutcome.APPROVED
    return None if is_hidden or item.scope.subscription is None else item.scope.subscription.guid


def scope_label(scope: Scope) -> str:
    """Return what a scope is about: its workload, or the products of its subscription."""
    if scope.subscription is None:
        return str(scope.workload)
    return ", ".join(product.name for product in scope.subscription.products.all()) or str(scope.subscription)


def products_of(claim: Claim, names: Mapping[str, str]) -> dict[str, str]:
    """Return code and name of each product of the claim, draft or submitted."""
    if claim.submitted_at is None:
        return {entry["product"]: names.get(entry["product"], entry["product"]) for entry in claim.entries}
    return {product.code: product.name for item in claim.items.all() for product in item.products.all()}
