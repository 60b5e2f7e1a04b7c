"""Scenarios of groups A to D on the pages, as far as `tests/portal` does not cover them."""

import pytest

from associations.enums import Activity
from claims.enums import ClaimStatus
from tenants.models import Subscription
from tests.doors.saying import codes_on
from tests.filing import decline, file_claim, sales, status, take_up, withdraw
from tests.portal.pages import rows, text_of
from tests.scenarios.partner import Partner
from tests.world import CUSTOMER_SERVICE, FIELD_SERVICE, SALES, YAMMER, World


def test_scenario_06_an_mpn_that_is_not_enrolled_is_not_submitted(world: World, ana: Partner) -> None:
    claim = ana.complete(world, (SALES, world.s_a), activities=("presales",), mpn="4391508")

    refused = ana.submit(claim, "MPN_REGION")

    assert refused.status_code == 422
    assert "MPN_NOT_ENROLLED" in codes_on(refused)
    assert 'href="/company/locations/"' in refused.content.decode()
    assert status(claim) == ClaimStatus.DRAFT
    claim.refresh_from_db()
    assert claim.mpn_id == "4391508"


def test_scenario_27_a_workload_that_the_tenant_does_not_have_is_refused(world: World, ana: Partner) -> None:
    claim = ana.begin(world, area="microsoft_365")

    page = ana.send(claim, "products", workloads=[YAMMER])

    assert "PRODUCT_NOT_ON_TENANT" in codes_on(page)
    assert "Yammer is not on the customer's tenant." in text_of(page)


def test_scenario_30_a_web_direct_subscription_in_its_grace_period_can_be_claimed(
    world: World, ana: Partner
) -> None:
    claim = ana.complete(world, (SALES, world.s_b))

    shown = ana.read(claim, "check/")
    ana.submit(claim)

    assert f"Dynamics 365 Sales (subscription {world.s_b.guid}) · In grace period, Web Direct" in shown
    assert status(claim) == ClaimStatus.SUBMITTED


@pytest.mark.parametrize("activity", Activity.values)
def test_scenario_36_csp_is_refused_for_each_activity(world: World, ana: Partner, activity: str) -> None:
    claim = ana.begin(world, activity)

    page = ana.send(claim, "products", **rows((CUSTOMER_SERVICE, world.s_c)))

    assert "SUBSCRIPTION_IS_CSP" in codes_on(page)


@pytest.mark.parametrize("state", ["suspended", "pending", "disabled", "deleted", "expired"])
def test_scenario_39_a_subscription_neither_active_nor_in_its_grace_period_is_refused(
    world: World, ana: Partner, state: str
) -> None:
    Subscription.objects.filter(pk=world.s_e.pk).update(state=state)
    claim = ana.begin(world)

    page = ana.send(claim, "products", **rows((FIELD_SERVICE, world.s_e)))

    assert "SUBSCRIPTION_NOT_ACTIVE" in codes_on(page)
    assert f"its state is “{state.capitalize()}”" in text_of(page)


def test_scenario_43_the_same_subscription_with_another_mpn_is_refused(world: World, ana: Partner) -> None:
    first = file_claim(world, world.ana, sales(world.s_a))
    claim = ana.complete(world, (SALES, world.s_a), mpn="4391509")

    refused = ana.submit(claim)

    assert refused.status_code == 422
    assert "SUBSCRIPTION_ALREADY_CLAIMED" in codes_on(refused)
    assert (
        f'<a href="/claims/{first.public_id}/">Open claim {first.reference}</a>' in refused.content.decode()
    )
    assert status(claim) == ClaimStatus.DRAFT


@pytest.mark.parametrize("ending", ["rejected", "withdrawn"])
def test_scenario_44_a_product_can_be_claimed_again_after_rejection_or_withdrawal(
    world: World, ana: Partner, ending: str
) -> None:
    first = file_claim(world, world.ana, sales(world.s_a))
    if ending == "withdrawn":
        withdraw(first, world.ana)
    else:
        take_up(first, world.rev1)
        decline(first, world.rev1)
    assert status(first) == ending

    again = ana.complete(world, (SALES, world.s_a))
    ana.submit(again)

    assert status(again) == ClaimStatus.SUBMITTED
