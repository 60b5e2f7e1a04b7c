"""The invariants of domain.md that the database itself keeps, tried with raw rows on both engines."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from arbitration.models import Case, CaseParty
from associations.models import Association, ConsentRequest, Grant, Scope
from claims.models import Claim, ClaimItem, ItemActivity
from foundation.journal.models import Event
from partners.models import Organisation
from tests.filing import (
    association_of,
    at,
    case_of,
    decide_for,
    file_claim,
    held_and_claimed,
    hold,
    items_of,
    pending,
    workload_rivals,
    workloads,
)
from tests.world import NOW, TEAMS, World


def refused(write: Callable[[], object]) -> bool:
    """Whether the database refuses the write."""
    try:
        with transaction.atomic():
            write()
    except (IntegrityError, DatabaseError):
        return True
    return False


def row(scope: Scope, organisation: Organisation, state: str, **columns: Any) -> Association:
    return Association.objects.create(
        scope=scope, organisation=organisation, state=state, created_at=NOW, **columns
    )


# --- One partner of record ---


def test_two_active_associations_on_a_scope(world: World) -> None:
    claim = hold(world, world.ned)

    assert refused(lambda: row(items_of(claim)[0].scope, world.fabrikam, "active"))


def test_two_pending_associations_on_a_scope(world: World) -> None:
    claim = pending(world, world.ned)

    assert refused(lambda: row(items_of(claim)[0].scope, world.fabrikam, "pending_consent"))


@pytest.fixture
def superseding(world: World) -> tuple[Association, Association]:
    """Fabrikam's pending association beside Northwind's active one, decided in a case."""
    _theirs, _ours, case = held_and_claimed(world)
    decide_for(case, world.arb, world.fabrikam, now=at(7))
    return association_of(world.fabrikam), association_of(world.northwind)


def updated(association: Association, **columns: Any) -> Callable[[], int]:
    return lambda: Association.objects.filter(pk=association.pk).update(**columns)


def test_a_pending_one_beside_anothers_active_one_names_it_and_its_case(
    world: World, superseding: tuple[Association, Association]
) -> None:
    waiting, _holder = superseding

    assert refused(updated(waiting, supersedes=None))
    assert refused(updated(waiting, supersedes=waiting))
    assert refused(updated(waiting, decided_case_id=None))
    assert not refused(updated(waiting, version=9))


def test_no_pending_one_appears_beside_anothers_active_one(world: World) -> None:
    claim = hold(world, world.ned)
    scope = items_of(claim)[0].scope

    assert refused(lambda: row(scope, world.fabrikam, "pending_consent"))
    assert refused(
        lambda: row(scope, world.fabrikam, "pending_consent", supersedes=association_of(world.northwind))
    )


def test_a_case_without_a_winner_lets_no_association_supersede(world: World) -> None:
    _theirs, ours, case = held_and_claimed(world)
    scope, holder = items_of(ours)[0].scope, association_of(world.northwind)

    for case_id in (case.pk, 4_711):
        assert refused(
            partial(row, scope, world.fabrikam, "pending_consent", supersedes=holder, decided_case_id=case_id)
        )


def test_a_case_that_another_won_lets_no_association_supersede(world: World) -> None:
    _theirs, ours, case = held_and_claimed(world)
    decide_for(case, world.arb, world.northwind, now=at(7))
    scope, holder = items_of(ours)[0].scope, association_of(world.northwind)

    assert refused(
        lambda: row(scope, world.fabrikam, "pending_consent", supersedes=holder, decided_case_id=case.pk)
    )


def test_no_association_becomes_active_beside_anothers_pending_one(world: World) -> None:
    waiting = pending(world, world.ned)
    scope = items_of(waiting)[0].scope

    assert refused(lambda: row(scope, world.fabrikam, "active"))


def test_an_ended_association_does_not_return_beside_anothers_pending_one(world: World) -> None:
    ended = row(
        Scope.objects.create(tenant=world.contoso, workload=world.products[TEAMS], lane="incentive"),
        world.tailspin,
        "ended",
        ended_at=NOW,
    )
    pending(world, world.ned, *workloads(TEAMS))

    assert refused(updated(ended, state="active", ended_at=None))
    assert refused(updated(ended, state="pending_consent", ended_at=None))


def test_nothing_is_granted_while_anothers_association_is_pending(
    world: World, superseding: tuple[Association, Association]
) -> None:
    _waiting, holder = superseding
    request = ConsentRequest.objects.create(claim_id=1, created_at=NOW)

    assert refused(
        lambda: Grant.objects.create(
            association=holder,
            consent_request=request,
            activity="presales",
            earns_incentive=True,
            state="pending_consent",
            created_at=NOW,
        )
    )


def test_one_living_grant_for_each_activity(world: World) -> None:
    pending(world, world.ana)
    grant = Grant.objects.get()

    assert refused(
        lambda: Grant.objects.create(
            association=grant.association,
            consent_request=grant.consent_request,
            activity=grant.activity,
            earns_incentive=False,
            state="pending_consent",
            created_at=NOW,
        )
    )


@pytest.mark.parametrize(
    "columns",
    [
        {"state": "ended"},
        {"state": "active", "ended_at": NOW},
        {"state": "active", "end_reason": "desk"},
    ],
)
def test_only_an_ended_association_has_an_end_instant(world: World, columns: dict[str, Any]) -> None:
    hold(world, world.ana)

    assert refused(updated(association_of(world.fabrikam), **columns))


def test_a_window_belongs_to_a_mail_that_was_handed_over(world: World) -> None:
    pending(world, world.ana)

    assert refused(lambda: ConsentRequest.objects.update(window_ends_at=NOW))


# --- Scopes ---


def test_a_scope_is_one_row(world: World) -> None:
    incentive = {"tenant": world.contoso, "lane": "incentive"}
    Scope.objects.create(subscription=world.s_a, **incentive)
    Scope.objects.create(workload=world.products[TEAMS], **incentive)

    assert refused(lambda: Scope.objects.create(subscription=world.s_a, **incentive))
    assert refused(lambda: Scope.objects.create(workload=world.products[TEAMS], **incentive))
    assert refused(lambda: Scope.objects.create(**incentive))
    assert refused(
        lambda: Scope.objects.create(subscription=world.s_b, workload=world.products[TEAMS], **incentive)
    )


# --- Items ---


def test_an_open_item_is_unique_for_each_organisation_scope_and_activity(world: World) -> None:
    (first,) = items_of(file_claim(world, world.ana))
    (second,) = items_of(file_claim(world, world.ana, activities=("presales",)))

    assert refused(lambda: ItemActivity.objects.filter(item=second).update(activity="usage"))
    assert refused(lambda: another_activity(second, activity="usage"))
    assert ItemActivity.objects.get(item=first).is_open


def another_activity(item: ClaimItem, **columns: Any) -> ItemActivity:
    given = {
        "item": item,
        "organisation": item.claim.organisation,
        "scope": item.scope,
        "lane": item.scope.lane,
        "activity": "usage",
    }
    return ItemActivity.objects.create(**{**given, **columns})


def test_an_activity_is_of_its_item_its_organisation_and_its_lane(world: World) -> None:
    (item,) = items_of(file_claim(world, world.ana))
    (other,) = items_of(file_claim(world, world.ana, *workloads(TEAMS)))

    assert refused(lambda: another_activity(item, activity="presales", organisation=world.northwind))
    assert refused(lambda: another_activity(item, activity="presales", scope=other.scope))
    assert refused(lambda: another_activity(item, activity="revenue_association"))
    assert refused(lambda: another_activity(item, activity="revenue_association", lane="revenue"))
    assert not refused(lambda: another_activity(item, activity="presales"))


def test_a_closed_item_has_no_open_activity(world: World) -> None:
    (item,) = items_of(file_claim(world, world.ana))

    assert refused(lambda: ClaimItem.objects.filter(pk=item.pk).update(outcome="withdrawn", decided_at=NOW))


@pytest.mark.parametrize(
    "columns",
    [
        {"outcome": "declined", "decided_at": NOW},
        {"outcome": "approved"},
        {"reason_code": "NOT_ELIGIBLE"},
        {"decided_at": NOW},
    ],
)
def test_an_outcome_has_its_instant_and_its_reason(world: World, columns: dict[str, Any]) -> None:
    (item,) = items_of(file_claim(world, world.ana))
    ItemActivity.objects.update(is_open=False)

    assert refused(lambda: ClaimItem.objects.filter(pk=item.pk).update(**columns))


def test_all_items_share_their_claims_tenant_area_and_lane(world: World) -> None:
    (item,) = items_of(file_claim(world, world.ana))
    strangers = [
        Scope.objects.create(tenant=world.adatum, subscription=world.s_x, lane="incentive"),
        Scope.objects.create(tenant=world.contoso, subscription=world.s_a, lane="revenue"),
        Scope.objects.create(tenant=world.contoso, workload=world.products[TEAMS], lane="incentive"),
    ]

    this = ClaimItem.objects.filter(pk=item.pk)
    for stranger in strangers:
        assert refused(partial(this.update, scope=stranger))
        assert refused(partial(ClaimItem.objects.create, claim=item.claim, scope=stranger))


# --- Claims ---


@pytest.mark.parametrize(
    "field", ["tenant", "lane", "solution_area", "organisation", "activities", "submitted_at"]
)
def test_customer_area_and_activity_never_change_after_submission(world: World, field: str) -> None:
    claim = file_claim(world, world.ana)
    other = {
        "tenant": world.adatum,
        "lane": "revenue",
        "solution_area": "microsoft_365",
        "organisation": world.northwind,
        "activities": ["presales"],
        "submitted_at": None,
    }[field]

    assert refused(lambda: Claim.objects.filter(pk=claim.pk).update(**{field: other}))


@pytest.mark.parametrize(
    "columns",
    [
        {"location": None},
        {"status": "partner_action_required"},
    ],
)
def test_a_submitted_claim_is_resolved_and_knows_where_to_return(
    world: World, columns: dict[str, Any]
) -> None:
    claim = file_claim(world, world.ana)

    assert refused(lambda: Claim.objects.filter(pk=claim.pk).update(**columns))


def test_a_revenue_claim_keeps_its_details(world: World) -> None:
    claim = file_claim(world, world.ana, activities=("revenue_association",))

    for field in ("seller_name", "customer_name", "solution_name"):
        assert refused(partial(Claim.objects.filter(pk=claim.pk).update, **{field: ""}))


# --- Cases ---


def test_one_open_case_for_a_scope(world: World) -> None:
    _theirs, ours, case = workload_rivals(world)

    assert refused(lambda: Case.objects.create(scope=case.scope, opened_at=NOW))
    assert refused(lambda: Case.objects.filter(pk=case.pk).update(state="decided"))
    assert refused(lambda: Case.objects.filter(pk=case.pk).update(notice_at=NOW))
    assert refused(
        lambda: CaseParty.objects.create(
            case=case,
            claim=ours,
            item=items_of(ours)[0],
            organisation=world.fabrikam,
            joined_at=NOW,
        )
    )
    assert case_of(ours) == case


# --- History ---


def test_history_rows_never_change(world: World) -> None:
    claim = file_claim(world, world.ana)
    event = Event.objects.filter(claim_id=claim.pk).earliest("pk")

    assert refused(lambda: Event.objects.filter(pk=event.pk).update(actor_name="Nobody"))
    assert refused(lambda: Event.objects.filter(pk=event.pk).delete())
