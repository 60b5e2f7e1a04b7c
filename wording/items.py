"""Names of products, for codes as drafts keep them and for items as submitted claims have them."""

from collections.abc import Mapping
from datetime import date

from claims.models import Claim, ClaimItem
from tenants.enums import ProductKind
from tenants.models import Product
from tenants.selectors import claimable_products


def claimable_names(solution_area: str, *, today: date) -> dict[str, str]:
    """Code and name of what can be claimed in the area today, by name."""
    products = claimable_products(today=today).filter(solution_area=solution_area)
    return dict(products.exclude(kind=ProductKind.OTHER).order_by("name").values_list("code", "name"))


def product_names() -> dict[str, str]:
    """The name of every product there is; a handful of rows."""
    return dict(Product.objects.values_list("code", "name"))


def entry_labels(claim: Claim, names: Mapping[str, str]) -> list[str]:
    """What a draft claims, as typed: product, and the subscription that somebody entered."""
    labels = []
    for entry in claim.entries:
        name = names.get(entry["product"], entry["product"])
        labels.append(f"{name} · {entry['subscription_id']}" if entry["subscription_id"] else name)
    return labels


def item_label(item: ClaimItem) -> str:
    """The products of a submitted item, by name."""
    return ", ".join(sorted(product.name for product in item.products.all()))


def products_of(claim: Claim, names: Mapping[str, str]) -> dict[str, str]:
    """Code and name of everything the claim is about, drafts and submitted claims alike."""
    if claim.submitted_at is None:
        return {entry["product"]: names.get(entry["product"], entry["product"]) for entry in claim.entries}
    return {product.code: product.name for item in claim.items.all() for product in item.products.all()}
