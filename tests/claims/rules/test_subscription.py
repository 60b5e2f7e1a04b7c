"""Rules D1 to D9: what the directory says about an item."""

from dataclasses import replace
from typing import Any

import pytest

from claims.facts import ItemFacts
from claims.rules import ItemRule
from tests.claims.rules.stated import (
    SUBSCRIPTION,
    TENANT_GUID,
    attached,
    facts,
    item,
    judged,
    report,
    rule,
    said,
    workload,
)

AT_ID = "/items/0/subscription_id"
AT_PRODUCT = "/items/0/product"
M365 = {"solution_area": "microsoft_365"}


def unknown(**changes: Any) -> ItemFacts:
    return item(is_subscription_id=False, subscription=None, **changes)


def on(**changes: Any) -> ItemFacts:
    """Return an item on a subscription with these changes."""
    return item(subscription=replace(SUBSCRIPTION, **changes))


def test_a_claimable_subscription_passes_every_rule() -> None:
    assert report(facts()) == []
    assert report(facts(attached())) == []
    assert report(facts(workload(), given=M365)) == []


def test_d3_refuses_anything_but_a_subscription_id() -> None:
    assert said("D3", facts(unknown(guid=None, typed_id="ORDER-12345"))) == [("NOT_A_SUBSCRIPTION_ID", AT_ID)]
    assert said("D3", facts(unknown())) == [("NOT_A_SUBSCRIPTION_ID", AT_ID)]


def test_d3_recognises_the_tenant_id_of_the_claim() -> None:
    (finding,) = judged("D3", facts(unknown(guid=TENANT_GUID, typed_id=str(TENANT_GUID))))

    assert str(finding.message) == "This is the tenant ID of this claim, not a subscription ID."


def test_d3_is_silent_without_an_id() -> None:
    assert said("D3", facts(attached())) == []


def test_d3_needs_b3_and_no_product() -> None:
    assert rule("D3").needs == ("B3",)
    assert report(facts(unknown(), tenant=None)) == [("DOMAIN_TENANT_MISMATCH", "/domain")]
    assert report(facts(unknown(product=None))) == [
        ("PRODUCT_NOT_FOR_AREA", AT_PRODUCT),
        ("NOT_A_SUBSCRIPTION_ID", AT_ID),
    ]


def test_d4_refuses_a_subscription_of_another_customer() -> None:
    assert said("D4", facts(item(subscription=None))) == [("SUBSCRIPTION_NOT_ON_TENANT", AT_ID)]


def test_d4_needs_d3() -> None:
    assert rule("D4").needs == ("D3",)
    assert report(facts(unknown())) == [("NOT_A_SUBSCRIPTION_ID", AT_ID)]


def test_d4_silences_all_other_rules_about_the_subscription() -> None:
    assert report(facts(item(subscription=None))) == [("SUBSCRIPTION_NOT_ON_TENANT", AT_ID)]


def test_d1_refuses_a_product_that_no_subscription_contains() -> None:
    assert said("D1", facts(item(subscriptions_known=0))) == [("PRODUCT_NOT_ON_TENANT", AT_PRODUCT)]


def test_d1_refuses_a_workload_that_no_subscription_carries() -> None:
    stated = facts(workload(is_carried=False, subscriptions_known=3), given=M365)

    assert report(stated) == [("PRODUCT_NOT_ON_TENANT", AT_PRODUCT)]


def test_d1_needs_b3_and_c4() -> None:
    assert rule("D1").needs == ("B3", "C4")
    assert report(facts(item(subscriptions_known=0, product=None))) == [("PRODUCT_NOT_FOR_AREA", AT_PRODUCT)]
    assert report(facts(attached(attached=False, subscriptions_known=0), tenant=None)) == [
        ("DOMAIN_TENANT_MISMATCH", "/domain")
    ]


def test_d2_asks_for_an_id_if_there_are_several_subscriptions() -> None:
    stated = facts(attached(attached=False, subscription=None, subscriptions_known=2))

    assert report(stated) == [("SUBSCRIPTION_REQUIRED", AT_ID)]


def test_d2_needs_d1_and_no_id() -> None:
    assert rule("D2").needs == ("D1",)
    assert report(facts(attached(attached=False, subscription=None, subscriptions_known=0))) == [
        ("PRODUCT_NOT_ON_TENANT", AT_PRODUCT)
    ]
    assert said("D2", facts(item(subscriptions_known=2))) == []


def test_d5_refuses_an_office_subscription() -> None:
    assert report(facts(on(has_claimable_kind=False, product_ids=frozenset({2})))) == [
        ("SUBSCRIPTION_NOT_DYNAMICS", AT_ID)
    ]


def test_d5_needs_d4() -> None:
    assert rule("D5").needs == ("D4",)


def test_d6_refuses_the_subscription_of_another_product() -> None:
    assert report(facts(on(product_ids=frozenset({99})))) == [("SUBSCRIPTION_PRODUCT_MISMATCH", AT_ID)]


def test_d6_needs_d1_and_d5() -> None:
    assert rule("D6").needs == ("D1", "D5")
    elsewhere = replace(SUBSCRIPTION, product_ids=frozenset({99}))
    assert report(facts(item(subscriptions_known=0, subscription=elsewhere))) == [
        ("PRODUCT_NOT_ON_TENANT", AT_PRODUCT)
    ]


@pytest.mark.parametrize("activity", ["presales", "usage", "revenue_association"])
@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        ("volume_licensing", []),
        ("web_direct", []),
        ("csp", [("SUBSCRIPTION_IS_CSP", AT_ID)]),
        ("other", [("CHANNEL_NOT_ELIGIBLE", AT_ID)]),
    ],
)
def test_d7_accepts_volume_licensing_and_web_direct_only(
    channel: str, activity: str, expected: list[tuple[str, str]]
) -> None:
    assert report(facts(on(channel=channel), given={"activities": (activity,)})) == expected


@pytest.mark.parametrize(
    ("provisioning", "expected"),
    [
        ("success", []),
        ("pending", [("SUBSCRIPTION_NOT_PROVISIONED", AT_ID)]),
        ("failed", [("SUBSCRIPTION_NOT_PROVISIONED", AT_ID)]),
    ],
)
def test_d8_accepts_a_provisioned_subscription_only(
    provisioning: str, expected: list[tuple[str, str]]
) -> None:
    assert report(facts(on(provisioning=provisioning))) == expected


@pytest.mark.parametrize("state", ["active", "in_grace"])
def test_d9_accepts_active_and_in_grace(state: str) -> None:
    assert report(facts(on(state=state))) == []


@pytest.mark.parametrize("state", ["pending", "suspended", "disabled", "expired", "deleted"])
def test_d9_refuses_all_other_states(state: str) -> None:
    assert report(facts(on(state=state))) == [("SUBSCRIPTION_NOT_ACTIVE", AT_ID)]


def test_d7_to_d9_are_reported_together() -> None:
    assert report(facts(on(channel="csp", provisioning="pending", state="deleted"))) == [
        ("SUBSCRIPTION_IS_CSP", AT_ID),
        ("SUBSCRIPTION_NOT_PROVISIONED", AT_ID),
        ("SUBSCRIPTION_NOT_ACTIVE", AT_ID),
    ]


@pytest.mark.parametrize("rule_id", ["D7", "D8", "D9"])
def test_d7_to_d9_need_d6(rule_id: str) -> None:
    assert rule(rule_id).needs == ("D6",)
    broken = replace(
        SUBSCRIPTION, product_ids=frozenset({99}), channel="csp", provisioning="failed", state="deleted"
    )
    assert report(facts(item(subscription=broken))) == [("SUBSCRIPTION_PRODUCT_MISMATCH", AT_ID)]


def test_d7_to_d9_judge_an_attached_subscription_too() -> None:
    broken = replace(SUBSCRIPTION, channel="csp", provisioning="pending", state="suspended")

    assert report(facts(attached(subscription=broken))) == [
        ("SUBSCRIPTION_IS_CSP", AT_PRODUCT),
        ("SUBSCRIPTION_NOT_PROVISIONED", AT_PRODUCT),
        ("SUBSCRIPTION_NOT_ACTIVE", AT_PRODUCT),
    ]


def test_d7_to_d9_do_not_judge_an_attached_subscription_of_a_product_that_failed() -> None:
    broken = replace(SUBSCRIPTION, state="suspended")

    assert report(facts(attached(subscription=broken, product=None))) == [
        ("PRODUCT_NOT_FOR_AREA", AT_PRODUCT)
    ]


def test_only_a_typed_subscription_has_its_state_named() -> None:
    suspended = replace(SUBSCRIPTION, state="suspended")

    (typed,) = judged("D9", facts(item(subscription=suspended)))
    (hidden,) = judged("D9", facts(attached(subscription=suspended)))

    assert "Suspended" in str(typed.message)
    assert "uspended" not in str(hidden.as_dict())


@pytest.mark.parametrize("rule_id", ["D2", "D3", "D4", "D5", "D6", "D7", "D8", "D9"])
def test_rules_about_subscriptions_do_not_apply_to_workloads(rule_id: str) -> None:
    chosen = rule(rule_id)
    assert isinstance(chosen, ItemRule)
    assert chosen.workload_needs is None


def test_s12_the_known_cause_comes_first_and_the_other_five_follow() -> None:
    (finding,) = judged("D7", facts(on(channel="csp")))

    assert str(finding.cause) == (
        "Every activity of Business Applications needs Volume Licensing or Web Direct. "
        "A subscription can also be refused for these reasons: "
        "the customer's tenant does not have the product; "
        "the subscription is not a Dynamics 365 subscription; "
        "the customer has not activated or provisioned the subscription; "
        "your company has already claimed it; "
        "what was entered is not a subscription ID."
    )
