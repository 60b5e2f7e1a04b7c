"""Rules D10 and D11 on real rows: our own claims, those of others, and rows that count for neither."""

from typing import Any

import pytest

from associations.enums import Activity, AssociationState, Lane
from associations.models import Scope
from claims.enums import ItemOutcome
from claims.inputs import ClaimInput, Purpose
from claims.models import Claim, ClaimItem
from claims.validation import Report, check
from partners.models import User
from tenants.models import Subscription
from tests.factories import (
    OrganisationFactory,
    association_row,
    claim_input,
    entries,
    item_row,
    scope_of,
    workload_input,
)
from tests.world import FIELD_SERVICE, INTUNE, NOW, SALES, TEAMS, World, actor, build_world

AT_ID = "/items/0/subscription_id"
USAGE, PRESALES, REVENUE = Activity.USAGE, Activity.PRESALES, Activity.REVENUE_ASSOCIATION
LIVING = [AssociationState.PENDING_CONSENT, AssociationState.ACTIVE]


@pytest.fixture
def world(db: None) -> World:
    return build_world()


def ask(claim: ClaimInput, user: User, purpose: Purpose = Purpose.SUBMISSION) -> Report:
    return check(claim, actor=actor(user), now=NOW, purpose=purpose)


def codes(report: Report) -> list[str]:
    return [finding.code for finding in report.findings if finding.severity != "info"]


def ours(world: World, scope: Scope, *activities: Activity, **changes: Any) -> ClaimItem:
    return item_row(scope, world.locations["4391507"], world.ana, *activities, **changes)


def northwinds(world: World, scope: Scope, *activities: Activity, **changes: Any) -> ClaimItem:
    return item_row(scope, world.locations["5120001"], world.ned, *activities, **changes)


# --- D10 ---


def test_an_open_item_with_the_same_activity_is_already_claimed(world: World) -> None:
    ours(world, scope_of(world.s_a), USAGE)

    assert codes(ask(claim_input(world), world.ana)) == ["SUBSCRIPTION_ALREADY_CLAIMED"]


def test_another_activity_of_the_lane_does_not_contest_ones_own_item(world: World) -> None:
    ours(world, scope_of(world.s_a), PRESALES)

    assert codes(ask(claim_input(world), world.ana)) == []
    assert codes(ask(claim_input(world, activities=("presales", "usage")), world.ana)) == [
        "SUBSCRIPTION_ALREADY_CLAIMED"
    ]


@pytest.mark.parametrize("state", LIVING)
def test_a_living_grant_is_already_claimed_and_links_to_its_claim(
    world: World, state: AssociationState
) -> None:
    item = ours(world, scope_of(world.s_a), USAGE, outcome=ItemOutcome.APPROVED)
    association_row(item, state=state)

    report = ask(claim_input(world), world.ana)

    assert codes(report) == ["SUBSCRIPTION_ALREADY_CLAIMED"]
    assert report.errors[0].links[0].href == f"/claims/{item.claim.public_id}/"


def test_an_ended_grant_can_be_claimed_again(world: World) -> None:
    item = ours(world, scope_of(world.s_a), USAGE, outcome=ItemOutcome.APPROVED)
    association_row(item, state=AssociationState.ENDED)

    assert codes(ask(claim_input(world), world.ana)) == []


def test_an_ended_grant_under_a_living_association_can_be_claimed_again(world: World) -> None:
    item = ours(world, scope_of(world.s_a), PRESALES, USAGE, outcome=ItemOutcome.APPROVED)
    association = association_row(item)
    association.grants.filter(activity=USAGE).update(state=AssociationState.ENDED, ended_at=NOW)

    assert codes(ask(claim_input(world), world.ana)) == []
    assert codes(ask(claim_input(world, activities=("presales",)), world.ana)) == [
        "SUBSCRIPTION_ALREADY_CLAIMED"
    ]


def test_a_draft_counts_nowhere(world: World) -> None:
    Claim.objects.create(
        organisation=world.fabrikam,
        created_by=world.ana,
        created_at=NOW,
        touched_at=NOW,
        updated_at=NOW,
        entries=[{"product": SALES, "subscription_id": str(world.s_a.guid)}],
        activities=["usage"],
    )
    Claim.objects.create(
        organisation=world.northwind,
        created_by=world.ned,
        created_at=NOW,
        touched_at=NOW,
        updated_at=NOW,
        entries=[{"product": SALES, "subscription_id": str(world.s_a.guid)}],
        activities=["usage"],
    )

    assert codes(ask(claim_input(world), world.ana)) == []


def test_the_claim_under_check_is_ignored(world: World) -> None:
    item = ours(world, scope_of(world.s_a), USAGE)

    assert codes(ask(claim_input(world, claim_id=item.claim_id), world.ana, Purpose.EDIT)) == []


def test_the_grants_of_the_claim_under_check_are_ignored(world: World) -> None:
    item = ours(world, scope_of(world.s_a), USAGE, outcome=ItemOutcome.APPROVED)
    association_row(item)

    assert codes(ask(claim_input(world, claim_id=item.claim_id), world.ana, Purpose.EDIT)) == []


def test_an_attached_subscription_counts_too(world: World) -> None:
    Subscription.objects.filter(pk=world.s_e.pk).update(state="active")
    ours(world, scope_of(world.s_e), USAGE)

    report = ask(claim_input(world, items=entries((FIELD_SERVICE, None))), world.ana)

    assert [(finding.code, finding.pointer) for finding in report.errors] == [
        ("SUBSCRIPTION_ALREADY_CLAIMED", "/items/0/product")
    ]
    assert str(world.s_e.guid) not in str(report.as_record())


def test_a_workload_on_another_tenant_is_another_scope(world: World) -> None:
    ours(world, scope_of(world.products[TEAMS], tenant=world.adatum), USAGE)

    assert codes(ask(workload_input(world), world.ana)) == []


def test_4_two_mpns_of_one_company_cannot_claim_the_same_subscription(world: World) -> None:
    ours(world, scope_of(world.s_a), USAGE)

    assert codes(ask(claim_input(world, mpn_id="4391509"), world.ana)) == ["SUBSCRIPTION_ALREADY_CLAIMED"]


# --- D11 ---


def test_70_a_holder_causes_a_warning_and_not_a_refusal(world: World) -> None:
    association_row(northwinds(world, scope_of(world.s_a), USAGE, outcome=ItemOutcome.APPROVED))

    report = ask(claim_input(world), world.ana)

    assert codes(report) == ["COMPETING_CLAIM"]
    assert [finding.code for finding in report.unconfirmed(())] == ["COMPETING_CLAIM"]
    assert report.unconfirmed(("COMPETING_CLAIM", "MPN_REGION")) == ()


def test_71_a_rivals_open_item_causes_the_same_warning(world: World) -> None:
    northwinds(world, scope_of(world.products[TEAMS], tenant=world.contoso), USAGE)

    assert codes(ask(workload_input(world), world.ana)) == ["COMPETING_CLAIM"]


def test_85_another_workload_or_another_tenant_is_no_contest(world: World) -> None:
    association_row(
        northwinds(
            world,
            scope_of(world.products[TEAMS], tenant=world.contoso),
            USAGE,
            outcome=ItemOutcome.APPROVED,
        )
    )
    northwinds(world, scope_of(world.products[INTUNE], tenant=world.adatum), USAGE)

    assert codes(ask(workload_input(world, INTUNE), world.ana)) == []


def test_15_the_revenue_lane_does_not_compete_with_the_incentive_lane(world: World) -> None:
    association_row(northwinds(world, scope_of(world.s_a), USAGE, outcome=ItemOutcome.APPROVED))

    assert codes(ask(claim_input(world, activities=("revenue_association",)), world.ana)) == []


def test_the_revenue_lane_has_its_own_contests(world: World) -> None:
    northwinds(world, scope_of(world.s_a, lane=Lane.REVENUE), REVENUE)

    assert codes(ask(claim_input(world, activities=("revenue_association",)), world.ana)) == [
        "COMPETING_CLAIM"
    ]
    assert codes(ask(claim_input(world), world.ana)) == []


@pytest.mark.parametrize("state", LIVING)
def test_the_warning_is_the_same_for_a_holder_a_rival_and_several(
    world: World, state: AssociationState
) -> None:
    scope = scope_of(world.s_a)
    northwinds(world, scope, USAGE)
    (rival,) = ask(claim_input(world), world.ana).warnings
    association_row(
        item_row(scope, world.locations["6230001"], world.tom, PRESALES, outcome=ItemOutcome.APPROVED),
        state=state,
    )
    (several,) = ask(claim_input(world), world.ana).warnings
    Claim.objects.get(organisation=world.northwind).items.get().activities.update(is_open=False)
    (holder,) = ask(claim_input(world), world.ana).warnings

    assert rival.as_dict() == several.as_dict() == holder.as_dict()
    for name in ("Northwind", "Tailspin", "5120001", "6230001"):
        assert name not in str(several.as_dict())


@pytest.mark.parametrize("state", LIVING)
def test_the_holder_itself_gets_no_warning(world: World, state: AssociationState) -> None:
    scope = scope_of(world.s_a)
    association_row(ours(world, scope, PRESALES, outcome=ItemOutcome.APPROVED), state=state)
    northwinds(world, scope, USAGE)

    assert codes(ask(claim_input(world), world.ana)) == []


def test_an_open_item_of_ones_own_does_not_hide_a_rival(world: World) -> None:
    scope = scope_of(world.s_a)
    ours(world, scope, PRESALES)
    northwinds(world, scope, USAGE)

    assert codes(ask(claim_input(world), world.ana)) == ["COMPETING_CLAIM"]


def test_ended_and_declined_claims_contest_nothing(world: World) -> None:
    scope = scope_of(world.s_a)
    association_row(
        northwinds(world, scope, USAGE, outcome=ItemOutcome.APPROVED), state=AssociationState.ENDED
    )
    northwinds(world, scope, PRESALES, outcome=ItemOutcome.DECLINED)

    assert codes(ask(claim_input(world), world.ana)) == []


def test_the_warning_points_at_the_contested_entry_only(world: World) -> None:
    northwinds(world, scope_of(world.s_b), USAGE)

    report = ask(claim_input(world, items=entries((SALES, world.s_a), (SALES, world.s_b))), world.ana)

    assert [(finding.code, finding.pointer) for finding in report.warnings] == [
        ("COMPETING_CLAIM", "/items/1/subscription_id")
    ]


def test_a_check_creates_no_scope(world: World) -> None:
    ask(claim_input(world), world.ana)
    ask(workload_input(world), world.ana)

    assert Scope.objects.count() == 0


def test_a_bystanding_organisation_changes_no_findings(world: World) -> None:
    """An organisation that only exists does not change the findings of the other two."""
    OrganisationFactory.create()
    northwinds(world, scope_of(world.s_a), USAGE)

    assert codes(ask(claim_input(world), world.ana)) == ["COMPETING_CLAIM"]
