"""Scenarios of group G as the partners see them, each on its own claim; the desk's side is in `tests/desk`."""

import time_machine

from arbitration.models import Case
from claims.enums import ClaimStatus
from claims.models import Claim
from tests.desk.desk import Desk
from tests.doors.saying import codes_on
from tests.filing import (
    ask_parties,
    at,
    case_of,
    decide_for,
    held_and_claimed,
    hold,
    notify,
    parties_in,
    status,
    take_up,
    time_passes,
    workloads,
)
from tests.portal.pages import rows, text_of
from tests.scenarios.partner import Partner
from tests.world import INTUNE, SALES, TEAMS, World

QUESTION = "When did your work begin?"
NAMES = {"ana": ("Northwind", "5120001", "ned@"), "ned": ("Fabrikam", "4391507", "ana@")}


def does_not_name_the_other(partner: Partner, claim: Claim) -> bool:
    """Return whether neither the claim's pages nor its history name the other side."""
    pages = [partner.get(claim, page).content.decode() for page in ("", "history/", "proof/")]
    return not any(word in page for page in pages for word in NAMES[partner.user.username])


def test_scenario_70_a_claim_on_a_held_product_can_be_submitted_and_opens_a_case(
    world: World, ana: Partner
) -> None:
    theirs = hold(world, world.ned)
    claim = ana.begin(world)

    chosen = ana.send(claim, "products", **rows((SALES, world.s_a)))
    warned = ana.get(claim, "products/")
    ana.finish(claim)
    unconfirmed = ana.submit(claim)
    confirmed = ana.submit(claim, "COMPETING_CLAIM")

    assert chosen.redirect_chain[-1][0].endswith("/location/")  # a warning does not block the next step
    assert "COMPETING_CLAIM" in codes_on(warned)
    assert "SUBSCRIPTION_ALREADY_CLAIMED" not in codes_on(warned) | codes_on(unconfirmed)
    assert unconfirmed.status_code == 422
    assert "WARNINGS_NOT_CONFIRMED" in codes_on(unconfirmed)
    assert f"Claim {claim.reference} was submitted." in text_of(confirmed)
    assert parties_in(case_of(claim)) == ["northwind", "fabrikam"]
    assert case_of(claim) == case_of(theirs)
    assert "arbitration" not in ana.read(claim).lower()
    assert does_not_name_the_other(ana, claim)


def test_scenario_75_each_party_reads_the_question_in_its_own_claim(
    world: World, ana: Partner, ned: Partner
) -> None:
    theirs, ours, case = held_and_claimed(world)
    take_up(ours, world.rev1)
    notify(case, world.rev1)

    ask_parties(case, world.arb)
    anas, neds = ana.read(ours), ned.read(theirs)
    ana.answer(ours, "In March.")
    while_sealed = Desk(world.arb).read(case)
    ned.answer(theirs, "A year ago.")
    opened = Desk(world.arb).read(case)

    for page in (anas, neds):
        assert QUESTION in page
        assert "Answer by Monday 13 July 2020, 24:00 UTC" in page
    assert (status(ours), status(theirs)) == (ClaimStatus.UNDER_REVIEW, ClaimStatus.APPROVED)
    assert "Partner action required" in anas
    assert "In March." not in while_sealed
    assert "In March." in opened
    assert "A year ago." in opened
    assert "In March." in ana.read(ours)
    assert "In March." not in ned.read(theirs)
    assert does_not_name_the_other(ana, ours)
    assert does_not_name_the_other(ned, theirs)


def test_scenario_76_the_holder_adds_newer_proof(world: World, ned: Partner) -> None:
    theirs, _ours, case = held_and_claimed(world)
    notify(case, world.rev1)

    uploaded = ned.upload(theirs, "Signed again", name="newer.pdf", signed_on="2020-07-01")

    page = ned.read(theirs)
    assert uploaded.status_code == 200
    assert "work-1-of-ned.pdf" in page
    assert "newer.pdf" in page
    assert status(theirs) == ClaimStatus.APPROVED
    shown = Desk(world.arb).read(case)
    assert "newer.pdf Signed Wed 1 July 2020" in shown
    assert "work-1-of-ned.pdf" in shown


def test_scenario_78_the_claimant_wins_and_takes_over_when_consent_ends(
    world: World, ana: Partner, ned: Partner, clock: time_machine.Traveller
) -> None:
    theirs, ours, case = held_and_claimed(world)
    take_up(ours, world.rev1)
    notify(case, world.rev1)
    decide_for(case, world.arb, world.fabrikam)
    time_passes(at(6, 10))
    waiting, holding = ana.read(ours), ned.read(theirs)

    clock.move_to(at(14))
    time_passes(at(14))
    holds, ended = ana.read(ours), ned.read(theirs)

    assert "Usage: Waiting for the customer's consent" in waiting
    assert "Usage: Active You have been the partner of record for this activity since " in holding
    assert "Usage: Active You have been the partner of record for this activity since " in holds
    assert "Usage: Ended" in ended
    assert (status(ours), status(theirs)) == (ClaimStatus.APPROVED, ClaimStatus.ENDED)
    for page in (waiting, holds):
        assert "Your proof was decisive." in page
        assert "Other proof was decisive." not in page
    for page in (holding, ended):
        assert "Other proof was decisive." in page
        assert "Your proof was decisive." not in page
    assert does_not_name_the_other(ana, ours)
    assert does_not_name_the_other(ned, theirs)


def test_scenario_80_the_holder_wins_and_the_claimant_reads_why(
    world: World, ana: Partner, ned: Partner
) -> None:
    theirs, ours, case = held_and_claimed(world)
    take_up(ours, world.rev1)
    notify(case, world.rev1)

    decide_for(case, world.arb, world.northwind)

    lost, kept = ana.read(ours), ned.read(theirs)
    assert status(ours) == ClaimStatus.REJECTED
    assert ours.items.get().reason_code == "LOST_ARBITRATION"
    assert "Other proof was decisive." in lost
    assert "Your proof was decisive." not in lost
    assert "Your proof was decisive." in kept
    assert "Usage: Active You have been the partner of record for this activity since " in kept
    assert does_not_name_the_other(ana, ours)
    assert does_not_name_the_other(ned, theirs)


def test_scenario_85_another_workload_or_another_tenant_opens_no_case(world: World, ana: Partner) -> None:
    hold(world, world.ned, *workloads(TEAMS))
    world.s_x.products.add(world.products[TEAMS])

    intune = ana.complete_workloads(world, INTUNE)
    ana.submit(intune)
    adatum = ana.begin(world, area="microsoft_365", tenant_id=str(world.adatum.guid), domain="adatum")
    ana.send(adatum, "products", workloads=[TEAMS])
    shown = ana.get(adatum, "products/")
    ana.finish(adatum)
    ana.submit(adatum, "CONTACT_DOMAIN_MISMATCH")

    assert "COMPETING_CLAIM" not in codes_on(shown)
    assert [status(claim) for claim in (intune, adatum)] == [ClaimStatus.SUBMITTED] * 2
    assert not Case.objects.exists()
