"""Before a text is sent, its author is told what in it hints at others; sending it once more sends it (5.7)."""

import re

import pytest

from claims.models import Claim
from claims.services import cautions_about
from tests.desk.desk import Desk, refusals
from tests.filing import add_proof, at, case_of, file_claim, notify, workload_rivals, workloads
from tests.world import INTUNE, World


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
