"""A decision that waits for a second arbiter, at the desk's door: proposed, read in full, confirmed or returned."""

import pytest
import time_machine

from arbitration.models import Case, CaseDecision
from foundation.kernel.rulebook import rulebook
from tests.desk.decisions import TEXTS
from tests.desk.desk import CASES, Desk, address, buttons, refusals, words
from tests.filing import (
    add_proof,
    at,
    desk_admin,
    everything_recorded,
    held_and_claimed,
    last_comment,
    notify,
    outcomes,
    propose_for,
    send_back,
    workload_rivals,
)
from tests.world import World

PROPOSED = "Next: an arbiter other than Arne Arbiter confirms the decision, or returns it."


@pytest.fixture(autouse=True)
def second_decision(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a second arbiter confirm decisions."""
    monkeypatch.setattr(rulebook, "second_decision", True)


@pytest.fixture
def arb2(clock: time_machine.Traveller, world: World) -> Desk:
    return Desk(world.arb2)


def test_one_arbiter_proposes_and_another_reads_and_confirms(world: World, arb: Desk, arb2: Desk) -> None:
    theirs, ours, case = held_and_claimed(world)
    notify(case, world.rev1)
    form = {"winner": str(world.fabrikam.pk), **TEXTS, "version": Case.objects.get(pk=case.pk).version}

    preview = arb.act(case, "preview_decision", **form)
    sent = arb.act(case, "decide_case", **form)
    own, others = arb.get(address(case)), arb2.get(address(case))
    confirmed = arb2.act(case, "confirm_decision", version=others.context["version"])

    assert "Propose to a second arbiter" in words(preview)
    assert sent.status_code == 302
    assert buttons(own) == ["return_decision", "ask_parties"]
    assert buttons(others) == ["confirm_decision", "return_decision", "ask_parties"]
    assert "Proposed. The decision takes effect once a second arbiter confirms it." in words(own)
    for page in (own, others):
        read = words(page)
        assert PROPOSED in read
        assert (
            "A decision waits for a second arbiter Nothing has been sent yet, and nothing has been decided. "
            "For Fabrikam Proposed 6 July 2020, 09:00 UTC, Arne Arbiter Rationale The newer signature. "
            "Text to the winner Your proof was decisive. Text to the others Other proof was decisive."
        ) in read
    assert confirmed.status_code == 302
    assert [last_comment(claim) for claim in (ours, theirs)] == [
        "Your proof was decisive.",
        "Other proof was decisive.",
    ]
    after = arb.read(case)
    assert "Decided 6 July 2020, 09:00 UTC, Arne Arbiter. Confirmed by Aila Arbiter" in after
    assert "A decision waits" not in after


def test_the_list_of_cases_and_the_claim_say_whom_the_case_waits_for(world: World, rev1: Desk) -> None:
    _theirs, ours, case = held_and_claimed(world)
    propose_for(case, world.arb, world.fabrikam)
    _theirs, _ours, other = workload_rivals(world)

    listed = rev1.read(CASES)
    waiting = [row.case for row in rev1.get(CASES, decision="waiting").context["cl"].result_list]

    assert "Open Waits for a second arbiter" in listed
    assert (waiting, other in waiting) == ([case], False)
    assert f"{case}: {PROPOSED}" in rev1.read(ours)


def test_a_returned_decision_is_shown_with_its_reason_and_its_texts(
    world: World, arb: Desk, arb2: Desk
) -> None:
    _theirs, ours, case = held_and_claimed(world)
    propose_for(case, world.arb, world.fabrikam)

    refused = arb2.act(case, "return_decision", reason=" ")
    returned = arb2.act(case, "return_decision", reason="The dates differ.")

    page = arb.get(address(case))
    read = words(page)
    assert refusals(refused) == [("REASON_REQUIRED", "return_decision-reason")]
    assert (returned.status_code, outcomes(ours)) == (302, ["pending"])
    assert "Aila Arbiter returned it on 6 July 2020, 09:00 UTC: The dates differ." in read
    assert "What was proposed For Fabrikam" in read
    assert "Next: an arbiter decides, or asks the parties." in read
    assert buttons(page) == ["ask_parties", "preview_decision"]


def test_the_page_says_what_has_changed_and_the_confirmation_is_refused_with_it(
    world: World, arb2: Desk
) -> None:
    theirs, _ours, case = held_and_claimed(world)
    propose_for(case, world.arb, world.fabrikam)
    add_proof(theirs, world.ned, now=at(6))
    before = everything_recorded()

    page = arb2.read(case)
    refused = arb2.act(case, "confirm_decision")

    change = "Northwind added work-2-of-ned.pdf."
    assert f"The case has changed since this decision was proposed. It can only be returned: {change}" in page
    assert (refused.status_code, refusals(refused)) == (412, [("STALE_VERSION", "")])
    assert f"Return this decision, because the case has changed since it was proposed: {change}" in words(
        refused
    )
    assert everything_recorded() == before


def test_an_arbiter_confirms_no_decision_of_his_own_by_a_forged_form(world: World, arb: Desk) -> None:
    _theirs, ours, case = held_and_claimed(world)
    propose_for(case, world.arb, world.fabrikam)

    refused = arb.act(case, "confirm_decision")

    assert (refused.status_code, refusals(refused)) == (403, [("SECOND_PERSON_REQUIRED", "")])
    assert (outcomes(ours), CaseDecision.objects.count()) == (["pending"], 0)


def test_the_second_arbiter_ticks_the_files_that_he_has_not_opened(
    world: World, arb: Desk, arb2: Desk
) -> None:
    theirs, ours, case = held_and_claimed(world)
    propose_for(case, world.arb, world.fabrikam)
    arb2.get(f"{address(theirs)}proof/{theirs.evidence.get().public_id}/")

    page = arb2.read(case)
    refused = arb2.act(case, "confirm_decision", unopened=[])
    confirmed = arb2.act(case, "confirm_decision", unopened=[str(ours.evidence.get().public_id)])

    assert (
        "You have not opened these files Open them first, or tick each one that you decide without. "
        "work-1-of-ana.pdf (Fabrikam) Confirm and send"
    ) in page
    assert "You have not opened" not in arb.read(case)
    assert refusals(refused) == [("POE_NOT_OPENED", "confirm_decision-unopened")]
    assert (confirmed.status_code, outcomes(ours)) == (302, ["approved"])


def test_a_reviewer_reads_a_proposed_decision_and_has_no_button_for_it(world: World, rev1: Desk) -> None:
    _theirs, _ours, case = held_and_claimed(world)
    propose_for(case, world.arb, world.fabrikam)

    page = rev1.get(address(case))

    assert "A decision waits for a second arbiter" in words(page)
    assert buttons(page) == ["ask_parties"]


def test_a_desk_admin_lets_an_arbiter_confirm_who_proposed_before(
    clock: time_machine.Traveller, world: World, arb: Desk
) -> None:
    _theirs, ours, case = held_and_claimed(world)
    propose_for(case, world.arb, world.fabrikam)
    send_back(case, world.arb2)
    propose_for(case, world.arb2, world.fabrikam)
    keeper = Desk(desk_admin())

    blocked, offered = arb.get(address(case)), keeper.get(address(case))
    nobody = keeper.act(case, "lift_block", person="", reason="Only two arbiters are here.")
    done = keeper.act(
        case,
        "lift_block",
        person=world.arb.pk,
        reason="Only two arbiters are here.",
        version=offered.context["version"],
    )
    after = arb.get(address(case))
    confirmed = arb.act(case, "confirm_decision", version=after.context["version"])

    assert buttons(blocked) == ["return_decision", "ask_parties"]
    assert buttons(offered) == ["lift_block"]
    assert refusals(nobody) == [("INVALID_FIELD", "lift_block-person")]
    assert (done.status_code, confirmed.status_code) == (302, 302)
    assert buttons(after) == ["confirm_decision", "return_decision", "ask_parties"]
    assert (
        "Kay Keeper lifted it for Arne Arbiter on 6 July 2020, 09:00 UTC: Only two arbiters are here."
    ) in words(after)
    assert outcomes(ours) == ["approved"]
