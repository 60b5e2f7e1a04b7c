"""A check reveals nothing about tenants, subscriptions or MPNs that are not the caller's business."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from associations.enums import Activity
from claims.enums import ItemOutcome
from claims.inputs import ClaimInput, Purpose
from claims.validation import check
from tenants.models import Subscription
from tests.factories import (
    SubscriptionFactory,
    TenantFactory,
    association_row,
    claim_input,
    entries,
    item_row,
    scope_of,
    workload_input,
)
from tests.world import COMMERCE, MARKETING, NOW, SALES, TEAMS, World, actor, build_world

RANDOM = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
states = st.sampled_from(["pending", "active", "in_grace", "suspended", "disabled", "expired", "deleted"])
channels = st.sampled_from(["volume_licensing", "web_direct", "csp", "other"])
provisionings = st.sampled_from(["success", "pending", "failed"])


@pytest.fixture
def world(db: None) -> World:
    return build_world()


def answer(claim: ClaimInput, world: World) -> dict[str, Any]:
    return check(claim, actor=actor(world.ana), now=NOW, purpose=Purpose.SUBMISSION).as_dict()


def foreign_subscription(
    world: World, *, state: str, channel: str, provisioning: str, products: list[str]
) -> Subscription:
    """Return a subscription of another customer, held by one rival and claimed by another."""
    subscription = SubscriptionFactory.create(
        tenant=TenantFactory.create(country="DE"),
        state=state,
        channel=channel,
        provisioning=provisioning,
        products=[world.products[code] for code in products],
    )
    scope = scope_of(subscription)
    association_row(
        item_row(scope, world.locations["5120001"], world.ned, Activity.USAGE, outcome=ItemOutcome.APPROVED)
    )
    item_row(scope, world.locations["6230001"], world.tom, Activity.PRESALES)
    return subscription


@RANDOM
@given(
    state=states,
    channel=channels,
    provisioning=provisionings,
    contained=st.lists(st.sampled_from([SALES, MARKETING, TEAMS]), unique=True),
    product=st.sampled_from([SALES, MARKETING]),
)
def test_every_foreign_subscription_gets_the_same_findings(
    world: World, state: str, channel: str, provisioning: str, contained: list[str], product: str
) -> None:
    plain = SubscriptionFactory.create(tenant=world.adatum)
    foreign = foreign_subscription(
        world, state=state, channel=channel, provisioning=provisioning, products=contained
    )

    def masked(guid: UUID) -> str:
        return str(answer(claim_input(world, items=entries((product, guid))), world)).replace(str(guid), "ID")

    assert masked(foreign.guid) == masked(plain.guid)
    assert "SUBSCRIPTION_NOT_ON_TENANT" in masked(foreign.guid)


@RANDOM
@given(state=states, channel=channels, provisioning=provisionings)
def test_a_foreign_subscription_differs_from_an_unknown_id_in_one_finding_only(
    world: World, state: str, channel: str, provisioning: str
) -> None:
    foreign = foreign_subscription(
        world, state=state, channel=channel, provisioning=provisioning, products=[SALES]
    )

    def rest(guid: UUID) -> tuple[list[object], str]:
        told = answer(claim_input(world, items=entries((SALES, guid), (SALES, world.s_a))), world)
        findings = [
            finding
            for finding in told["findings"]
            if finding["code"] not in {"SUBSCRIPTION_NOT_ON_TENANT", "NOT_A_SUBSCRIPTION_ID"}
        ]
        return findings, str(told["items"]).replace(str(guid), "ID")

    assert rest(foreign.guid) == rest(uuid4())


@RANDOM
@given(
    domain=st.sampled_from(["adatum", "adatum.onmicrosoft.com", "nobody.example", "unheard-of"]),
    guid=st.sampled_from(["contoso", "adatum", "unknown"]),
    product=st.sampled_from([SALES, COMMERCE, MARKETING]),
)
def test_an_unknown_tenant_an_unknown_domain_and_a_mismatch_get_the_same_findings(
    world: World, domain: str, guid: str, product: str
) -> None:
    known = {"contoso": world.contoso.guid, "adatum": world.adatum.guid, "unknown": uuid4()}
    if guid == "adatum" and domain.startswith("adatum"):
        return
    items = entries((product, world.s_a), (product, None))
    typed = claim_input(world, tenant_guid=str(known[guid]), domain=domain, items=items)
    nobody = claim_input(world, tenant_guid=str(uuid4()), domain="nobody.example", items=items)

    assert answer(typed, world) == answer(nobody, world)


def test_a_workload_of_a_foreign_tenant_is_not_revealed_either(world: World) -> None:
    SubscriptionFactory.create(tenant=world.adatum, products=[world.products[TEAMS]])
    typed = workload_input(world, tenant_guid=str(world.adatum.guid), domain="contoso")
    nobody = workload_input(world, tenant_guid=str(uuid4()), domain="nobody.example")

    assert answer(typed, world) == answer(nobody, world)


def test_no_report_contains_the_customers_country_or_name(world: World) -> None:
    world.contoso.country, world.contoso.name = "QX", "Contoso Secret Holding"
    world.contoso.save()

    told = str(answer(claim_input(world), world))

    assert "QX" not in told
    assert "Secret" not in told


def test_no_report_contains_a_key_of_the_database(world: World) -> None:
    told = answer(claim_input(world, items=entries((MARKETING, None))), world)

    assert set(told) == {"findings", "items", "directory_as_of"}
    assert [set(item) for item in told["items"]] == [{"product", "state", "channel"}]


@RANDOM
@given(state=states, channel=channels, provisioning=provisionings)
def test_no_report_contains_the_id_of_an_attached_subscription(
    world: World, state: str, channel: str, provisioning: str
) -> None:
    type(world.s_g).objects.filter(pk=world.s_g.pk).update(
        state=state, channel=channel, provisioning=provisioning
    )

    told = answer(claim_input(world, items=entries((MARKETING, None))), world)

    assert str(world.s_g.guid) not in str(told)
    assert told["items"] == [{"product": MARKETING, "state": None, "channel": None}]
