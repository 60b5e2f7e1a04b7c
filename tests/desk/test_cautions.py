"""Before a text is sent, its author is told what in it hints at others; sending it once more sends it (5.7)."""

import re

import pytest

from arbitration.models import CaseDecision
from arbitration.services import decide_case
from claims.models import Claim
from claims.services import cautions_about
from tests.api.client import ApiClient
from tests.desk.desk import Desk, refusals
from tests.filing import (
    add_proof,
    at,
    case_of,
    file_claim,
    notify,
    ruling,
    second_decision,
    workload_rivals,
    workloads,
)
from tests.world import INTUNE, NOW, World, actor


@pytest.fixture
def ours(world: World) -> Claim:
    theirs, ours, _case = workload_rivals(world)
    add_proof(theirs, world.ned, signed_on=at(1).date(), text="Signed in the summer.")
    return ours


@pytest.mark.parametrize(
    "text",
    [
        "We hear two other partners.",
        "A second claimant was faster.",
        "There are 3 companies.",
        "Wir haben drei.",
        "Ein zweiter Antragsteller",
        "Their proof is of 1 July 2020.",
        "signed on 2020-07-01",
        "am 1.7.2020",
        "on Jul 1, 2020",
    ],
)
def test_a_hint_at_others_is_shown_to_the_author(world: World, ours: Claim, text: str) -> None:
    assert cautions_about(text=text, claim_ids=[ours.pk]) != []


@pytest.mark.parametrize(
    "text",
    ["", "Two pages are missing.", "The file of 6 June 2020 is old.", "See 2 July 2020.", "Who signed it?"],
)
def test_other_texts_come_without_caution(world: World, ours: Claim, text: str) -> None:
    assert cautions_about(text=text, claim_ids=[ours.pk]) == []


def test_where_nobody_else_takes_part_nothing_hints_at_others(world: World) -> None:
    claim = file_claim(world, world.ana, *workloads(INTUNE))

    assert cautions_about(text="Two other partners.", claim_ids=[claim.pk]) == []


def test_a_cautioned_text_is_kept_and_sent_when_it_is_sent_again(world: World, ours: Claim) -> None:
    rev1, text = Desk(world.rev1), "We hear two other partners."

    first = rev1.act(ours, "comment", text=text)
    said, kept = ours.comments.count(), first.content.decode()
    seen = re.search(r'name="cautions_seen" value="([0-9a-f]+)"', kept)
    assert seen is not None
    changed = rev1.act(ours, "comment", text="We hear three other partners.", cautions_seen=seen[1])
    second = rev1.act(ours, "comment", text=text, cautions_seen=seen[1])

    assert (first.status_code, said, text in kept) == (422, 0, True)
    assert {code for code, _field in refusals(first)} == {"CAUTION"}
    assert (changed.status_code, second.status_code) == (422, 302)
    assert [comment.text for comment in ours.comments.all()] == [text]


def test_the_texts_of_a_decision_are_cautioned_before_their_preview(world: World, ours: Claim) -> None:
    case = notify(case_of(ours), world.rev1)
    texts = {
        "winner": str(world.fabrikam.pk),
        "rationale": "Two partners; the newer signature.",
        "winner_text": "Your proof is newer.",
        "loser_text": "One of the other parties was faster.",
    }
    arb = Desk(world.arb)

    first = arb.act(case, "preview_decision", **texts)
    seen = re.search(r'name="cautions_seen" value="([0-9a-f]+)"', first.content.decode())
    assert seen is not None
    second = arb.act(case, "preview_decision", **texts, cautions_seen=seen[1])

    assert next(said.message for said in first.context["said"]) == (
        "“other parties” could tell how many others there are."
    )
    assert (first.status_code, second.status_code) == (422, 200)
    assert case.parties.filter(item__outcome="pending").count() == 2


def test_the_second_arbiter_is_told_what_the_texts_hint_at_before_they_are_sent(
    world: World, ours: Claim
) -> None:
    case = notify(case_of(ours), world.rev1)
    given = ruling(world.fabrikam, loser_text="One of the other parties was faster.")
    with second_decision():
        decide_case(case_id=str(case.public_id), ruling=given, actor=actor(world.arb), now=NOW)
    arb2 = Desk(world.arb2)

    first = arb2.act(case, "confirm_decision")
    sent = CaseDecision.objects.count()
    seen = re.search(r'name="cautions_seen" value="([0-9a-f]+)"', first.content.decode())
    assert seen is not None
    second = arb2.act(case, "confirm_decision", cautions_seen=seen[1])

    assert (first.status_code, sent, {code for code, _field in refusals(first)}) == (422, 0, {"CAUTION"})
    assert first.context["said"][0].message == "“other parties” could tell how many others there are."
    assert (second.status_code, CaseDecision.objects.get().loser_text) == (302, given.loser_text)


def test_a_text_of_the_desk_through_the_api_asks_for_a_confirmation(world: World, ours: Claim) -> None:
    api, address = ApiClient(world.rev1, for_the_desk=True), f"claims/{ours.public_id}/comments/"
    text = "We hear two other partners. Their proof is of 1 July 2020."

    first = api.post(address, {"text": text})
    said = ours.comments.count()
    second = api.post(address, {"text": text, "confirmed_warnings": ["CAUTION"]})

    assert (first.status_code, first.json()["code"], said) == (422, "WARNINGS_NOT_CONFIRMED", 0)
    assert [(each["code"], each["severity"], each["pointer"]) for each in first.json()["findings"]] == [
        ("CAUTION", "warning", "/text")
    ] * 2
    assert (second.status_code, [comment.text for comment in ours.comments.all()]) == (201, [text])


def test_a_partner_is_cautioned_about_nothing(world: World, ours: Claim) -> None:
    text = {"text": "We hear two other partners."}

    answer = ApiClient(world.ana).post(f"claims/{ours.public_id}/comments/", text)

    assert answer.status_code == 201


def test_a_confirmed_caution_lets_no_name_through(world: World, ours: Claim) -> None:
    answer = ApiClient(world.rev1, for_the_desk=True).post(
        f"claims/{ours.public_id}/comments/",
        {"text": "Northwind and two other partners.", "confirmed_warnings": ["CAUTION"]},
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "TEXT_NAMES_OTHER_PARTY")
    assert ours.comments.count() == 0
