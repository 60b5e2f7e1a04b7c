"""What was overtaken at the desk says what changed, when and through whom, and goes on only when that was read."""

import pytest

from arbitration.models import Case, CaseDecision
from arbitration.services import extend_deadline
from clocks.models import Clock, ClockExtension
from foundation.kernel.actor import DeskRole
from partners.models import DeskSeat
from tests.desk.decisions import TEXTS
from tests.desk.desk import Desk, address, known_by, outcome, refusals, sent, words
from tests.filing import (
    add_proof,
    approve,
    ask_parties,
    at_desk,
    decide_for,
    file_claim,
    held_and_claimed,
    items_of,
    notify,
    outcomes,
    reloaded,
    say,
    take_up,
    workload_rivals,
    workloads,
)
from tests.world import TEAMS, World

CHANGED = "What changed since you opened this page"


def opened(desk: Desk, page: str) -> dict[str, str]:
    return known_by(desk.get(page))


def test_point_19_a_reviewer_reads_what_another_did_before_a_decision_goes_through(
    world: World, rev1: Desk
) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    [item] = items_of(claim)
    mine = opened(rev1, address(claim))
    typed = {"comment": "Welcome.", **outcome(item, "approve")}
    say(claim, world.ana, "Here is more.")
    approve(claim, world.rev2)

    refused = rev1.act(claim, "decide_items", **typed, **mine)

    read = words(refused)
    assert (refused.status_code, refusals(refused)) == (412, [("STALE_VERSION", "")])
    told = read.partition(CHANGED)[2].partition("I have read what changed")[0]
    assert "6 July 2020, 09:00:00 UTC, Ana Alves: Comment added Text: Here is more." in told
    assert "6 July 2020, 09:00:00 UTC, Remy Reviewer: The desk decided" in told
    assert "Review started" not in told
    assert "Welcome." in refused.content.decode()


@pytest.mark.parametrize("first", ["", "approve"])
def test_point_19_no_second_press_goes_through_unread_whatever_the_first_was_refused_for(
    world: World, rev1: Desk, first: str
) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    [item] = items_of(claim)
    mine = opened(rev1, address(claim))
    take_up_again = {"reason": "OTHER", "question": "Who signed?", "items": [str(item.public_id)]}
    assert Desk(world.rev2).act(claim, "request_information", **take_up_again).status_code == 302

    refused = rev1.act(claim, "decide_items", **outcome(item, first), **mine)
    again = sent(refused, "decide_items")
    over = again.pop("over", None)
    pressed = rev1.act(claim, "decide_items", **outcome(item, "approve"), **again)
    read = rev1.act(claim, "decide_items", **outcome(item, "approve"), **sent(pressed, "decide_items"))

    assert (refused.status_code, over is None) == ({"": 422, "approve": 412}[first], first == "")
    assert (pressed.status_code, CHANGED in words(pressed)) == (412, True)
    assert (read.status_code, outcomes(claim)) == (302, ["approved"])


def test_point_19_a_later_change_is_told_before_it_is_passed_over(world: World, rev1: Desk) -> None:
    claim = file_claim(world, world.ana)
    form = {"reason": "OTHER", "question": "Who signed?"}
    asked = {**form, "items": [str(item.public_id) for item in items_of(claim)]}
    mine = opened(rev1, address(claim))
    take_up(claim, world.rev2)
    refused = rev1.act(claim, "request_information", **asked, **mine)
    assert Desk(world.rev2).act(claim, "request_information", **asked).status_code == 302

    again = rev1.act(claim, "request_information", **asked, **sent(refused, "request_information"))

    assert again.status_code == 412
    assert "Remy Reviewer: Review started" in words(again)
    assert "Remy Reviewer: The desk asked for information" in words(again)


def test_point_19_a_preview_says_what_changed_since_the_arbiter_looked(world: World, arb: Desk) -> None:
    theirs, _ours, case = held_and_claimed(world)
    notify(case, world.rev1)
    mine = opened(arb, address(case))
    add_proof(theirs, world.ned)

    preview = arb.act(case, "preview_decision", winner=str(world.fabrikam.pk), **TEXTS, **mine)

    assert preview.status_code == 200
    assert (
        f"{CHANGED} 6 July 2020, 09:00:00 UTC, Ned Nolan: Proof added Partner: Northwind File: work-2-of-ned.pdf"
        in words(preview)
    )
    again = arb.act(
        case,
        "preview_decision",
        winner=str(world.fabrikam.pk),
        **TEXTS,
        **sent(preview, "decide_case"),
    )
    assert CHANGED not in words(again)


def test_point_19_a_decision_overtaken_after_its_preview_keeps_all_that_was_typed(
    world: World, arb: Desk
) -> None:
    _theirs, _ours, case = workload_rivals(world)
    notify(case, world.rev1)
    typed = {"winner": str(world.fabrikam.pk), **TEXTS}
    preview = arb.act(case, "preview_decision", **typed, **opened(arb, address(case)))
    file_claim(world, world.tom, *workloads(TEAMS))
    notify(case, world.rev2)

    refused = arb.act(case, "decide_case", **typed, **sent(preview, "decide_case"))
    known = sent(refused, "preview_decision")
    over = known.pop("over")
    unread = arb.act(case, "preview_decision", **typed, **known)
    read = arb.act(case, "preview_decision", **typed, **known, over=over)
    decided = arb.act(case, "decide_case", **typed, **sent(read, "decide_case"))

    assert (refused.status_code, refusals(refused)) == (412, [("STALE_VERSION", "")])
    said, raw = words(refused), refused.content.decode()
    assert "Item joined a case Partner: Tailspin" in said
    assert "Remy Reviewer: Notice posted" in said
    assert [text for text in TEXTS.values() if text not in raw] == []
    assert f'value="{world.fabrikam.pk}" ' in raw
    assert refused.context["page"].forms["decide_case"]["winner"].value() == str(world.fabrikam.pk)
    assert (unread.status_code, read.status_code, decided.status_code) == (412, 200, 302)


def test_point_19_the_arbiter_who_comes_second_reads_the_others_decision(world: World, arb: Desk) -> None:
    _theirs, _ours, case = workload_rivals(world)
    notify(case, world.rev1)
    typed, mine = {**TEXTS, "rationale": "My own view."}, opened(arb, address(case))
    decide_for(case, world.arb2, world.northwind)

    for winner, refusal in (("fabrikam", "SCOPE_TAKEN"), ("northwind", "STALE_VERSION")):
        refused = arb.act(case, "decide_case", winner=str(getattr(world, winner).pk), **typed, **mine)

        assert refusals(refused) == [(refusal, "")]
        assert "6 July 2020, 09:00:00 UTC, Aila Arbiter: Case decided" in words(refused)
        assert "My own view." in refused.content.decode()
    assert CaseDecision.objects.get().decided_by == world.arb2


def test_point_19_what_a_request_seals_is_no_part_of_what_changed(world: World, arb: Desk) -> None:
    theirs, _ours, case = workload_rivals(world)
    notify(case, world.rev1)
    mine = opened(arb, address(case))
    ask_parties(case, world.arb2)
    say(theirs, world.ned, "We began in May.")
    add_proof(theirs, world.ned)

    refused = arb.act(case, "decide_case", winner=str(world.fabrikam.pk), **TEXTS, **mine)

    said = words(refused)
    assert (refused.status_code, "Aila Arbiter: Parties asked for information" in said) == (412, True)
    assert ("We began in May." in said, "work-2-of-ned.pdf" in said) == (False, False)


def test_point_19_a_deadline_is_not_moved_twice_unread(world: World) -> None:
    DeskSeat.objects.create(user=world.sup, role=DeskRole.DESK_ADMIN)
    DeskSeat.objects.create(user=world.rev2, role=DeskRole.DESK_ADMIN)
    admin, clock = Desk(world.sup), _a_clock(world)
    page = f"/admin/clocks/clock/{clock.pk}/"
    form = {"action": "extend", "days": "2", "reason": "The office was closed."}
    mine = opened(admin, page)
    extend_deadline(
        clock_id=clock.pk, days=1, reason="Flood.", actor=at_desk(world.rev2), now=clock.started_at
    )

    refused = admin.post(page, {**form, **mine})
    known = sent(refused, "extend")
    over = known.pop("over")
    unread = admin.post(page, {**form, **known})
    read = admin.post(page, {**form, **known, "over": over})

    assert [answer.status_code for answer in (refused, unread, read)] == [412, 412, 302]
    assert f"{CHANGED} 6 July 2020, 09:00:00 UTC, Remy Reviewer: Deadline extended" in words(refused)
    assert list(ClockExtension.objects.values_list("days", flat=True)) == [1, 2]


def _a_clock(world: World) -> Clock:
    claim = file_claim(world, world.ana)
    return Clock.objects.get(subject_id=claim.pk, kind="review")


def test_point_19_a_page_that_does_not_say_what_it_knew_shows_the_last_changes(
    world: World, rev1: Desk
) -> None:
    claim = file_claim(world, world.ana)
    seen = reloaded(claim).version
    take_up(claim, world.rev2)

    refused = rev1.act(claim, "start_review", version=seen)

    assert (refused.status_code, CHANGED in words(refused)) == (412, True)
    assert "Remy Reviewer: Review started" in words(refused)
    assert Case.objects.count() == 0
