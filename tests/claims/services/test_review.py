"""Reviews started, items decided, claims settled and withdrawn (domain.md part 3; scenarios 57, 58, 65 to 68, 86)."""

import pytest

from arbitration import services as desk
from arbitration.services import Decision
from associations.models import ConsentRequest
from claims.enums import ClaimStatus, DeclineReason
from claims.models import ClaimItem
from clocks.models import Clock
from foundation.kernel.actor import DeskRole
from foundation.kernel.errors import NotFound, Refused
from partners.models import DeskSeat, Member
from tests.filing import (
    DAY,
    answer,
    approve,
    ask,
    at,
    at_desk,
    case_of,
    consent_passes,
    decide,
    decline,
    directory_says,
    draft,
    file_claim,
    grants_of,
    happened,
    hold,
    items_of,
    no,
    open_items_of,
    outcomes,
    pending,
    refusal,
    reloaded,
    review_clock,
    rounds_of,
    sales,
    status,
    take_up,
    time_passes,
    withdraw,
    workload_rivals,
    workloads,
    yes,
)
from tests.world import EXCHANGE, INTUNE, MARKETING, NOW, TEAMS, World, actor

ALL_THREE = (TEAMS, INTUNE, EXCHANGE)


# --- Start review ---


@pytest.mark.parametrize("name", ["rev1", "arb"])
def test_58_a_reviewer_starts_a_review_and_becomes_the_assignee(world: World, name: str) -> None:
    claim = file_claim(world, world.ana)

    take_up(claim, getattr(world, name))

    assert status(claim) == ClaimStatus.UNDER_REVIEW
    assert reloaded(claim).assignee == getattr(world, name)
    assert happened(claim)[-1] == "claim.review_started"
    assert rounds_of(claim) == [(1, "running")]


def test_support_sees_a_claim_but_does_not_start_its_review(world: World) -> None:
    claim = file_claim(world, world.ana)

    assert refusal(lambda: take_up(claim, world.sup)) == "ROLE_NOT_ALLOWED"
    assert status(claim) == ClaimStatus.SUBMITTED


def test_a_review_is_started_once(world: World) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)

    assert refusal(lambda: take_up(claim, world.rev2)) == "INVALID_TRANSITION"
    assert reloaded(claim).assignee == world.rev1


def test_the_desk_cannot_see_a_draft(world: World) -> None:
    claim = draft(world, world.ana)

    with pytest.raises(NotFound):
        take_up(claim, world.rev1)


def test_68_a_reviewer_who_is_a_member_sees_no_claim_of_its_organisation(world: World) -> None:
    Member.objects.create(user=world.rev1, organisation=world.fabrikam)
    claim = file_claim(world, world.ana)

    with pytest.raises(NotFound):
        desk.start_review(public_id=str(claim.public_id), actor=at_desk(world.rev1), now=NOW)
    assert status(claim) == ClaimStatus.SUBMITTED


# --- Decide ---


def test_65_an_approval_waits_for_the_customers_consent(world: World) -> None:
    claim = file_claim(world, world.ana, workloads(MARKETING)[0])
    take_up(claim, world.rev1)

    approve(claim, world.rev1, now=at(7))
    time_passes(at(7, 10))

    request = ConsentRequest.objects.get(claim_id=claim.pk)
    assert status(claim) == ClaimStatus.APPROVED
    assert outcomes(claim) == ["approved"]
    assert grants_of(claim) == [("usage", "pending_consent")]
    assert (request.handed_over_at, request.window_ends_at) == (at(7, 10), at(15, 0))
    assert rounds_of(claim) == [(1, "met")]


def test_66_declining_needs_a_reason_and_a_text(world: World) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    (item,) = items_of(claim)
    without_reason = Decision(item_id=item.pk, approve=False, text="Not signed.")

    assert refusal(lambda: decide(claim, world.rev1, without_reason)) == "REASON_REQUIRED"
    assert refusal(lambda: decide(claim, world.rev1, no(item, text="  "))) == "COMMENT_REQUIRED"
    assert (status(claim), outcomes(claim)) == (ClaimStatus.UNDER_REVIEW, ["pending"])


def test_66_a_declined_claim_is_rejected_with_its_reason(world: World) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)

    decline(claim, world.rev1, now=at(8))

    (item,) = items_of(claim)
    assert status(claim) == ClaimStatus.REJECTED
    assert (item.reason_code, item.reason_text, item.decided_by, item.decided_at) == (
        DeclineReason.INSUFFICIENT_POE,
        "The proof is not signed.",
        world.rev1,
        at(8),
    )
    assert reloaded(claim).settled_at == at(8)


def test_several_outcomes_in_one_call(world: World) -> None:
    claim = file_claim(world, world.ana, *workloads(*ALL_THREE))
    take_up(claim, world.rev1)
    teams, intune, _exchange = items_of(claim)

    decide(claim, world.rev1, yes(teams), no(intune))
    in_between = status(claim)
    approve(claim, world.rev1)

    assert in_between == ClaimStatus.UNDER_REVIEW
    assert outcomes(claim) == ["approved", "declined INSUFFICIENT_POE", "approved"]
    assert status(claim) == ClaimStatus.APPROVED


def test_nothing_is_decided_before_the_review_starts(world: World) -> None:
    claim = file_claim(world, world.ana)

    assert refusal(lambda: approve(claim, world.rev1)) == "INVALID_TRANSITION"
    assert outcomes(claim) == ["pending"]


@pytest.mark.parametrize("name", ["ana", "sup"])
def test_only_reviewers_and_arbiters_decide(world: World, name: str) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)

    assert refusal(lambda: approve(claim, getattr(world, name))) == "ROLE_NOT_ALLOWED"


def test_an_item_is_decided_once(world: World) -> None:
    claim = file_claim(world, world.ana, *workloads(TEAMS, INTUNE))
    take_up(claim, world.rev1)
    teams, _intune = items_of(claim)
    decide(claim, world.rev1, yes(teams))

    assert refusal(lambda: decide(claim, world.rev2, no(teams))) == "INVALID_TRANSITION"
    assert outcomes(claim) == ["approved", "pending"]


@pytest.mark.parametrize("again", ["approve", "decline"])
def test_one_call_decides_each_item_once(world: World, again: str) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    (item,) = items_of(claim)
    second = yes(item) if again == "approve" else no(item)

    assert refusal(lambda: decide(claim, world.rev1, yes(item), second)) == "INVALID_TRANSITION"
    assert outcomes(claim) == ["pending"]


def test_an_item_of_another_claim_is_not_decided_here(world: World) -> None:
    claim, other = file_claim(world, world.ana), file_claim(world, world.ana, *workloads(TEAMS))
    take_up(claim, world.rev1)
    take_up(other, world.rev1)

    assert (
        refusal(lambda: decide(claim, world.rev1, yes(items_of(claim)[0]), yes(items_of(other)[0])))
        == "INVALID_TRANSITION"
    )


def test_deciding_an_older_version_is_stale(world: World) -> None:
    claim = file_claim(world, world.ana)
    seen = reloaded(claim).version
    take_up(claim, world.rev1)
    (item,) = items_of(claim)

    assert refusal(lambda: decide(claim, world.rev2, yes(item), version=seen)) == "STALE_VERSION"


def test_approval_runs_the_directory_rules_again_and_changes_nothing_when_one_fails(world: World) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    directory_says(world.s_a, state="suspended")
    before = happened(claim)

    with pytest.raises(Refused) as refused:
        approve(claim, world.rev1)

    assert [finding.code for finding in refused.value.findings] == ["SUBSCRIPTION_NOT_ACTIVE"]
    assert (status(claim), outcomes(claim), happened(claim)) == (
        ClaimStatus.UNDER_REVIEW,
        ["pending"],
        before,
    )


def test_approval_does_not_check_for_competition(world: World) -> None:
    """D11 never runs at approval, so the winner of a contest is approved despite its rivals."""
    _theirs, ours, case = workload_rivals(world)
    desk.post_notice(case_id=str(case.public_id), actor=actor(world.rev1), now=NOW)

    desk.decide_case(
        case_id=str(case.public_id),
        ruling=desk.Ruling(winner_id=world.fabrikam.pk, rationale="r", winner_text="w", loser_text="l"),
        actor=actor(world.arb),
        now=NOW,
    )

    assert status(ours) == ClaimStatus.APPROVED


def test_86_a_contested_item_is_decided_in_its_case_only(world: World) -> None:
    _theirs, ours, _case = workload_rivals(world)
    take_up(ours, world.rev1)
    (item,) = items_of(ours)

    assert refusal(lambda: decide(ours, world.rev1, yes(item))) == "CASE_OPEN"
    assert refusal(lambda: decide(ours, world.rev1, no(item))) == "CASE_OPEN"
    assert outcomes(ours) == ["pending"]


def test_6_a_free_item_never_waits_for_a_contested_one(world: World) -> None:
    hold(world, world.ned, *workloads(TEAMS))
    claim = file_claim(world, world.ana, *workloads(*ALL_THREE))
    take_up(claim, world.rev1)
    contested, *free = items_of(claim)

    decide(claim, world.rev1, *map(yes, free))

    assert outcomes(claim) == ["pending", "approved", "approved"]
    assert (status(claim), case_of(claim).state) == (ClaimStatus.UNDER_REVIEW, "open")
    assert contested.scope.workload == world.products[TEAMS]


def test_67_an_untouched_claim_is_breached_at_the_end_of_day_five(world: World) -> None:
    claim = file_claim(world, world.ana)

    time_passes(at(13, 23, 59))
    before = review_clock(claim).breached_at
    time_passes(at(16))
    time_passes(at(17))

    clock = review_clock(claim)
    assert (before, clock.breached_at, clock.state) == (None, at(14, 0), "running")


# --- Settle ---


def test_a_claim_settles_by_the_first_rule_that_fits(world: World) -> None:
    approved, declined, withdrawn = (
        file_claim(world, world.ana, *workloads(code)) for code in (TEAMS, INTUNE, EXCHANGE)
    )
    for claim in (approved, declined, withdrawn):
        take_up(claim, world.rev1)

    approve(approved, world.rev1)
    decline(declined, world.rev1)
    withdraw(withdrawn, world.ana)

    assert [status(claim) for claim in (approved, declined, withdrawn)] == [
        ClaimStatus.APPROVED,
        ClaimStatus.REJECTED,
        ClaimStatus.WITHDRAWN,
    ]


def test_a_declined_item_beside_a_withdrawn_one_is_a_rejection(world: World) -> None:
    claim = file_claim(world, world.ana, *workloads(TEAMS, INTUNE))
    take_up(claim, world.rev1)
    teams, _intune = items_of(claim)
    decide(claim, world.rev1, no(teams))

    withdraw(claim, world.ana)

    assert outcomes(claim) == ["declined INSUFFICIENT_POE", "withdrawn"]
    assert status(claim) == ClaimStatus.REJECTED


def test_an_approved_item_beside_a_withdrawn_one_is_an_approval(world: World) -> None:
    claim = file_claim(world, world.ana, *workloads(TEAMS, INTUNE))
    take_up(claim, world.rev1)
    decide(claim, world.rev1, yes(items_of(claim)[0]))

    withdraw(claim, world.ana)

    assert (outcomes(claim), status(claim)) == (["approved", "withdrawn"], ClaimStatus.APPROVED)


# --- Withdraw ---


@pytest.mark.parametrize("before", ["draft", "submitted", "under_review", "partner_action_required"])
def test_57_a_claim_is_withdrawn_from_every_open_status(world: World, before: str) -> None:
    claim = draft(world, world.ana) if before == "draft" else file_claim(world, world.ana)
    if before in ("under_review", "partner_action_required"):
        take_up(claim, world.rev1)
    if before == "partner_action_required":
        ask(claim, world.rev1)
    reached = status(claim)

    withdraw(claim, world.ana)

    assert (reached, status(claim)) == (before, ClaimStatus.WITHDRAWN)
    assert open_items_of(claim) == []
    assert not Clock.objects.filter(state__in=["running", "paused"]).exists()


@pytest.mark.parametrize("before", ["approved", "rejected", "withdrawn"])
def test_57_a_settled_claim_is_not_withdrawn(world: World, before: str) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    {"approved": approve, "rejected": decline}.get(before, lambda claim, _user: withdraw(claim, world.ana))(
        claim, world.rev1
    )

    assert refusal(lambda: withdraw(claim, world.ana)) == "INVALID_TRANSITION"
    assert status(claim) == before


def test_an_incentives_user_cannot_withdraw_a_submitted_claim(world: World) -> None:
    claim = file_claim(world, world.ana)

    assert refusal(lambda: withdraw(claim, world.uma)) == "ROLE_NOT_ALLOWED"
    assert status(claim) == ClaimStatus.SUBMITTED


def test_withdrawing_a_claim_cancels_a_clock_that_nothing_met(world: World) -> None:
    claim = file_claim(world, world.ana)

    withdraw(claim, world.ana, now=at(7))

    assert rounds_of(claim) == [(1, "cancelled")]


def test_a_claim_ends_when_its_last_grant_does(world: World) -> None:
    claim = hold(world, world.ana)

    directory_says(world.s_a, state="expired")

    assert (status(claim), outcomes(claim)) == (ClaimStatus.ENDED, ["approved"])


def test_a_claim_stays_approved_while_one_grant_lives(world: World) -> None:
    claim = pending(world, world.ana, sales(world.s_a), sales(world.s_b))
    consent_passes(claim, handed_over_at=NOW)

    directory_says(world.s_a, state="expired", now=NOW + 20 * DAY)

    assert status(claim) == ClaimStatus.APPROVED
    assert sorted(grants_of(claim)) == [("usage", "active"), ("usage", "ended")]


def test_an_answer_returns_the_claim_to_the_reviewer_who_asked(world: World) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    ask(claim, world.rev2)

    answer(claim, world.ana)

    assert (status(claim), reloaded(claim).assignee) == (ClaimStatus.UNDER_REVIEW, world.rev1)


def test_a_former_reviewer_cannot_decide(world: World) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    DeskSeat.objects.filter(user=world.rev1, role=DeskRole.REVIEWER).delete()
    DeskSeat.objects.create(user=world.rev1, role=DeskRole.SUPPORT)

    assert refusal(lambda: approve(claim, world.rev1)) == "ROLE_NOT_ALLOWED"
    assert ClaimItem.objects.get(claim=claim).outcome == "pending"
