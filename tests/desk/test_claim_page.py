"""Review at the desk's door (scenario group F): what a reviewer reads and does on the page of a claim."""

from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from arbitration.models import InternalNote
from arbitration.services import start_review
from associations.models import Association, ConsentRequest
from claims.enums import ClaimStatus
from claims.inputs import Entry
from claims.models import Comment, InformationRequest
from claims.services import add_comment
from desk.claim_forms import CLAIM_ACTS
from foundation.journal.models import Delivery, Event
from foundation.kernel.errors import Conflict
from tests.desk.desk import Desk, address, buttons, items, moment, outcome, queries_for, queries_of, refusals
from tests.filing import (
    add_proof,
    answer,
    ask,
    at,
    everything_recorded,
    file_claim,
    happened,
    items_of,
    outcomes,
    reloaded,
    review_clock,
    rounds_of,
    say,
    status,
    take_up,
    time_passes,
    withdraw,
    workloads,
)
from tests.world import EXCHANGE, INTUNE, MARKETING, TEAMS, World, actor


def test_58_rev1_starts_the_review_and_becomes_the_assignee(world: World, rev1: Desk) -> None:
    claim = file_claim(world, world.ana)

    answered = rev1.act(claim, "start_review", version=claim.version)

    assert answered.status_code == 302
    assert answered["Location"] == address(claim)
    page = rev1.read(claim)
    assert status(claim) == ClaimStatus.UNDER_REVIEW
    assert reloaded(claim).assignee == world.rev1
    assert "You have started the review. The claim is yours." in page
    assert "Assignee: Rita Reviewer." in page
    assert "Review started Submitted → Under review Rita Reviewer Desk" in page
    event = Event.objects.get(type="claim.review_started")
    assert (event.channel, event.actor_id) == ("admin", world.rev1.pk)
    assert event.request_id


def test_59_an_information_request_asks_the_partner_in_the_comments_with_a_date(
    world: World, rev1: Desk
) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)

    answered = rev1.act(
        claim,
        "request_information",
        reason="MISSING_CUSTOMER_ACKNOWLEDGMENT",
        question="Who signed page 1?",
        items=items(*items_of(claim)),
        version=reloaded(claim).version,
    )

    assert answered.status_code == 302
    assert status(claim) == ClaimStatus.PARTNER_ACTION_REQUIRED
    request = InformationRequest.objects.get()
    assert (request.reason_code, request.due_at) == ("MISSING_CUSTOMER_ACKNOWLEDGMENT", at(14, 0))
    assert Comment.objects.get().text == "Who signed page 1?"
    page = rev1.read(claim)
    assert "Partner action required Next: Fabrikam answers the desk. Monday 13 July 2020, 24:00 UTC" in page
    assert "Waiting for the partner" in page
    asked = Event.objects.get(type="claim.information_requested")
    assert {d.address for d in Delivery.objects.filter(event=asked)} >= {"paul.ana@fabrikam.example"}


def test_60_an_information_request_without_a_comment_is_refused_and_keeps_the_selection(
    world: World, rev1: Desk
) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    before = everything_recorded()

    answered = rev1.act(
        claim, "request_information", reason="MISSING_ALL_POE", question="  ", items=items(*items_of(claim))
    )

    assert answered.status_code == 422
    assert refusals(answered) == [("COMMENT_REQUIRED", "request_information-question")]
    assert b'<option value="MISSING_ALL_POE" selected>' in answered.content
    assert answered.content.count(b"Write what the partner should send or explain.") == 2
    assert everything_recorded() == before


def test_61_after_the_answer_a_second_review_round_starts(world: World, rev1: Desk) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    ask(claim, world.rev1)
    with moment(at(8)):
        answer(claim, world.ana, now=at(8))

        page = rev1.read(claim)

    assert reloaded(claim).assignee == world.rev1
    assert rounds_of(claim) == [(1, "met"), (2, "running")]
    assert "Review, round 2: 5 business days left" in page
    assert "Review Monday 13 July 2020, 24:00 UTC Done" in page


def test_65_approving_marketing_asks_the_customer_and_makes_a_pending_association(
    world: World, rev1: Desk
) -> None:
    claim = file_claim(world, world.ana, Entry(product=MARKETING))
    take_up(claim, world.rev1)
    [item] = items_of(claim)
    before = rev1.read(claim)

    answered = rev1.act(
        claim,
        "decide_items",
        comment="Welcome aboard.",
        version=reloaded(claim).version,
        **outcome(item, "approve"),
    )

    assert answered.status_code == 302
    assert "Attached by the system: hidden from the partner until approval" in before
    assert (status(claim), outcomes(claim)) == (ClaimStatus.APPROVED, ["approved"])
    assert Association.objects.get().state == "pending_consent"
    time_passes(at(6, 9, 1))
    assert ConsentRequest.objects.get().window_ends_at == at(14, 0)
    page = rev1.read(claim)
    assert "Usage: waiting for the customer's consent, window ends 14 July 2020, 00:00 UTC" in page
    assert "Welcome aboard." in page


def test_66_declining_needs_a_reason_and_then_a_text(world: World, rev1: Desk) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    [item] = items_of(claim)
    before = everything_recorded()

    no_reason = rev1.act(claim, "decide_items", **outcome(item, "decline", text="Nobody signed it."))
    no_text = rev1.act(claim, "decide_items", **outcome(item, "decline", "INSUFFICIENT_POE"))

    assert (no_reason.status_code, no_text.status_code) == (422, 422)
    assert refusals(no_reason) == [("REASON_REQUIRED", f"decide_items-reason_{item.pk}")]
    assert refusals(no_text) == [("COMMENT_REQUIRED", f"decide_items-text_{item.pk}")]
    assert "Nobody signed it." in no_reason.content.decode()
    assert b'<option value="INSUFFICIENT_POE" selected>' in no_text.content
    assert everything_recorded() == before

    done = rev1.act(
        claim, "decide_items", **outcome(item, "decline", "INSUFFICIENT_POE", "Nobody signed it.")
    )

    assert done.status_code == 302
    assert (status(claim), outcomes(claim)) == (ClaimStatus.REJECTED, ["declined INSUFFICIENT_POE"])
    page = rev1.read(claim)
    assert "The proof of execution is not sufficient INSUFFICIENT_POE Nobody signed it." in page


def test_several_items_are_decided_in_one_call_and_the_rest_stays_open(world: World, rev1: Desk) -> None:
    claim = file_claim(world, world.ana, *workloads(TEAMS, INTUNE, EXCHANGE))
    take_up(claim, world.rev1)
    teams, intune, exchange = items_of(claim)

    rev1.act(
        claim,
        "decide_items",
        **outcome(teams, "approve"),
        **outcome(intune, "decline", "MISSING_PRODUCTS", "Intune is not named."),
        **outcome(exchange, ""),
    )

    assert outcomes(claim) == ["approved", "declined MISSING_PRODUCTS", "pending"]
    assert status(claim) == ClaimStatus.UNDER_REVIEW
    assert happened(claim).count("claim.items_decided") == 1


def test_an_approval_that_the_directory_no_longer_supports_is_refused_with_findings(
    world: World, rev1: Desk
) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    [item] = items_of(claim)
    world.s_a.state = "suspended"
    world.s_a.save()

    answered = rev1.act(claim, "decide_items", comment="Well done.", **outcome(item, "approve"))

    assert answered.status_code == 422
    assert refusals(answered) == [("VALIDATION_FAILED", "")]
    [said] = answered.context["said"]
    assert [finding.code for finding in said.findings] == ["SUBSCRIPTION_NOT_ACTIVE"]
    assert "Well done." in answered.content.decode()
    assert outcomes(claim) == ["pending"]
    assert "Not claimable now" in rev1.read(claim)


def test_the_page_offers_exactly_the_acts_that_are_possible(world: World, rev1: Desk, sup: Desk) -> None:
    claim = file_claim(world, world.ana)

    def offered(desk: Desk) -> list[str]:
        return sorted(desk.get(address(claim)).context["page"].forms)

    assert offered(rev1) == ["ask_override", "comment", "note", "start_review"]
    assert offered(sup) == ["comment"]
    take_up(claim, world.rev1)
    assert offered(rev1) == ["ask_override", "comment", "decide_items", "note", "request_information"]
    assert offered(sup) == ["comment"]
    withdraw(claim, world.ana)
    assert offered(rev1) == ["note"]
    assert offered(sup) == []


def test_the_page_has_the_buttons_of_its_acts_in_the_order_of_their_declaration(
    world: World, rev1: Desk
) -> None:
    fresh, taken = file_claim(world, world.ana), file_claim(world, world.tom, *workloads(TEAMS))
    take_up(taken, world.rev1)

    assert buttons(rev1.get(address(fresh))) == ["start_review", "comment", "note", "ask_override"]
    assert buttons(rev1.get(address(taken))) == [
        "comment",
        "note",
        "ask_override",
        "decide_items",
        "request_information",
    ]
    assert [act.name for act in CLAIM_ACTS] == [
        "start_review",
        "comment",
        "note",
        "ask_override",
        "confirm_override",
        "decide_items",
        "request_information",
    ]


def test_a_comment_goes_to_the_partner_and_a_note_never_does(world: World, rev1: Desk) -> None:
    claim = file_claim(world, world.ana)

    rev1.act(claim, "comment", text="Is page 2 missing?")
    rev1.act(claim, "note", text="Smells of haste.")

    assert [comment.text for comment in Comment.objects.all()] == ["Is page 2 missing?"]
    assert [note.text for note in InternalNote.objects.all()] == ["Smells of haste."]
    raw = rev1.get(address(claim)).content.decode()
    assert "Send to Fabrikam" in raw
    assert 'class="module desk-shared"' in raw
    assert 'class="module desk-internal"' in raw
    assert raw.index("Is page 2 missing?") < raw.index("Internal notes: only the desk reads these")
    partner = Desk(world.ana)
    theirs = partner.get(f"/claims/{claim.public_id}/").content.decode()
    assert "Smells of haste." not in theirs


def test_99_a_partners_text_is_shown_as_text(world: World, rev1: Desk) -> None:
    attack = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    claim = file_claim(world, world.ana, name="<b>bold</b>")
    say(claim, world.ana, attack)
    take_up(claim, world.rev1)
    rev1.act(claim, "note", text=attack)
    ask(claim, world.rev1, question=attack)

    raw = rev1.get(address(claim)).content.decode()

    assert "<script>alert" not in raw
    assert "<img src=x" not in raw
    assert "<b>bold" not in raw
    assert raw.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 4  # comment, note, question and its comment


def test_the_page_explains_its_date(world: World, rev1: Desk) -> None:
    claim = file_claim(world, world.ana)

    page = rev1.read(claim)

    assert "Submitted Next: start the review. Monday 13 July 2020, 24:00 UTC" in page
    assert "Review: 5 business days left" in page
    assert "Five business days are counted from the day after: Tue 7 (1), Wed 8 (2)" in page
    assert "Sat 11 July 2020 Weekend" in page
    assert "Mon 13 July 2020 Business day 5" in page


def test_the_page_shows_what_a_reviewer_needs(world: World, rev1: Desk) -> None:
    claim = file_claim(world, world.ana)

    page = rev1.read(claim)

    for text in (
        str(world.contoso.guid),
        str(world.s_a.guid),
        "Active, Volume Licensing, provisioned",
        "4391507 Seattle, US",
        "cora.ana@contoso.com",
        "work-1-of-ana.pdf",
        "Sat 6 June 2020",
        "MPN_TYPE_NOT_SHOWN",
        "Directory as of 6 July 2020, 06:00 UTC.",
        "No other partner claims or holds it",
        "Claim submitted Draft → Submitted Ana Alves",
    ):
        assert text in page, text


def test_proof_is_served_as_an_attachment_that_no_browser_sniffs(world: World, rev1: Desk) -> None:
    claim = file_claim(world, world.ana)
    proof = claim.evidence.get()

    answered = rev1.get(f"{address(claim)}proof/{proof.public_id}/")

    assert answered.status_code == 200
    assert answered["Content-Disposition"] == 'attachment; filename="work-1-of-ana.pdf"'
    assert answered["Content-Type"] == "application/pdf"
    assert answered["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answered["Cache-Control"]
    assert answered.getvalue().startswith(b"%PDF")


def test_proof_of_another_claim_or_not_yet_clean_is_not_found(world: World, rev1: Desk) -> None:
    claim = file_claim(world, world.ana)
    other = file_claim(world, world.tom, Entry(product="dynamics-365-sales"), tenant="adatum")
    proof = claim.evidence.get()
    claim.evidence.update(scan_state="pending")

    assert rev1.get(f"{address(other)}proof/{proof.public_id}/").status_code == 404
    assert rev1.get(f"{address(claim)}proof/{proof.public_id}/").status_code == 404
    assert "being scanned" in rev1.read(claim)


def test_a_form_from_an_older_page_is_refused_with_everything_kept(world: World, rev1: Desk) -> None:
    claim = file_claim(world, world.ana)
    seen = claim.version
    take_up(claim, world.rev2)

    answered = rev1.act(
        claim,
        "request_information",
        reason="OTHER",
        question="A long question.",
        items=items(*items_of(claim)),
        version=seen,
    )

    assert answered.status_code == 412
    assert refusals(answered) == [("STALE_VERSION", "")]
    raw = answered.content.decode()
    assert "A long question." in raw
    assert f'name="version" value="{reloaded(claim).version}"' in raw
    assert InformationRequest.objects.count() == 0


def test_a_second_press_goes_through_only_when_the_change_was_read(world: World, rev1: Desk) -> None:
    claim = file_claim(world, world.ana)
    asked = {"reason": "OTHER", "question": "Who signed?", "items": items(*items_of(claim))}
    seen = claim.version
    take_up(claim, world.rev2)

    refused = rev1.act(claim, "request_information", version=seen, **asked).content.decode()
    again = rev1.act(claim, "request_information", version=seen, **asked)
    over = reloaded(claim).version
    read = rev1.act(claim, "request_information", version=seen, over=over, **asked)

    assert f'name="version" value="{seen}"' in refused
    assert f'name="over" value="{over}"' in refused
    assert (again.status_code, read.status_code) == (412, 302)


def test_starting_twice_is_refused_as_an_invalid_transition(world: World, rev1: Desk) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev2)

    answered = rev1.act(claim, "start_review")

    assert answered.status_code == 409
    assert refusals(answered) == [("INVALID_TRANSITION", "")]
    assert reloaded(claim).assignee == world.rev2


def test_support_can_only_read_and_comment(world: World, sup: Desk) -> None:
    claim = file_claim(world, world.ana)
    [item] = items_of(claim)

    commented = sup.act(claim, "comment", text="We are looking into it.")
    before = everything_recorded()
    acts: dict[str, dict[str, Any]] = {
        "start_review": {},
        "request_information": {"reason": "OTHER", "question": "Why?", "items": items(item)},
        "decide_items": outcome(item, "approve"),
        "note": {"text": "Hm."},
    }
    refused = {action: sup.act(claim, action, **data) for action, data in acts.items()}

    assert commented.status_code == 302
    assert {action: answered.status_code for action, answered in refused.items()} == dict.fromkeys(
        refused, 403
    )
    assert {code for answered in refused.values() for code, _field in refusals(answered)} == {
        "ROLE_NOT_ALLOWED"
    }
    assert everything_recorded() == before


def test_a_late_answer_and_a_lapsed_request_are_shown_as_such(
    world: World, rev1: Desk, clock: time_machine.Traveller
) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    ask(claim, world.rev1)
    clock.move_to(at(14, 0, 1))
    time_passes(at(14, 0, 1))

    page = rev1.read(claim)

    assert "Not answered in time" in page
    assert "No answer arrived in time NO_PARTNER_RESPONSE" in page
    assert "Rejected The claim is settled. No one has to act." in page


def test_bad_input_is_refused_with_a_code_and_never_crashes(world: World, rev1: Desk) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    [item] = items_of(claim)
    before = everything_recorded()

    answers = [
        rev1.act(claim, "decide_items"),
        rev1.act(claim, "decide_items", **outcome(item, "maybe")),
        rev1.act(claim, "decide_items", **outcome(item, "decline", "LOST_ARBITRATION", "No.")),
        rev1.act(claim, "decide_items", version="x", **outcome(item, "approve")),
        rev1.act(claim, "decide_items", version="9" * 40, **outcome(item, "approve")),
        rev1.act(claim, "request_information", reason="", question="Why?", items=items(item)),
        rev1.act(claim, "request_information", reason="OTHER", question="Why?", items=["nonsense"]),
        rev1.act(claim, "request_information", reason="OTHER", question="Why?"),
        rev1.act(claim, "comment", text="x" * 4001),
        rev1.act(claim, "comment", text="a\x00b"),
        rev1.act(claim, "comment", text=""),
    ]

    assert [answered.status_code for answered in answers] == [422] * len(answers)
    assert [refusals(answered)[0][0] for answered in answers] == [
        "INVALID_FIELD",
        "INVALID_FIELD",
        "INVALID_FIELD",
        "INVALID_FIELD",
        "INVALID_FIELD",
        "REASON_REQUIRED",
        "INVALID_FIELD",
        "INVALID_FIELD",
        "COMMENT_TOO_LONG",
        "INVALID_FIELD",
        "COMMENT_REQUIRED",
    ]
    assert "x" * 4001 in answers[8].content.decode()
    assert rev1.act(claim, "explode").status_code == 400
    assert rev1.post(address(claim), {}).status_code == 400
    assert everything_recorded() == before


def test_nothing_of_a_claim_can_be_edited_added_or_deleted(world: World, rev1: Desk) -> None:
    claim = file_claim(world, world.ana)

    for page in ("add/", f"{claim.pk}/change/", f"{claim.pk}/delete/", f"{claim.pk}/history/"):
        assert rev1.get(f"/admin/claims/claim/{page}").status_code == 404
        assert rev1.post(f"/admin/claims/claim/{page}", {"status": "approved"}).status_code == 404
    rev1.post(address(claim), {"action": "start_review", "status": "approved", "assignee": "1"})

    assert status(claim) == ClaimStatus.UNDER_REVIEW
    raw = rev1.get(address(claim)).content.decode()
    assert 'name="status"' not in raw


def test_the_page_costs_the_same_queries_however_much_is_on_it(world: World, rev1: Desk) -> None:
    small = file_claim(world, world.ana, *workloads(TEAMS))
    large = file_claim(world, world.ned, *workloads(INTUNE, EXCHANGE))
    for claim in (small, large):
        take_up(claim, world.rev1)
    ask(small, world.rev1)
    answer(small, world.ana)
    for number in range(6):
        ask(large, world.rev1, question=f"Question {number}?")
        answer(large, world.ned, comment=f"Answer {number}.")
        add_proof(large, world.ned)
        rev1.act(large, "note", text=f"Note {number}")

    assert queries_for(rev1, address(large)) == queries_for(rev1, address(small))


def test_a_refused_act_costs_the_page_once_and_the_act(world: World, rev1: Desk) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev2)
    page = queries_for(rev1, address(claim))
    with CaptureQueriesContext(connection) as captured, pytest.raises(Conflict):
        start_review(public_id=str(claim.public_id), actor=actor(world.rev1), now=at(6))
    act = len(captured) + 3  # the claim, its items and their products are read for the form

    refused = queries_of(lambda: rev1.client.post(address(claim), {"action": "start_review"}), 409)
    unread = queries_of(lambda: rev1.client.post(address(claim), {"action": "decide_items"}), 422)

    assert refused <= page + act
    assert unread <= page + 2  # no service is called, and the claim is still as it was read


def test_the_version_is_optional(world: World, rev1: Desk) -> None:
    claim = file_claim(world, world.ana)

    assert rev1.act(claim, "start_review").status_code == 302


def test_a_request_names_chosen_items_and_the_others_stay_decidable(world: World, rev1: Desk) -> None:
    claim = file_claim(world, world.ana, *workloads(TEAMS, INTUNE))
    take_up(claim, world.rev1)
    teams, intune = items_of(claim)

    rev1.act(claim, "request_information", reason="MISSING_PRODUCTS", question="Teams?", items=items(teams))
    decided = rev1.act(claim, "decide_items", **outcome(intune, "approve"))

    assert decided.status_code == 302
    assert outcomes(claim) == ["pending", "approved"]
    assert review_clock(claim).state == "met"


def test_a_comment_through_the_page_has_the_desk_as_its_side(world: World, rev1: Desk) -> None:
    claim = file_claim(world, world.ana)
    add_comment(public_id=str(claim.public_id), text="From ana.", actor=actor(world.ana), now=at(6))

    rev1.act(claim, "comment", text="From the desk.")

    assert list(Comment.objects.order_by("pk").values_list("side", "text")) == [
        ("partner", "From ana."),
        ("desk", "From the desk."),
    ]


def test_deciding_items_without_having_opened_their_proof_asks_for_a_tick(world: World, rev1: Desk) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    add_proof(claim, world.ana)
    [item] = items_of(claim)
    first, second = claim.evidence.order_by("pk")
    rev1.get(f"{address(claim)}proof/{first.public_id}/")

    page = rev1.read(claim)
    refused = rev1.act(claim, "decide_items", **outcome(item, "approve"), unopened=[])
    decided = rev1.act(claim, "decide_items", **outcome(item, "approve"), unopened=[str(second.public_id)])

    assert (
        "You have not opened these files Open them first, or tick each one that you decide without. "
        "work-2-of-ana.pdf"
    ) in page
    assert (refused.status_code, refusals(refused)) == (422, [("POE_NOT_OPENED", "decide_items-unopened")])
    assert (decided.status_code, outcomes(claim)) == (302, ["approved"])
