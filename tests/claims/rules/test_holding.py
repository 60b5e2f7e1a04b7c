"""Rules D10 and D11: scopes that the company or another partner has claimed or holds."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from claims.facts import OwnClaim
from claims.rules import ItemRule
from tests.claims.rules.stated import (
    SUBSCRIPTION,
    attached,
    facts,
    item,
    judged,
    report,
    rule,
    said,
    workload,
)

OURS = OwnClaim(public_id=UUID(int=7), reference="CPOR-2020-000007")
AT_ID = "/items/0/subscription_id"
AT_PRODUCT = "/items/0/product"
M365 = {"solution_area": "microsoft_365"}


def test_d10_a_free_scope_passes() -> None:
    assert said("D10", facts()) == []


def test_d10_names_the_subscription_or_the_workload() -> None:
    assert said("D10", facts(item(already_claimed=True))) == [("SUBSCRIPTION_ALREADY_CLAIMED", AT_ID)]
    assert said("D10", facts(attached(already_claimed=True))) == [
        ("SUBSCRIPTION_ALREADY_CLAIMED", AT_PRODUCT)
    ]
    assert said("D10", facts(workload(already_claimed=True), given=M365)) == [
        ("WORKLOAD_ALREADY_CLAIMED", AT_PRODUCT)
    ]


def test_d10_links_to_the_claims_that_the_member_can_see() -> None:
    (seen,) = judged("D10", facts(item(already_claimed=True, own_claims=(OURS,))))
    (unseen,) = judged("D10", facts(item(already_claimed=True)))

    assert [(link.rel, link.href) for link in seen.links] == [
        ("claim", "/claims/00000000-0000-0000-0000-000000000007/"),
        ("support", "/support/"),
    ]
    assert [link.rel for link in unseen.links] == ["support"]
    assert unseen.message == seen.message


def test_d11_always_warns_in_the_same_words() -> None:
    (finding,) = judged("D11", facts(item(is_contested=True)))

    assert (finding.code, finding.severity.value, finding.pointer) == ("COMPETING_CLAIM", "warning", AT_ID)
    assert said("D11", facts()) == []


@pytest.mark.parametrize("rule_id", ["D10", "D11"])
def test_both_need_d7_to_d9_or_for_workloads_d1(rule_id: str) -> None:
    chosen = rule(rule_id)
    assert isinstance(chosen, ItemRule)
    assert (chosen.needs, chosen.workload_needs) == (("D7", "D8", "D9"), ("D1",))


@pytest.mark.parametrize("wrong", [{"channel": "csp"}, {"provisioning": "failed"}, {"state": "expired"}])
def test_rivals_are_not_mentioned_if_the_subscription_fails(wrong: dict[str, Any]) -> None:
    broken = replace(SUBSCRIPTION, **wrong)
    stated = facts(item(subscription=broken, already_claimed=True, is_contested=True))

    assert len(report(stated)) == 1
    assert not {"SUBSCRIPTION_ALREADY_CLAIMED", "COMPETING_CLAIM"} & {
        code for code, _pointer in report(stated)
    }


def test_rivals_are_not_mentioned_if_the_workload_is_missing() -> None:
    stated = facts(workload(is_carried=False, already_claimed=True, is_contested=True), given=M365)

    assert report(stated) == [("PRODUCT_NOT_ON_TENANT", AT_PRODUCT)]
