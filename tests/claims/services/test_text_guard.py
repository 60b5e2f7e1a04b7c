"""No text of the desk names another party of a case (domain.md 5.7)."""

from functools import partial

import pytest

from arbitration import services as desk
from arbitration.models import Case
from claims.enums import ClaimStatus
from claims.models import Claim
from partners.models import Location, Organisation
from tests.filing import (
    ask,
    ask_parties,
    at,
    decide,
    decide_for,
    file_claim,
    held_and_claimed,
    items_of,
    no,
    notify,
    outcomes,
    refusal,
    reloaded,
    ruling,
    say,
    status,
    take_up,
    withdraw,
    workload_rivals,
    workloads,
    yes,
)
from tests.world import INTUNE, TEAMS, World, actor

NAMES = "TEXT_NAMES_OTHER_PARTY"
TELLING = [
    "Northwind was here first.",
    "NORTHWIND's proof is newer.",
    "See 5120001.",
    "Ask Cora Coraned.",
    "Coraned signed both.",
    "Write to paul.ned@northwind.example.",
    "Their people are at northwind.example now.",
    "(northwind)",
]


@pytest.fixture
def contest(world: World) -> tuple[Claim, Claim, Case]:
    theirs, ours, case = held_and_claimed(world)
    take_up(ours, world.rev1)
    return theirs, ours, case


Contest = tuple[Claim, Claim, Case]


@pytest.mark.parametrize("text", TELLING)
def test_a_comment_names_no_rival(world: World, contest: Contest, text: str) -> None:
    _theirs, ours, _case = contest
    assert refusal(lambda: say(ours, world.rev1, text)) == NAMES
    assert ours.comments.count() == 0


@pytest.mark.parametrize("door", ["request", "notice to challengers", "notice to the holder", "case request"])
def test_a_request_or_a_notice_names_no_rival(world: World, contest: Contest, door: str) -> None:
    theirs, ours, case = contest
    about_them, about_us = "Northwind began earlier.", "Fabrikam began earlier."
    before = (status(ours), reloaded(theirs).version)

    code = refusal(
        {
            "request": lambda: ask(ours, world.rev1, question=about_them),
            "notice to challengers": lambda: notify(case, world.rev1, challenger_text=about_them),
            "notice to the holder": lambda: notify(case, world.rev1, holder_text=about_us),
            "case request": lambda: ask_parties(case, world.arb, question=about_us),
        }[door]
    )

    assert code == NAMES
    assert (status(ours), reloaded(theirs).version) == before
    assert Case.objects.get(pk=case.pk).notice_at is None


def decided(world: World, case: Case, **texts: str) -> Case:
    return desk.decide_case(
        case_id=str(case.public_id),
        ruling=ruling(world.fabrikam, **texts),
        actor=actor(world.arb),
        now=at(8),
    )


@pytest.mark.parametrize(
    ("side", "text"),
    [("winner_text", "Better than Northwind."), ("loser_text", "Fabrikam began earlier.")],
)
def test_a_decision_names_no_rival(world: World, contest: Contest, side: str, text: str) -> None:
    _theirs, ours, case = contest
    notify(case, world.rev1)

    assert refusal(lambda: decided(world, case, **{side: text})) == NAMES
    assert outcomes(ours) == ["pending"]


def test_the_rationale_for_the_file_can_name_all_parties(world: World, contest: Contest) -> None:
    _theirs, ours, case = contest
    notify(case, world.rev1)

    decided(world, case, rationale="Fabrikam's signature is newer than Northwind's.")

    assert outcomes(ours) == ["approved"]


def test_words_of_the_partners_own_claim_and_of_the_customer_are_allowed(
    world: World, contest: Contest
) -> None:
    theirs, ours, _case = contest

    say(ours, world.rev1, "Fabrikam (4391507) and Cora Coraana of contoso.com signed; write to Contoso.")
    say(theirs, world.rev1, "Northwind (5120001) and Cora Coraned of contoso.com signed.")

    assert (ours.comments.count(), theirs.comments.count()) == (1, 1)


def test_a_word_that_only_contains_a_name_is_allowed(world: World, contest: Contest) -> None:
    _theirs, ours, _case = contest

    say(ours, world.rev1, "The snorthwinder module, order 51200019.")

    assert ours.comments.count() == 1


def test_a_decline_of_a_free_item_names_no_rival_of_another_item(world: World) -> None:
    file_claim(world, world.ned, *workloads(TEAMS))
    ours = file_claim(world, world.ana, *workloads(TEAMS, INTUNE))
    take_up(ours, world.rev1)
    _teams, intune = items_of(ours)

    assert refusal(lambda: decide(ours, world.rev1, no(intune, text="Northwind did it."))) == NAMES
    assert (
        refusal(lambda: decide(ours, world.rev1, yes(intune), comment="Unlike Northwind's, it is signed."))
        == NAMES
    )
    assert outcomes(ours) == ["pending", "pending"]


def test_the_guard_stays_after_the_decision(world: World, contest: Contest) -> None:
    theirs, ours, case = contest
    decide_for(case, world.arb, world.northwind, now=at(8))

    assert refusal(lambda: say(ours, world.rev1, "Northwind keeps it.")) == NAMES
    assert refusal(lambda: say(theirs, world.rev1, "Fabrikam lost.")) == NAMES


def test_a_challenger_that_withdrew_is_not_named(world: World) -> None:
    theirs, ours, _case = workload_rivals(world)
    withdraw(theirs, world.ned)

    assert refusal(lambda: say(ours, world.rev1, "Northwind has withdrawn.")) == NAMES


def test_a_second_challenger_is_named_to_no_party(world: World) -> None:
    theirs, ours, _case = workload_rivals(world)
    third = file_claim(world, world.tom, *workloads(TEAMS))

    for claim, name in ((theirs, "Tailspin"), (ours, "Tailspin"), (third, "Fabrikam"), (third, "Northwind")):
        assert refusal(partial(say, claim, world.rev1, f"And {name}?")) == NAMES


def test_without_a_contest_any_company_can_be_mentioned(world: World) -> None:
    claim = file_claim(world, world.ana)

    say(claim, world.rev1, "The statement of work names Northwind as a subcontractor. Why?")

    assert claim.comments.count() == 1


def test_a_partners_own_text_can_name_any_company(world: World, contest: Contest) -> None:
    _theirs, ours, _case = contest

    say(ours, world.ana, "We think Northwind claims it.")

    assert status(ours) == ClaimStatus.UNDER_REVIEW


def renamed(organisation: Organisation, name: str) -> None:
    Organisation.objects.filter(pk=organisation.pk).update(name=name)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("3M", "We decided for 3M."),
        ("Big Sky", "It is Big\nSky."),
        ("Big  Sky", "It is big sky."),
        ("Straße & Söhne", "It is STRASSE & SÖHNE."),
    ],
)
def test_short_names_and_names_of_several_words_count(
    world: World, contest: Contest, name: str, text: str
) -> None:
    _theirs, ours, _case = contest
    renamed(world.northwind, name)

    assert refusal(lambda: say(ours, world.rev1, text)) == NAMES


def test_every_location_of_a_rival_counts(world: World, contest: Contest) -> None:
    _theirs, ours, _case = contest
    Location.objects.create(organisation=world.northwind, mpn_id="5120777", country="US")

    assert refusal(lambda: say(ours, world.rev1, "MPN 5120777 signed.")) == NAMES


def test_the_guard_looks_at_each_claims_own_contests(world: World) -> None:
    """Fabrikam and Northwind contend only for Teams, and Tailspin's claim for Intune has no rival."""
    workload_rivals(world)
    claim = file_claim(world, world.tom, *workloads(INTUNE))

    say(claim, world.rev1, "Northwind is named in your file.")

    assert (claim.comments.count(), claim.case_parties.count()) == (1, 0)
