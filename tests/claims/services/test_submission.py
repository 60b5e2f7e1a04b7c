"""Submission: a draft becomes a claim that the desk reviews (domain.md part 3; scenarios 43, 44, 52, 54)."""

from collections.abc import Callable

import pytest

from claims.enums import ClaimStatus
from claims.inputs import ContactInput, DraftChanges
from claims.models import Claim
from claims.services import save_claim, submit_claim
from foundation.kernel.errors import NotFound, Refused
from partners.models import User
from tests.filing import (
    at,
    case_of,
    changes_of,
    contacts_of,
    decline,
    directory_says,
    draft,
    file_claim,
    happened,
    hold,
    items_of,
    outcomes,
    parties_in,
    refusal,
    reloaded,
    review_clock,
    rounds_of,
    sales,
    status,
    submit,
    take_up,
    withdraw,
    workloads,
)
from tests.world import INTUNE, NOW, TEAMS, World, actor


def findings(act: Callable[[], object]) -> list[str]:
    """Return the codes of the errors or, without any, of the unconfirmed warnings that refuse the submission."""
    with pytest.raises(Refused) as refused:
        act()
    return [finding.code for finding in refused.value.findings if finding.severity != "info"]


def test_52_a_submitted_claim_is_due_at_the_end_of_the_fifth_business_day(world: World) -> None:
    claim = draft(world, world.ana)

    submit(claim, world.ana, now=at(6, 10))

    clock = review_clock(claim)
    assert status(claim) == ClaimStatus.SUBMITTED
    assert (clock.started_at, clock.due_at, clock.state) == (at(6, 10), at(14, 0), "running")
    assert rounds_of(claim) == [(1, "running")]
    assert happened(claim)[-3:] == ["item.added", "claim.submitted", "review.round_opened"]


@pytest.mark.parametrize("name", ["ana", "gil", "bea"])
def test_every_submitting_role_submits(world: World, name: str) -> None:
    claim = file_claim(world, getattr(world, name))

    assert status(claim) == ClaimStatus.SUBMITTED


def test_submission_resolves_the_claim_and_keeps_its_report(world: World) -> None:
    claim = reloaded(file_claim(world, world.ana))

    assert (claim.location, claim.tenant, claim.lane) == (
        world.locations["4391507"],
        world.contoso,
        "incentive",
    )
    assert claim.report is not None
    assert [finding["code"] for finding in claim.report["findings"]] == [
        "MPN_TYPE_NOT_SHOWN",
        "ACTIVITY_CHECK",
    ]
    assert claim.report["ruleset_version"]


def test_products_of_one_subscription_form_one_item(world: World) -> None:
    claim = file_claim(world, world.ana, *workloads(TEAMS, INTUNE))
    single = file_claim(world, world.ana, sales(world.s_a), activities=("presales", "usage"))

    assert [item.scope.subscription for item in items_of(claim)] == [None, None]
    (item,) = items_of(single)
    assert sorted(item.activities.values_list("activity", "is_open")) == [("presales", True), ("usage", True)]


def test_a_warning_must_be_confirmed_and_a_code_that_does_not_fire_is_no_error(world: World) -> None:
    """MPN_REGION would need an enrolled Paris location, so this uses the warning about the mail domain."""
    claim = draft(world, world.ana, contacts=contacts_of(world.ana, "elsewhere.example"))

    refused = refusal(lambda: submit(claim, world.ana, confirmed=()))
    submit(claim, world.ana, confirmed=("CONTACT_DOMAIN_MISMATCH", "COMPETING_CLAIM"))

    assert refused == "WARNINGS_NOT_CONFIRMED"
    assert status(claim) == ClaimStatus.SUBMITTED


def test_a_warning_confirmed_in_the_draft_counts_only_where_the_submission_says_nothing_of_warnings(
    world: World,
) -> None:
    """Point 16's sibling: a box that was not ticked on the page in front of the sender confirms nothing."""
    claim = draft(
        world,
        world.ana,
        contacts=contacts_of(world.ana, "elsewhere.example"),
        confirmed_warnings=("CONTACT_DOMAIN_MISMATCH",),
    )

    unticked = refusal(lambda: submit(claim, world.ana, confirmed=()))
    kept = status(claim)
    submit_claim(public_id=str(claim.public_id), actor=actor(world.ana), now=NOW)

    assert (unticked, kept) == ("WARNINGS_NOT_CONFIRMED", ClaimStatus.DRAFT)
    assert status(claim) == ClaimStatus.SUBMITTED
    assert reloaded(claim).confirmed_warnings == ["CONTACT_DOMAIN_MISMATCH"]


def test_70_an_unconfirmed_warning_of_competition_opens_no_case(world: World) -> None:
    hold(world, world.ned)
    claim = draft(world, world.ana)

    assert refusal(lambda: submit(claim, world.ana, confirmed=())) == "WARNINGS_NOT_CONFIRMED"
    assert status(claim) == ClaimStatus.DRAFT


def test_43_the_same_subscription_is_claimed_once_whatever_the_mpn(world: World) -> None:
    first = file_claim(world, world.ana)
    second = draft(world, world.ana, mpn_id="4391509")

    with pytest.raises(Refused) as refused:
        submit(second, world.ana)

    (finding,) = [finding for finding in refused.value.findings if finding.severity == "error"]
    assert (finding.code, [link.href for link in finding.links if link.rel == "claim"]) == (
        "SUBSCRIPTION_ALREADY_CLAIMED",
        [f"/claims/{first.public_id}/"],
    )
    assert status(second) == ClaimStatus.DRAFT


@pytest.mark.parametrize("end", ["rejected", "withdrawn"])
def test_44_a_rejected_or_withdrawn_item_can_be_claimed_again(world: World, end: str) -> None:
    first = file_claim(world, world.ana)
    if end == "withdrawn":
        withdraw(first, world.ana)
    else:
        take_up(first, world.rev1)
        decline(first, world.rev1)

    second = file_claim(world, world.ana)

    assert (status(first), status(second)) == (end, ClaimStatus.SUBMITTED)


def test_54_a_subscription_suspended_between_wizard_and_submission_is_refused(world: World) -> None:
    claim = draft(world, world.ana)
    directory_says(world.s_a, state="suspended")

    assert findings(lambda: submit(claim, world.ana)) == ["SUBSCRIPTION_NOT_ACTIVE"]
    assert status(claim) == ClaimStatus.DRAFT


def test_48_a_claim_cannot_be_submitted_without_proof(world: World) -> None:
    claim = draft(world, world.ana, proof=False)

    assert findings(lambda: submit(claim, world.ana)) == ["POE_REQUIRED"]
    assert status(claim) == ClaimStatus.DRAFT


def test_an_empty_draft_gets_a_finding_for_everything_that_is_missing(world: World) -> None:
    claim = draft(world, world.ana, proof=False)
    cleared = changes_of(
        world,
        world.ana,
        mpn_id="",
        tenant_guid="",
        domain="",
        items=(),
        contacts={"customer": ContactInput()},
        acknowledged=False,
    )
    save_claim(public_id=str(claim.public_id), changes=cleared, actor=actor(world.ana), now=NOW)

    missing = findings(lambda: submit(claim, world.ana))

    assert list(dict.fromkeys(missing)) == [
        "MPN_FORMAT",
        "TENANT_ID_FORMAT",
        "SUBDOMAIN_FORMAT",
        "PRODUCT_REQUIRED",
        "CONTACT_REQUIRED",
        "POE_REQUIRED",
        "ACK_REQUIRED",
    ]


def test_the_acknowledgement_can_come_with_the_submission(world: World) -> None:
    claim = draft(world, world.ana, acknowledged=False)

    submit_claim(public_id=str(claim.public_id), actor=actor(world.ana), now=NOW, acknowledged=True)

    assert (status(claim), reloaded(claim).acknowledged) == (ClaimStatus.SUBMITTED, True)


def test_what_is_said_last_of_the_acknowledgement_counts(world: World) -> None:
    claim = draft(world, world.ana, acknowledged=True)

    refused = findings(
        lambda: submit_claim(
            public_id=str(claim.public_id), actor=actor(world.ana), now=NOW, acknowledged=False
        )
    )

    assert refused == ["ACK_REQUIRED"]
    assert (status(claim), reloaded(claim).acknowledged) == (ClaimStatus.DRAFT, True)


def test_submitting_an_older_version_is_stale(world: World) -> None:
    claim = draft(world, world.ana)
    seen = reloaded(claim).version
    save_claim(
        public_id=str(claim.public_id),
        changes=DraftChanges(name="Gil was first"),
        actor=actor(world.gil),
        now=NOW,
    )

    def late() -> Claim:
        return submit_claim(public_id=str(claim.public_id), actor=actor(world.ana), now=NOW, version=seen)

    assert refusal(late) == "STALE_VERSION"


@pytest.mark.parametrize("who", ["ned", "fre", "rev1"])
def test_a_draft_that_the_caller_cannot_see_looks_like_a_missing_one(world: World, who: str) -> None:
    claim = draft(world, world.ana)
    stranger: User = getattr(world, who)

    with pytest.raises(NotFound):
        submit(claim, stranger)
    assert status(claim) == ClaimStatus.DRAFT


def test_a_claim_is_submitted_once(world: World) -> None:
    claim = file_claim(world, world.ana)

    assert refusal(lambda: submit(claim, world.ana)) == "INVALID_TRANSITION"
    assert rounds_of(claim) == [(1, "running")]


def test_85_another_workload_or_another_tenant_is_no_contest(world: World) -> None:
    hold(world, world.ned, *workloads(TEAMS))

    intune = file_claim(world, world.ana, *workloads(INTUNE), confirmed=())
    adatum = file_claim(world, world.ana, sales(world.s_x), tenant="adatum", confirmed=())

    assert [claim.case_parties.count() for claim in (intune, adatum)] == [0, 0]


def test_72_one_contested_item_of_two_opens_one_case(world: World) -> None:
    hold(world, world.ned, *workloads(TEAMS))

    claim = file_claim(world, world.ana, *workloads(TEAMS, INTUNE))

    assert parties_in(case_of(claim)) == ["northwind", "fabrikam"]
    assert claim.case_parties.count() == 1
    assert outcomes(claim) == ["pending", "pending"]
