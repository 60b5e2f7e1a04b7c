"""The page of a case at the desk's door (scenario group G): parties, notice, questions, proof."""

from datetime import date

import time_machine

from arbitration.models import Case
from claims.enums import ClaimStatus
from claims.models import Comment, InformationRequest
from desk.case_forms import CASE_ACTS
from tests.desk.decisions import TEXTS
from tests.desk.desk import CASES, Desk, address, buttons, queries_for
from tests.filing import (
    add_proof,
    answer,
    arbitration_clock,
    ask,
    ask_parties,
    at,
    case_of,
    file_claim,
    held_and_claimed,
    last_comment,
    notify,
    outcomes,
    party_of,
    review_clock,
    say,
    status,
    take_up,
    time_passes,
    withdraw,
    workload_rivals,
    workloads,
)
from tests.world import INTUNE, TEAMS, World


def test_70_the_case_shows_holder_and_challenger_side_by_side(world: World, rev1: Desk) -> None:
    theirs, ours, case = held_and_claimed(world)

    page = rev1.read(case)
    of_claim = rev1.read(ours)

    assert f"{case} Dynamics 365 Sales at Contoso" in page
    assert "Fabrikam Challenger Northwind Holder" in page
    assert f"Claim {ours.reference} Submitted {theirs.reference} Approved" in page
    assert "Holds it No Active Took effect 16 June 2020, 00:00 UTC" in page
    assert (
        "Open Next: post the notice. Monday 13 July 2020, 24:00 UTC Review: 5 business days left "
        "The arbitration clock starts with the notice"
    ) in page
    assert f"Contested, no notice posted yet: {case} ." in of_claim
    assert "Warnings that the partner confirmed: COMPETING_CLAIM ." in of_claim


def test_the_page_has_the_buttons_of_its_acts_in_the_order_of_their_declaration(
    world: World, rev1: Desk, arb: Desk
) -> None:
    _theirs, _ours, case = workload_rivals(world)

    assert buttons(rev1.get(address(case))) == ["post_notice", "ask_parties"]
    assert buttons(arb.get(address(case))) == ["post_notice", "ask_parties", "preview_unheard_decision"]
    assert [act.buttons[0].name for act in CASE_ACTS] == [
        "post_notice",
        "ask_parties",
        "preview_decision",
        "preview_unheard_decision",
        "confirm_decision",
        "return_decision",
        "lift_block",
    ]


def test_the_case_shows_a_question_that_was_asked_at_a_claim_before_the_contest(
    world: World, arb: Desk
) -> None:
    ours = file_claim(world, world.ana, *workloads(TEAMS))
    take_up(ours, world.rev1)
    ask(ours, world.rev1, now=at(6))
    case = case_of(file_claim(world, world.ned, *workloads(TEAMS)))
    notify(case, world.rev1)

    page = arb.read(case)
    claim = arb.read(ours)

    assert "Next: the parties answer." in page
    assert (
        "Requests Waiting for the partner The customer's acknowledgement is missing. "
        "Monday 13 July 2020, 24:00 UTC Asked at its claim before the contest Not asked"
    ) in page
    assert "You can decide once every party has been heard. Still has time to answer: Fabrikam." in page
    assert f"{case}: Next: the parties answer." in claim


def test_a_question_that_was_answered_before_the_contest_is_not_part_of_the_case(
    world: World, arb: Desk
) -> None:
    ours = file_claim(world, world.ana, *workloads(TEAMS))
    take_up(ours, world.rev1)
    ask(ours, world.rev1, now=at(6))
    answer(ours, world.ana, now=at(6, 10))

    case = case_of(file_claim(world, world.ned, *workloads(TEAMS), now=at(6, 11)))

    assert "Requests Not asked Not asked" in arb.read(case)


def test_a_late_joiner_s_review_runs_on_the_case_until_it_gets_its_notice(
    world: World, arb: Desk, clock: time_machine.Traveller
) -> None:
    _theirs, _ours, case = workload_rivals(world)
    notify(case, world.rev1, now=at(10))
    third = file_claim(world, world.tom, *workloads(TEAMS), now=at(9))
    clock.move_to(at(17))

    before = arb.read(case), arb.read(CASES)
    notify(case, world.rev1, now=at(17))
    after = arb.read(case), arb.read(CASES)

    assert review_clock(third).state == "met"
    missed = "Breached: Review was due on Thu 16 July 2020 and is still open"
    assert [missed in page for page in before] == [True, True]
    assert [missed in page for page in after] == [False, False]
    assert "Fri 17 July 2020 Arbitration: 1 business day left" in after[1]


def test_the_list_of_cases_begins_with_what_is_due_first_even_where_a_notice_is_missing(
    world: World, arb: Desk
) -> None:
    _theirs, _ours, noticed = workload_rivals(world)
    notify(noticed, world.rev1, now=at(10))
    file_claim(world, world.ned, *workloads(INTUNE))
    unnoticed = case_of(file_claim(world, world.ana, *workloads(INTUNE)))

    rows = arb.get(CASES).context["cl"].result_list

    assert [row.case for row in rows] == [unnoticed, noticed]


def test_71_two_claims_for_one_workload_both_become_parties(world: World, rev1: Desk) -> None:
    _theirs, _ours, case = workload_rivals(world)

    page = rev1.read(case)

    assert f"{case} Microsoft Teams at Contoso" in page
    assert "Northwind Challenger Fabrikam Challenger" in page
    assert "Holder" not in page


def test_73_the_notice_goes_to_both_and_starts_the_arbitration_clock(
    world: World, rev1: Desk, clock: time_machine.Traveller
) -> None:
    theirs, ours, case = held_and_claimed(world)
    take_up(ours, world.rev1)
    clock.move_to(at(10))

    offered = rev1.get(address(case)).context["page"].forms["post_notice"]
    answered = rev1.act(
        case,
        "post_notice",
        challenger_text="You may have to wait.",
        holder_text=offered["holder_text"].value(),
        version=case.version,
    )

    assert answered.status_code == 302
    assert last_comment(ours) == "You may have to wait."
    assert last_comment(theirs).startswith("We are reviewing the association for this product")
    assert (status(ours), status(theirs)) == (ClaimStatus.UNDER_REVIEW, ClaimStatus.APPROVED)
    assert review_clock(ours).state == "met"
    assert arbitration_clock(case).due_at == at(18, 0)
    page = rev1.read(case)
    assert "Next: an arbiter decides, or asks the parties. Friday 17 July 2020, 24:00 UTC" in page
    assert "Notice given Fri 10 July 2020." in page
    assert f"In arbitration: {case}" in rev1.read(ours)


def test_74_without_a_notice_the_review_is_breached_although_the_case_exists(
    world: World, rev1: Desk, clock: time_machine.Traveller
) -> None:
    _theirs, ours, _case = held_and_claimed(world)
    take_up(ours, world.rev1)
    clock.move_to(at(14, 0))

    page = rev1.read(ours)

    assert "Breached: Review was due on Mon 13 July 2020 and is still open" in page


def test_75_both_get_one_deadline_and_no_answer_is_read_before_both_are_in(
    world: World, arb: Desk, clock: time_machine.Traveller
) -> None:
    theirs, ours, case = held_and_claimed(world)
    notify(case, world.rev1)

    answered = arb.act(
        case,
        "ask_parties",
        parties=[str(party_of(case, theirs).pk), str(party_of(case, ours).pk)],
        reason="OTHER",
        question="When did your work begin?",
        version=Case.objects.get(pk=case.pk).version,
    )

    assert answered.status_code == 302
    assert InformationRequest.objects.get().due_at == at(14, 0)
    assert (status(ours), status(theirs)) == (ClaimStatus.PARTNER_ACTION_REQUIRED, ClaimStatus.APPROVED)
    assert arbitration_clock(case).state == "paused"
    clock.move_to(at(7))
    add_proof(theirs, world.ned, now=at(7), text="Northwind began in May")
    answer(theirs, world.ned, now=at(7), comment="We began in May.")

    sealed_case, sealed_claim = arb.read(case), arb.read(theirs)
    sealed_history = [row.type for row in arb.get(address(theirs)).context["page"].history]

    for page in (sealed_case, sealed_claim):
        assert "We began in May." not in page
        assert "work-2-of-ned.pdf" not in page
    assert "Answered" in sealed_case
    assert "Sealed until all have answered or the time is up" in sealed_case
    assert (
        "You can decide once every party has been heard. Still has time to answer: Fabrikam." in sealed_case
    )
    assert "Arbitration: Paused, 5 business days left" in sealed_case
    assert sealed_history.count("claim.proof_added") == 1
    proof = theirs.evidence.latest("pk")
    assert arb.get(f"{address(theirs)}proof/{proof.public_id}/").status_code == 404

    answer(ours, world.ana, now=at(7, 10), comment="We began in April.")

    opened = arb.read(case)
    assert "We began in May." in opened
    assert "We began in April." in opened
    assert "work-2-of-ned.pdf" in opened
    assert "Sealed" not in opened.partition("History of the case")[0]
    assert arb.get(f"{address(theirs)}proof/{proof.public_id}/").status_code == 200


def test_75_the_answers_open_when_the_time_is_up(
    world: World, arb: Desk, clock: time_machine.Traveller
) -> None:
    _theirs, ours, case = held_and_claimed(world)
    ask_parties(case, world.arb)
    say(ours, world.ana, "Half an answer.", now=at(7))
    clock.move_to(at(14, 0))
    before = arb.read(ours)
    time_passes(at(14, 0))

    after = arb.read(ours)

    assert "Half an answer." not in before
    assert "Half an answer." in after
    assert outcomes(ours) == ["declined NO_PARTNER_RESPONSE"]


def test_76_the_case_shows_the_holders_new_proof_beside_the_old(world: World, arb: Desk) -> None:
    theirs, _ours, case = held_and_claimed(world)
    notify(case, world.rev1)

    add_proof(theirs, world.ned, signed_on=date(2020, 7, 3))

    page = arb.read(case)
    assert status(theirs) == ClaimStatus.APPROVED
    assert page.index("work-2-of-ned.pdf") < page.index("work-1-of-ned.pdf")
    assert (
        "Latest valid signature The dates are those that the partners typed Sat 6 June 2020 Fri 3 July 2020 Latest of all"
        in page
    )


def test_proof_after_the_partys_own_due_instant_counts_for_the_next_case_only(
    world: World, arb: Desk, clock: time_machine.Traveller
) -> None:
    theirs, ours, case = held_and_claimed(world)
    ask_parties(case, world.arb, theirs)
    clock.move_to(at(14, 9))
    time_passes(at(14, 9))
    add_proof(theirs, world.ned, now=at(14, 10), signed_on=date(2020, 7, 10))
    add_proof(ours, world.ana, now=at(14, 10), signed_on=date(2019, 7, 1))
    clock.move_to(at(14, 11))

    page = arb.read(case)

    added = "Added 14 July 2020, 10:00 UTC, not scanned Covers every product of the claim"
    assert f"Signed Fri 10 July 2020 {added} Counts for the next case only" in page
    assert f"Signed Mon 1 July 2019 {added} Signed more than 12 months ago" in page
    assert (
        "Latest valid signature The dates are those that the partners typed Sat 6 June 2020 Latest of all Sat 9 May 2020"
        in page
    )


def test_a_case_offers_acts_by_role_and_state(world: World, rev1: Desk, arb: Desk, sup: Desk) -> None:
    theirs, ours, case = workload_rivals(world)

    def offered(desk: Desk) -> list[str]:
        return sorted(desk.get(address(case)).context["page"].forms)

    assert offered(rev1) == ["ask_parties", "post_notice"]
    assert offered(arb) == ["ask_parties", "decide_unheard", "post_notice"]
    assert offered(sup) == []
    notify(case, world.rev1)
    assert offered(arb) == ["ask_parties", "decide_case"]
    ask_parties(case, world.arb, ours)
    assert offered(arb) == ["ask_parties", "decide_unheard"]
    withdraw(theirs, world.ned)
    assert offered(arb) == []
    assert "Closed without a decision. No one has to act." in arb.read(case)


def test_asking_gives_notice_to_parties_without_one(world: World, arb: Desk) -> None:
    _theirs, ours, case = workload_rivals(world)

    arb.act(
        case, "ask_parties", parties=[str(party_of(case, ours).pk)], reason="OTHER", question="Since when?"
    )

    assert [comment.text[:22] for comment in Comment.objects.filter(claim=ours)] == [
        "We have reviewed your ",
        "Since when?",
    ]
    page = arb.read(case)
    assert "Requests Not asked Waiting for the partner Something else (see the text)." in page


def test_partners_texts_are_shown_as_text_on_the_case_page_and_in_the_preview(
    world: World, arb: Desk
) -> None:
    attack = "<script>alert(1)</script>"
    _theirs, ours, case = workload_rivals(world)
    ask_parties(case, world.arb, ours, question=attack)
    answer(ours, world.ana, comment=attack)

    raw = arb.get(address(case)).content.decode()
    preview = arb.act(
        case, "preview_decision", winner=str(world.fabrikam.pk), **{**TEXTS, "winner_text": attack}
    ).content.decode()

    for page in (raw, preview):
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_missing_case_and_bad_addresses_are_not_found(world: World, arb: Desk) -> None:
    _theirs, _ours, case = workload_rivals(world)

    for page in (
        "/admin/arbitration/case/00000000-0000-0000-0000-000000000000/",
        f"/admin/arbitration/case/{case.pk}/change/",
        "/admin/arbitration/case/add/",
    ):
        assert arb.get(page).status_code == 404, page


def test_the_case_page_costs_the_same_queries_with_two_parties_and_with_three(
    world: World, arb: Desk
) -> None:
    _theirs, _ours, case = workload_rivals(world)
    notify(case, world.rev1)
    ask_parties(case, world.arb)
    two = queries_for(arb, address(case))
    third = file_claim(world, world.tom, *workloads(TEAMS))
    for _number in range(4):
        add_proof(third, world.tom)
        say(third, world.tom, "One more page.")
    notify(case, world.rev1)
    ask_parties(case, world.arb, third)

    assert queries_for(arb, address(case)) == two
