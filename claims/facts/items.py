"""Facts about each entry of a claim: its product and the subscription it means."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from django.db.models import Count, Min, Q

from claims.areas import Area, kinds_on_subscriptions
from claims.facts.holdings import with_holdings
from claims.facts.shapes import ClaimFacts, ItemFacts, ProductFacts, SubscriptionFacts, TenantFacts
from claims.inputs import Entry
from foundation.kernel.text import parse_guid
from tenants.enums import ProductKind, SubscriptionState
from tenants.models import Product, Subscription, SubscriptionProduct

_PRODUCT_CODE = re.compile(r"[-a-zA-Z0-9_]{1,64}")  # no catalogue has any other code, so it is not looked up


def item_facts(facts: ClaimFacts) -> tuple[ItemFacts, ...]:
    """Return the facts about each entry, in order; from the directory only if the tenant is known."""
    entries = facts.given.items or ()
    if not entries:
        return ()
    products = _products(entries, facts.today)
    items = [_typed_item(index, entry, products, facts.area) for index, entry in enumerate(entries)]
    if facts.tenant is not None:
        items = _with_directory(items, facts.tenant, facts.area)
        items = with_holdings(items, facts, facts.tenant)
    return _with_repetitions(items)


def _products(entries: Iterable[Entry], today: date) -> dict[str, ProductFacts]:
    codes = {entry.product for entry in entries}
    rows = Product.objects.filter(code__in={code for code in codes if _PRODUCT_CODE.fullmatch(code)})
    return {
        product.code: ProductFacts(
            id=product.pk,
            name=product.name,
            solution_area=product.solution_area,
            is_workload=product.kind == ProductKind.WORKLOAD,
            is_claimable=product.claimable
            and product.kind != ProductKind.OTHER
            and (product.valid_from is None or product.valid_from <= today)
            and (product.valid_until is None or today <= product.valid_until),
        )
        for product in rows
    }


def _typed_item(
    index: int, entry: Entry, products: Mapping[str, ProductFacts], area: Area | None
) -> ItemFacts:
    product = products.get(entry.product)
    if area is None:
        is_workload = product is not None and product.is_workload
    else:
        is_workload = not area.takes_subscriptions
    return ItemFacts(
        index=index,
        product_code=entry.product,
        typed_id=entry.subscription_id.strip(),
        product=product,
        is_workload=is_workload,
        guid=parse_guid(entry.subscription_id),
    )


def _with_directory(items: list[ItemFacts], tenant: TenantFacts, area: Area | None) -> list[ItemFacts]:
    """Return the items with what the tenant has of them, and the subscription that each one means."""
    product_ids = {item.product.id for item in items if item.product}
    stock = {
        row["product_id"]: row
        for row in SubscriptionProduct.objects.filter(
            subscription__tenant_id=tenant.id, product_id__in=product_ids
        )
        .values("product_id")
        .annotate(
            known=Count("pk"),
            carrying=Count("pk", filter=Q(subscription__state__in=SubscriptionState.CARRYING_WORKLOADS)),
            first_id=Min("subscription_id"),
        )
    }

    def attached_id(item: ItemFacts) -> int | None:
        """Return the only subscription with the product if no ID was given (domain.md part 3, Invariants)."""
        row = stock.get(item.product.id) if item.product else None
        if row is None or item.is_workload or item.typed_id or row["known"] != 1:
            return None
        return int(row["first_id"])

    attached = {item.index: attached_id(item) for item in items}
    guids = {item.guid for item in items if item.guid and not item.is_workload}
    known_guids, subscriptions = _subscriptions(
        guids, {pk for pk in attached.values() if pk}, tenant, kinds_on_subscriptions(area)
    )
    placed = []
    for item in items:
        row = stock.get(item.product.id) if item.product else None
        pk = attached[item.index] or (known_guids.get(item.guid) if item.guid else None)
        typed_known = item.guid in known_guids and not item.is_workload
        placed.append(
            replace(
                item,
                subscriptions_known=row["known"] if row else 0,
                is_carried=bool(row and row["carrying"]),
                attached=attached[item.index] is not None,
                is_subscription_id=typed_known,
                subscription=None if pk is None or item.is_workload else subscriptions.get(pk),
            )
        )
    return placed


def _subscriptions(
    guids: set[UUID], attached_ids: set[int], tenant: TenantFacts, kinds: Collection[str]
) -> tuple[dict[UUID, int], dict[int, SubscriptionFacts]]:
    """Return the keys of all GUIDs that are subscriptions, and the facts about those of this tenant."""
    if not guids and not attached_ids:
        return {}, {}
    rows = list(
        Subscription.objects.filter(Q(guid__in=guids) | Q(pk__in=attached_ids)).values(
            "pk", "guid", "tenant_id", "channel", "state", "provisioning"
        )
    )
    own = [row for row in rows if row["tenant_id"] == tenant.id]
    product_ids: dict[int, set[int]] = defaultdict(set)
    claimable: set[int] = set()
    contents = SubscriptionProduct.objects.filter(subscription_id__in={row["pk"] for row in own})
    for pk, product_id, kind in contents.values_list("subscription_id", "product_id", "product__kind"):
        product_ids[pk].add(product_id)
        if kind in kinds:
            claimable.add(pk)
    return {row["guid"]: row["pk"] for row in rows}, {
        row["pk"]: SubscriptionFacts(
            id=row["pk"],
            channel=row["channel"],
            state=row["state"],
            provisioning=row["provisioning"],
            product_ids=frozenset(product_ids[row["pk"]]),
            has_claimable_kind=row["pk"] in claimable,
        )
        for row in own
    }


def _with_repetitions(items: list[ItemFacts]) -> tuple[ItemFacts, ...]:
    """Mark each entry that repeats an earlier one: its workload, or its product on the same subscription (C5)."""
    seen: set[tuple[str, object]] = set()
    marked = []
    for item in items:
        key = _identity(item)
        marked.append(replace(item, is_repeated=key is not None and key in seen))
        if key is not None:
            seen.add(key)
    return tuple(marked)


def _identity(item: ItemFacts) -> tuple[str, object] | None:
    """Return what a claim must not name twice; None while it is unknown."""
    if item.is_workload:
        return (item.product_code, None) if item.product else None
    if item.subscription is not None:
        return item.product_code, item.subscription.id
    return (item.product_code, item.guid) if item.product_code and item.guid else None
