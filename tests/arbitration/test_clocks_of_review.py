"""How rounds and cases use their clocks (domain.md part 6)."""

from collections.abc import Sequence
from datetime import date, datetime

from arbitration.models import Case, RoundItem
from claims.inputs import Entry
from claims.models import Claim
from claims.services import change_items
from clocks.services import publish_calendar
from foundation.journal.models import Event
from foundation.kernel.actor import SYSTEM
from partners.models import User
from tests.filing import (
    DAY,
    answer,
    arbitration_clock,
    ask,
    ask_parties,
    at,
    case_of,
    decide,
    file_claim,
    held_and_claimed,
    hold,
    items_of,
    no,
    notify,
    outcomes,
    review_clock,
    rounds_of,
    say,
    take_up,
    time_passes,
    withdraw,
    workload_rivals,
    workloads,
    yes,
)
from tests.world import EXCHANGE, INTUNE, TEAMS, World, actor


def change(
    claim: Claim, user: User, *, add: Sequence[Entry] = (), remove: int | None = None, now: datetime
) -> None:
    items = items_of(claim)
    change_items(
        public_id=str(claim.public_id),
        add=add,
        remove=[] if remove is None else [str(items[remove].public_id)],
        actor=actor(user),
        now=now,
        confirmed_warnings=("COMPETING_CLAIM",),
    )


def test_a_decision_a_request_and_a_notice_each_meet_their_item(world: World) -> None:
    hold(world, world.ned, *workloads(EXCHANGE))
    claim = file_claim(world, world.ana, *workloads(TEAMS, INTUNE, EXCHANGE))
    take_up(claim, world.rev1)
    teams, intune, _exchange = items_of(claim)

    decide(claim, world.rev1, yes(teams), now=at(7))
    ask(claim, world.rev1, intune, now=at(8))
    before_the_notice = rounds_of(claim)
    notify(case_of(claim), world.rev1, now=at(9))

    rows = RoundItem.objects.filter(round__claim=claim).order_by("item")
    assert [row.met_at for row in rows] == [at(7), at(8), at(9)]
    assert (before_the_notice, rounds_of(claim)) == ([(1, "running")], [(1, "met")])
    assert review_clock(claim).met_at == at(9)


def test_declining_meets_the_clock_as_approving_does(world: World) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)

    decide(claim, world.rev1, no(items_of(claim)[0]), now=at(8))

    assert (rounds_of(claim), review_clock(claim).met_at) == ([(1, "met")], at(8))


def test_starting_a_review_and_commenting_meet_nothing(world: World) -> None:
    claim = file_claim(world, world.ana)

    take_up(claim, world.rev1)
    say(claim, world.rev1, "I am looking at it.")

    assert rounds_of(claim) == [(1, "running")]


def test_no_comment_of_the_system_meets_a_clock(world: World) -> None:
    theirs, ours, case = workload_rivals(world)
    notify(case, world.rev1, now=at(7))

    withdraw(theirs, world.ned, now=at(8))

    assert ours.comments.filter(side="system").count() == 1
    assert rounds_of(ours) == [(1, "met"), (2, "running")]


def test_a_round_whose_other_items_left_is_met_when_the_rest_is(world: World) -> None:
    claim = file_claim(world, world.ana, *workloads(TEAMS, INTUNE))
    take_up(claim, world.rev1)
    ask(claim, world.rev1, items_of(claim)[0], now=at(7))

    change(claim, world.ana, remove=1, now=at(8))

    assert outcomes(claim) == ["pending", "withdrawn"]
    assert rounds_of(claim) == [(1, "met")]


def test_a_round_that_everything_left_unmet_is_cancelled(world: World) -> None:
    claim = file_claim(world, world.ana, *workloads(TEAMS, INTUNE))

    withdraw(claim, world.ana)

    assert rounds_of(claim) == [(1, "cancelled")]


def test_an_item_under_notice_counts_as_met_in_every_later_round(world: World) -> None:
    theirs, ours, case = workload_rivals(world)
    both = file_claim(world, world.tom, *workloads(TEAMS, INTUNE), now=at(6))
    notify(case, world.rev1, now=at(7))
    ask(both, world.rev1, now=at(7))

    answer(both, world.tom, now=at(8))
    _teams, intune = items_of(both)
    decide(both, world.rev1, yes(intune), now=at(9))

    rows = RoundItem.objects.filter(round__claim=both, round__number=2).order_by("item")
    assert [(row.item, row.met_at) for row in rows] == [(intune, at(9))]
    assert rounds_of(both) == [(1, "met"), (2, "met")]
    assert [len(rounds_of(claim)) for claim in (theirs, ours)] == [1, 1]


def test_an_item_asked_about_before_its_contest_counts_as_met_in_the_round_of_the_answer(
    world: World,
) -> None:
    ours = file_claim(world, world.ana, *workloads(TEAMS), now=at(6))
    take_up(ours, world.rev1, now=at(6))
    ask(ours, world.rev1, now=at(7))
    notify(case_of(file_claim(world, world.ned, *workloads(TEAMS), now=at(7))), world.rev1, now=at(7))

    answer(ours, world.ana, now=at(8))

    row = RoundItem.objects.get(round__claim=ours, round__number=2)
    assert (row.item, row.met_at) == (items_of(ours)[0], at(8))


def test_an_added_item_that_is_asked_about_waits_for_the_answer_to_start_its_round(world: World) -> None:
    claim = file_claim(world, world.ana, *workloads(TEAMS))
    take_up(claim, world.rev1)
    ask(claim, world.rev1, now=at(7))

    change(claim, world.ana, add=workloads(INTUNE), now=at(8))
    before = rounds_of(claim)
    answer(claim, world.ana, comment="", now=at(9))

    assert (before, rounds_of(claim)) == ([(1, "met")], [(1, "met"), (2, "running")])
    assert RoundItem.objects.filter(round__claim=claim, round__number=2).count() == 2


def test_an_item_added_during_a_case_request_has_a_round_of_its_own(world: World) -> None:
    _theirs, ours, case = workload_rivals(world)
    ask_parties(case, world.arb, ours, now=at(7))

    change(ours, world.ana, add=workloads(INTUNE), now=at(8))

    assert rounds_of(ours) == [(1, "met"), (2, "running")]
    assert review_clock(ours).due_at == at(16, 0)


# --- The arbitration clock pauses while a claimant or holder owes an answer ---


def test_an_item_that_joins_while_its_partner_owes_an_answer_pauses_the_clock(world: World) -> None:
    _theirs, _ours, case = workload_rivals(world)
    notify(case, world.rev1, now=at(7))
    third = file_claim(world, world.tom, *workloads(INTUNE), now=at(7))
    take_up(third, world.rev1, now=at(7))
    ask(third, world.rev1, now=at(8))

    change(third, world.tom, add=workloads(TEAMS), now=at(9))
    held = arbitration_clock(case).state
    answer(third, world.tom, comment="", now=at(10))

    assert (held, arbitration_clock(case).state) == ("paused", "running")


def test_an_item_that_leaves_while_its_partner_owes_an_answer_no_longer_pauses_the_clock(
    world: World,
) -> None:
    third = file_claim(world, world.tom, *workloads(TEAMS, INTUNE), now=at(6))
    take_up(third, world.rev1, now=at(6))
    ask(third, world.rev1, now=at(6))
    _theirs, _ours, case = workload_rivals(world, now=at(7))
    notify(case, world.rev1, now=at(7))
    held = arbitration_clock(case).state

    change(third, world.tom, remove=0, now=at(9))

    assert third.requests.get().state == "open"
    assert (held, arbitration_clock(case).state) == ("paused", "running")


def test_two_questions_hold_the_clock_until_both_are_answered(world: World) -> None:
    ours = file_claim(world, world.ana, *workloads(TEAMS))
    take_up(ours, world.rev1)
    request = ask(ours, world.rev1, now=at(7))
    theirs = file_claim(world, world.ned, *workloads(TEAMS), now=at(7))
    case = notify(case_of(theirs), world.rev1, now=at(7))
    ask_parties(case, world.arb, theirs, now=at(8))

    answer(theirs, world.ned, now=at(9))
    one_left = arbitration_clock(case).state
    answer(ours, world.ana, request=request, now=at(10))

    assert (one_left, arbitration_clock(case).state) == ("paused", "running")


def test_a_paused_clock_is_never_breached_and_a_running_one_once(world: World) -> None:
    theirs, ours, case = held_and_claimed(world)
    notify(case, world.rev1, now=at(7))
    ask_parties(Case.objects.get(pk=case.pk), world.arb, theirs, now=at(8))

    time_passes(at(15))
    while_asked = arbitration_clock(case).breached_at
    time_passes(at(31))
    time_passes(at(31) + DAY)

    # The request is open from Wednesday the 8th to the end of Wednesday the 15th: 16, 17, 20, 21 and 22 count.
    clock = arbitration_clock(case)
    assert (while_asked, clock.due_at, clock.breached_at) == (None, at(23, 0), at(23, 0))
    assert outcomes(ours) == ["pending"]


def test_a_warning_and_a_breach_are_recorded_once_each(world: World) -> None:
    claim = file_claim(world, world.ana)

    for day in (10, 13, 13, 14, 15, 15):
        time_passes(at(day))

    told = [
        event_type
        for event_type in events_of_clock(claim)
        if event_type in ("clocks.clock_warned", "clocks.clock_breached")
    ]
    assert told == ["clocks.clock_warned", "clocks.clock_breached"]


def events_of_clock(claim: Claim) -> list[str]:
    clock = review_clock(claim)
    return list(
        Event.objects.filter(subject_type="clocks.clock", subject_id=clock.pk)
        .order_by("id")
        .values_list("type", flat=True)
    )


def test_a_holiday_is_no_business_day(world: World) -> None:
    publish_calendar(own_holidays={date(2020, 7, 9): "Desk day out"}, actor=SYSTEM, now=at(1))

    claim = file_claim(world, world.ana)

    assert review_clock(claim).due_at == at(15, 0)
