"""Who holds or claims the scopes of a claim: our own claims, and of others only that there is one."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Q

from associations.enums import AssociationState
from associations.models import Association
from claims.facts.shapes import ClaimFacts, ItemFacts, OwnClaim, TenantFacts
from claims.models import ItemActivity

_ScopeKey = tuple[int | None, int | None]  # subscription, workload


@dataclass(frozen=True)
class _Holdings:
    """Whether our organisation has claimed one scope already, and whether another has."""

    taken: bool = False
    own_claims: tuple[OwnClaim, ...] = ()
    contested: bool = False


def with_holdings(items: list[ItemFacts], facts: ClaimFacts, tenant: TenantFacts) -> list[ItemFacts]:
    """Return the items with the facts for D10 and D11. Reads scopes by their keys and creates none."""
    keys = {item.index: _scope_key(item) for item in items}
    wanted = {key for key in keys.values() if key is not None}
    if not wanted or not facts.lanes:
        return items
    holdings = _holdings(wanted, facts, tenant)
    placed = []
    for item in items:
        key = keys[item.index]
        held = holdings[key] if key is not None else _Holdings()
        placed.append(
            replace(item, already_claimed=held.taken, own_claims=held.own_claims, is_contested=held.contested)
        )
    return placed


def _scope_key(item: ItemFacts) -> _ScopeKey | None:
    if item.is_workload:
        return (None, item.product.id) if item.product else None
    return (item.subscription.id, None) if item.subscription else None


def _holdings(
    wanted: set[_ScopeKey], facts: ClaimFacts, tenant: TenantFacts
) -> Mapping[_ScopeKey, _Holdings]:
    subscription_ids = {key[0] for key in wanted if key[0]}
    workload_ids = {key[1] for key in wanted if key[1]}

    def on_scopes(prefix: str) -> Q:
        return Q(**{f"{prefix}lane__in": facts.lanes}) & (
            Q(**{f"{prefix}subscription_id__in": subscription_ids})
            | Q(**{f"{prefix}tenant_id": tenant.id, f"{prefix}workload_id__in": workload_ids})
        )

    claim = ("claim_id", "claim__public_id", "claim__reference", "claim__location_id")
    open_items = ItemActivity.objects.filter(on_scopes("scope__"), is_open=True).values_list(
        "scope__subscription_id",
        "scope__workload_id",
        "scope__lane",
        "organisation_id",
        "activity",
        *(f"item__{name}" for name in claim),
    )
    living = Association.objects.filter(on_scopes("scope__"), state__in=AssociationState.LIVING).values_list(
        "scope__subscription_id",
        "scope__workload_id",
        "scope__lane",
        "organisation_id",
        "grants__activity",
        *(f"grants__item_activity__item__{name}" for name in claim),
        "grants__state",
    )
    organisation_id, ignored = facts.given.organisation_id, facts.given.claim_id
    own_claims: dict[_ScopeKey, dict[UUID, OwnClaim]] = defaultdict(dict)
    taken: set[_ScopeKey] = set()
    held: set[tuple[_ScopeKey, str]] = set()
    rivals: set[tuple[_ScopeKey, str]] = set()

    def note_own(key: _ScopeKey, activity: str | None, row: tuple[object, ...]) -> None:
        claim_id, public_id, reference, location_id = row
        if activity not in facts.activities or (claim_id is not None and claim_id == ignored):
            return
        taken.add(key)
        bounds = facts.actor.location_ids
        may_see = facts.actor.is_partner and (bounds is None or location_id in bounds)
        if may_see and isinstance(public_id, UUID):
            own_claims[key][public_id] = OwnClaim(public_id=public_id, reference=str(reference or ""))

    for subscription_id, workload_id, lane, owner_id, activity, *row in open_items:
        key = (subscription_id, workload_id)
        if owner_id == organisation_id:
            note_own(key, activity, tuple(row))
        else:
            rivals.add((key, lane))
    for subscription_id, workload_id, lane, owner_id, activity, *row, grant_state in living:
        key = (subscription_id, workload_id)
        if owner_id != organisation_id:
            rivals.add((key, lane))
            continue
        held.add((key, lane))
        if grant_state in AssociationState.LIVING:
            note_own(key, activity, tuple(row))
    return {
        key: _Holdings(
            taken=key in taken,
            own_claims=tuple(sorted(own_claims[key].values(), key=lambda claim: claim.reference)),
            contested=any((key, lane) in rivals - held for lane in facts.lanes),
        )
        for key in wanted
    }
