"""Approval runs D1-D10 again: if the directory no longer supports an item, the service and the desk's page refuse it
with the findings of a check, and nothing is decided (part 3)."""

from typing import Any

import pytest

from arbitration.services import decide_items
from claims.inputs import Purpose
from claims.models import Claim
from claims.steps.deciding import approval_input
from claims.validation import check
from foundation.kernel.errors import Refused
from tests.desk.desk import Desk, outcome
from tests.doors.saying import says
from tests.filing import (
    at_desk,
    directory_says,
    everything_recorded,
    file_claim,
    items_of,
    outcomes,
    sales,
    take_up,
    workloads,
    yes,
)
from tests.world import NOW, TEAMS, World

CHANGES: dict[str, dict[str, Any]] = {
    "SUBSCRIPTION_IS_CSP": {"channel": "csp"},
    "CHANNEL_NOT_ELIGIBLE": {"channel": "other"},
    "SUBSCRIPTION_NOT_PROVISIONED": {"provisioning": "failed"},
    "SUBSCRIPTION_NOT_ACTIVE": {"state": "suspended"},
    "SUBSCRIPTION_NOT_DYNAMICS": {"products": ["microsoft-teams"]},
    "SUBSCRIPTION_PRODUCT_MISMATCH": {"products": ["dynamics-365-marketing"]},
}


@pytest.mark.parametrize("code", CHANGES)
def test_every_door_refuses_an_approval_alike(world: World, code: str) -> None:
    claim = file_claim(world, world.ana, sales(world.s_a))
    directory_says(world.s_a, **CHANGES[code])

    _assert_refused_alike(world, claim, code)


def test_every_door_refuses_the_approval_of_a_workload_alike(world: World) -> None:
    claim = file_claim(world, world.ana, *workloads(TEAMS))
    directory_says(world.s_f, state="disabled")

    _assert_refused_alike(world, claim, "PRODUCT_NOT_ON_TENANT")


def _assert_refused_alike(world: World, claim: Claim, code: str) -> None:
    take_up(claim, world.rev1)
    [item] = items_of(claim)
    before = everything_recorded()

    with pytest.raises(Refused) as refused:
        decide_items(
            public_id=str(claim.public_id), decisions=[yes(item)], actor=at_desk(world.rev1), now=NOW
        )
    page = Desk(world.rev1).act(claim, "decide_items", **outcome(item, "approve"))
    report = check(
        approval_input(claim, [item]), actor=at_desk(world.rev1), now=NOW, purpose=Purpose.APPROVAL
    )

    assert code in [finding.code for finding in refused.value.findings]
    assert refused.value.findings == report.findings
    assert page.status_code == 422
    assert says(page, refused.value.code, refused.value.message)
    for finding in refused.value.findings:
        assert says(page, finding.code, finding.message)
    assert outcomes(claim) == ["pending"]
    assert everything_recorded() == before
