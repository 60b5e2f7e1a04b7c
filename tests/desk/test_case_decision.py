"""The decision of a case at the desk's door (scenario group G): preview, confirmation, effect."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from arbitration.models import Case, CaseDecision
from arbitration.services import decide_case
from claims.enums import ClaimStatus
from foundation.journal.models import Event
from foundation.kernel.errors import Conflict
from tests.desk.decisions import TEXTS
from tests.desk.desk import Desk, address, buttons, outcome, queries_for, queries_of, refusals, sent, words
from tests.filing import (
    add_proof,
    ask_parties,
    association_of,
    at,
    case_of,
    decide_for,
    everything_recorded,
    file_claim,
    held_and_claimed,
    items_of,
    last_comment,
    notify,
    outcomes,
    pending,
    reloaded,
    ruling,
    status,
    take_up,
    workload_rivals,
    workloads,
)
from tests.tampering import without_triggers
from tests.world import INTUNE, TEAMS, World, actor


def test_78_the_decision_is_previewed_confirmed_and_read_by_each_party_in_its_own_text(
    world: World, arb: Desk
) -> None:
    theirs, ours, case = held_and_claimed(world)
    notify(case, world.rev1)
    form = {"winner": str(world.fabrikam.pk), **TEXTS, "version": Case.objects.get(pk=case.pk).version}
    before = everything_recorded()

    preview = arb.act(case, "preview_decision", **form)

    assert preview.status_code == 200
    assert f"<title>Check the decision in {case} · CPOR claim desk</title>" in preview.content.decode()
    assert buttons(preview) == ["decide_case", "change_decision"]
    read = words(preview)
    assert "Decided for Fabrikam. Nothing has been sent yet." in read
    assert "To Fabrikam Approved. The customer is asked for consent. Your proof was decisive." in read
    assert (
        "To Northwind Its association stays active until the customer's consent to the successor takes effect. "
        "Other proof was decisive."
    ) in read
    assert everything_recorded() == before
    assert status(ours) == ClaimStatus.UNDER_REVIEW

    confirmed = arb.act(case, "decide_case", **form)

    assert confirmed.status_code == 302
    assert (status(ours), outcomes(ours)) == (ClaimStatus.APPROVED, ["approved"])
    mine, rivals = association_of(world.fabrikam), association_of(world.northwind)
    assert (mine.state, mine.supersedes) == ("pending_consent", rivals)
    assert rivals.state == "active"
    assert (last_comment(ours), last_comment(theirs)) == (
        "Your proof was decisive.",
        "Other proof was decisive.",
    )
    page = arb.read(case)
    assert (
        "The decision For Fabrikam Decided 6 July 2020, 09:00 UTC, Arne Arbiter Rationale The newer" in page
    )


def test_deciding_without_having_opened_a_file_asks_for_a_tick(world: World, arb: Desk) -> None:
    theirs = file_claim(world, world.ned, *workloads(TEAMS))
    ours = file_claim(world, world.ana, *workloads(TEAMS, INTUNE))
    case = case_of(ours)
    notify(case, world.rev1)
    add_proof(ours, world.ana, covers=(INTUNE,))
    [mine, other], [rivals] = (list(claim.evidence.order_by("pk")) for claim in (ours, theirs))
    form = {"winner": str(world.fabrikam.pk), **TEXTS}
    arb.get(f"{address(theirs)}proof/{rivals.public_id}/")
    before = everything_recorded()

    preview = arb.act(case, "preview_decision", **form)
    refused = arb.act(case, "decide_case", **form, unopened=[])
    wrong = arb.act(case, "decide_case", **form, unopened=[str(other.public_id), str(rivals.public_id)])
    kept = everything_recorded()
    decided = arb.act(case, "decide_case", **form, unopened=[str(mine.public_id)])

    tick = f'<input type="checkbox" name="unopened" value="{mine.public_id}">'
    raw = preview.content.decode()
    assert (raw.count(tick), raw.count('name="unopened"')) == (1, 1)
    assert "You have not opened these files" in words(preview)
    for answer in (refused, wrong):
        assert (answer.status_code, refusals(answer)) == (422, [("POE_NOT_OPENED", "decide_case-unopened")])
        assert "You have not opened: work-1-of-ana.pdf. Open each of them" in words(answer)
        assert tick in answer.content.decode()
        assert "The newer signature." in answer.content.decode()
    assert kept == before
    assert (decided.status_code, outcomes(ours)) == (302, ["approved", "pending"])
    page = arb.read(case)
    assert page.count("Not opened by the arbiter before the decision Opened by no one yet") == 1
    assert Event.objects.get(type="case.decided").payload["unopened"] == [mine.pk]


def test_a_file_added_after_the_preview_is_not_decided_over(world: World, arb: Desk) -> None:
    theirs, ours, case = held_and_claimed(world)
    notify(case, world.rev1)
    for claim in (theirs, ours):
        arb.get(f"{address(claim)}proof/{claim.evidence.get().public_id}/")
    form = {"winner": str(world.fabrikam.pk), **TEXTS}
    preview = arb.act(case, "preview_decision", **form)

    add_proof(theirs, world.ned)
    refused = arb.act(case, "decide_case", **form, **sent(preview, "decide_case"), unopened=[])

    assert 'name="unopened"' not in preview.content.decode()
    assert refusals(refused) == [("POE_NOT_OPENED", "decide_case-unopened")]
    assert "work-2-of-ned.pdf" in words(refused)
    assert outcomes(ours) == ["pending"]


def test_78_a_previewed_decision_can_be_changed_and_nothing_is_lost(world: World, arb: Desk) -> None:
    _theirs, _ours, case = held_and_claimed(world)
    notify(case, world.rev1)

    back = arb.act(case, "change_decision", winner=str(world.fabrikam.pk), **TEXTS)

    assert back.status_code == 200
    raw = back.content.decode()
    for text in TEXTS.values():
        assert text in raw
    assert back.context["page"].forms["decide_case"]["winner"].value() == str(world.fabrikam.pk)
    assert "Nothing was changed" not in raw
    assert not CaseDecision.objects.exists()


def test_80_decided_for_the_holder_the_challengers_item_is_declined(world: World, arb: Desk) -> None:
    theirs, ours, case = held_and_claimed(world)
    notify(case, world.rev1)

    preview = words(arb.act(case, "preview_decision", winner=str(world.northwind.pk), **TEXTS))
    arb.act(case, "decide_case", winner=str(world.northwind.pk), **TEXTS)

    assert "To Northwind Its association stays as it is. Your proof was decisive." in preview
    assert "To Fabrikam Declined: Another claim prevailed in arbitration LOST_ARBITRATION" in preview
    assert (status(ours), outcomes(ours)) == (ClaimStatus.REJECTED, ["declined LOST_ARBITRATION"])
    assert association_of(world.northwind).state == "active"
    assert (last_comment(ours), last_comment(theirs)) == (
        "Other proof was decisive.",
        "Your proof was decisive.",
    )


def test_a_decision_without_a_winner_keeps_the_holder_and_declines_the_challengers(
    world: World, arb: Desk
) -> None:
    _theirs, ours, case = held_and_claimed(world)
    notify(case, world.rev1)

    answered = arb.act(case, "decide_case", winner="nobody", **{**TEXTS, "winner_text": ""})

    assert answered.status_code == 302
    assert outcomes(ours) == ["declined INSUFFICIENT_POE"]
    assert "For No one" in arb.read(case)


def test_83_the_second_arbiter_reads_that_the_scope_is_taken(world: World, arb: Desk) -> None:
    _theirs, _ours, case = workload_rivals(world)
    notify(case, world.rev1)
    seen = Case.objects.get(pk=case.pk).version
    decide_for(case, world.arb2, world.northwind)
    before = everything_recorded()

    for step in ("preview_decision", "decide_case"):
        answered = arb.act(case, step, winner=str(world.fabrikam.pk), version=seen, **TEXTS)

        assert answered.status_code == 409
        assert refusals(answered) == [("SCOPE_TAKEN", "")]
        assert "waits for the customer's consent" in words(answered)
        assert "The newer signature." in answered.content.decode()
    assert everything_recorded() == before


def test_86_a_contested_item_is_not_decided_outside_its_case(world: World, rev1: Desk) -> None:
    ours = file_claim(world, world.ana, *workloads(TEAMS))
    take_up(ours, world.rev1)
    [item] = items_of(ours)
    assert "decide_items" in rev1.get(address(ours)).context["page"].forms
    file_claim(world, world.ned, *workloads(TEAMS))
    before = everything_recorded()

    answered = rev1.act(ours, "decide_items", comment="Approved.", **outcome(item, "approve"))

    assert answered.status_code == 409
    assert refusals(answered) == [("CASE_OPEN", "")]
    assert "This item is contested. It is decided in its case, not on the claim." in words(answered)
    assert everything_recorded() == before
    page = rev1.get(address(ours))
    assert "decide_items" not in page.context["page"].forms
    assert f"{case_of(ours)} Decided in its case" in words(page)


def test_an_ordinary_approval_is_refused_too_after_another_partner_has_won_the_scope(
    world: World, rev1: Desk
) -> None:
    ours = file_claim(world, world.ana, *workloads(TEAMS))
    take_up(ours, world.rev1)
    [item] = items_of(ours)
    file_claim(world, world.ned, *workloads(TEAMS))
    decide_for(case_of(ours), world.arb, world.northwind)

    late = rev1.act(ours, "decide_items", version=1, **outcome(item, "approve"))

    assert refusals(late) == [("SCOPE_TAKEN", "")]


@pytest.mark.parametrize("missing", ["rationale", "winner_text", "loser_text"])
def test_a_decision_needs_every_text(world: World, arb: Desk, missing: str) -> None:
    _theirs, _ours, case = held_and_claimed(world)
    notify(case, world.rev1)

    answered = arb.act(case, "preview_decision", winner=str(world.fabrikam.pk), **{**TEXTS, missing: " "})

    assert answered.status_code == 422
    assert refusals(answered) == [("COMMENT_REQUIRED", f"decide_case-{missing}")]


def test_no_decision_while_a_party_still_has_time_to_answer(world: World, arb: Desk) -> None:
    _theirs, _ours, case = held_and_claimed(world)
    ask_parties(case, world.arb)

    answered = arb.act(case, "decide_case", winner=str(world.fabrikam.pk), **TEXTS)

    assert answered.status_code == 409
    assert refusals(answered) == [("CASE_OPEN", "")]
    assert "Still has time to answer: Northwind, Fabrikam." in words(answered)
    assert not CaseDecision.objects.exists()


def test_an_arbiter_decides_unheard_with_a_reason_that_the_page_of_the_case_keeps(
    world: World, arb: Desk
) -> None:
    _theirs, ours, case = held_and_claimed(world)
    typed = {"winner": str(world.fabrikam.pk), **TEXTS, "unheard_reason": "The customer insists."}

    refused = arb.act(case, "preview_unheard_decision", **{**typed, "unheard_reason": " "})
    preview = arb.act(case, "preview_unheard_decision", **typed)
    decided = arb.act(case, "decide_unheard", **typed)

    assert refusals(refused) == [("REASON_REQUIRED", "decide_unheard-unheard_reason")]
    assert (preview.status_code, buttons(preview)) == (200, ["decide_unheard", "change_unheard_decision"])
    assert "Why a party was not heard The customer insists." in words(preview)
    assert (decided.status_code, outcomes(ours)) == (302, ["approved"])
    assert "Why a party was not heard The customer insists." in arb.read(case)


def test_a_decided_case_shows_what_counted_then_and_marks_later_files(world: World, arb: Desk) -> None:
    theirs, _ours, case = held_and_claimed(world)
    notify(case, world.rev1)
    decide_for(case, world.arb, world.fabrikam)

    add_proof(theirs, world.ned, signed_on=date(2020, 7, 5))

    page = arb.read(case)
    assert "work-2-of-ned.pdf Signed Sun 5 July 2020" in page
    assert page.count("Added after the decision") == 1
    assert "Sun 5 July 2020 Latest of all" not in page


def test_a_file_that_was_sealed_at_an_unheard_decision_did_not_count_in_it(world: World, arb: Desk) -> None:
    _theirs, ours, case = held_and_claimed(world)
    ask_parties(case, world.arb, ours, now=at(6))
    add_proof(ours, world.ana, now=at(6), signed_on=date(2020, 7, 5))
    given = ruling(world.northwind, unheard_reason="The customer insists.")
    decide_case(case_id=str(case.public_id), ruling=given, actor=actor(world.arb), now=at(6, 10))

    page = arb.read(case)

    assert "Covers every product of the claim Sealed at the decision: did not count" in page
    assert "Added after the decision" not in page
    assert "Sun 5 July 2020 Latest of all" not in page


def test_a_decided_case_says_where_it_was_rewritten_behind_its_record(world: World, arb: Desk) -> None:
    _theirs, ours, case = held_and_claimed(world)
    notify(case, world.rev1)
    decide_for(case, world.arb, world.fabrikam)
    before = arb.read(case)

    with without_triggers("arbitration_casedecision", "claims_evidence"):
        CaseDecision.objects.update(loser_text="You were late.", winner=world.northwind)
        ours.evidence.update(sha256="0" * 64, signed_on=date(2020, 7, 5))

    page = arb.read(case)
    assert "It differs from the record" not in before
    assert "its hash differs" not in before
    assert (
        "What is stored is not what was decided. It differs from the record in: text to the others, winner."
        in page
    )
    assert page.count("This is not the file that was weighed: its hash differs from the record") == 1
    assert "Sun 5 July 2020" not in page


def test_a_file_that_covers_another_product_does_not_count(world: World, arb: Desk) -> None:
    file_claim(world, world.ned, *workloads(TEAMS))
    ours = file_claim(world, world.ana, *workloads(TEAMS, INTUNE))
    case = case_of(ours)
    add_proof(ours, world.ana, signed_on=date(2020, 7, 5), covers=(INTUNE,))

    page = arb.read(case)

    assert "Covers: Intune Does not count: its details do not cover this product" in page
    assert "Sun 5 July 2020 Latest of all" not in page


def test_a_pending_association_on_the_scope_is_explained(world: World, arb: Desk) -> None:
    pending(world, world.ned, *workloads(TEAMS))
    ours = file_claim(world, world.ana, *workloads(TEAMS))
    case = case_of(ours)
    notify(case, world.rev1)

    page = arb.read(case)
    answered = arb.act(case, "preview_decision", winner=str(world.fabrikam.pk), **TEXTS)

    assert "Northwind's association for this product waits for the customer's consent." in page
    assert "Arbitration: Paused" in page
    assert refusals(answered) == [("SCOPE_TAKEN", "")]


def test_a_refused_decision_costs_the_page_once_and_the_act(world: World, arb: Desk) -> None:
    _theirs, _ours, case = workload_rivals(world)
    decide_for(case, world.arb2, world.northwind)
    page = queries_for(arb, address(case))
    with CaptureQueriesContext(connection) as captured, pytest.raises(Conflict):
        decide_case(
            case_id=str(case.public_id), ruling=ruling(world.fabrikam), actor=actor(world.arb), now=at(6)
        )
    act = len(captured) + 2  # the case and its parties are read for the form
    form = {"action": "decide_case", "winner": str(world.fabrikam.pk), **TEXTS}

    assert queries_of(lambda: arb.client.post(address(case), form), 409) <= page + act


def test_the_preview_decides_nothing_even_when_repeated(world: World, arb: Desk) -> None:
    _theirs, ours, case = workload_rivals(world)
    notify(case, world.rev1)
    approve_before = everything_recorded()

    for _time in range(3):
        assert arb.act(case, "preview_decision", winner=str(world.fabrikam.pk), **TEXTS).status_code == 200

    assert everything_recorded() == approve_before
    assert Case.objects.get(pk=case.pk).state == "open"
    assert reloaded(ours).status == ClaimStatus.UNDER_REVIEW


def test_a_decision_through_the_page_equals_one_through_the_service(world: World, arb: Desk) -> None:
    """Check that the page adds nothing of its own."""
    _theirs, ours, case = workload_rivals(world)
    notify(case, world.rev1)

    arb.act(case, "decide_case", winner=str(world.fabrikam.pk), **TEXTS)

    decision = CaseDecision.objects.get()
    wanted = ruling(world.fabrikam)
    assert (decision.winner_id, decision.rationale, decision.winner_text, decision.loser_text) == (
        wanted.winner_id,
        wanted.rationale,
        wanted.winner_text,
        wanted.loser_text,
    )
    assert decision.decided_by == world.arb
    assert outcomes(ours) == ["approved"]
