"""The decision of a case with SECOND_DECISION on: proposed, then confirmed or returned by another arbiter (5.9)."""

from hashlib import sha256

import pytest
from django.db import IntegrityError, connection, transaction

from arbitration import services as desk
from arbitration.models import Case, CaseDecision, ProposedDecision
from associations.models import Association
from claims.enums import ClaimStatus
from claims.models import Claim
from foundation.journal.models import Event
from foundation.kernel.errors import NotFound, Refused, StaleVersion
from partners.models import Member, User
from tests.filing import (
    add_proof,
    answer,
    arbitration_clock,
    ask_parties,
    association_of,
    at,
    at_desk,
    confirm,
    decide_for,
    directory_says,
    file_claim,
    happened,
    held_and_claimed,
    last_comment,
    notify,
    outcomes,
    pending,
    propose_for,
    refusal,
    reloaded,
    ruling,
    say,
    second_decision,
    send_back,
    status,
    time_passes,
    withdraw,
    workload_rivals,
    workloads,
)
from tests.world import TEAMS, World, actor

Contest = tuple[Claim, Claim, Case]


@pytest.fixture
def contest(world: World) -> Contest:
    """Northwind holds S-A, Fabrikam claims it, and both have had their notice."""
    theirs, ours, case = held_and_claimed(world)
    notify(case, world.rev1, now=at(7))
    return theirs, ours, Case.objects.get(pk=case.pk)


@pytest.fixture
def proposed(world: World, contest: Contest) -> Contest:
    """Arne proposed to decide for Fabrikam."""
    propose_for(contest[2], world.arb, world.fabrikam, now=at(8))
    return contest


def proposal_in(case: Case) -> ProposedDecision:
    return ProposedDecision.objects.filter(case=case).latest("pk")


# --- Proposing ---


def test_a_decision_waits_for_a_second_arbiter_and_nothing_else_happens(
    world: World, contest: Contest
) -> None:
    theirs, ours, case = contest
    before = [(happened(claim), last_comment(claim), reloaded(claim).version) for claim in (theirs, ours)]

    propose_for(case, world.arb, world.fabrikam, now=at(8))

    proposal = proposal_in(case)
    assert (proposal.state, proposal.proposed_by, proposal.proposed_at) == ("proposed", world.arb, at(8))
    assert (proposal.winner, proposal.rationale, proposal.winner_text, proposal.loser_text) == (
        world.fabrikam,
        "The newer signature.",
        "Your proof was decisive.",
        "Other proof was decisive.",
    )
    assert (Case.objects.get(pk=case.pk).state, CaseDecision.objects.count()) == ("open", 0)
    assert (outcomes(ours), Association.objects.count()) == (["pending"], 1)
    assert arbitration_clock(case).state == "running"
    after = [(happened(claim), last_comment(claim), reloaded(claim).version) for claim in (theirs, ours)]
    assert after == before


def test_the_event_of_a_proposal_proves_its_texts_and_files_and_is_in_no_partner_s_history(
    world: World, proposed: Contest
) -> None:
    event = Event.objects.get(type="case.decision_proposed")

    assert (event.claim_id, event.organisation_id, event.audience) == (None, None, "desk")
    assert event.payload["rationale_sha256"] == sha256(b"The newer signature.").hexdigest()
    assert [file["counts"] for file in event.payload["weighed"]] == [True, True]


def test_a_decision_that_could_not_take_effect_is_not_proposed(world: World, contest: Contest) -> None:
    directory_says(world.s_a, state="suspended")

    with pytest.raises(Refused) as refused:
        propose_for(contest[2], world.arb, world.fabrikam, now=at(8))

    assert [finding.code for finding in refused.value.findings] == ["SUBSCRIPTION_NOT_ACTIVE"]
    assert not ProposedDecision.objects.exists()


def test_a_case_is_not_decided_while_a_decision_waits(world: World, proposed: Contest) -> None:
    _theirs, ours, case = proposed

    codes = {
        refusal(lambda: decide_for(case, world.arb, world.northwind, now=at(9))),
        refusal(lambda: decide_for(case, world.arb2, world.northwind, now=at(9))),
    }

    assert (codes, outcomes(ours)) == ({"INVALID_TRANSITION"}, ["pending"])


# --- Confirming ---


def test_the_second_arbiter_confirms_and_all_effects_happen_once(world: World, proposed: Contest) -> None:
    theirs, ours, case = proposed

    confirm(case, world.arb2, now=at(9))

    decision, mine = CaseDecision.objects.get(), association_of(world.fabrikam)
    assert (decision.decided_by, decision.confirmed_by, decision.decided_at) == (world.arb, world.arb2, at(9))
    assert (decision.rationale, decision.winner) == ("The newer signature.", world.fabrikam)
    assert (outcomes(ours), status(ours)) == (["approved"], ClaimStatus.APPROVED)
    assert (mine.state, mine.supersedes, mine.decided_case_id) == (
        "pending_consent",
        association_of(world.northwind),
        case.pk,
    )
    assert [last_comment(claim) for claim in (ours, theirs)] == [
        "Your proof was decisive.",
        "Other proof was decisive.",
    ]
    assert (arbitration_clock(case).state, arbitration_clock(case).met_at) == ("met", at(9))
    proposal = proposal_in(case)
    assert (proposal.state, proposal.reviewed_by, proposal.reviewed_at) == ("confirmed", world.arb2, at(9))
    assert Event.objects.get(type="case.decided").payload["proposal"] == proposal.pk


def test_nobody_confirms_his_own_decision(world: World, proposed: Contest) -> None:
    _theirs, ours, case = proposed

    assert refusal(lambda: confirm(case, world.arb, now=at(9))) == "SECOND_PERSON_REQUIRED"
    assert (outcomes(ours), proposal_in(case).state) == (["pending"], "proposed")


def test_whoever_proposed_a_decision_in_the_case_confirms_none_there(world: World, proposed: Contest) -> None:
    _theirs, ours, case = proposed
    send_back(case, world.arb2, now=at(9))
    propose_for(case, world.arb2, world.northwind, now=at(9))

    assert refusal(lambda: confirm(case, world.arb, now=at(10))) == "SECOND_PERSON_REQUIRED"
    assert outcomes(ours) == ["pending"]


@pytest.mark.parametrize("name", ["rev1", "sup"])
def test_only_an_arbiter_confirms_or_returns(world: World, proposed: Contest, name: str) -> None:
    _theirs, _ours, case = proposed
    person = getattr(world, name)

    assert refusal(lambda: confirm(case, person, now=at(9))) == "ROLE_NOT_ALLOWED"
    assert refusal(lambda: send_back(case, person, now=at(9))) == "ROLE_NOT_ALLOWED"
    assert proposal_in(case).state == "proposed"


def test_an_arbiter_who_belonged_to_a_party_does_not_see_the_decision(
    world: World, proposed: Contest
) -> None:
    _theirs, ours, case = proposed
    Member.objects.create(user=world.arb2, organisation=world.northwind, ended_at=at(1))

    with pytest.raises(NotFound):
        desk.confirm_decision(case_id=str(case.public_id), actor=at_desk(world.arb2), now=at(9))

    assert outcomes(ours) == ["pending"]


def test_a_decision_that_waited_when_the_setting_was_turned_off_can_still_be_confirmed(
    world: World, proposed: Contest
) -> None:
    _theirs, ours, case = proposed

    confirm(case, world.arb2, now=at(9))

    assert outcomes(ours) == ["approved"]


def test_confirmation_runs_the_directory_rules_again(world: World, proposed: Contest) -> None:
    _theirs, ours, case = proposed
    directory_says(world.s_a, state="suspended")

    with pytest.raises(Refused) as refused:
        confirm(case, world.arb2, now=at(9))

    assert [finding.code for finding in refused.value.findings] == ["SUBSCRIPTION_NOT_ACTIVE"]
    assert (outcomes(ours), proposal_in(case).state) == (["pending"], "proposed")


def test_no_decision_for_another_is_proposed_while_an_association_waits_for_consent(world: World) -> None:
    _theirs, ours, case = workload_rivals(world)
    propose_for(case, world.arb, world.fabrikam, now=at(8))
    confirm(case, world.arb2, now=at(8))
    third = file_claim(world, world.tom, *workloads(TEAMS), now=at(9))
    later = notify(Case.objects.get(parties__claim=third), world.rev1, now=at(9))

    assert refusal(lambda: propose_for(later, world.arb, world.tailspin, now=at(9))) == "SCOPE_TAKEN"
    assert outcomes(ours) == ["approved"]


# --- What has changed since ---


def changed(case: Case, world: World) -> str:
    """Return what a refused confirmation says of what has changed, and assert that nothing happened."""
    with pytest.raises(StaleVersion) as refused:
        confirm(case, world.arb2, now=at(10))
    assert (proposal_in(case).state, CaseDecision.objects.count()) == ("proposed", 0)
    start, _colon, changes = str(refused.value).partition(": ")
    assert start == "Return this decision, because the case has changed since it was proposed"
    return changes


def test_new_proof_of_a_party_refuses_the_confirmation(world: World, proposed: Contest) -> None:
    theirs, _ours, case = proposed

    add_proof(theirs, world.ned, now=at(9))

    assert changed(case, world) == "Northwind added work-2-of-ned.pdf."


def test_a_late_joiner_and_its_notice_refuse_the_confirmation(world: World, proposed: Contest) -> None:
    _theirs, _ours, case = proposed

    file_claim(world, world.tom, now=at(9))
    joined = changed(case, world)
    notify(case, world.rev1, now=at(9))

    assert joined == changed(case, world) == "Tailspin joined the case."


def test_a_question_to_a_party_refuses_the_confirmation(world: World, proposed: Contest) -> None:
    theirs, _ours, case = proposed

    ask_parties(case, world.arb2, theirs, now=at(9))
    asked = changed(case, world)
    answer(theirs, world.ned, now=at(9), comment="In May.")
    send_back(case, world.arb2, now=at(9))
    propose_for(case, world.arb, world.fabrikam, now=at(9))
    confirm(case, world.arb2, now=at(9))

    assert asked == "Northwind was asked."


def test_a_notice_and_an_answer_refuse_the_confirmation_of_an_unheard_decision(world: World) -> None:
    theirs, ours, case = workload_rivals(world)
    ask_parties(case, world.arb, ours, now=at(8))
    given = ruling(world.northwind, unheard_reason="The customer insists.")
    with second_decision():
        desk.decide_case(case_id=str(case.public_id), ruling=given, actor=actor(world.arb), now=at(8))

    notify(case, world.rev1, now=at(9))
    answer(ours, world.ana, now=at(9))

    assert changed(case, world) == "Northwind got its notice. Fabrikam answered, or its time is up."
    assert outcomes(theirs) == ["pending"]


def test_a_party_that_left_refuses_the_confirmation(world: World, proposed: Contest) -> None:
    _theirs, _ours, case = proposed
    third = file_claim(world, world.tom, now=at(8))
    notify(case, world.rev1, now=at(8))
    send_back(case, world.arb2, now=at(8))
    propose_for(case, world.arb, world.fabrikam, now=at(8))

    withdraw(third, world.tom, now=at(9))

    assert changed(case, world) == "Tailspin left the case."


def test_a_party_s_comment_alone_does_not_stop_the_confirmation(world: World, proposed: Contest) -> None:
    theirs, ours, case = proposed

    say(theirs, world.ned, "Please hurry.", now=at(9))
    confirm(case, world.arb2, now=at(9))

    assert outcomes(ours) == ["approved"]


def test_an_unheard_decision_is_confirmed_with_its_reason_and_closes_the_questions(world: World) -> None:
    theirs, ours, case = workload_rivals(world)
    request = ask_parties(case, world.arb, ours, now=at(8))
    given = ruling(world.northwind, unheard_reason="The customer insists.")
    with second_decision():
        desk.decide_case(case_id=str(case.public_id), ruling=given, actor=actor(world.arb), now=at(8))
    request.refresh_from_db()
    waiting = request.closed_at

    confirm(case, world.arb2, now=at(9))

    request.refresh_from_db()
    assert (waiting, request.closed_at) == (None, at(9))
    assert CaseDecision.objects.get().unheard_reason == "The customer insists."
    assert [outcomes(claim) for claim in (theirs, ours)] == [["approved"], ["declined LOST_ARBITRATION"]]


# --- Returning ---


def test_a_returned_decision_leaves_the_case_open_for_the_next(world: World, proposed: Contest) -> None:
    _theirs, ours, case = proposed

    send_back(case, world.arb2, reason="The dates differ.", now=at(9))
    returned = proposal_in(case)
    decide_for(case, world.arb, world.northwind, now=at(10))

    assert (returned.state, returned.reviewed_by, returned.return_reason) == (
        "returned",
        world.arb2,
        "The dates differ.",
    )
    event = Event.objects.get(type="case.decision_returned")
    assert event.payload["reason_sha256"] == sha256(b"The dates differ.").hexdigest()
    assert outcomes(ours) == ["declined LOST_ARBITRATION"]


def test_its_author_takes_a_decision_back(world: World, proposed: Contest) -> None:
    _theirs, _ours, case = proposed

    send_back(case, world.arb, reason="Northwind sent more.", now=at(9))

    assert (proposal_in(case).state, Case.objects.get(pk=case.pk).state) == ("returned", "open")


@pytest.mark.parametrize(("reason", "code"), [(" ", "REASON_REQUIRED"), ("x" * 4001, "COMMENT_TOO_LONG")])
def test_a_decision_is_returned_with_a_reason(
    world: World, proposed: Contest, reason: str, code: str
) -> None:
    _theirs, _ours, case = proposed

    assert refusal(lambda: send_back(case, world.arb2, reason=reason, now=at(9))) == code
    assert proposal_in(case).state == "proposed"


def test_a_page_from_before_the_proposal_confirms_and_returns_nothing(world: World, contest: Contest) -> None:
    _theirs, _ours, case = contest
    propose_for(case, world.arb, world.fabrikam, now=at(8))

    codes = [
        refusal(lambda: confirm(case, world.arb2, now=at(9), version=case.version)),
        refusal(lambda: send_back(case, world.arb2, now=at(9), version=case.version)),
    ]

    assert codes == ["STALE_VERSION", "STALE_VERSION"]
    assert proposal_in(case).state == "proposed"


def test_nothing_is_confirmed_or_returned_where_nothing_waits(world: World, contest: Contest) -> None:
    _theirs, _ours, case = contest

    assert refusal(lambda: confirm(case, world.arb2, now=at(9))) == "INVALID_TRANSITION"
    assert refusal(lambda: send_back(case, world.arb2, now=at(9))) == "INVALID_TRANSITION"


def test_a_proposal_is_void_once_its_case_ends_without_a_contest(world: World) -> None:
    theirs, ours, case = workload_rivals(world)
    propose_for(case, world.arb, world.fabrikam, now=at(8))

    withdraw(theirs, world.ned, now=at(9))

    assert (Case.objects.get(pk=case.pk).outcome, proposal_in(case).state) == ("no_contest", "void")
    assert refusal(lambda: confirm(case, world.arb2, now=at(9))) == "INVALID_TRANSITION"
    assert status(ours) == ClaimStatus.UNDER_REVIEW


def test_the_clock_of_a_case_is_late_while_its_decision_waits(world: World, proposed: Contest) -> None:
    _theirs, _ours, case = proposed

    time_passes(at(15, 0))
    confirm(case, world.arb2, now=at(15))

    clock = arbitration_clock(case)
    assert (clock.state, clock.breached_at, clock.met_at) == ("met", at(15, 0), at(15))


def test_without_the_setting_a_decision_takes_effect_at_once(world: World, contest: Contest) -> None:
    _theirs, ours, case = contest

    decide_for(case, world.arb, world.fabrikam, now=at(8))

    assert (outcomes(ours), ProposedDecision.objects.count()) == (["approved"], 0)
    assert CaseDecision.objects.get().confirmed_by is None


def test_a_preview_proposes_nothing(world: World, contest: Contest) -> None:
    _theirs, ours, case = contest

    with second_decision():
        messages = desk.preview_decision(
            case_id=str(case.public_id), ruling=ruling(world.fabrikam), actor=actor(world.arb), now=at(8)
        )

    assert [message.text for message in messages] == ["Your proof was decisive.", "Other proof was decisive."]
    assert (outcomes(ours), ProposedDecision.objects.count()) == (["pending"], 0)


# --- What the database keeps ---


@pytest.mark.parametrize(
    "statement",
    [
        """
        UPDATE arbitration_proposeddecision
        SET state = 'confirmed', reviewed_by_id = proposed_by_id, reviewed_at = proposed_at
        """,
        "UPDATE arbitration_proposeddecision SET state = 'confirmed', reviewed_at = proposed_at",
        "UPDATE arbitration_proposeddecision SET rationale = 'Another.'",
        "UPDATE arbitration_proposeddecision SET proposed_by_id = (SELECT MIN(id) FROM partners_user)",
        "UPDATE arbitration_proposeddecision SET winner_id = NULL",
        "UPDATE arbitration_proposeddecision SET basis = '{}'",
        "DELETE FROM arbitration_proposeddecision",
    ],
)
def test_the_database_refuses_a_confirmation_of_one_s_own_and_a_rewritten_proposal(
    proposed: Contest, statement: str
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert proposal_in(proposed[2]).rationale == "The newer signature."


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE arbitration_proposeddecision SET reviewed_by_id = (SELECT MIN(id) FROM partners_user)",
        "UPDATE arbitration_proposeddecision SET state = 'proposed', reviewed_by_id = NULL, reviewed_at = NULL",
        "UPDATE arbitration_casedecision SET confirmed_by_id = decided_by_id",
    ],
)
def test_the_database_refuses_to_rewrite_a_confirmed_decision(
    world: World, proposed: Contest, statement: str
) -> None:
    confirm(proposed[2], world.arb2, now=at(9))

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert proposal_in(proposed[2]).reviewed_by == world.arb2


def _confirmed_by_sql(user: User) -> None:
    """Confirm the waiting decision behind the services' back."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE arbitration_proposeddecision SET state = 'confirmed', reviewed_by_id = %s, "
            "reviewed_at = proposed_at WHERE state = 'proposed'",
            [user.pk],
        )


def test_the_database_lets_no_proposer_in_the_case_confirm_another_s_decision(
    world: World, proposed: Contest
) -> None:
    _theirs, _ours, case = proposed
    send_back(case, world.arb2, now=at(9))
    propose_for(case, world.arb2, world.northwind, now=at(9))

    with pytest.raises(IntegrityError, match="who proposed a decision"):
        _confirmed_by_sql(world.arb)

    assert proposal_in(case).state == "proposed"


def test_the_database_lets_no_former_member_of_a_party_confirm(world: World, proposed: Contest) -> None:
    _theirs, _ours, case = proposed
    Member.objects.create(user=world.arb2, organisation=world.northwind, ended_at=at(1))

    with pytest.raises(IntegrityError, match="no present or former member of a party"):
        _confirmed_by_sql(world.arb2)

    assert proposal_in(case).state == "proposed"


def test_the_database_lets_a_decision_name_no_second_arbiter_who_confirmed_nothing(
    world: World, contest: Contest
) -> None:
    _theirs, _ours, case = contest
    decide_for(case, world.arb, world.fabrikam, now=at(8))

    with (
        pytest.raises(IntegrityError, match=r"a decision never changes|has the author and the second"),
        transaction.atomic(),
    ):
        CaseDecision.objects.update(confirmed_by=world.arb2)

    assert CaseDecision.objects.get().confirmed_by is None


def test_a_pending_winner_of_a_later_case_is_confirmed(world: World) -> None:
    """The association that waits for consent can win the later case, which a second arbiter confirms (5.6)."""
    ours = pending(world, world.ana, *workloads(TEAMS))
    third = file_claim(world, world.tom, *workloads(TEAMS), now=at(7))
    case = Case.objects.get(parties__claim=third)
    propose_for(case, world.arb, world.fabrikam, now=at(8))

    confirm(case, world.arb2, now=at(9))

    assert [outcomes(claim) for claim in (ours, third)] == [["approved"], ["declined LOST_ARBITRATION"]]
