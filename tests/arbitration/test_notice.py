"""The notice and the clock that it starts (domain.md 5.2, part 6; scenarios 73 and 74; situation 7)."""

import pytest

from arbitration import services as desk
from arbitration.models import Case
from claims.enums import ClaimStatus
from claims.models import Claim
from foundation.kernel.errors import StaleVersion
from tests.filing import (
    arbitration_clock,
    ask,
    at,
    case_of,
    file_claim,
    happened,
    held_and_claimed,
    items_of,
    notify,
    party_of,
    refusal,
    reloaded,
    review_clock,
    rounds_of,
    status,
    take_up,
    time_passes,
    withdraw,
    workload_rivals,
    workloads,
)
from tests.world import TEAMS, World, actor


def texts(claim: Claim) -> list[tuple[str, str]]:
    return list(claim.comments.order_by("pk").values_list("side", "text"))


def test_73_the_notice_meets_the_review_and_starts_the_arbitration(world: World) -> None:
    theirs, ours, case = held_and_claimed(world)
    take_up(ours, world.rev1, now=at(7))

    notify(case, world.rev1, now=at(9))

    assert status(ours) == ClaimStatus.UNDER_REVIEW
    assert texts(ours) == [("desk", desk.notice_to_challenger())]
    assert items_of(ours)[0].in_arbitration_since == at(9)
    assert rounds_of(ours) == [(1, "met")]
    clock = arbitration_clock(case)
    assert (clock.started_at, clock.due_at, clock.state) == (at(9), at(17, 0), "running")
    assert (status(theirs), texts(theirs)) == (
        ClaimStatus.APPROVED,
        [("desk", desk.notice_to_holder())],
    )


def test_the_invitation_to_the_holder_is_no_request_and_pauses_nothing(world: World) -> None:
    theirs, _ours, case = held_and_claimed(world)

    notify(case, world.rev1)

    assert theirs.requests.count() == 0
    assert arbitration_clock(case).pauses.count() == 0
    assert reloaded(theirs).assignee == world.rev2


def test_the_notice_starts_the_review_of_a_submitted_claim(world: World) -> None:
    _theirs, ours, case = held_and_claimed(world)

    notify(case, world.arb)

    assert (status(ours), reloaded(ours).assignee) == (ClaimStatus.UNDER_REVIEW, world.arb)


def test_the_notice_keeps_the_assignee(world: World) -> None:
    _theirs, ours, case = held_and_claimed(world)
    take_up(ours, world.rev1)

    notify(case, world.rev2)

    assert reloaded(ours).assignee == world.rev1


def test_the_notice_reaches_a_party_whose_partner_is_being_asked(world: World) -> None:
    ours = file_claim(world, world.ana, *workloads(TEAMS))
    take_up(ours, world.rev1)
    ask(ours, world.rev1)
    case = case_of(file_claim(world, world.ned, *workloads(TEAMS)))

    notify(case, world.rev1)

    assert status(ours) == ClaimStatus.PARTNER_ACTION_REQUIRED
    assert arbitration_clock(case).state == "paused"


def test_74_without_a_notice_the_review_is_breached_although_the_case_exists(world: World) -> None:
    _theirs, ours, case = held_and_claimed(world)

    time_passes(at(14))

    assert review_clock(ours).breached_at == at(14, 0)
    assert Case.objects.get(pk=case.pk).clock is None


def test_a_notice_at_the_due_instant_meets_a_breached_clock(world: World) -> None:
    _theirs, ours, case = held_and_claimed(world)

    notify(case, world.rev1, now=at(14, 0))

    clock = review_clock(ours)
    assert (clock.state, clock.met_at, clock.breached_at) == ("met", at(14, 0), at(14, 0))


def test_the_notice_meets_the_contested_item_only(world: World) -> None:
    theirs, ours, case = workload_rivals(world)
    both = file_claim(world, world.tom, *workloads(TEAMS, "intune"))

    notify(case, world.rev1)

    assert [rounds_of(claim) for claim in (theirs, ours, both)] == [
        [(1, "met")],
        [(1, "met")],
        [(1, "running")],
    ]


def test_7_a_late_joiner_gets_a_notice_of_its_own_which_starts_no_clock_again(world: World) -> None:
    theirs, ours, case = workload_rivals(world)
    notify(case, world.rev1, now=at(7))
    third = file_claim(world, world.tom, *workloads(TEAMS), now=at(9))

    notify(Case.objects.get(pk=case.pk), world.rev1, now=at(10))

    assert (arbitration_clock(case).started_at, Case.objects.get(pk=case.pk).notice_at) == (at(7), at(7))
    assert [party_of(case, claim).noticed_at for claim in (theirs, ours, third)] == [at(7), at(7), at(10)]
    assert [len(texts(claim)) for claim in (theirs, ours, third)] == [1, 1, 1]
    assert (rounds_of(third), review_clock(third).met_at) == ([(1, "met")], at(10))


def test_a_notice_without_recipients_is_refused(world: World) -> None:
    _theirs, _ours, case = held_and_claimed(world)
    notify(case, world.rev1)

    assert refusal(lambda: notify(case, world.rev2)) == "INVALID_TRANSITION"


@pytest.mark.parametrize("name", ["sup", "ana"])
def test_only_reviewers_and_arbiters_post_notices(world: World, name: str) -> None:
    _theirs, _ours, case = held_and_claimed(world)

    assert refusal(lambda: notify(case, getattr(world, name))) in ("ROLE_NOT_ALLOWED", "NOT_FOUND")
    assert Case.objects.get(pk=case.pk).notice_at is None


def test_the_reviewer_can_write_other_texts(world: World) -> None:
    theirs, ours, case = held_and_claimed(world)

    notify(case, world.rev1, challenger_text="Please wait.", holder_text="Anything new?")

    assert (texts(theirs), texts(ours)) == ([("desk", "Anything new?")], [("desk", "Please wait.")])


def test_a_version_from_before_a_party_joined_is_stale(world: World) -> None:
    _theirs, _ours, case = workload_rivals(world)
    seen = case.version
    file_claim(world, world.tom, *workloads(TEAMS))

    with pytest.raises(StaleVersion):
        desk.post_notice(case_id=str(case.public_id), actor=actor(world.rev1), now=at(7), version=seen)


def test_a_closed_case_takes_no_notice(world: World) -> None:
    _theirs, ours, case = held_and_claimed(world)
    withdraw(ours, world.ana)

    assert refusal(lambda: notify(case, world.rev1)) == "INVALID_TRANSITION"
    assert happened(ours)[-1] == "claim.settled"
