"""Cases with fewer than two parties left, and cases whose subscription ends (domain.md 5.8; situations 8, 9, 12)."""

from collections.abc import Callable

import pytest

from arbitration.models import Case
from associations.models import Association
from claims.enums import ClaimStatus
from claims.models import Claim
from claims.services import change_items
from foundation.journal.models import Event
from partners.models import User
from tests.filing import (
    answer,
    approve,
    arbitration_clock,
    ask,
    ask_parties,
    at,
    case_of,
    decide_for,
    directory_says,
    file_claim,
    grants_of,
    happened,
    held_and_claimed,
    hold,
    items_of,
    notify,
    outcomes,
    parties_in,
    pending,
    refusal,
    response_clock,
    review_clock,
    rounds_of,
    status,
    take_up,
    time_passes,
    withdraw,
    workload_rivals,
    workloads,
)
from tests.world import EXCHANGE, INTUNE, TEAMS, World, actor


def said(claim: Claim) -> list[str]:
    """What the system told the claim's partner."""
    return list(claim.comments.filter(side="system").order_by("pk").values_list("text", flat=True))


def now_is(case: Case) -> tuple[str, str]:
    case = Case.objects.get(pk=case.pk)
    return case.state, case.outcome


GOES_ON = ["No one else needs to be heard. The review of your claim continues."]
STAYS = ["The review that the desk told you about has ended. Your association stays as it was."]


def test_8_the_challenger_withdraws_and_the_holder_stays(world: World) -> None:
    theirs, ours, case = held_and_claimed(world)
    notify(case, world.rev1, now=at(7))

    withdraw(ours, world.ana, now=at(8))

    assert now_is(case) == ("closed", "no_contest")
    assert arbitration_clock(case).state == "cancelled"
    assert (status(theirs), grants_of(theirs), said(theirs)) == (
        ClaimStatus.APPROVED,
        [("usage", "active")],
        STAYS,
    )
    assert items_of(theirs)[0].in_arbitration_since is None
    assert (status(ours), rounds_of(ours), said(ours)) == (ClaimStatus.WITHDRAWN, [(1, "met")], [])


def test_before_a_notice_the_holder_learns_nothing(world: World) -> None:
    theirs, ours, case = held_and_claimed(world)

    withdraw(ours, world.ana)

    assert (now_is(case), said(theirs)) == (("closed", "no_contest"), [])


def test_9_without_a_holder_the_remaining_challenger_continues_alone_in_a_new_round(world: World) -> None:
    theirs, ours, case = workload_rivals(world)
    notify(case, world.rev1, now=at(7))

    withdraw(theirs, world.ned, now=at(9))

    assert now_is(case) == ("closed", "no_contest")
    assert (status(ours), said(ours)) == (ClaimStatus.UNDER_REVIEW, GOES_ON)
    assert rounds_of(ours) == [(1, "met"), (2, "running")]
    assert (review_clock(ours).started_at, review_clock(ours).due_at) == (at(9), at(17, 0))
    assert items_of(ours)[0].in_arbitration_since is None
    approve(ours, world.rev1, now=at(9))
    assert outcomes(ours) == ["approved"]


def test_9_without_a_notice_the_running_round_continues(world: World) -> None:
    theirs, ours, _case = workload_rivals(world)

    withdraw(theirs, world.ned, now=at(9))

    assert (status(ours), said(ours)) == (ClaimStatus.SUBMITTED, [])
    assert rounds_of(ours) == [(1, "running")]
    assert review_clock(ours).started_at == at(6)


def test_the_remaining_claim_returns_to_the_status_it_left(world: World) -> None:
    theirs, ours, case = workload_rivals(world)
    request = ask_parties(case, world.arb, now=at(7))
    asked = status(ours)

    withdraw(theirs, world.ned, now=at(8))

    assert (asked, status(ours)) == (ClaimStatus.PARTNER_ACTION_REQUIRED, ClaimStatus.UNDER_REVIEW)
    assert ours.requests.get().state == "closed"
    assert response_clock(request)[0] == "cancelled"
    assert refusal(lambda: answer(ours, world.ana, now=at(8))) == "INVALID_TRANSITION"


def test_an_answered_request_has_a_met_clock(world: World) -> None:
    theirs, ours, case = workload_rivals(world)
    request = ask_parties(case, world.arb, now=at(7))
    answer(ours, world.ana, now=at(8))

    withdraw(theirs, world.ned, now=at(9))

    assert response_clock(request)[0] == "met"
    assert ours.requests.get().state == "answered"


def test_one_of_three_can_leave_and_the_contest_continues(world: World) -> None:
    theirs, ours, case = workload_rivals(world)
    third = file_claim(world, world.tom, *workloads(TEAMS))
    notify(case, world.rev1)

    withdraw(theirs, world.ned)

    assert (now_is(case), parties_in(case)) == (("open", ""), ["fabrikam", "tailspin"])
    assert arbitration_clock(case).state == "running"
    assert [said(claim) for claim in (ours, third)] == [[], []]


def test_two_claims_of_one_organisation_are_no_contest(world: World) -> None:
    usage = file_claim(world, world.ana, activities=("usage",))
    presales = file_claim(world, world.ana, activities=("presales",))
    theirs = file_claim(world, world.ned)
    case = case_of(theirs)
    notify(case, world.rev1)

    withdraw(theirs, world.ned)

    assert now_is(case) == ("closed", "no_contest")
    assert [rounds_of(claim)[-1] for claim in (usage, presales)] == [(2, "running")] * 2


def test_silence_of_the_only_challenger_ends_the_contest(world: World) -> None:
    theirs, ours, case = held_and_claimed(world)
    request = ask_parties(case, world.arb, ours, now=at(7))

    time_passes(request.due_at)

    assert now_is(case) == ("closed", "no_contest")
    assert outcomes(ours) == ["declined NO_PARTNER_RESPONSE"]
    assert grants_of(theirs) == [("usage", "active")]


def test_the_system_acts_on_the_claims_that_remain(world: World) -> None:
    """Their history must not name the user who withdrew the other claim."""
    theirs, ours, case = workload_rivals(world)
    ask_parties(case, world.arb, now=at(7))

    withdraw(theirs, world.ned, now=at(8))

    acted = Event.objects.filter(claim_id=ours.pk).values_list("actor_name", flat=True)
    assert set(acted) == {"Ana Alves", "Arne Arbiter", "system", "Ned Nolan"} - {"Ned Nolan"}


def test_a_replaced_item_leaves_its_case_and_the_new_one_does_not_join(world: World) -> None:
    hold(world, world.ned, *workloads(TEAMS))
    ours = file_claim(world, world.ana, *workloads(TEAMS))
    case = case_of(ours)
    ask_parties(case, world.arb, ours, now=at(7))

    change_items(
        public_id=str(ours.public_id),
        add=workloads(INTUNE),
        remove=[str(items_of(ours)[0].public_id)],
        actor=actor(world.ana),
        now=at(8),
    )

    assert now_is(case) == ("closed", "no_contest")
    assert (outcomes(ours), status(ours)) == (["withdrawn", "pending"], ClaimStatus.UNDER_REVIEW)
    assert [item.case_parties.count() for item in items_of(ours)] == [1, 0]
    assert happened(ours).count("claim.settled") == 0


# --- The subscription ends ---


def test_12_the_end_of_the_subscription_closes_the_case_and_no_review_continues(world: World) -> None:
    theirs, ours, case = held_and_claimed(world)
    notify(case, world.rev1, now=at(7))

    directory_says(world.s_a, state="expired", now=at(8))

    assert now_is(case) == ("closed", "subscription_ended")
    assert arbitration_clock(case).state == "cancelled"
    assert (outcomes(ours), status(ours)) == (["declined SUBSCRIPTION_ENDED"], ClaimStatus.REJECTED)
    assert (outcomes(theirs), status(theirs)) == (["approved"], ClaimStatus.ENDED)
    assert [said(claim) for claim in (theirs, ours)] == [[], []]
    assert Association.objects.get().end_reason == "subscription_ended"


def test_the_end_closes_a_case_without_a_holder_for_all_its_claimants(world: World) -> None:
    claims = [file_claim(world, user) for user in (world.ned, world.ana, world.tom)]
    case = case_of(claims[0])
    ask_parties(case, world.arb, now=at(7))

    directory_says(world.s_a, state="deleted", now=at(8))

    assert now_is(case) == ("closed", "subscription_ended")
    assert [outcomes(claim) for claim in claims] == [["declined SUBSCRIPTION_ENDED"]] * 3
    assert [status(claim) for claim in claims] == [ClaimStatus.REJECTED] * 3
    assert [said(claim) for claim in claims] == [[], [], []]
    assert [claim.requests.get().state for claim in claims] == ["closed"] * 3


def test_an_item_that_the_directory_ended_leaves_its_round_and_does_not_meet_it(world: World) -> None:
    claim = file_claim(world, world.ana)

    directory_says(world.s_a, state="expired", now=at(8))

    assert rounds_of(claim) == [(1, "cancelled")]


@pytest.mark.parametrize("wanted", ["submitted", "under_review", "partner_action_required"])
def test_an_open_item_is_declined_in_every_status(world: World, wanted: str) -> None:
    claim = file_claim(world, world.ana)
    if wanted != "submitted":
        take_up(claim, world.rev1)
    if wanted == "partner_action_required":
        ask(claim, world.rev1)
    reached = status(claim)

    directory_says(world.s_a, state="expired", now=at(8))

    assert (reached, outcomes(claim), status(claim)) == (
        wanted,
        ["declined SUBSCRIPTION_ENDED"],
        ClaimStatus.REJECTED,
    )


@pytest.mark.parametrize("how", [pending, hold])
def test_a_grant_ends_whether_pending_or_active(world: World, how: Callable[[World, User], Claim]) -> None:
    claim = how(world, world.ana)

    directory_says(world.s_a, state="expired", now=at(8))

    assert (grants_of(claim), status(claim)) == ([("usage", "ended")], ClaimStatus.ENDED)


@pytest.mark.parametrize("state", ["active", "in_grace", "suspended"])
def test_12_no_other_change_of_a_subscription_ends_anything(world: World, state: str) -> None:
    held = hold(world, world.ana, now=at(6))
    open_claim = file_claim(world, world.ana, activities=("presales",), now=at(20))

    directory_says(world.s_a, state=state, now=at(21))

    assert (status(held), grants_of(held)) == (ClaimStatus.APPROVED, [("usage", "active")])
    assert status(open_claim) == ClaimStatus.SUBMITTED


def test_a_suspension_is_flagged_to_the_desk_once(world: World) -> None:
    claim = file_claim(world, world.ana)

    directory_says(world.s_a, state="suspended", now=at(8))
    directory_says(world.s_a, state="suspended", now=at(9))

    assert happened(claim).count("claim.subscription_suspended") == 1


def test_an_end_that_the_directory_reversed_in_time_ends_nothing(world: World) -> None:
    held = hold(world, world.ned)
    ours = file_claim(world, world.ana)
    directory_says(world.s_a, state="expired", now=at(8), delivered=False)

    directory_says(world.s_a, state="in_grace", now=at(8, 10))
    time_passes(at(8, 11))

    assert (status(held), grants_of(held)) == (ClaimStatus.APPROVED, [("usage", "active")])
    assert (outcomes(ours), now_is(case_of(ours))) == (["pending"], ("open", ""))


def test_an_end_that_was_reversed_later_revives_nothing(world: World) -> None:
    claim = file_claim(world, world.ana)
    directory_says(world.s_a, state="expired", now=at(8))

    directory_says(world.s_a, state="active", now=at(9))
    again = file_claim(world, world.ana, now=at(9))

    assert (outcomes(claim), status(again)) == (["declined SUBSCRIPTION_ENDED"], ClaimStatus.SUBMITTED)


def test_an_end_leaves_claims_on_other_scopes_unchanged(world: World) -> None:
    claim = file_claim(world, world.ana, *workloads(TEAMS, EXCHANGE))
    held = hold(world, world.ned)

    directory_says(world.s_a, state="expired", now=at(8))

    assert (status(held), status(claim), outcomes(claim)) == (
        ClaimStatus.ENDED,
        ClaimStatus.SUBMITTED,
        ["pending", "pending"],
    )


def test_an_end_while_the_winner_waits_for_consent_ends_both(world: World) -> None:
    theirs, ours, case = held_and_claimed(world)
    decide_for(case, world.arb, world.fabrikam, now=at(7))

    directory_says(world.s_a, state="expired", now=at(8))

    assert [status(claim) for claim in (theirs, ours)] == [ClaimStatus.ENDED, ClaimStatus.ENDED]
    assert set(Association.objects.values_list("state", "end_reason")) == {("ended", "subscription_ended")}
