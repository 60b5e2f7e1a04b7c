"""Rules C4 and C5: the products and workloads (S26)."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from claims.facts import ClaimFacts
from claims.rules.base import ItemRule, ItemView, finding_at
from foundation.kernel.findings import Finding

ITEMS = "/items"


def _required(pointer: str) -> Finding:
    return finding_at(
        "PRODUCT_REQUIRED",
        pointer,
        _("Choose at least one product or workload."),
        _("A claim is about something that the customer has, and you have not chosen anything."),
        _("Choose what you influenced or what the customer uses with your help."),
    )


def _something_is_claimed(facts: ClaimFacts) -> Iterable[Finding]:
    if facts.given.items is not None:
        yield _required(ITEMS)


def _product_is_claimable(view: ItemView) -> Iterable[Finding]:
    item, area = view.item, view.claim.area
    pointer = item.product_pointer
    if not item.product_code:
        yield _required(pointer)
    elif item.product is None or area is None or item.product.solution_area != area.code:
        yield finding_at(
            "PRODUCT_NOT_FOR_AREA",
            pointer,
            _("“%(product)s” is not a product of the chosen solution area.") % {"product": item.product_name},
            _("We do not know the product, or it belongs to another solution area."),
            _(
                "Choose a product from the list of the solution area, or file another claim for the other "
                "area."
            ),
        )
    elif not item.product.is_claimable:
        yield finding_at(
            "PRODUCT_NOT_CLAIMABLE",
            pointer,
            _("%(product)s cannot be claimed.") % {"product": item.product_name},
            _("We know the product, but do not accept claims for it today."),
            _("Remove it from the claim; you can claim the other products without it."),
        )


def _item_is_named_once(view: ItemView) -> Iterable[Finding]:
    if view.item.is_repeated:
        yield finding_at(
            "ITEM_DUPLICATE",
            f"{ITEMS}/{view.item.index}",
            _("%(product)s is in this claim twice.") % {"product": view.item.product_name},
            _(
                "An earlier entry already names the same workload, or the same product with the same "
                "subscription."
            ),
            _("Remove the second entry, or enter the other subscription if you mean another one."),
        )


RULES = (
    ItemRule(
        id="C4",
        codes=("PRODUCT_REQUIRED", "PRODUCT_NOT_FOR_AREA", "PRODUCT_NOT_CLAIMABLE"),
        statement=_(
            "There is at least one product; each is known, belongs to the solution area and is claimable "
            "today."
        ),
        basis="S26",
        needs=("C1",),
        workload_needs=("C1",),
        inputs=("solution_area", "items"),
        judge=_product_is_claimable,
        judge_none=_something_is_claimed,
    ),
    ItemRule(
        id="C5",
        codes=("ITEM_DUPLICATE",),
        statement=_(
            "No workload, and no product with the same subscription (typed or attached), is named twice; "
            "different products of one subscription form one item."
        ),
        workload_needs=(),
        inputs=("items",),
        judge=_item_is_named_once,
    ),
)
