"""Items opened and closed. Callers hold the locks of the items' scopes, and their step is about the items' claim."""

from collections.abc import Iterable, Sequence

from associations.enums import Activity
from associations.models import Scope
from associations.steps import scope_for
from claims.enums import DeclineReason, ItemOutcome
from claims.events import ITEM_ADDED, ITEM_DECLINED, ITEM_OUT_OF_ARBITRATION, ITEM_WITHDRAWN
from claims.lifecycle import ITEM
from claims.models import Claim, ClaimItem, ItemActivity, ItemProduct, RequestParty
from claims.validation import Resolved, ResolvedItem
from foundation.journal.step import Step


def scopes_of(resolved: Resolved) -> list[Scope]:
    """Return each resolved item's scope, in order. Missing rows are made in one fixed order, to avoid deadlocks."""
    tenant_id, lane = resolved.tenant_id, resolved.lane
    if tenant_id is None or lane is None:
        raise AssertionError("a report without errors has a tenant and a lane")
    wanted = {(item.subscription_id or 0, item.workload_id or 0) for item in resolved.items}
    scopes = {
        key: scope_for(
            tenant_id=tenant_id, subscription_id=key[0] or None, workload_id=key[1] or None, lane=lane
        )
        for key in sorted(wanted)
    }
    return [scopes[item.subscription_id or 0, item.workload_id or 0] for item in resolved.items]


def open_item(
    step: Step,
    claim: Claim,
    resolved: ResolvedItem,
    scope: Scope,
    *,
    replaces: Sequence[int] = (),
    asked_by: Sequence[RequestParty] = (),
) -> ClaimItem:
    """Open an item on the scope, with its products and one row per activity; `asked_by` are requests about it."""
    item = ClaimItem.objects.create(claim=claim, scope=scope, subscription_attached=resolved.attached)
    ItemProduct.objects.bulk_create(
        ItemProduct(item=item, product_id=product_id) for product_id in resolved.product_ids
    )
    ItemActivity.objects.bulk_create(
        ItemActivity(
            item=item,
            organisation_id=claim.organisation_id,
            scope=scope,
            lane=claim.lane,
            activity=Activity(activity),
        )
        for activity in dict.fromkeys(claim.activities)
    )
    for party in asked_by:
        party.items.add(item)
    step.record(ITEM_ADDED, item, item=item.pk, scope=scope.pk, replaces=list(replaces), to=item.outcome)
    return item


def free_activities(items: Iterable[ClaimItem]) -> None:
    """Free the scopes of items that are about to close, so that items in their place can open first."""
    ItemActivity.objects.filter(item__in=[item.pk for item in items]).update(is_open=False)


def withdraw_items(step: Step, items: Iterable[ClaimItem]) -> None:
    """Withdraw the items for their partner."""
    for item in items:
        ItemActivity.objects.filter(item=item).update(is_open=False)
        step.advance(
            item,
            ITEM["withdraw"],
            to=ItemOutcome.WITHDRAWN,
            event=ITEM_WITHDRAWN,
            changes={"decided_at": step.at},
            item=item.pk,
        )
        end_arbitration(step, item)


def decline_item(step: Step, item: ClaimItem, *, reason: DeclineReason, text: str) -> None:
    """Decline the item, with a reason code and a text."""
    ItemActivity.objects.filter(item=item).update(is_open=False)
    step.advance(
        item,
        ITEM["decline"],
        to=ItemOutcome.DECLINED,
        event=ITEM_DECLINED,
        changes={
            "reason_code": reason,
            "reason_text": text,
            "decided_at": step.at,
            "decided_by_id": step.actor.user_id if step.actor.is_desk else None,
        },
        item=item.pk,
        reason=reason,
    )
    end_arbitration(step, item)


def end_arbitration(step: Step, item: ClaimItem) -> None:
    """Remove the item's arbitration badge, if it has one."""
    if item.in_arbitration_since is None:
        return
    ClaimItem.objects.filter(pk=item.pk).update(in_arbitration_since=None)
    item.in_arbitration_since = None
    step.record(ITEM_OUT_OF_ARBITRATION, item, item=item.pk)
