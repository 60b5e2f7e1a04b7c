"""Refusals on the page of a case (scenario group G): texts that name a party, roles, states, versions, bad input."""

import pytest

from arbitration.models import Case
from tests.desk.decisions import TEXTS
from tests.desk.desk import Desk, outcome, refusals, words
from tests.filing import (
    everything_recorded,
    file_claim,
    held_and_claimed,
    items_of,
    notify,
    outcomes,
    party_of,
    take_up,
    withdraw,
    workload_rivals,
    workloads,
)
from tests.world import TEAMS, World


@pytest.mark.parametrize("step", ["preview_decision", "decide_case"])
@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("winner_text", "You beat Northwind."),
        ("winner_text", "Better than 5120001."),
        ("winner_text", "Paul Paulned wrote less."),
        ("loser_text", "Fabrikam was first."),
        ("loser_text", "See tess.ana@fabrikam.example"),
        ("loser_text", "Ask at fabrikam.example"),
    ],
)
def test_a_text_that_names_another_party_is_refused_beside_its_field(
    world: World, arb: Desk, step: str, field: str, text: str
) -> None:
    _theirs, _ours, case = held_and_claimed(world)
    notify(case, world.rev1)
    before = everything_recorded()

    answered = arb.act(case, step, winner=str(world.fabrikam.pk), **{**TEXTS, field: text})

    assert answered.status_code == 422
    assert refusals(answered) == [("TEXT_NAMES_OTHER_PARTY", f"decide_case-{field}")]
    assert text in answered.content.decode()
    assert everything_recorded() == before


def test_notices_questions_comments_and_declines_may_not_name_the_other_party_either(
    world: World, rev1: Desk
) -> None:
    theirs, ours, case = held_and_claimed(world)
    take_up(ours, world.rev1)
    [item] = items_of(ours)
    parties = [str(party_of(case, claim).pk) for claim in (theirs, ours)]
    before = everything_recorded()

    refused = [
        rev1.act(case, "post_notice", challenger_text="Northwind is heard.", holder_text="Fine."),
        rev1.act(case, "post_notice", challenger_text="Fine.", holder_text="Fabrikam claims it."),
        rev1.act(case, "ask_parties", parties=parties, reason="OTHER", question="Fabrikam or Northwind?"),
        rev1.act(ours, "comment", text="It is Northwind's."),
        rev1.act(
            ours,
            "request_information",
            reason="OTHER",
            question="And Northwind?",
            items=[str(item.public_id)],
        ),
    ]

    assert [refusals(answered) for answered in refused] == [
        [("TEXT_NAMES_OTHER_PARTY", "post_notice-challenger_text")],
        [("TEXT_NAMES_OTHER_PARTY", "post_notice-holder_text")],
        [("TEXT_NAMES_OTHER_PARTY", "ask_parties-question")],
        [("TEXT_NAMES_OTHER_PARTY", "comment-text")],
        [("TEXT_NAMES_OTHER_PARTY", "request_information-question")],
    ]
    assert everything_recorded() == before


def test_the_text_of_a_declined_item_may_not_name_a_former_rival(world: World, rev1: Desk) -> None:
    theirs, ours, _case = workload_rivals(world)
    take_up(ours, world.rev1)
    withdraw(theirs, world.ned)
    [item] = items_of(ours)

    in_text = rev1.act(
        ours, "decide_items", **outcome(item, "decline", "NOT_ELIGIBLE", "Northwind had more.")
    )
    in_comment = rev1.act(ours, "decide_items", comment="Northwind left.", **outcome(item, "approve"))

    assert refusals(in_text) == [("TEXT_NAMES_OTHER_PARTY", f"decide_items-text_{item.pk}")]
    assert refusals(in_comment) == [("TEXT_NAMES_OTHER_PARTY", "decide_items-comment")]
    assert outcomes(ours) == ["pending"]


def test_a_case_that_changed_since_it_was_read_is_stale(world: World, arb: Desk) -> None:
    _theirs, _ours, case = workload_rivals(world)
    seen = Case.objects.get(pk=case.pk).version
    file_claim(world, world.tom, *workloads(TEAMS))

    for action, data in (
        ("post_notice", {}),
        ("ask_parties", {"parties": [case.parties.earliest("pk").pk], "reason": "OTHER", "question": "Why?"}),
        ("decide_case", {"winner": str(world.fabrikam.pk), **TEXTS}),
    ):
        answered = arb.act(case, action, version=seen, **data)

        assert answered.status_code == 412, action
        assert refusals(answered) == [("STALE_VERSION", "")]
    assert "Tailspin" in arb.read(case)


def test_a_reviewer_cannot_decide_and_support_cannot_post(world: World, rev1: Desk, sup: Desk) -> None:
    _theirs, _ours, case = workload_rivals(world)
    before = everything_recorded()

    decided = rev1.act(case, "decide_case", winner=str(world.fabrikam.pk), **TEXTS)
    posted = sup.act(case, "post_notice")

    assert (decided.status_code, posted.status_code) == (403, 403)
    assert refusals(decided) == refusals(posted) == [("ROLE_NOT_ALLOWED", "")]
    assert everything_recorded() == before


def test_no_act_is_possible_on_a_case_that_has_ended(world: World, arb: Desk) -> None:
    theirs, _ours, case = workload_rivals(world)
    party = case.parties.earliest("pk")
    withdraw(theirs, world.ned)

    for action, data in (
        ("post_notice", {}),
        ("ask_parties", {"parties": [party.pk], "reason": "OTHER", "question": "Why?"}),
        ("decide_case", {"winner": str(world.fabrikam.pk), **TEXTS}),
    ):
        answered = arb.act(case, action, **data)

        assert answered.status_code == 409, action
        assert refusals(answered) == [("INVALID_TRANSITION", "")]
        assert "This is not possible while it is “Closed without a decision”." in words(answered)


def test_bad_input_on_a_case_is_refused_with_a_code(world: World, arb: Desk) -> None:
    _theirs, _ours, case = workload_rivals(world)
    notify(case, world.rev1)
    party = str(case.parties.earliest("pk").pk)
    before = everything_recorded()

    answers = [
        arb.act(case, "ask_parties", parties=["x"], reason="OTHER", question="Why?"),
        arb.act(case, "ask_parties", reason="OTHER", question="Why?"),
        arb.act(case, "ask_parties", parties=[party], question="Why?"),
        arb.act(case, "ask_parties", parties=[party], reason="OTHER", question=" "),
        arb.act(case, "decide_case", winner="", **TEXTS),
        arb.act(case, "decide_case", winner=str(world.tailspin.pk), **TEXTS),
        arb.act(case, "decide_case", winner="' OR 1", **TEXTS),
        arb.act(case, "decide_case", winner=str(world.fabrikam.pk), **{**TEXTS, "loser_text": "x" * 4001}),
    ]

    assert [answered.status_code for answered in answers] == [422] * len(answers)
    assert [refusals(answered)[0][0] for answered in answers] == [
        "INVALID_FIELD",
        "INVALID_FIELD",
        "REASON_REQUIRED",
        "COMMENT_REQUIRED",
        "INVALID_FIELD",
        "INVALID_FIELD",
        "INVALID_FIELD",
        "COMMENT_TOO_LONG",
    ]
    assert arb.act(case, "explode").status_code == 400
    assert everything_recorded() == before


def test_a_notice_that_is_too_long_is_refused_with_a_code(world: World, arb: Desk) -> None:
    _theirs, _ours, case = workload_rivals(world)
    before = everything_recorded()

    answered = arb.act(case, "post_notice", challenger_text="x" * 4001)

    assert (answered.status_code, refusals(answered)[0][0]) == (422, "COMMENT_TOO_LONG")
    assert everything_recorded() == before
