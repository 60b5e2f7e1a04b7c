"""Questions to the parties of a case, and the seal on what they answer (domain.md 5.3, part 7; scenarios 75, 76)."""

import pytest

from arbitration.models import Case, CaseParty
from arbitration.selectors import PartyProof, answers_in_case, desk_history, proof_of_parties
from claims.enums import ClaimStatus
from claims.models import Claim, Comment, InformationRequest
from claims.selectors import visible_comments, visible_evidence
from foundation.journal.models import Event
from foundation.kernel.actor import Actor
from partners.models import User
from tests.filing import (
    add_proof,
    answer,
    arbitration_clock,
    ask,
    ask_parties,
    at,
    case_of,
    decide_for,
    file_claim,
    held_and_claimed,
    hold,
    items_of,
    last_comment,
    notify,
    open_items_of,
    outcomes,
    parties_in,
    party_of,
    refusal,
    reloaded,
    response_clock,
    rounds_of,
    say,
    status,
    take_up,
    time_passes,
    withdraw,
    workload_rivals,
    workloads,
)
from tests.world import INTUNE, NOW, TEAMS, World, actor


def words(claim: Claim, reader: Actor) -> list[str]:
    return list(visible_comments(claim, reader).filter(side="partner").values_list("text", flat=True))


def files(claim: Claim, reader: Actor) -> list[str]:
    return list(visible_evidence(claim, reader).values_list("name", flat=True))


def proof_of_party(party: CaseParty, reader: Actor) -> list[PartyProof]:
    return proof_of_parties([party], reader)[party.pk]


@pytest.fixture
def contest(world: World) -> tuple[Claim, Claim, Case]:
    """Northwind holds S-A, Fabrikam claims it, and both have had their notice."""
    theirs, ours, case = held_and_claimed(world)
    notify(case, world.rev1, now=at(7))
    return theirs, ours, Case.objects.get(pk=case.pk)


Contest = tuple[Claim, Claim, Case]


def test_75_one_question_with_one_deadline_reaches_both(world: World, contest: Contest) -> None:
    theirs, ours, case = contest

    request = ask_parties(case, world.arb, now=at(8), question="When did your work begin?")

    assert (status(theirs), status(ours)) == (ClaimStatus.APPROVED, ClaimStatus.PARTNER_ACTION_REQUIRED)
    assert (request.due_at, InformationRequest.objects.count()) == (at(16, 0), 1)
    assert response_clock(request)[1] == at(16, 0)
    assert arbitration_clock(case).state == "paused"
    for claim in (theirs, ours):
        assert last_comment(claim) == "When did your work begin?"
        assert claim.requests.get().state == "open"


def test_a_party_without_a_notice_gets_it_first(world: World) -> None:
    theirs, ours, case = held_and_claimed(world)

    ask_parties(case, world.arb, ours, now=at(8))

    assert [party_of(case, claim).noticed_at for claim in (theirs, ours)] == [None, at(8)]
    assert ours.comments.count() == 2
    assert theirs.comments.count() == 0
    assert (arbitration_clock(case).started_at, arbitration_clock(case).state) == (at(8), "paused")


def test_75_neither_answer_is_read_before_both_are_in(world: World, contest: Contest) -> None:
    theirs, ours, case = contest
    arb = actor(world.arb)
    ask_parties(case, world.arb, now=at(8))
    add_proof(ours, world.ana, now=at(9))

    answer(ours, world.ana, now=at(9), comment="We began in May.")
    between = words(ours, arb), files(ours, arb), proof_of_party(party_of(case, ours), arb)
    answer(theirs, world.ned, now=at(10), comment="We began in March.")

    assert between[:2] == ([], ["work-1-of-ana.pdf"])
    assert [row.evidence.name for row in between[2]] == ["work-1-of-ana.pdf"]
    assert (words(ours, arb), words(theirs, arb)) == (["We began in May."], ["We began in March."])
    assert files(ours, arb) == ["work-1-of-ana.pdf", "work-2-of-ana.pdf"]
    assert {
        claim_id: [comment.text for comment in said] for claim_id, said in answers_in_case(case, arb).items()
    } == {ours.pk: ["We began in May."], theirs.pk: ["We began in March."]}


def test_an_event_says_when_the_answers_were_opened_and_which(world: World, contest: Contest) -> None:
    theirs, ours, case = contest
    request = ask_parties(case, world.arb, now=at(8))
    file = add_proof(ours, world.ana, now=at(9))
    answer(ours, world.ana, now=at(9), comment="We began in May.")
    before = Event.objects.filter(type="case.answers_opened").count()

    answer(theirs, world.ned, now=at(10), comment="We began in March.")

    event = Event.objects.get(type="case.answers_opened")
    said = Comment.objects.filter(text__startswith="We began in").order_by("pk").values_list("pk", flat=True)
    assert before == 0
    assert (event.at, event.subject_id, event.claim_id, event.actor_kind) == (
        at(10),
        case.pk,
        None,
        "system",
    )
    assert event.payload == {"request": request.pk, "comments": list(said), "evidence": [file.pk]}


def test_answers_to_a_question_outside_a_case_are_not_opened(world: World) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    ask(claim, world.rev1)

    answer(claim, world.ana)

    assert not Event.objects.filter(type="case.answers_opened").exists()


def test_sealed_answers_are_not_in_the_desks_history(world: World, contest: Contest) -> None:
    theirs, ours, case = contest
    ask_parties(case, world.arb, now=at(8))
    before = desk_history(ours, actor(world.arb)).count()
    add_proof(ours, world.ana, now=at(9))
    say(ours, world.ana, "We began in May.", now=at(9))

    sealed = desk_history(ours, actor(world.arb)).count()
    answer(ours, world.ana, now=at(9), comment="")
    answer(theirs, world.ned, now=at(9))

    assert sealed == before
    types = list(desk_history(ours, actor(world.arb)).values_list("type", flat=True))
    assert (types.count("claim.proof_added"), types.count("claim.comment_added")) == (2, 3)


def test_what_a_party_adds_after_its_own_answer_is_sealed(world: World, contest: Contest) -> None:
    _theirs, ours, case = contest
    ask_parties(case, world.arb, now=at(8))
    answer(ours, world.ana, now=at(9), comment="We began in May.")

    say(ours, world.ana, "On the 4th, to be exact.", now=at(10))

    assert words(ours, actor(world.arb)) == []


def test_comments_from_before_the_question_are_not_sealed(world: World, contest: Contest) -> None:
    _theirs, ours, case = contest
    say(ours, world.ana, "Said early.", now=at(7))

    ask_parties(case, world.arb, now=at(8))

    assert words(ours, actor(world.arb)) == ["Said early."]


def test_the_partner_can_always_read_its_own_sealed_words(world: World, contest: Contest) -> None:
    _theirs, ours, case = contest
    ask_parties(case, world.arb, now=at(8))
    add_proof(ours, world.ana, now=at(9))

    answer(ours, world.ana, now=at(9), comment="We began in May.")

    assert words(ours, actor(world.uma)) == ["We began in May."]
    assert len(files(ours, actor(world.uma))) == 2


def test_at_the_due_instant_the_seal_ends(world: World, contest: Contest) -> None:
    theirs, ours, case = contest
    request = ask_parties(case, world.arb, now=at(8))
    answer(ours, world.ana, now=at(9), comment="We began in May.")

    time_passes(request.due_at)

    assert words(ours, actor(world.arb)) == ["We began in May."]
    assert theirs.requests.get().state == "lapsed"


def test_a_party_that_is_not_asked_is_not_sealed(world: World, contest: Contest) -> None:
    theirs, ours, case = contest
    ask_parties(case, world.arb, ours, now=at(8))

    say(theirs, world.ned, "Unasked.", now=at(9))

    assert words(theirs, actor(world.arb)) == ["Unasked."]


def test_a_request_outside_a_case_seals_nothing(world: World) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    ask(claim, world.rev1)

    say(claim, world.ana, "Here it is.")

    assert words(claim, actor(world.rev1)) == ["Here it is."]


# --- What an answer does ---


def test_an_answer_inside_a_case_starts_no_round(world: World, contest: Contest) -> None:
    _theirs, ours, case = contest
    ask_parties(case, world.arb, ours, now=at(8))

    answer(ours, world.ana, now=at(9))

    assert rounds_of(ours) == [(1, "met")]
    assert status(ours) == ClaimStatus.UNDER_REVIEW


def test_75_the_clock_resumes_with_the_last_answer(world: World, contest: Contest) -> None:
    theirs, ours, case = contest
    ask_parties(case, world.arb, now=at(8))
    answer(ours, world.ana, now=at(9))
    waiting = arbitration_clock(case).state

    answer(theirs, world.ned, now=at(10))

    clock = arbitration_clock(case)
    assert (waiting, clock.state) == ("paused", "running")
    # Wednesday the 8th and Thursday the 9th ended during the pause, so two days are added to five from the 7th.
    assert clock.due_at == at(17, 0)


def test_the_holder_answers_and_its_status_does_not_change(world: World, contest: Contest) -> None:
    theirs, _ours, case = contest
    ask_parties(case, world.arb, theirs, now=at(8))

    answer(theirs, world.ned, now=at(9))

    assert (status(theirs), theirs.requests.get().state) == (ClaimStatus.APPROVED, "answered")
    assert rounds_of(theirs) == [(1, "met")]


def test_the_holders_answer_at_the_due_instant_is_late(world: World, contest: Contest) -> None:
    theirs, _ours, case = contest
    request = ask_parties(case, world.arb, theirs, now=at(8))

    late = refusal(lambda: answer(theirs, world.ned, now=request.due_at, comment=""))
    assert late == "RESPONSE_LATE"


# --- Silence ---


def test_a_silent_challenger_is_declined_and_leaves_the_case(world: World) -> None:
    theirs, ours, case = workload_rivals(world)
    third = file_claim(world, world.tom, *workloads(TEAMS))
    request = ask_parties(case, world.arb, ours, now=at(8))

    time_passes(request.due_at)

    assert outcomes(ours) == ["declined NO_PARTNER_RESPONSE"]
    assert status(ours) == ClaimStatus.REJECTED
    assert parties_in(case) == ["northwind", "tailspin"]
    assert Case.objects.get(pk=case.pk).state == "open"
    assert [status(claim) for claim in (theirs, third)] == [ClaimStatus.SUBMITTED, ClaimStatus.SUBMITTED]


def test_a_silent_holder_is_decided_by_the_proof_on_file(world: World, contest: Contest) -> None:
    theirs, ours, case = contest
    request = ask_parties(case, world.arb, theirs, now=at(8))
    time_passes(request.due_at)

    decide_for(case, world.arb, world.northwind, now=at(17))

    assert (outcomes(theirs), outcomes(ours)) == (["approved"], ["declined LOST_ARBITRATION"])
    assert theirs.requests.get().state == "lapsed"


def test_a_silent_challengers_other_items_go_on(world: World) -> None:
    hold(world, world.ned, *workloads(TEAMS))
    ours = file_claim(world, world.ana, *workloads(TEAMS, INTUNE))
    request = ask_parties(case_of(ours), world.arb, ours, now=at(8))

    time_passes(request.due_at)

    assert outcomes(ours) == ["declined NO_PARTNER_RESPONSE", "pending"]
    assert status(ours) == ClaimStatus.UNDER_REVIEW


def test_the_clocks_pause_ends_when_time_is_up_however_late_the_sweep_comes(
    world: World, contest: Contest
) -> None:
    theirs, _ours, case = contest
    request = ask_parties(case, world.arb, theirs, now=at(8))

    time_passes(at(21))

    pause = arbitration_clock(case).pauses.get()
    assert (pause.started_at, pause.ended_at) == (at(8), request.due_at)


# --- Deciding ---


def test_no_decision_while_a_question_is_open(world: World, contest: Contest) -> None:
    theirs, ours, case = contest
    ask_parties(case, world.arb, now=at(8))
    answer(ours, world.ana, now=at(9))

    assert refusal(lambda: decide_for(case, world.arb, world.fabrikam, now=at(9))) == "CASE_OPEN"
    answer(theirs, world.ned, now=at(9))
    decide_for(Case.objects.get(pk=case.pk), world.arb, world.fabrikam, now=at(9))
    assert outcomes(ours) == ["approved"]


def test_at_the_due_instant_the_decision_need_not_wait_for_a_sweep(world: World, contest: Contest) -> None:
    theirs, _ours, case = contest
    request = ask_parties(case, world.arb, theirs, now=at(8))

    decide_for(case, world.arb, world.fabrikam, now=request.due_at)

    assert Case.objects.get(pk=case.pk).state == "decided"
    assert theirs.requests.get().state == "lapsed"


# --- Asking ---


def test_an_empty_question_is_refused(world: World, contest: Contest) -> None:
    _theirs, _ours, case = contest

    assert refusal(lambda: ask_parties(case, world.arb, question=" ")) == "COMMENT_REQUIRED"


def test_a_party_that_left_the_case_is_not_asked(world: World) -> None:
    _theirs, ours, case = workload_rivals(world)
    file_claim(world, world.tom, *workloads(TEAMS))
    left = party_of(case, ours)
    withdraw(ours, world.ana)

    assert refusal(lambda: ask_parties(case, world.arb, left.claim)) == "INVALID_TRANSITION"


def test_a_reviewer_asks_and_support_does_not(world: World, contest: Contest) -> None:
    _theirs, ours, case = contest

    assert refusal(lambda: ask_parties(case, world.sup, now=at(8))) == "ROLE_NOT_ALLOWED"
    ask_parties(case, world.rev2, ours, now=at(8))
    assert ours.requests.count() == 1


# --- Proof, and which case it counts for ---


def test_76_newer_proof_is_listed_beside_the_old(world: World, contest: Contest) -> None:
    theirs, _ours, case = contest

    add_proof(theirs, world.ned, signed_on=at(6).date(), now=at(9))

    rows = proof_of_party(party_of(case, theirs), actor(world.arb))
    assert [(row.evidence.name, row.counts) for row in rows] == [
        ("work-2-of-ned.pdf", True),
        ("work-1-of-ned.pdf", True),
    ]
    assert status(theirs) == ClaimStatus.APPROVED


def test_proof_after_the_partys_own_due_instant_counts_for_the_next_case_only(
    world: World, contest: Contest
) -> None:
    theirs, ours, case = contest
    request = ask_parties(case, world.arb, theirs, now=at(8))
    time_passes(request.due_at)
    add_proof(theirs, world.ned, now=request.due_at, signed_on=at(6).date())
    add_proof(ours, world.ana, now=request.due_at, signed_on=at(6).date())

    late = proof_of_party(party_of(case, theirs), actor(world.arb))
    unasked = proof_of_party(party_of(case, ours), actor(world.arb))
    decide_for(case, world.arb, world.northwind, now=at(17))
    rival = file_claim(world, world.tom, now=at(20))
    next_case = proof_of_party(party_of(case_of(rival), theirs), actor(world.arb))

    assert [(row.evidence.name, row.counts) for row in late] == [
        ("work-2-of-ned.pdf", False),
        ("work-1-of-ned.pdf", True),
    ]
    assert [row.counts for row in unasked] == [True, True]
    assert [row.counts for row in next_case] == [True, True]


def test_proof_an_instant_before_the_due_instant_counts(world: World, contest: Contest) -> None:
    theirs, _ours, case = contest
    ask_parties(case, world.arb, theirs, now=at(8))

    add_proof(theirs, world.ned, now=at(15, 23, 59))
    time_passes(at(16, 0))

    assert [row.counts for row in proof_of_party(party_of(case, theirs), actor(world.arb))] == [True, True]


def test_a_contested_item_is_asked_about_through_its_case_alone(world: World, contest: Contest) -> None:
    _theirs, ours, _case = contest
    [item] = items_of(ours)
    before = (status(ours), reloaded(ours).version)

    codes = [refusal(lambda: ask(ours, world.rev1, now=at(8))), refusal(lambda: ask(ours, world.rev1, item))]

    assert codes == ["CASE_OPEN", "CASE_OPEN"]
    assert (status(ours), reloaded(ours).version) == before
    assert not ours.requests.exists()


def test_a_question_at_the_claim_is_about_its_uncontested_items_by_default(world: World) -> None:
    file_claim(world, world.ned, *workloads(TEAMS))
    ours = file_claim(world, world.ana, *workloads(TEAMS, INTUNE))
    take_up(ours, world.rev1)
    _teams, intune = items_of(ours)

    ask(ours, world.rev1)

    assert list(ours.requests.get().items.all()) == [intune]


def test_a_question_from_before_the_contest_pauses_the_arbitration_clock(world: World) -> None:
    ours = file_claim(world, world.ana, *workloads(TEAMS))
    take_up(ours, world.rev1)
    ask(ours, world.rev1, now=at(7))
    case = case_of(file_claim(world, world.ned, *workloads(TEAMS), now=at(7)))
    notify(case, world.rev1, now=at(8))

    held = arbitration_clock(case).state
    answer(ours, world.ana, now=at(9))

    assert (held, arbitration_clock(case).state) == ("paused", "running")
    assert rounds_of(ours) == [(1, "met"), (2, "met")]


def test_only_parties_of_the_case_are_asked(world: World, contest: Contest) -> None:
    stranger: User = world.tom
    other = file_claim(world, stranger, *workloads(INTUNE), now=NOW)

    assert refusal(lambda: ask_parties(contest[2], world.arb, other)) == "INVALID_TRANSITION"
    assert open_items_of(other) == items_of(other)
