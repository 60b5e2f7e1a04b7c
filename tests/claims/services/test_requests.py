"""Information requests and how they end (domain.md part 3; scenarios 59 to 61)."""

from collections.abc import Callable
from functools import partial

import pytest

from arbitration import services as desk
from claims.enums import ClaimStatus, RequestReason
from claims.inputs import ContactInput, DraftChanges
from claims.models import Claim, Comment, InformationRequest, RequestParty
from claims.services import change_items, save_claim
from foundation.kernel.errors import Conflict
from partners.models import User
from tests.filing import (
    add_proof,
    answer,
    approve,
    ask,
    at,
    decide,
    decline,
    draft,
    file_claim,
    happened,
    items_of,
    outcomes,
    refusal,
    reloaded,
    response_clock,
    rounds_of,
    say,
    status,
    take_up,
    time_passes,
    withdraw,
    workloads,
    yes,
)
from tests.world import EXCHANGE, INTUNE, NOW, TEAMS, World, actor


@pytest.fixture
def claim(world: World) -> Claim:
    """A claim for two workloads, under review by rev1."""
    claim = file_claim(world, world.ana, *workloads(TEAMS, INTUNE))
    return take_up(claim, world.rev1)


def asked(claim: Claim) -> list[tuple[str, str]]:
    """Return question and state of the claim's requests."""
    return list(
        RequestParty.objects.filter(claim=claim).order_by("pk").values_list("request__question", "state")
    )


# --- Ask ---


def test_59_a_request_makes_the_claim_wait_for_its_partner(world: World, claim: Claim) -> None:
    request = ask(claim, world.rev1, now=at(7), question="Please send the signed page.")

    assert status(claim) == ClaimStatus.PARTNER_ACTION_REQUIRED
    assert (request.due_at, response_clock(request)) == (at(15, 0), ("running", at(15, 0)))
    assert list(claim.comments.values_list("side", "text")) == [("desk", "Please send the signed page.")]
    assert list(request.parties.get().items.order_by("pk")) == items_of(claim)
    assert rounds_of(claim) == [(1, "met")]


@pytest.mark.parametrize("question", ["", "   "])
def test_60_a_request_without_a_text_is_refused(world: World, claim: Claim, question: str) -> None:
    assert refusal(lambda: ask(claim, world.rev1, question=question)) == "COMMENT_REQUIRED"
    assert status(claim) == ClaimStatus.UNDER_REVIEW


def test_a_request_names_its_items_and_the_others_stay_decidable(world: World, claim: Claim) -> None:
    teams, intune = items_of(claim)
    ask(claim, world.rev1, teams)

    decide(claim, world.rev1, yes(intune))

    assert outcomes(claim) == ["pending", "approved"]
    assert status(claim) == ClaimStatus.PARTNER_ACTION_REQUIRED


def test_a_request_about_one_item_leaves_the_round_open_for_the_other(world: World, claim: Claim) -> None:
    ask(claim, world.rev1, items_of(claim)[0])

    assert rounds_of(claim) == [(1, "running")]


def test_nothing_is_asked_before_the_review_starts(world: World) -> None:
    claim = file_claim(world, world.ana)

    assert refusal(lambda: ask(claim, world.rev1)) == "INVALID_TRANSITION"
    assert status(claim) == ClaimStatus.SUBMITTED


def test_support_asks_nothing(world: World, claim: Claim) -> None:
    assert refusal(lambda: ask(claim, world.sup)) == "ROLE_NOT_ALLOWED"


def test_a_decided_item_is_not_asked_about(world: World, claim: Claim) -> None:
    teams, _intune = items_of(claim)
    decide(claim, world.rev1, yes(teams))

    assert refusal(lambda: ask(claim, world.rev1, teams)) == "INVALID_TRANSITION"


def test_several_requests_may_be_open(world: World, claim: Claim) -> None:
    teams, intune = items_of(claim)
    first = ask(claim, world.rev1, teams, question="About Teams?")
    second = ask(claim, world.rev2, intune, question="About Intune?", now=at(8))

    answer(claim, world.ana, request=first, now=at(9))

    assert asked(claim) == [("About Teams?", "answered"), ("About Intune?", "open")]
    assert status(claim) == ClaimStatus.PARTNER_ACTION_REQUIRED
    assert response_clock(second) == ("running", at(16, 0))


def test_the_claim_returns_when_the_last_request_is_answered(world: World, claim: Claim) -> None:
    teams, intune = items_of(claim)
    first, second = ask(claim, world.rev1, teams), ask(claim, world.rev2, intune)
    answer(claim, world.ana, request=first)

    answer(claim, world.ana, request=second)

    assert status(claim) == ClaimStatus.UNDER_REVIEW


# --- Answer ---


def test_two_requests_answered_in_one_act_start_one_round(world: World, claim: Claim) -> None:
    teams, intune = items_of(claim)
    ask(claim, world.rev1, teams, now=at(7))
    ask(claim, world.rev2, intune, now=at(7, 10))

    answer(claim, world.ana, now=at(9))

    assert rounds_of(claim) == [(1, "met"), (2, "running")]
    assert set(claim.rounds.get(number=2).items.values_list("item_id", flat=True)) == {teams.pk, intune.pk}


def test_two_requests_about_one_item_answered_in_one_act_start_one_round(world: World, claim: Claim) -> None:
    teams, _intune = items_of(claim)
    ask(claim, world.rev1, teams, now=at(7))
    ask(claim, world.rev2, teams, now=at(7, 10))

    answer(claim, world.ana, now=at(9))

    assert [number for number, _state in rounds_of(claim)] == [1, 2]
    assert list(claim.rounds.get(number=2).items.values_list("item_id", flat=True)) == [teams.pk]


def test_61_an_answer_starts_round_two_and_round_one_stays_met(world: World, claim: Claim) -> None:
    ask(claim, world.rev1, now=at(7))
    add_proof(claim, world.ana, now=at(9))

    answer(claim, world.ana, now=at(9), comment="")

    assert status(claim) == ClaimStatus.UNDER_REVIEW
    assert reloaded(claim).assignee == world.rev1
    assert rounds_of(claim) == [(1, "met"), (2, "running")]
    assert claim.rounds.get(number=2).clock.due_at == at(17, 0)


def test_an_answer_starts_a_round_for_the_named_items_only(world: World, claim: Claim) -> None:
    teams, _intune = items_of(claim)
    ask(claim, world.rev1, teams)

    answer(claim, world.ana)

    assert list(claim.rounds.get(number=2).items.values_list("item", flat=True)) == [teams.pk]
    assert rounds_of(claim) == [(1, "running"), (2, "running")]


def test_an_answer_needs_something_new(world: World, claim: Claim) -> None:
    say(claim, world.ana, "Said before the question.")
    ask(claim, world.rev1, now=at(7))

    assert refusal(lambda: answer(claim, world.ana, comment="", now=at(8))) == "COMMENT_REQUIRED"
    assert status(claim) == ClaimStatus.PARTNER_ACTION_REQUIRED


@pytest.mark.parametrize("what", ["comment", "proof", "contact", "location", "item"])
def test_a_comment_a_proof_or_an_edit_is_something_new(world: World, claim: Claim, what: str) -> None:
    ask(claim, world.rev1, now=at(7))
    public_id, ana = str(claim.public_id), actor(world.ana)
    person = ContactInput(first_name="Kim", last_name="New", title="CTO", email="kim@contoso.com")
    acts: dict[str, Callable[[], object]] = {
        "comment": lambda: say(claim, world.ana, "It is on page two.", now=at(8)),
        "proof": lambda: add_proof(claim, world.ana, now=at(8)),
        "contact": lambda: save_claim(
            public_id=public_id, changes=DraftChanges(contacts={"customer": person}), actor=ana, now=at(8)
        ),
        "location": lambda: save_claim(
            public_id=public_id, changes=DraftChanges(mpn_id="4391509"), actor=ana, now=at(8)
        ),
        "item": lambda: change_items(
            public_id=public_id, add=workloads(EXCHANGE), actor=ana, now=at(8), confirmed_warnings=()
        ),
    }
    acts[what]()

    answer(claim, world.ana, comment="", now=at(8))

    assert status(claim) == ClaimStatus.UNDER_REVIEW


def test_a_comment_of_the_desk_answers_nothing(world: World, claim: Claim) -> None:
    ask(claim, world.rev1, now=at(7))
    say(claim, world.rev2, "It would help to have page two.", now=at(8))

    assert refusal(lambda: answer(claim, world.ana, comment="", now=at(8))) == "COMMENT_REQUIRED"


def test_an_incentives_user_adds_but_does_not_answer(world: World, claim: Claim) -> None:
    ask(claim, world.rev1)
    say(claim, world.uma, "It is on page two.")

    assert refusal(lambda: answer(claim, world.uma)) == "ROLE_NOT_ALLOWED"
    assert status(claim) == ClaimStatus.PARTNER_ACTION_REQUIRED


def test_without_a_request_there_is_nothing_to_answer(world: World, claim: Claim) -> None:
    assert refusal(lambda: answer(claim, world.ana)) == "INVALID_TRANSITION"


def test_an_answer_an_instant_before_it_is_due_is_in_time(world: World, claim: Claim) -> None:
    request = ask(claim, world.rev1, now=at(7))

    answer(claim, world.ana, now=at(14, 23, 59))

    assert status(claim) == ClaimStatus.UNDER_REVIEW
    assert response_clock(request)[0] == "met"


def test_an_answer_at_the_due_instant_is_late(world: World, claim: Claim) -> None:
    request = ask(claim, world.rev1, now=at(7))

    assert refusal(lambda: answer(claim, world.ana, now=request.due_at, comment="")) == "RESPONSE_LATE"
    assert status(claim) == ClaimStatus.PARTNER_ACTION_REQUIRED


def test_the_text_of_a_late_answer_is_kept_as_a_comment_once(world: World, claim: Claim) -> None:
    request = ask(claim, world.rev1, now=at(7))
    late = partial(answer, claim, world.ana, now=request.due_at, comment="It is on page 4.")

    with pytest.raises(Conflict, match="is posted as a comment") as refused:
        late()
    with pytest.raises(Conflict, match="is posted as a comment"):
        late()

    kept = Comment.objects.filter(claim=claim, side="partner")
    assert refused.value.code == "RESPONSE_LATE"
    assert [(comment.text, comment.author, comment.created_at) for comment in kept] == [
        ("It is on page 4.", world.ana, request.due_at)
    ]
    assert status(claim) == ClaimStatus.PARTNER_ACTION_REQUIRED


def test_a_late_answer_after_the_sweep_is_kept_as_a_comment(world: World, claim: Claim) -> None:
    request = ask(claim, world.rev1, now=at(7))
    time_passes(request.due_at)

    with pytest.raises(Conflict, match="is posted as a comment") as refused:
        answer(claim, world.ana, now=at(16), comment="It is on page 4.")

    assert (refused.value.code, status(claim)) == ("RESPONSE_LATE", ClaimStatus.REJECTED)
    assert Comment.objects.filter(claim=claim, side="partner").get().text == "It is on page 4."


def test_a_late_answer_is_late_whether_or_not_a_sweep_has_run(world: World, claim: Claim) -> None:
    teams, _intune = items_of(claim)
    request = ask(claim, world.rev1, teams, now=at(7))
    time_passes(request.due_at)

    late = refusal(lambda: answer(claim, world.ana, request=request, now=at(16), comment=""))

    assert late == "RESPONSE_LATE"


# --- Silence ---


def test_silence_declines_the_named_items_and_the_others_go_on(world: World, claim: Claim) -> None:
    teams, _intune = items_of(claim)
    ask(claim, world.rev1, teams, now=at(7))

    time_passes(at(15, 0))

    assert outcomes(claim) == ["declined NO_PARTNER_RESPONSE", "pending"]
    assert status(claim) == ClaimStatus.UNDER_REVIEW


def test_silence_about_everything_settles_the_claim(world: World, claim: Claim) -> None:
    ask(claim, world.rev1, now=at(7))

    time_passes(at(20))

    assert outcomes(claim) == ["declined NO_PARTNER_RESPONSE"] * 2
    assert status(claim) == ClaimStatus.REJECTED


def test_nothing_lapses_before_its_due_instant(world: World, claim: Claim) -> None:
    ask(claim, world.rev1, now=at(7))

    time_passes(at(14, 23, 59))

    assert status(claim) == ClaimStatus.PARTNER_ACTION_REQUIRED


def test_any_act_at_the_due_instant_lets_the_request_lapse_first(world: World, claim: Claim) -> None:
    teams, intune = items_of(claim)
    request = ask(claim, world.rev1, teams, now=at(7))

    decide(claim, world.rev1, yes(intune), now=request.due_at)

    assert outcomes(claim) == ["declined NO_PARTNER_RESPONSE", "approved"]
    assert status(claim) == ClaimStatus.APPROVED


def test_a_lapsed_item_is_not_approved(world: World, claim: Claim) -> None:
    teams, _intune = items_of(claim)
    request = ask(claim, world.rev1, teams, now=at(7))

    assert refusal(lambda: decide(claim, world.rev1, yes(teams), now=request.due_at)) == "INVALID_TRANSITION"


def test_an_item_asked_about_twice_lapses_with_the_first(world: World, claim: Claim) -> None:
    ask(claim, world.rev1, now=at(7), question="Who signed?")
    ask(claim, world.rev1, now=at(9), question="And when?")

    time_passes(at(15, 0))

    assert asked(claim) == [("Who signed?", "lapsed"), ("And when?", "closed")]
    assert status(claim) == ClaimStatus.REJECTED


# --- Moot ---


def test_deciding_the_items_of_a_request_closes_it(world: World, claim: Claim) -> None:
    teams, _intune = items_of(claim)
    request = ask(claim, world.rev1, teams)

    decide(claim, world.rev1, yes(teams))

    assert asked(claim) == [("Who signed it?", "closed")]
    assert response_clock(request)[0] == "cancelled"
    assert status(claim) == ClaimStatus.UNDER_REVIEW


def test_withdrawing_closes_the_request(world: World, claim: Claim) -> None:
    request = ask(claim, world.rev1)

    withdraw(claim, world.ana)

    assert (asked(claim), response_clock(request)[0]) == ([("Who signed it?", "closed")], "cancelled")


@pytest.mark.parametrize("end", [approve, decline])
def test_a_settled_claim_is_not_asked(
    world: World, claim: Claim, end: Callable[[Claim, User], object]
) -> None:
    end(claim, world.rev1)

    assert refusal(lambda: ask(claim, world.rev1)) == "INVALID_TRANSITION"


def test_asking_an_older_version_is_stale(world: World) -> None:
    claim = file_claim(world, world.ana)
    seen = reloaded(claim).version
    take_up(claim, world.rev1)

    def late() -> InformationRequest:
        return desk.request_information(
            public_id=str(claim.public_id),
            reason=RequestReason.OTHER,
            question="Why?",
            actor=actor(world.rev2),
            now=NOW,
            version=seen,
        )

    assert refusal(late) == "STALE_VERSION"


def test_a_draft_is_not_asked(world: World) -> None:
    claim = draft(world, world.ana)

    assert refusal(lambda: ask(claim, world.rev1)) == "NOT_FOUND"
    assert happened(claim)[-1] == "claim.proof_added"
