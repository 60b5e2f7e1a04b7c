"""What waits for a second person, over all claims and cases, on top of the queue (5.7, 5.9)."""

import pytest

from claims.models import Claim, TextOverride
from claims.services import ask_override, confirm_override
from foundation.kernel.rulebook import rulebook
from partners.models import Member
from tests.desk.desk import QUEUE, Desk, address, queries_for
from tests.filing import (
    at,
    case_of,
    desk_admin,
    file_claim,
    held_and_claimed,
    lift,
    propose_for,
    reference_of,
    send_back,
    withdraw,
    workload_rivals,
    workloads,
)
from tests.world import EXCHANGE, INTUNE, World, actor

YOURS = {"A decision": "You can confirm or return it", "A text that names another party": "You can allow it"}
OTHERS = {
    "A decision": "Another arbiter has to confirm it",
    "A text that names another party": "Another reviewer or arbiter has to allow it",
}


@pytest.fixture(autouse=True)
def second_decision(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a second arbiter confirm decisions."""
    monkeypatch.setattr(rulebook, "second_decision", True)


def asked(world: World, claim: Claim, text: str = "Northwind has signed it.") -> TextOverride:
    return ask_override(
        public_id=str(claim.public_id),
        text=text,
        reason="The partner wrote so itself.",
        actor=actor(world.rev1),
        now=at(8),
    )


def listed(desk: Desk) -> list[tuple[str, str, str]]:
    return [(each.about, each.what, each.who) for each in desk.get(QUEUE).context["waiting"]]


def test_decisions_and_texts_are_listed_with_who_asked_since_when_and_who_can_act(
    world: World, rev1: Desk, arb: Desk
) -> None:
    _theirs, ours, case = held_and_claimed(world)
    propose_for(case, world.arb, world.fabrikam, now=at(7))
    asked(world, ours)
    decision, text = (str(case), "A decision"), (reference_of(ours), "A text that names another party")

    page = arb.read(QUEUE)

    assert (
        f"Waits for a second person Claim or case What Asked by Since Who acts "
        f"{text[0]} A text that names another party Rita Reviewer 8 July 2020, 09:00 UTC You can allow it "
        f"{case} A decision Arne Arbiter 7 July 2020, 09:00 UTC Another arbiter has to confirm it"
    ) in page
    for reader, expected in (
        (world.arb, [(*text, YOURS[text[1]]), (*decision, OTHERS[decision[1]])]),
        (world.arb2, [(*decision, YOURS[decision[1]]), (*text, YOURS[text[1]])]),
        (world.rev1, [(*decision, OTHERS[decision[1]]), (*text, OTHERS[text[1]])]),
        (world.sup, [(*decision, OTHERS[decision[1]]), (*text, OTHERS[text[1]])]),
    ):
        assert listed(Desk(reader)) == expected, reader.username
    assert [each.address for each in rev1.get(QUEUE).context["waiting"]] == [address(case), address(ours)]


def test_what_no_longer_waits_is_not_listed(world: World, rev1: Desk) -> None:
    _theirs, ours, case = held_and_claimed(world)
    propose_for(case, world.arb, world.fabrikam, now=at(7))
    override = asked(world, ours)
    elsewhere = file_claim(world, world.ana, *workloads(INTUNE))
    asked(world, elsewhere)

    send_back(case, world.arb2, now=at(8))
    confirm_override(
        public_id=str(ours.public_id), override_id=override.pk, actor=actor(world.arb2), now=at(8)
    )
    withdraw(elsewhere, world.ana, now=at(8))

    assert listed(rev1) == []
    assert "Waits for a second person" not in rev1.read(QUEUE)


def test_an_arbiter_whose_earlier_decision_was_returned_is_not_asked_to_confirm_the_next(
    world: World, arb: Desk
) -> None:
    _theirs, _ours, case = held_and_claimed(world)
    propose_for(case, world.arb, world.fabrikam, now=at(7))
    send_back(case, world.arb2, now=at(7))
    propose_for(case, world.arb2, world.northwind, now=at(8))

    assert listed(arb) == [(str(case), "A decision", OTHERS["A decision"])]

    lift(case, desk_admin(), world.arb, now=at(8))

    assert listed(arb) == [(str(case), "A decision", YOURS["A decision"])]


@pytest.mark.parametrize("ended", [False, True])
def test_a_member_of_a_named_party_reads_of_no_text_that_names_it(world: World, ended: bool) -> None:
    """5.9: neither in the list nor on the page of a claim that is in no contest with the member's organisation."""
    _theirs, _ours, _case = workload_rivals(world)
    elsewhere = file_claim(world, world.ana, *workloads(EXCHANGE))
    asked(world, elsewhere)
    Member.objects.create(user=world.rev2, organisation=world.northwind, ended_at=at(7) if ended else None)

    reader = Desk(world.rev2)

    assert listed(reader) == []
    assert "Northwind has signed" not in reader.read(elsewhere)
    assert "Northwind has signed" in Desk(world.arb).read(elsewhere)


def test_the_list_costs_the_same_queries_with_one_row_and_with_many(world: World, arb: Desk) -> None:
    _theirs, ours, case = held_and_claimed(world)
    propose_for(case, world.arb2, world.fabrikam, now=at(7))
    asked(world, ours)
    few = queries_for(arb, QUEUE)
    _theirs, other, contested = workload_rivals(world)
    propose_for(contested, world.arb2, world.fabrikam, now=at(7))
    for number in range(3):
        asked(world, other, f"Northwind has signed page {number}.")

    assert (queries_for(arb, QUEUE), len(listed(arb))) == (few, 6)
    assert case_of(other) == contested
