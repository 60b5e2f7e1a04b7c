"""The decision of a case (domain.md 5.4 to 5.7; scenarios 78, 80, 83, 86)."""

from datetime import datetime
from hashlib import sha256

import pytest

from arbitration import services as desk
from arbitration.models import Case, CaseDecision
from associations.models import Association, ConsentRequest, Grant
from claims.enums import ClaimStatus
from claims.models import Claim, Evidence
from foundation.journal.models import Event
from foundation.kernel.errors import Conflict, DomainError, Refused
from partners.models import Organisation, User
from tests.filing import (
    add_proof,
    answer,
    arbitration_clock,
    ask,
    ask_parties,
    association_of,
    at,
    case_of,
    consent_passes,
    decide,
    decide_for,
    directory_says,
    everything_recorded,
    file_claim,
    grants_of,
    held_and_claimed,
    hold,
    items_of,
    last_comment,
    notify,
    outcomes,
    parties_in,
    pending,
    refusal,
    review_clock,
    rounds_of,
    ruling,
    status,
    take_up,
    workload_rivals,
    workloads,
    yes,
)
from tests.world import INTUNE, NOW, TEAMS, World, actor

Contest = tuple[Claim, Claim, Case]


@pytest.fixture
def contest(world: World) -> Contest:
    """Northwind holds S-A, Fabrikam claims it, and both have had their notice."""
    theirs, ours, case = held_and_claimed(world)
    notify(case, world.rev1, now=at(7))
    return theirs, ours, Case.objects.get(pk=case.pk)


def test_78_a_winner_gets_a_pending_association_that_supersedes_the_holders(
    world: World, contest: Contest
) -> None:
    theirs, ours, case = contest

    decide_for(case, world.arb, world.fabrikam, now=at(8))

    mine, holders = association_of(world.fabrikam), association_of(world.northwind)
    assert (outcomes(ours), status(ours)) == (["approved"], ClaimStatus.APPROVED)
    assert (mine.state, mine.supersedes, mine.decided_case_id) == ("pending_consent", holders, case.pk)
    assert (holders.state, status(theirs)) == ("active", ClaimStatus.APPROVED)
    assert (last_comment(ours), last_comment(theirs)) == (
        "Your proof was decisive.",
        "Other proof was decisive.",
    )


def test_78_both_change_in_one_transaction_when_consent_ends(world: World, contest: Contest) -> None:
    theirs, ours, case = contest
    decide_for(case, world.arb, world.fabrikam, now=at(8))

    consent_passes(ours, handed_over_at=at(8))

    mine, holders = association_of(world.fabrikam), association_of(world.northwind)
    assert (mine.state, mine.activated_at) == ("active", at(16, 0))
    assert (holders.state, holders.ended_at, holders.end_reason) == ("ended", at(16, 0), "superseded")
    assert [status(claim) for claim in (theirs, ours)] == [ClaimStatus.ENDED, ClaimStatus.APPROVED]
    assert (grants_of(theirs), grants_of(ours)) == ([("usage", "ended")], [("usage", "active")])


def test_80_the_holder_wins_and_stays(world: World, contest: Contest) -> None:
    theirs, ours, case = contest

    decide_for(case, world.arb, world.northwind, now=at(8))

    assert (outcomes(ours), status(ours)) == (["declined LOST_ARBITRATION"], ClaimStatus.REJECTED)
    assert items_of(ours)[0].reason_text == "Other proof was decisive."
    assert (association_of(world.northwind).state, Association.objects.count()) == ("active", 1)
    assert last_comment(theirs) == "Your proof was decisive."
    assert Case.objects.get(pk=case.pk).outcome == "winner"


def test_without_a_winner_the_holder_stays(world: World, contest: Contest) -> None:
    theirs, ours, case = contest

    decide_for(case, world.arb, None, now=at(8))

    assert (outcomes(ours), status(theirs)) == (["declined INSUFFICIENT_POE"], ClaimStatus.APPROVED)
    assert association_of(world.northwind).state == "active"
    assert Case.objects.get(pk=case.pk).outcome == "no_winner"


def test_without_a_holder_one_of_three_wins(world: World) -> None:
    theirs, ours, case = workload_rivals(world)
    third = file_claim(world, world.tom, *workloads(TEAMS))
    notify(case, world.rev1)

    decide_for(case, world.arb, world.tailspin)

    assert [outcomes(claim) for claim in (theirs, ours, third)] == [
        ["declined LOST_ARBITRATION"],
        ["declined LOST_ARBITRATION"],
        ["approved"],
    ]
    assert (association_of(world.tailspin).supersedes, Association.objects.count()) == (None, 1)


def test_the_decision_meets_the_arbitration_clock_and_removes_the_badges(
    world: World, contest: Contest
) -> None:
    theirs, ours, case = contest

    decide_for(case, world.arb, world.fabrikam, now=at(8))

    assert (arbitration_clock(case).state, arbitration_clock(case).met_at) == ("met", at(8))
    assert [items_of(claim)[0].in_arbitration_since for claim in (theirs, ours)] == [None, None]


def test_the_decision_is_stored_with_its_texts_and_its_arbiter(world: World, contest: Contest) -> None:
    _theirs, _ours, case = contest

    decide_for(case, world.arb, world.fabrikam, now=at(8))

    decision = CaseDecision.objects.get(case=case)
    assert (decision.rationale, decision.winner_text, decision.loser_text) == (
        "The newer signature.",
        "Your proof was decisive.",
        "Other proof was decisive.",
    )
    assert (decision.decided_by, decision.winner, decision.decided_at) == (world.arb, world.fabrikam, at(8))


def test_deciding_a_case_without_a_notice_starts_the_reviews(world: World) -> None:
    theirs, ours, case = workload_rivals(world)

    decide_for(case, world.arb, world.fabrikam, now=at(8))

    assert [status(claim) for claim in (theirs, ours)] == [ClaimStatus.REJECTED, ClaimStatus.APPROVED]
    assert [rounds_of(claim) for claim in (theirs, ours)] == [[(1, "met")], [(1, "met")]]


@pytest.mark.parametrize("field", ["rationale", "winner_text", "loser_text"])
def test_a_decision_has_three_texts(world: World, contest: Contest, field: str) -> None:
    _theirs, ours, case = contest

    def decided() -> Case:
        return desk.decide_case(
            case_id=str(case.public_id),
            ruling=ruling(world.fabrikam, **{field: " "}),
            actor=actor(world.arb),
            now=NOW,
        )

    assert refusal(decided) == "COMMENT_REQUIRED"
    assert outcomes(ours) == ["pending"]


def test_without_a_winner_no_text_for_one_is_needed(world: World, contest: Contest) -> None:
    _theirs, ours, case = contest

    desk.decide_case(
        case_id=str(case.public_id),
        ruling=ruling(None, winner_text=""),
        actor=actor(world.arb),
        now=NOW,
    )

    assert outcomes(ours) == ["declined INSUFFICIENT_POE"]


@pytest.mark.parametrize("name", ["rev1", "sup"])
def test_only_an_arbiter_decides_a_case(world: World, contest: Contest, name: str) -> None:
    _theirs, ours, case = contest

    assert (
        refusal(lambda: decide_for(case, getattr(world, name), world.fabrikam, now=at(8)))
        == "ROLE_NOT_ALLOWED"
    )
    assert outcomes(ours) == ["pending"]


def test_a_partner_cannot_see_a_case(world: World, contest: Contest) -> None:
    stranger: User = world.ana

    with pytest.raises(DomainError) as refused:
        decide_for(contest[2], stranger, world.fabrikam)

    assert refused.value.code in ("NOT_FOUND", "ROLE_NOT_ALLOWED")


def test_an_organisation_outside_the_case_cannot_win_it(world: World, contest: Contest) -> None:
    stranger: Organisation = world.tailspin

    assert refusal(lambda: decide_for(contest[2], world.arb, stranger, now=at(8))) == "INVALID_TRANSITION"


def test_a_case_is_decided_once(world: World, contest: Contest) -> None:
    _theirs, _ours, case = contest
    decide_for(case, world.arb, world.northwind, now=at(8))

    assert refusal(lambda: decide_for(case, world.arb2, world.northwind, now=at(8))) == "INVALID_TRANSITION"


def test_83_the_second_decision_for_another_party_is_scope_taken(world: World, contest: Contest) -> None:
    _theirs, _ours, case = contest
    decide_for(case, world.arb, world.fabrikam, now=at(8))

    assert refusal(lambda: decide_for(case, world.arb2, world.northwind, now=at(8))) == "SCOPE_TAKEN"
    assert CaseDecision.objects.count() == 1


def test_approval_in_a_decision_runs_the_directory_rules_again(world: World, contest: Contest) -> None:
    theirs, ours, case = contest
    directory_says(world.s_a, state="suspended")

    with pytest.raises(Refused) as refused:
        decide_for(case, world.arb, world.fabrikam, now=at(8))

    assert [finding.code for finding in refused.value.findings] == ["SUBSCRIPTION_NOT_ACTIVE"]
    assert (outcomes(ours), Case.objects.get(pk=case.pk).state) == (["pending"], "open")
    assert last_comment(theirs) == desk.notice_to_holder()


def test_the_losers_claim_with_a_free_item_stays_in_review(world: World) -> None:
    hold(world, world.ned, *workloads(TEAMS))
    ours = file_claim(world, world.ana, *workloads(TEAMS, INTUNE))

    decide_for(case_of(ours), world.arb, world.northwind)

    assert outcomes(ours) == ["declined LOST_ARBITRATION", "pending"]
    assert (status(ours), review_clock(ours).state) == (ClaimStatus.UNDER_REVIEW, "running")


def test_every_item_of_the_winner_on_the_scope_is_approved(world: World) -> None:
    theirs = hold(world, world.ned)
    usage = file_claim(world, world.ana, activities=("usage",))
    presales = file_claim(world, world.ana, activities=("presales",))

    decide_for(case_of(usage), world.arb, world.fabrikam)

    assert [outcomes(claim) for claim in (usage, presales, theirs)] == [["approved"]] * 3
    mine = association_of(world.fabrikam)
    assert sorted(mine.grants.values_list("activity", flat=True)) == ["presales", "usage"]
    assert ConsentRequest.objects.filter(grants__association=mine).distinct().count() == 2


def test_a_holder_that_wins_gets_its_second_activity_under_its_association(world: World) -> None:
    theirs, _ours, case = held_and_claimed(world)
    side = file_claim(world, world.ned, activities=("presales",))

    decide_for(case, world.arb, world.northwind)

    assert (outcomes(side), grants_of(side)) == (["approved"], [("presales", "pending_consent")])
    assert Association.objects.count() == 1
    assert association_of(world.northwind).state == "active"
    assert grants_of(theirs) == [("usage", "active")]


def test_a_holder_that_loses_loses_its_open_item_and_keeps_its_association_for_now(world: World) -> None:
    _theirs, _ours, case = held_and_claimed(world)
    side = file_claim(world, world.ned, activities=("presales",))

    decide_for(case, world.arb, world.fabrikam)

    assert outcomes(side) == ["declined LOST_ARBITRATION"]
    assert association_of(world.northwind).state == "active"


# --- While an association is pending (5.6) ---


@pytest.fixture
def disputed_pending(world: World) -> tuple[Claim, Claim, Case]:
    """Fabrikam's association waits for consent; Tailspin then claimed the scope, and the notices are posted."""
    _theirs, ours, case = held_and_claimed(world)
    decide_for(case, world.arb, world.fabrikam, now=at(7))
    third = file_claim(world, world.tom, now=at(8))
    later = case_of(third)
    notify(later, world.rev1, now=at(8))
    return ours, third, Case.objects.get(pk=later.pk)


def test_a_later_case_has_holder_and_winner_as_parties(world: World, disputed_pending: Contest) -> None:
    assert sorted(parties_in(disputed_pending[2])) == ["fabrikam", "northwind", "tailspin"]


@pytest.mark.parametrize("winner", ["tailspin", "northwind"])
def test_a_later_case_is_not_decided_for_another_while_one_is_pending(
    world: World, disputed_pending: Contest, winner: str
) -> None:
    _ours, third, case = disputed_pending

    assert refusal(lambda: decide_for(case, world.arb2, getattr(world, winner), now=at(9))) == "SCOPE_TAKEN"
    assert (outcomes(third), Case.objects.get(pk=case.pk).state) == (["pending"], "open")


def test_scope_taken_goes_before_stale_version(world: World, disputed_pending: Contest) -> None:
    _ours, _third, case = disputed_pending

    def stale() -> Case:
        return desk.decide_case(
            case_id=str(case.public_id),
            ruling=ruling(world.tailspin),
            actor=actor(world.arb2),
            now=at(9),
            version=case.version - 1,
        )

    assert refusal(stale) == "SCOPE_TAKEN"


def test_scope_taken_goes_before_case_open_and_stale_version(world: World, disputed_pending: Contest) -> None:
    _ours, third, _case = disputed_pending
    (item,) = items_of(third)

    assert refusal(lambda: decide(third, world.rev1, yes(item), now=at(9), version=1)) == "SCOPE_TAKEN"


def test_scope_taken_goes_before_invalid_transition(world: World, disputed_pending: Contest) -> None:
    fourth = file_claim(world, world.ned, activities=("presales",), now=at(9))
    (item,) = items_of(fourth)

    assert (status(fourth), refusal(lambda: decide(fourth, world.rev1, yes(item), now=at(9)))) == (
        ClaimStatus.SUBMITTED,
        "SCOPE_TAKEN",
    )


def test_its_clock_pauses_until_consent_ends(world: World, disputed_pending: Contest) -> None:
    ours, _third, case = disputed_pending
    waiting = arbitration_clock(case).state

    consent_passes(ours, handed_over_at=at(8))

    clock = arbitration_clock(case)
    assert (waiting, clock.state) == ("paused", "running")
    assert [(pause.started_at, pause.ended_at) for pause in clock.pauses.all()] == [(at(8), at(16, 0))]
    assert sorted(parties_in(case)) == ["fabrikam", "tailspin"]


def test_after_consent_it_is_decided(world: World, disputed_pending: Contest) -> None:
    ours, third, case = disputed_pending
    consent_passes(ours, handed_over_at=at(8))

    decide_for(Case.objects.get(pk=case.pk), world.arb2, world.tailspin, now=at(17))

    assert (outcomes(third), association_of(world.tailspin).supersedes) == (
        ["approved"],
        association_of(world.fabrikam),
    )


def test_the_pending_association_can_win_the_later_case(world: World, disputed_pending: Contest) -> None:
    ours, third, case = disputed_pending

    decide_for(case, world.arb2, world.fabrikam, now=at(9))

    assert (outcomes(ours), outcomes(third)) == (["approved"], ["declined LOST_ARBITRATION"])


def test_the_pending_scopes_own_organisation_adds_an_activity(world: World) -> None:
    """Rule 5.6 stops other organisations, not the one that waits for consent."""
    pending(world, world.ana)
    side = file_claim(world, world.ana, activities=("presales",), confirmed=())
    take_up(side, world.rev1)

    decide(side, world.rev1, yes(items_of(side)[0]))

    assert grants_of(side) == [("presales", "pending_consent")]
    assert Grant.objects.filter(association=association_of(world.fabrikam)).count() == 2


# --- Preview ---


def test_a_preview_shows_what_each_party_would_read_and_changes_nothing(
    world: World, contest: Contest
) -> None:
    theirs, ours, case = contest
    before = (last_comment(theirs), last_comment(ours), outcomes(ours), case.version)

    messages = desk.preview_decision(
        case_id=str(case.public_id), ruling=ruling(world.fabrikam), actor=actor(world.arb), now=at(8)
    )

    assert {
        message.party.organisation.code: (message.text, message.item.outcome) for message in messages
    } == {
        "northwind": ("Other proof was decisive.", "approved"),
        "fabrikam": ("Your proof was decisive.", "approved"),
    }
    after = Case.objects.get(pk=case.pk)
    assert (last_comment(theirs), last_comment(ours), outcomes(ours), after.version) == before
    assert (after.state, Association.objects.count()) == ("open", 1)


def test_no_decision_before_every_live_party_has_had_its_notice(world: World) -> None:
    theirs, ours, case = workload_rivals(world)
    before = everything_recorded()

    with pytest.raises(Conflict) as refused:
        _decide(case, ruling(world.fabrikam), world)

    assert (refused.value.code, str(refused.value)) == (
        "CASE_OPEN",
        "You can decide once every party has been heard. Without notice: Northwind, Fabrikam.",
    )
    assert [outcomes(claim) for claim in (theirs, ours)] == [["pending"], ["pending"]]
    assert everything_recorded() == before


def test_a_holder_and_a_late_joiner_need_their_notice_too(world: World) -> None:
    hold(world, world.ned, *workloads(TEAMS))
    ours = file_claim(world, world.ana, *workloads(TEAMS))
    case = case_of(ours)
    notify(case, world.rev1)
    file_claim(world, world.tom, *workloads(TEAMS))

    with pytest.raises(Conflict, match=r"Without notice: Tailspin[.]"):
        _decide(case, ruling(world.fabrikam), world)

    assert outcomes(ours) == ["pending"]


def test_a_question_at_the_claim_from_before_the_contest_delays_the_decision(world: World) -> None:
    ours = file_claim(world, world.ana, *workloads(TEAMS))
    take_up(ours, world.rev1)
    ask(ours, world.rev1, now=at(6))
    theirs = file_claim(world, world.ned, *workloads(TEAMS), now=at(7))
    case = case_of(theirs)
    notify(case, world.rev1, now=at(7))

    with pytest.raises(Conflict) as refused:
        _decide(case, ruling(world.northwind), world, now=at(8))
    answer(ours, world.ana, now=at(9))
    _decide(case, ruling(world.northwind), world, now=at(9))

    assert (refused.value.code, str(refused.value)) == (
        "CASE_OPEN",
        "You can decide once every party has been heard. Still has time to answer: Fabrikam.",
    )
    assert (outcomes(ours), outcomes(theirs)) == (["declined LOST_ARBITRATION"], ["approved"])


@pytest.mark.parametrize("reason", ["", " \n"])
def test_an_unheard_decision_needs_its_reason(world: World, reason: str) -> None:
    _theirs, ours, case = workload_rivals(world)

    with pytest.raises(Refused) as refused:
        _decide(case, ruling(world.fabrikam, unheard_reason=reason), world)

    assert (refused.value.code, refused.value.pointer) == ("REASON_REQUIRED", "/unheard_reason")
    assert outcomes(ours) == ["pending"]


def test_an_unheard_decision_records_its_reason_and_whom_it_did_not_hear_and_closes_questions(
    world: World, contest: Contest
) -> None:
    theirs, ours, case = contest
    request = ask_parties(case, world.arb, now=at(8))
    answer(ours, world.ana, now=at(9))
    reason = "The customer confirmed in writing that it left Northwind."

    _decide(case, ruling(world.fabrikam, unheard_reason=reason), world, now=at(9))

    request.refresh_from_db()
    decided = Event.objects.get(type="case.decided")
    silent = case.parties.get(claim=theirs)
    assert (outcomes(ours), status(ours)) == (["approved"], ClaimStatus.APPROVED)
    assert (request.closed_at, theirs.requests.get().state) == (at(9), "closed")
    proof = sha256(reason.encode()).hexdigest()
    assert (decided.payload["unheard_reason_sha256"], decided.payload["unheard"]) == (proof, [silent.pk])
    assert CaseDecision.objects.get(case=case).unheard_reason == reason
    assert reason not in last_comment(ours) + last_comment(theirs)


def test_an_unheard_decision_is_refused_once_everyone_has_been_heard(world: World, contest: Contest) -> None:
    _theirs, ours, case = contest

    code = refusal(lambda: _decide(case, ruling(world.fabrikam, unheard_reason="Too late."), world))

    assert (code, outcomes(ours)) == ("INVALID_TRANSITION", ["pending"])


def test_an_unheard_decision_is_the_arbiters_alone(world: World) -> None:
    _theirs, ours, case = workload_rivals(world)
    given = ruling(world.fabrikam, unheard_reason="Urgent.")

    code = refusal(
        lambda: desk.decide_case(case_id=str(case.public_id), ruling=given, actor=actor(world.rev1), now=NOW)
    )

    assert (code, outcomes(ours)) == ("ROLE_NOT_ALLOWED", ["pending"])


def test_the_event_of_a_decision_proves_its_texts_and_the_files_it_weighed(world: World) -> None:
    theirs, ours = (
        file_claim(world, world.ned, *workloads(TEAMS)),
        file_claim(world, world.ana, *workloads(TEAMS, INTUNE)),
    )
    case = case_of(ours)
    other = add_proof(ours, world.ana, now=at(7), covers=(INTUNE,))
    parties = {party.claim_id: party.pk for party in case.parties.all()}
    on_file = [
        {
            "evidence": file.pk,
            "sha256": file.sha256,
            "party": parties[file.claim_id],
            "counts": file != other,
            "signed_on": str(file.signed_on),
            "covers": file.covers,
        }
        for file in Evidence.objects.filter(claim__in=[ours, theirs])
    ]

    decide_for(case, world.arb, world.fabrikam, now=at(8))

    payload = Event.objects.get(type="case.decided").payload
    assert payload["weighed"] == sorted(on_file, key=lambda file: (file["party"], file["evidence"]))
    assert payload["rationale_sha256"] == sha256(b"The newer signature.").hexdigest()
    assert payload["winner_text_sha256"] == sha256(b"Your proof was decisive.").hexdigest()
    assert payload["loser_text_sha256"] == sha256(b"Other proof was decisive.").hexdigest()


def _decide(case: Case, given: desk.Ruling, world: World, *, now: datetime = NOW) -> Case:
    return desk.decide_case(case_id=str(case.public_id), ruling=given, actor=actor(world.arb), now=now)


def test_the_decision_closes_questions_from_before_the_contest_that_it_makes_moot(world: World) -> None:
    ours = file_claim(world, world.ana, *workloads(TEAMS))
    take_up(ours, world.rev1)
    ask(ours, world.rev1)
    case = case_of(file_claim(world, world.ned, *workloads(TEAMS)))
    notify(case, world.rev1)

    _decide(case, ruling(world.fabrikam, unheard_reason="The customer has ended all work with us."), world)

    assert (ours.requests.get().state, status(ours)) == ("closed", ClaimStatus.APPROVED)


def test_a_question_that_lapsed_for_one_challenger_leaves_the_rest_to_be_decided(world: World) -> None:
    theirs, ours, case = workload_rivals(world)
    third = file_claim(world, world.tom, *workloads(TEAMS))
    request = ask_parties(case, world.arb, third, now=at(7))

    decide_for(Case.objects.get(pk=case.pk), world.arb, world.fabrikam, now=request.due_at)

    assert [outcomes(claim) for claim in (theirs, ours, third)] == [
        ["declined LOST_ARBITRATION"],
        ["approved"],
        ["declined NO_PARTNER_RESPONSE"],
    ]
