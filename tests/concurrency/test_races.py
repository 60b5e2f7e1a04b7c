"""Races with real threads and commits on PostgreSQL: exactly one caller wins, and nothing happens twice."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from threading import local

import pytest
import time_machine
from django.core import mail

from arbitration.models import Case, CaseDecision, LiftedBlock, ProposedDecision
from arbitration.services import extend_deadline
from associations.models import Association, ConsentRequest, Grant
from associations.services import activate_consented
from claims.enums import ClaimStatus
from claims.inputs import DraftChanges
from claims.models import Claim, ClaimItem, RequestParty
from claims.services import create_draft, lapse_request
from clocks.enums import ClockKind
from clocks.selectors import clock_for
from cpor.sweeps import sweep
from foundation.journal.models import Delivery, Event
from foundation.journal.relay import drain
from foundation.kernel.actor import SYSTEM
from foundation.kernel.errors import DomainError
from tests.desk.desk import Desk, address, known_by, outcome, words
from tests.filing import (
    DAY,
    add_proof,
    answer,
    approve,
    ask,
    ask_parties,
    at,
    at_once,
    case_of,
    codes,
    confirm,
    decide,
    decide_heard,
    decline,
    desk_admin,
    directory_says,
    draft,
    file_claim,
    grants_of,
    held_and_claimed,
    hold,
    items_of,
    lift,
    no,
    none_refused,
    notify,
    outcomes,
    overtaken,
    parties_in,
    pending,
    propose_for,
    refusal,
    reloaded,
    rounds_of,
    sales,
    say,
    second_decision,
    send_back,
    status,
    submit,
    take_up,
    time_passes,
    withdraw,
    workload_rivals,
    workloads,
    yes,
)
from tests.responses import Response
from tests.world import EXCHANGE, INTUNE, MARKETING, NOW, TEAMS, World, actor

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

SIXTEEN = range(16)


def told(claim: Claim) -> Counter[str]:
    return Counter(Event.objects.filter(claim_id=claim.pk).values_list("type", flat=True))


def stale_or_too_late(answers: Sequence[object], *, winners: int = 1) -> bool:
    """Return whether all but the winners were refused because another caller was faster."""
    refused = codes(answers)
    return len(refused) == len(answers) - winners and set(refused) <= {"INVALID_TRANSITION", "STALE_VERSION"}


# --- Sixteen at one transition ---


def test_sixteen_submit_one_draft(world: World) -> None:
    claim = draft(world, world.ana)

    answers = at_once(*[lambda: submit(claim, world.ana) for _ in SIXTEEN])

    assert stale_or_too_late(answers), codes(answers)
    assert (status(claim), outcomes(claim), rounds_of(claim)) == (
        ClaimStatus.SUBMITTED,
        ["pending"],
        [(1, "running")],
    )
    assert told(claim)["claim.submitted"] == 1


def test_sixteen_start_one_review(world: World) -> None:
    claim = file_claim(world, world.ana)

    answers = at_once(*[partial(take_up, claim, (world.rev1, world.rev2)[number % 2]) for number in SIXTEEN])

    assert codes(answers) == ["INVALID_TRANSITION"] * 15
    assert told(claim)["claim.review_started"] == 1


def test_sixteen_withdraw_one_claim(world: World) -> None:
    claim = file_claim(world, world.ana)

    answers = at_once(*[lambda: withdraw(claim, world.ana) for _ in SIXTEEN])

    assert codes(answers) == ["INVALID_TRANSITION"] * 15
    assert (told(claim)["item.withdrawn"], told(claim)["claim.settled"]) == (1, 1)


def test_sixteen_decide_one_item_differently(world: World) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    (item,) = items_of(claim)

    answers = at_once(
        *[
            partial(
                decide, claim, (world.rev1, world.rev2)[number % 2], yes(item) if number % 2 else no(item)
            )
            for number in SIXTEEN
        ]
    )

    assert codes(answers) == ["INVALID_TRANSITION"] * 15
    assert told(claim)["claim.items_decided"] == 1
    assert Grant.objects.count() == ConsentRequest.objects.count() == int(outcomes(claim) == ["approved"])


def test_sixteen_answer_one_request(world: World) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    ask(claim, world.rev1)

    answers = at_once(*[lambda: answer(claim, world.ana, now=at(7)) for _ in SIXTEEN])

    assert codes(answers) == ["INVALID_TRANSITION"] * 15
    assert rounds_of(claim) == [(1, "met"), (2, "running")]


# --- Rivals ---


def test_5_two_rivals_submit_in_the_same_second(world: World) -> None:
    """There is one case for each scope, and no claim is refused for a warning that arose after its check."""
    things = [
        sales(world.s_a),
        sales(world.s_b),
        *workloads(MARKETING, TEAMS, INTUNE, EXCHANGE),
    ]
    pairs = [(draft(world, world.ana, thing), draft(world, world.ned, thing)) for thing in things]

    for ours, theirs in pairs:
        answers = at_once(partial(submit, ours, world.ana), partial(submit, theirs, world.ned))
        assert codes(answers) == []

    assert [status(claim) for pair in pairs for claim in pair] == [ClaimStatus.SUBMITTED] * 12
    assert [sorted(parties_in(case)) for case in Case.objects.all()] == [["fabrikam", "northwind"]] * 6


def test_5_a_rival_of_the_same_second_is_no_new_warning(world: World) -> None:
    """The second claim confirmed nothing when it was checked; the first commits before the second gets the scope."""
    file_claim(world, world.tom, *workloads(INTUNE))  # the scope's tenant is known already
    ours = draft(world, world.ana, *workloads(TEAMS))
    theirs = draft(world, world.ned, *workloads(TEAMS))

    answered = overtaken(
        lambda: submit(theirs, world.ned, confirmed=()), lambda: submit(ours, world.ana, confirmed=())
    )

    assert codes([answered]) == []
    assert sorted(parties_in(case_of(ours))) == ["fabrikam", "northwind"]


def test_one_company_claims_the_same_thing_twice_at_once(world: World) -> None:
    drafts = [draft(world, world.ana, mpn_id=mpn) for mpn in ("4391507", "4391509")]

    answers = at_once(*[partial(submit, claim, world.ana) for claim in drafts])

    assert codes(answers) == ["VALIDATION_FAILED"]
    assert sorted(status(claim) for claim in drafts) == ["draft", "submitted"]


def test_a_rival_arrives_while_the_only_claim_is_approved(world: World) -> None:
    ours = file_claim(world, world.ana)
    take_up(ours, world.rev1)
    theirs = draft(world, world.ned)

    answered = overtaken(lambda: approve(ours, world.rev1), lambda: submit(theirs, world.ned))

    assert codes([answered]) == []
    assert sorted(parties_in(case_of(theirs))) == ["fabrikam", "northwind"]
    assert Association.objects.count() == 1


def test_the_only_claim_is_approved_while_a_rival_arrives(world: World) -> None:
    ours = file_claim(world, world.ana)
    take_up(ours, world.rev1)
    theirs = draft(world, world.ned)

    answered = overtaken(lambda: submit(theirs, world.ned), lambda: approve(ours, world.rev1))

    assert codes([answered]) == ["CASE_OPEN"]
    assert outcomes(ours) == ["pending"]


# --- Decisions ---


def test_83_two_arbiters_decide_for_different_parties(world: World) -> None:
    cases = []
    for code in (TEAMS, INTUNE, EXCHANGE):
        file_claim(world, world.ned, *workloads(code))
        cases.append(notify(case_of(file_claim(world, world.ana, *workloads(code))), world.rev1))

    for case in cases:
        answers = at_once(
            partial(decide_heard, case, world.arb, world.fabrikam),
            partial(decide_heard, case, world.arb2, world.northwind),
        )
        assert codes(answers) == ["SCOPE_TAKEN"]

    assert CaseDecision.objects.count() == 3
    assert set(Association.objects.values_list("state", flat=True)) == {"pending_consent"}
    assert Association.objects.count() == 3


def test_sixteen_decide_one_case(world: World) -> None:
    _theirs, ours, case = held_and_claimed(world)
    notify(case, world.rev1)

    answers = at_once(*[lambda: decide_heard(case, world.arb, world.fabrikam) for _ in SIXTEEN])

    assert codes(answers) == ["INVALID_TRANSITION"] * 15
    assert (CaseDecision.objects.count(), grants_of(ours)) == (1, [("usage", "pending_consent")])


def test_sixteen_confirm_one_decision(world: World) -> None:
    theirs, ours, case = held_and_claimed(world)
    propose_for(case, world.arb2, world.fabrikam)

    answers = at_once(*[lambda: confirm(case, world.arb) for _ in SIXTEEN])

    assert codes(answers) == ["INVALID_TRANSITION"] * 15
    assert (CaseDecision.objects.count(), grants_of(ours)) == (1, [("usage", "pending_consent")])
    assert [claim.comments.filter(text__contains="decisive").count() for claim in (theirs, ours)] == [1, 1]


def test_two_arbiters_propose_different_decisions_at_once(world: World) -> None:
    _theirs, _ours, case = workload_rivals(world)
    notify(case, world.rev1)

    with second_decision():
        answers = at_once(
            partial(decide_heard, case, world.arb, world.fabrikam),
            partial(decide_heard, case, world.arb2, world.northwind),
        )

    assert codes(answers) == ["INVALID_TRANSITION"]
    assert (ProposedDecision.objects.count(), CaseDecision.objects.count()) == (1, 0)


@pytest.mark.parametrize("first", ["confirm", "return"])
def test_a_decision_is_returned_while_it_is_confirmed(world: World, first: str) -> None:
    _theirs, ours, case = workload_rivals(world)
    propose_for(case, world.arb2, world.fabrikam)
    acts = {"confirm": lambda: confirm(case, world.arb), "return": lambda: send_back(case, world.arb2)}

    answered = overtaken(acts[first], acts["return" if first == "confirm" else "confirm"])

    assert codes([answered]) == ["INVALID_TRANSITION"]
    assert outcomes(ours) == [{"confirm": "approved", "return": "pending"}[first]]


def _proposed_by_both(world: World) -> tuple[Claim, Claim, Case]:
    """Let Arne's proposal be returned, and Aila propose another decision."""
    theirs, ours, case = workload_rivals(world)
    propose_for(case, world.arb, world.fabrikam)
    send_back(case, world.arb2)
    propose_for(case, world.arb2, world.fabrikam)
    return theirs, ours, case


def test_sixteen_lift_one_block(world: World) -> None:
    _theirs, _ours, case = _proposed_by_both(world)
    admins = [desk_admin(f"kay{number}") for number in SIXTEEN]

    answers = at_once(*[partial(lift, case, admin, world.arb) for admin in admins])

    assert codes(answers) == ["INVALID_TRANSITION"] * 15
    assert LiftedBlock.objects.filter(case=case).count() == 1


@pytest.mark.parametrize("first", ["lift", "withdraw"])
def test_a_block_is_lifted_while_the_case_ends(world: World, first: str) -> None:
    theirs, _ours, case = _proposed_by_both(world)
    admin = desk_admin()
    acts: dict[str, Callable[[], object]] = {
        "lift": lambda: lift(case, admin, world.arb),
        "withdraw": lambda: withdraw(theirs, world.ned),
    }

    answered = overtaken(acts[first], acts["withdraw" if first == "lift" else "lift"])

    assert codes([answered]) == {"lift": [], "withdraw": ["INVALID_TRANSITION"]}[first]
    assert LiftedBlock.objects.count() == {"lift": 1, "withdraw": 0}[first]


def test_the_blocked_arbiter_confirms_while_the_block_is_lifted(world: World) -> None:
    _theirs, ours, case = _proposed_by_both(world)
    admin = desk_admin()

    answered = overtaken(lambda: lift(case, admin, world.arb), lambda: confirm(case, world.arb))

    assert (codes([answered]), outcomes(ours)) == ([], ["approved"])


@pytest.mark.parametrize("first", ["proof", "confirm"])
def test_a_party_adds_proof_while_the_decision_is_confirmed(world: World, first: str) -> None:
    theirs, ours, case = workload_rivals(world)
    propose_for(case, world.arb2, world.fabrikam)
    acts = {"proof": lambda: add_proof(theirs, world.ned), "confirm": lambda: confirm(case, world.arb)}

    answered = overtaken(acts[first], acts["confirm" if first == "proof" else "proof"])

    assert codes([answered]) == {"proof": ["STALE_VERSION"], "confirm": []}[first]
    assert outcomes(ours) == [{"proof": "pending", "confirm": "approved"}[first]]


@pytest.mark.parametrize("first", ["join", "confirm"])
def test_a_third_claimant_joins_while_the_decision_is_confirmed(world: World, first: str) -> None:
    _theirs, ours, case = workload_rivals(world)
    propose_for(case, world.arb2, world.fabrikam)
    third = draft(world, world.tom, *workloads(TEAMS))
    acts = {"join": lambda: submit(third, world.tom), "confirm": lambda: confirm(case, world.arb)}

    answered = overtaken(acts[first], acts["confirm" if first == "join" else "join"])

    assert codes([answered]) == {"join": ["STALE_VERSION"], "confirm": []}[first]
    assert outcomes(ours) == [{"join": "pending", "confirm": "approved"}[first]]


@pytest.mark.parametrize("first", ["withdraw", "confirm"])
def test_a_party_withdraws_while_the_decision_is_confirmed(world: World, first: str) -> None:
    theirs, ours, case = workload_rivals(world)
    propose_for(case, world.arb2, world.fabrikam)
    acts = {"withdraw": lambda: withdraw(theirs, world.ned), "confirm": lambda: confirm(case, world.arb)}

    answered = overtaken(acts[first], acts["confirm" if first == "withdraw" else "withdraw"])

    assert codes([answered]) == ["INVALID_TRANSITION"]
    assert (outcomes(theirs), outcomes(ours)) == {
        "withdraw": (["withdrawn"], ["pending"]),
        "confirm": (["declined LOST_ARBITRATION"], ["approved"]),
    }[first]


def test_two_reviewers_approve_the_two_claims_of_one_scope(world: World) -> None:
    theirs, ours, _case = workload_rivals(world)
    take_up(theirs, world.rev1)
    take_up(ours, world.rev2)

    answers = at_once(lambda: approve(theirs, world.rev1), lambda: approve(ours, world.rev2))

    assert codes(answers) == ["CASE_OPEN", "CASE_OPEN"]
    assert Association.objects.count() == 0


@pytest.mark.parametrize("first", ["withdraw", "decide"])
def test_withdrawing_while_it_is_decided(world: World, first: str) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    acts = {"withdraw": lambda: withdraw(claim, world.ana), "decide": lambda: approve_known(claim)}
    (item,) = items_of(claim)

    def approve_known(claim: Claim) -> Claim:
        return decide(claim, world.rev1, yes(item))

    second = "decide" if first == "withdraw" else "withdraw"
    answered = overtaken(acts[first], acts[second])

    assert codes([answered]) == ["INVALID_TRANSITION"]
    assert outcomes(claim) == [{"withdraw": "withdrawn", "decide": "approved"}[first]]


@pytest.mark.parametrize("first", ["withdraw", "decide"])
def test_withdrawing_while_the_case_is_decided(world: World, first: str) -> None:
    theirs, ours, case = workload_rivals(world)
    notify(case, world.rev1)
    acts = {
        "withdraw": lambda: withdraw(ours, world.ana),
        "decide": lambda: decide_heard(case, world.arb, world.fabrikam),
    }

    answered = overtaken(acts[first], acts["decide" if first == "withdraw" else "withdraw"])

    assert codes([answered]) == ["INVALID_TRANSITION"]
    assert (outcomes(ours), outcomes(theirs)) == {
        "withdraw": (["withdrawn"], ["pending"]),
        "decide": (["approved"], ["declined LOST_ARBITRATION"]),
    }[first]


def test_a_third_claimant_joins_while_the_case_is_decided(world: World) -> None:
    _theirs, _ours, case = workload_rivals(world)
    notify(case, world.rev1)
    third = draft(world, world.tom, *workloads(TEAMS))

    answered = overtaken(
        lambda: decide_heard(case, world.arb, world.fabrikam), lambda: submit(third, world.tom)
    )

    assert codes([answered]) == []
    assert case_of(third) != case
    assert sorted(parties_in(case_of(third))) == ["fabrikam", "tailspin"]


def test_the_case_is_decided_while_a_third_claimant_joins(world: World) -> None:
    """A party that joined a moment before the decision has had no notice yet and must be heard first."""
    _theirs, ours, case = workload_rivals(world)
    notify(case, world.rev1)
    third = draft(world, world.tom, *workloads(TEAMS))

    answered = overtaken(
        lambda: submit(third, world.tom), lambda: decide_heard(case, world.arb, world.fabrikam)
    )

    assert codes([answered]) == ["CASE_OPEN"]
    assert [outcomes(claim) for claim in (ours, third)] == [["pending"], ["pending"]]


@pytest.mark.parametrize("first", ["ask", "decide"])
def test_the_parties_are_asked_while_the_case_is_decided(world: World, first: str) -> None:
    theirs, ours, case = workload_rivals(world)
    notify(case, world.rev1)
    acts = {
        "ask": lambda: ask_parties(case, world.arb2, ours),
        "decide": lambda: decide_heard(case, world.arb, world.northwind),
    }

    answered = overtaken(acts[first], acts["decide" if first == "ask" else "ask"])

    assert codes([answered]) == [{"ask": "CASE_OPEN", "decide": "INVALID_TRANSITION"}[first]]
    assert [outcomes(claim) for claim in (theirs, ours)] == {
        "ask": [["pending"], ["pending"]],
        "decide": [["approved"], ["declined LOST_ARBITRATION"]],
    }[first]


def test_an_item_is_asked_about_at_its_claim_while_a_rival_contests_it(world: World) -> None:
    """Whoever is first, the case sees the question and its decision waits for the answer."""
    ours = file_claim(world, world.ana, *workloads(TEAMS))
    take_up(ours, world.rev1)
    theirs = draft(world, world.ned, *workloads(TEAMS))

    answered = overtaken(lambda: ask(ours, world.rev1), lambda: submit(theirs, world.ned))
    case = notify(case_of(theirs), world.rev1)

    assert codes([answered]) == []
    assert refusal(lambda: decide_heard(case, world.arb, world.northwind)) == "CASE_OPEN"


def test_a_rival_contests_an_item_while_it_is_asked_about_at_its_claim(world: World) -> None:
    ours = file_claim(world, world.ana, *workloads(TEAMS))
    take_up(ours, world.rev1)
    theirs = draft(world, world.ned, *workloads(TEAMS))

    answered = overtaken(lambda: submit(theirs, world.ned), lambda: ask(ours, world.rev1))

    assert codes([answered]) == ["CASE_OPEN"]
    assert not ours.requests.exists()


# --- Time ---


@pytest.mark.parametrize("first", ["answer", "lapse"])
def test_an_answer_at_the_last_minute_and_the_sweep(world: World, first: str) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    request = ask(claim, world.rev1)
    party = RequestParty.objects.get(claim=claim)
    acts = {
        "answer": lambda: answer(claim, world.ana, now=at(13, 23, 59)),
        "lapse": lambda: lapse_request(party_id=party.pk, now=request.due_at),
    }

    answered = overtaken(acts[first], acts["lapse" if first == "answer" else "answer"])

    assert codes([answered]) == {"answer": [], "lapse": ["RESPONSE_LATE"]}[first]
    assert (status(claim), outcomes(claim)) == {
        "answer": (ClaimStatus.UNDER_REVIEW, ["pending"]),
        "lapse": (ClaimStatus.REJECTED, ["declined NO_PARTNER_RESPONSE"]),
    }[first]


def test_eight_sweeps_do_everything_once(world: World) -> None:
    """Requests, consent windows, drafts, clocks and mails are all due at the same instant."""
    idle = draft(world, world.tom, now=NOW - 100 * DAY, proof=False)
    time_passes(NOW - 17 * DAY)
    silent = file_claim(world, world.ana, *workloads(TEAMS))
    take_up(silent, world.rev1)
    ask(silent, world.rev1)
    approved = pending(world, world.ana, *workloads(INTUNE))
    untouched = file_claim(world, world.ana, *workloads(EXCHANGE))
    time_passes(NOW)
    mail.outbox.clear()

    reports = none_refused(at_once(*[lambda: sweep(now=at(20)) for _ in range(8)]))

    assert sum(report.failed for report in reports) == 0
    assert [status(claim) for claim in (idle, silent, approved, untouched)] == [
        ClaimStatus.WITHDRAWN,
        ClaimStatus.REJECTED,
        ClaimStatus.APPROVED,
        ClaimStatus.SUBMITTED,
    ]
    assert grants_of(approved) == [("usage", "active")]
    assert told(idle)["claim.expired"] == told(silent)["claim.request_lapsed"] == 1
    assert told(approved)["association.grant_handed_over"] == 1
    breached = Event.objects.filter(type="clocks.clock_breached").values_list("subject_id", flat=True)
    assert len(breached) == len(set(breached)) == 2
    assert set(Delivery.objects.values_list("state", "attempts")) == {("delivered", 1)}
    sent = [(message.to[0], message.subject) for message in mail.outbox]
    assert len(sent) == len(set(sent))


def test_eight_sweeps_swap_a_superseded_holder_once(world: World) -> None:
    theirs, ours, case = held_and_claimed(world)
    notify(case, world.rev1)
    decide_heard(case, world.arb, world.fabrikam)
    drain(now=NOW)
    request = ConsentRequest.objects.get(claim_id=ours.pk)

    answers = at_once(
        *[lambda: activate_consented(consent_request_id=request.pk, now=at(20)) for _ in range(8)]
    )

    assert sorted(none_refused(answers)) == [0] * 7 + [1]
    assert [status(claim) for claim in (theirs, ours)] == [ClaimStatus.ENDED, ClaimStatus.APPROVED]
    assert told(ours)["association.grant_handed_over"] == told(theirs)["association.grant_ended"] == 1


def test_eight_relays_send_the_consent_mail_and_start_its_window_once(world: World) -> None:
    claim = pending(world, world.ana)
    mail.outbox.clear()

    at_once(*[lambda: drain(now=at(7)) for _ in range(8)])

    assert told(claim)["association.consent_window_started"] == 1
    assert [message.to for message in mail.outbox if message.to == ["cora.ana@contoso.com"]] == [
        ["cora.ana@contoso.com"]
    ]


# --- The directory ---


def test_a_subscription_ends_while_a_claim_on_it_is_submitted(world: World) -> None:
    """The end does not find the claim, which is not committed yet; the next sweep does."""
    claim = draft(world, world.ana)

    overtaken(lambda: submit(claim, world.ana), lambda: directory_says(world.s_a, state="expired", now=at(7)))
    time_passes(at(7, 10))

    assert outcomes(claim) == ["declined SUBSCRIPTION_ENDED"]
    assert status(claim) == ClaimStatus.REJECTED


def test_a_claim_is_submitted_while_its_subscription_ends(world: World) -> None:
    claim = draft(world, world.ana)

    answered = overtaken(
        lambda: directory_says(world.s_a, state="expired", now=at(7)), lambda: submit(claim, world.ana)
    )
    time_passes(at(7, 10))

    assert codes([answered]) in ([], ["VALIDATION_FAILED"])
    assert not ClaimItem.objects.filter(claim=claim, outcome="pending").exists()


@pytest.mark.parametrize("first", ["end", "decide"])
def test_a_subscription_ends_while_its_case_is_decided(world: World, first: str) -> None:
    theirs, ours, case = held_and_claimed(world)
    notify(case, world.rev1)
    acts = {
        "end": lambda: directory_says(world.s_a, state="expired", now=at(7)),
        "decide": lambda: decide_heard(case, world.arb, world.fabrikam, now=at(7)),
    }

    overtaken(acts[first], acts["decide" if first == "end" else "end"])
    time_passes(at(7, 10))

    assert status(theirs) == ClaimStatus.ENDED
    assert status(ours) == {"end": ClaimStatus.REJECTED, "decide": ClaimStatus.ENDED}[first]
    assert not Association.objects.exclude(state="ended").exists()


@pytest.mark.parametrize("first", ["end", "notify"])
def test_a_subscription_ends_while_a_notice_is_posted(world: World, first: str) -> None:
    _theirs, ours, case = held_and_claimed(world)
    acts = {
        "end": lambda: directory_says(world.s_a, state="expired", now=at(7)),
        "notify": lambda: notify(case, world.rev1, now=at(7)),
    }

    overtaken(acts[first], acts["notify" if first == "end" else "end"])
    time_passes(at(7, 10))

    assert (outcomes(ours), Case.objects.get().outcome) == (
        ["declined SUBSCRIPTION_ENDED"],
        "subscription_ended",
    )


def test_declining_and_asking_at_once_leaves_one_answer(world: World) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)

    answers = at_once(lambda: decline(claim, world.rev1), lambda: ask(claim, world.rev2))

    assert len(codes(answers)) <= 1
    assert status(claim) == ClaimStatus.REJECTED or codes(answers) == ["INVALID_TRANSITION"]
    assert reloaded(claim).status in (ClaimStatus.REJECTED, ClaimStatus.PARTNER_ACTION_REQUIRED)


def test_two_rivals_join_the_holder_in_one_case(world: World) -> None:
    claim = hold(world, world.ned)

    rivals = [draft(world, user) for user in (world.ana, world.tom)]
    answers = at_once(
        lambda: submit(rivals[0], world.ana), lambda: submit(rivals[1], world.tom), lambda: reloaded(claim)
    )

    assert codes(answers) == []
    assert sorted(parties_in(case_of(claim))) == ["fabrikam", "northwind", "tailspin"]
    assert Case.objects.count() == 1


def test_two_drafts_that_draw_the_same_reference_get_two(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each thread draws its letters from the same sequence, so both try the same reference first."""
    letters = local()

    def the_same_for_each_thread(alphabet: str) -> str:
        letters.drawn = getattr(letters, "drawn", -1) + 1
        return alphabet[letters.drawn // 6]

    monkeypatch.setattr("secrets.choice", the_same_for_each_thread)

    def create() -> Claim:
        return create_draft(changes=DraftChanges(name="one of two"), actor=actor(world.ana), now=NOW).claim

    made = none_refused(at_once(create, create))

    assert sorted(str(claim.reference) for claim in made) == ["CPOR-2020-000000", "CPOR-2020-111111"]
    assert sorted(map(str, Claim.objects.all())) == ["CPOR-2020-000000", "CPOR-2020-111111"]


# --- A claim's revision ---


def test_sixteen_comments_at_once_are_sixteen_revisions(world: World) -> None:
    claim = file_claim(world, world.ana)
    before = reloaded(claim)

    answers = at_once(
        *[partial(say, claim, world.rev1, f"Number {number}.", now=at(7)) for number in SIXTEEN]
    )

    after = reloaded(claim)
    none_refused(answers)
    assert after.revision == before.revision + 16
    assert after.updated_at == at(7) + timedelta(microseconds=15)


def test_a_deadline_moves_while_its_claim_is_decided(world: World) -> None:
    """The clock is locked after its claim at both doors, so neither waits for the other for ever."""
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    clock = clock_for(ClockKind.REVIEW, claim.pk)
    assert clock is not None

    answers = at_once(
        *[
            lambda: extend_deadline(clock_id=clock.pk, days=1, reason="A strike", actor=SYSTEM, now=at(7))
            for _ in range(8)
        ],
        lambda: approve(claim, world.rev1, now=at(7)),
    )

    assert set(codes(answers)) <= {"INVALID_TRANSITION"}
    assert status(claim) == ClaimStatus.APPROVED


# --- Pages of the desk ---


def test_of_two_reviewers_who_decide_at_once_one_reads_what_the_other_did(world: World) -> None:
    """Point 19, through the pages: who comes second is refused, and told of the first, with what was typed kept."""
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    [item] = items_of(claim)
    people = {world.rev1.pk: Desk(world.rev1), world.rev2.pk: Desk(world.rev2)}
    with time_machine.travel(NOW, tick=True):
        known = {pk: known_by(desk.get(address(claim))) for pk, desk in people.items()}

        def press(desk: Desk) -> Response:
            typed = {"comment": f"Typed by {desk.user.username}.", **outcome(item, "approve")}
            return desk.act(claim, "decide_items", **typed, **known[desk.user.pk])

        answers = at_once(*[partial(press, desk) for desk in people.values()])

    pages = [answer for answer in answers if not isinstance(answer, DomainError)]
    assert sorted(page.status_code for page in pages) == [302, 412]
    [lost] = [page for page in pages if page.status_code == 412]
    [second] = [desk for desk in people.values() if desk.user == lost.wsgi_request.user]
    [first] = [desk for desk in people.values() if desk is not second]
    read = words(lost)
    assert f"{first.user.shown_name}: The desk decided" in read
    assert f"{second.user.shown_name}: The desk decided" not in read
    assert f"Typed by {second.user.username}." in read
    assert told(claim)["claim.items_decided"] == 1
