"""The list, the claim's page in every status, comments, answers and history, as a partner sees them."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from arbitration.models import Case
from arbitration.services import Decision, decide_items, post_notice, request_information, start_review
from claims.enums import ClaimStatus, RequestReason, ScanState
from claims.inputs import ContactInput, DraftChanges, Entry
from claims.models import Claim, Comment, Evidence
from claims.services import add_comment, create_draft, save_claim, withdraw_claim
from cpor.sweeps import sweep
from foundation.journal.models import Event
from tests.api.client import ApiClient
from tests.filing import (
    case_of,
    file_claim,
    held_and_claimed,
    notify,
    pending,
    reference_of,
    workloads,
)
from tests.portal.conftest import SignIn
from tests.portal.filed import claim_in, complete_draft, filed_claim
from tests.portal.pages import contacts, path_of, rows, send, text_of, title_of
from tests.portal.queries import queries_of
from tests.world import INTUNE, MARKETING, NOW, SALES, TEAMS, World, actor
from wording.history import history_rows

DAY = timedelta(days=1)


@pytest.fixture
def ana(world: World, sign_in: SignIn) -> Client:
    return sign_in(world.ana)


def test_every_status_shows_the_next_actor_the_action_and_the_deadline(world: World, ana: Client) -> None:
    expected = {
        "draft": "Your company What Finish the draft and submit it. By when No deadline.",
        "submitted": "The claim desk What Starts the review of the claim. By when Monday 13 July 2020, 24:00 UTC",
        "under_review": "The claim desk What Reviews the claim and its proof. By when Monday 13 July 2020, 24:00 UTC",
        "partner_action_required": "Your company What Answer the desk's question. By when Monday 13 July 2020, 24:00 UTC",
        "approved": "The customer What Can still decline. You do not need to do anything.",
    }
    entries = {
        "draft": Entry(product=SALES, subscription_id=str(world.s_a.guid)),
        "submitted": Entry(product=SALES, subscription_id=str(world.s_a.guid)),
        "under_review": Entry(product=SALES, subscription_id=str(world.s_b.guid)),
        "approved": Entry(product=MARKETING),
    }
    for status, entry in entries.items():
        claim = claim_in(world, status, entry)

        page = text_of(ana.get(path_of(claim)))

        assert f"Whose turn {expected[status]}" in page


def test_partner_action_required_shows_the_question_and_its_exact_deadline(world: World, ana: Client) -> None:
    claim = claim_in(world, "partner_action_required")

    page = text_of(ana.get(path_of(claim)))
    listed = text_of(ana.get("/claims/"))

    assert (
        "The claim desk asks The customer's acknowledgement is missing Please send the signed page." in page
    )
    assert "Answer by Monday 13 July 2020, 24:00 UTC" in page
    assert "Your company: Answer the desk's question. By the end of Mon 13 July 2020 (UTC)." in listed


def test_the_list_can_be_filtered_by_status(world: World, ana: Client) -> None:
    draft = complete_draft(world, world.ana)
    filed = filed_claim(world, world.ana)

    drafts = text_of(ana.get("/claims/?status=draft"))
    unknown = ana.get("/claims/?status=nonsense")

    assert reference_of(draft) in drafts
    assert reference_of(filed) not in drafts
    assert unknown.status_code == 400


def test_each_page_of_the_list_continues_where_the_previous_one_ended(world: World, ana: Client) -> None:
    for number in range(30):
        create_draft(changes=DraftChanges(name=f"N{number:02d}"), actor=actor(world.ana), now=NOW)

    first = ana.get("/claims/")
    second = ana.get(f"/claims/?after={first.context['next']}")

    names = [row.claim.name for page in (first, second) for row in page.context["rows"]]
    assert names == [f"N{number:02d}" for number in reversed(range(30))]
    assert second.context["next"] is None
    assert ana.get("/claims/?after=nonsense").status_code == 400
    assert ana.get(f"/claims/?after={world.contoso.guid}").status_code == 404


def test_list_claim_and_history_take_the_same_number_of_queries_for_few_rows_and_many(
    world: World, ana: Client
) -> None:
    claim = filed_claim(world, world.ana, workloads=[TEAMS])
    few = [
        queries_of(ana, "/claims/"),
        queries_of(ana, path_of(claim)),
        queries_of(ana, path_of(claim, "history/")),
    ]
    for number in range(24):
        complete_draft(world, world.ana, workloads=[TEAMS, INTUNE])
        add_comment(public_id=str(claim.public_id), text=f"Comment {number}", actor=actor(world.ana), now=NOW)
    many = [
        queries_of(ana, "/claims/"),
        queries_of(ana, path_of(claim)),
        queries_of(ana, path_of(claim, "history/")),
    ]

    assert few == many


def test_a_claim_takes_the_same_number_of_queries_with_one_item_and_with_two(
    world: World, ana: Client
) -> None:
    one = filed_claim(world, world.ana, workloads=[TEAMS])
    two = filed_claim(world, world.bea, workloads=[INTUNE, "exchange-online"])

    assert queries_of(ana, path_of(one)) == queries_of(ana, path_of(two))


def test_draft_pages_take_the_same_number_of_queries_with_one_item_and_with_three(
    world: World, ana: Client
) -> None:
    small = complete_draft(world, world.ana, Entry(product=SALES, subscription_id=str(world.s_a.guid)))
    large = complete_draft(
        world,
        world.ana,
        *(Entry(product=SALES, subscription_id=str(guid)) for guid in (world.s_a.guid, world.s_b.guid)),
        Entry(product=MARKETING),
    )

    for step in ("", "products/", "check/"):
        assert queries_of(ana, path_of(small, step)) == queries_of(ana, path_of(large, step))


def test_61_an_answer_returns_the_claim_to_the_reviewer(world: World, ana: Client) -> None:
    claim = claim_in(world, "partner_action_required")

    opened = text_of(ana.get(path_of(claim, "respond/")))
    response = send(ana, claim, "respond", {"comment": "Here it is."})

    claim.refresh_from_db()
    assert "Answer by Monday 13 July 2020, 24:00 UTC" in opened
    assert "If you do not answer by then, we decline these items." in opened
    assert response["Location"] == path_of(claim)
    assert (claim.status, claim.review_round) == (ClaimStatus.UNDER_REVIEW, 2)
    assert "Here it is." in text_of(ana.get(path_of(claim)))


def test_an_empty_answer_is_refused_beside_its_field(world: World, ana: Client) -> None:
    claim = claim_in(world, "partner_action_required")

    refused = send(ana, claim, "respond", {"comment": "  "})

    claim.refresh_from_db()
    assert refused.status_code == 422
    assert text_of(refused).count("COMMENT_REQUIRED") == 2
    assert 'href="#id_comment"' in refused.content.decode()
    assert claim.status == ClaimStatus.PARTNER_ACTION_REQUIRED


def test_a_late_answer_is_refused_and_its_text_is_kept(
    world: World, sign_in: SignIn, clock: time_machine.Traveller
) -> None:
    claim = claim_in(world, "partner_action_required")
    clock.move_to(NOW + 8 * DAY)

    refused = send(sign_in(world.ana), claim, "respond", {"comment": "Too late, I fear."})

    assert refused.status_code == 409
    assert "RESPONSE_LATE" in text_of(refused)
    assert "Too late, I fear." in text_of(refused)
    assert "is posted as a comment" in text_of(refused)
    assert claim.comments.filter(side="partner").get().text == "Too late, I fear."


def test_an_incentives_user_sees_the_question_but_cannot_answer_it(world: World, sign_in: SignIn) -> None:
    uma = sign_in(world.uma)
    claim = claim_in(world, "partner_action_required")

    page = text_of(uma.get(path_of(claim)))
    refused = send(uma, claim, "respond", {"comment": "Mine"})

    assert "An incentives admin, billing admin or global admin of your company can answer." in page
    assert refused.status_code == 403
    assert "Mine" in text_of(refused)


def test_63_a_new_mpn_is_checked_again_and_the_customer_cannot_be_changed(world: World, ana: Client) -> None:
    claim = claim_in(world, "partner_action_required")

    refused = send(ana, claim, "location", {"mpn_id": "4391508"})
    accepted = send(ana, claim, "location", {"mpn_id": "4391509"})
    tenant = send(ana, claim, "customer", {"tenant_id": str(world.adatum.guid), "domain": "adatum"})

    claim.refresh_from_db()
    assert refused.status_code == 422
    assert "MPN_NOT_ENROLLED" in text_of(refused)
    assert accepted["Location"] == path_of(claim)
    assert tenant.status_code == 409
    assert "adatum" in text_of(tenant)
    assert (claim.mpn_id, claim.domain) == ("4391509", "contoso.onmicrosoft.com")


def test_64_products_of_a_claim_under_review_cannot_be_edited_but_comments_can_be_added(
    world: World, ana: Client
) -> None:
    claim = claim_in(world, "under_review")

    opened = ana.get(path_of(claim, "products/"))
    refused = send(ana, claim, "products", rows((SALES, world.s_b)))
    posted = ana.post(path_of(claim, "comments/"), {"text": "One more thing."})

    assert opened.status_code == 409
    assert refused.status_code == 409
    assert posted["Location"] == f"{path_of(claim)}#comments"
    assert Comment.objects.get(claim=claim).text == "One more thing."


def test_open_items_can_be_replaced_while_the_desk_waits_for_an_answer(world: World, ana: Client) -> None:
    claim = claim_in(world, "partner_action_required")
    (item,) = claim.items.all()

    opened = ana.get(path_of(claim, "products/"), follow=True)
    response = send(
        ana, claim, "items", {"remove": [str(item.public_id)], **rows((MARKETING, "")), "rows": "1"}
    )

    outcomes = sorted(claim.items.values_list("outcome", flat=True))
    assert opened.redirect_chain == [(path_of(claim, "items/"), 302)]
    assert response["Location"] == path_of(claim)
    assert outcomes == ["pending", "withdrawn"]


def test_an_invalid_item_is_reported_beside_its_row_and_changes_nothing(world: World, ana: Client) -> None:
    claim = claim_in(world, "partner_action_required")

    refused = send(ana, claim, "items", {"rows": "1", "product_0": SALES, "subscription_id_0": "ORDER-1"})

    assert refused.status_code == 422
    assert "NOT_A_SUBSCRIPTION_ID" in text_of(refused)
    assert 'href="#id_subscription_id_0"' in refused.content.decode()
    assert claim.items.count() == 1


def test_65_the_attached_subscription_is_shown_after_approval(world: World, ana: Client) -> None:
    claim = claim_in(world, "under_review", Entry(product=MARKETING))
    before = ana.get(path_of(claim)).content.decode()
    approve(world, claim)

    page = ana.get(path_of(claim))

    assert str(world.s_g.guid) not in before
    assert str(world.s_g.guid) in page.content.decode()
    assert "Waiting for the customer's consent" in text_of(page)


def test_situation_14_the_approved_page_says_that_approval_is_not_payout(world: World, ana: Client) -> None:
    claim = claim_in(world, "approved")

    page = text_of(ana.get(path_of(claim)))

    assert "An approval is not a payout" in page
    assert "the enrolment of the MPN in the programme of the activity" in page


def test_66_a_rejected_claim_shows_the_reason_and_the_text(world: World, ana: Client) -> None:
    claim = claim_in(world, "rejected")

    page = text_of(ana.get(path_of(claim)))

    assert "Reason: The proof of execution is not sufficient The signature is missing." in page


def test_73_the_arbitration_badge_appears_with_the_notice_and_does_not_name_the_rival(
    world: World, ana: Client
) -> None:
    filed_claim(world, world.ned, workloads=[TEAMS])
    claim = filed_claim(world, world.ana, workloads=[TEAMS, INTUNE])
    start_review(public_id=str(claim.public_id), actor=actor(world.rev1), now=NOW)
    before = text_of(ana.get(path_of(claim)))
    post_notice(case_id=str(Case.objects.get().public_id), actor=actor(world.rev1), now=NOW)

    page = ana.get(path_of(claim))

    assert "In arbitration" not in before
    assert text_of(page).count("In arbitration since 6 July 2020, 09:00 UTC") == 1
    assert "may stay under review longer" in text_of(page)
    assert "Northwind" not in page.content.decode()
    assert "Northwind" not in ana.get(path_of(claim, "history/")).content.decode()


def test_a_holder_in_a_case_reads_that_the_desk_reviews_its_association_from_the_notice_on(
    world: World, sign_in: SignIn
) -> None:
    theirs, _ours, case = held_and_claimed(world)
    ned = sign_in(world.ned)
    before = text_of(ned.get(path_of(theirs)))
    unaware = ApiClient(world.ned).get(f"claims/{theirs.public_id}/").json()
    notify(case, world.rev1)

    page = text_of(ned.get(path_of(theirs)))
    document = ApiClient(world.ned).get(f"claims/{theirs.public_id}/").json()

    assert "Whose turn No one What The claim is approved." in before
    assert (
        "Whose turn The claim desk What Reviews the association for this product. You can bring your proof up to date."
        in page
    )
    assert "Your association stays active meanwhile." in page
    assert "Fabrikam" not in page
    assert (unaware["waiting_on"], document["waiting_on"]) == ("nobody", "desk")


def test_a_partner_that_waits_for_consent_reads_that_its_association_is_reviewed_as_well(
    world: World, ana: Client
) -> None:
    ours = pending(world, world.ana, *workloads(TEAMS))
    case = case_of(file_claim(world, world.ned, *workloads(TEAMS)))
    before = text_of(ana.get(path_of(ours)))

    notify(case, world.rev1)

    page = text_of(ana.get(path_of(ours)))
    assert "Whose turn The customer What Can still decline." in before
    assert "Meanwhile" not in before
    assert "Whose turn The customer What Can still decline." in page
    assert (
        "Meanwhile we review the association for this product. You can bring your proof up to date." in page
    )
    assert "Northwind" not in page


def test_76_proof_can_be_added_to_an_approved_claim(world: World, ana: Client) -> None:
    claim = claim_in(world, "approved")

    assert ana.get(path_of(claim, "proof/")).status_code == 200
    assert "Add proof" in text_of(ana.get(path_of(claim)))


def test_98_history_shows_old_and_new_values_and_does_not_name_the_reviewer(
    world: World, ana: Client
) -> None:
    claim = claim_in(world, "partner_action_required")
    send(ana, claim, "contacts", contacts(customer_first_name="Carla"))

    page = text_of(ana.get(path_of(claim, "history/")))

    assert "Status Under review → Partner action required" in page
    assert "Customer contact: first name Cora → Carla" in page
    assert "Reason The customer's acknowledgement is missing" in page
    assert "Answer by Monday 13 July 2020, 24:00 UTC" in page
    assert "Rita" not in page
    assert "Claim desk" in page
    assert "Ana Alves" in page


def test_99_markup_in_a_comment_is_shown_as_text(world: World, ana: Client) -> None:
    claim = claim_in(world, "submitted")

    ana.post(path_of(claim, "comments/"), {"text": "<script>alert(1)</script>"})

    body = ana.get(path_of(claim)).content.decode()
    assert "<script>" not in body
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in body


@pytest.mark.parametrize(("text", "code"), [("", "COMMENT_REQUIRED"), ("x" * 4_001, "COMMENT_TOO_LONG")])
def test_a_refused_comment_is_shown_again_with_its_error(
    world: World, ana: Client, text: str, code: str
) -> None:
    claim = claim_in(world, "submitted")

    refused = ana.post(path_of(claim, "comments/"), {"text": text})

    assert refused.status_code == 422
    assert title_of(refused).startswith("Error:")
    assert code in text_of(refused)
    assert text in refused.content.decode()
    assert Comment.objects.count() == 0


def test_a_comment_of_full_length_with_line_ends_is_accepted(world: World, ana: Client) -> None:
    claim = claim_in(world, "submitted")

    ana.post(path_of(claim, "comments/"), {"text": "x\r\n" * 2_000})

    assert len(Comment.objects.get().text) == 3_999


def test_100_users_without_access_to_the_claim_cannot_download_its_proof(
    world: World, sign_in: SignIn
) -> None:
    ana, ned, fre = sign_in(world.ana), sign_in(world.ned), sign_in(world.fre)
    claim = claim_in(world, "submitted")
    evidence = Evidence.objects.get(claim=claim)
    path = path_of(claim, f"proof/{evidence.public_id}/")

    own = ana.get(path)
    foreign = [client.get(path) for client in (ned, fre)]
    visitor = Client().get(path)

    assert own.status_code == 200
    assert own["Content-Disposition"] == 'attachment; filename="proof.pdf"'
    assert own["X-Content-Type-Options"] == "nosniff"
    assert own["Content-Type"] == "application/pdf"
    assert own.getvalue().startswith(b"%PDF")
    assert [answer.status_code for answer in foreign] == [404, 404]
    assert visitor.status_code == 302


def test_an_infected_file_cannot_be_downloaded(world: World, ana: Client) -> None:
    claim = claim_in(world, "submitted")
    evidence = Evidence.objects.get(claim=claim)
    Evidence.objects.filter(pk=evidence.pk).update(scan_state=ScanState.INFECTED)

    assert ana.get(path_of(claim, f"proof/{evidence.public_id}/")).status_code == 404


def test_101_the_support_page_lists_the_facts_of_the_claim(world: World, ana: Client) -> None:
    claim = complete_draft(world, world.ana)

    page = text_of(ana.get(f"/support/?claim={claim.public_id}&code=SUBSCRIPTION_IS_CSP"))
    plain = text_of(ana.get("/support/"))

    for fact in (
        f"Claim: {claim.reference}",
        "Message code: SUBSCRIPTION_IS_CSP",
        "MPN: 4391507",
        f"Tenant ID: {world.contoso.guid}",
        f"Product: Dynamics 365 Sales (subscription {world.s_a.guid})",
        "Programmes: OSU_BA",
    ):
        assert fact in page
    assert "desk@cpor.example" in plain


def test_the_support_page_shows_nothing_of_another_partners_claim(world: World, sign_in: SignIn) -> None:
    claim = complete_draft(world, world.ana)

    assert sign_in(world.ned).get(f"/support/?claim={claim.public_id}").status_code == 404
    assert sign_in(world.ned).get("/support/?claim=nonsense").status_code == 400


def test_a_form_without_its_csrf_token_is_refused_with_an_explanation(world: World, sign_in: SignIn) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.ana, backend="django.contrib.auth.backends.ModelBackend")

    refused = client.post("/claims/new/", {"tenant_id": "x", "domain": "y"})

    assert refused.status_code == 403
    assert "This form is too old" in text_of(refused)
    assert Claim.objects.count() == 0


def test_contacts_of_a_submitted_claim_can_be_corrected(world: World, ana: Client) -> None:
    claim = claim_in(world, "submitted")

    response = send(ana, claim, "contacts", contacts(technical_phone="+1 425 555 0100"))

    assert response["Location"] == path_of(claim)
    assert claim.contacts.get(kind="technical").phone == "+1 425 555 0100"


def test_a_colleagues_changes_are_shown(world: World, ana: Client) -> None:
    claim = complete_draft(world, world.ana)
    save_claim(
        public_id=str(claim.public_id),
        changes=DraftChanges(contacts={"partner": ContactInput(first_name="Bea")}),
        actor=actor(world.bea),
        now=NOW,
    )

    page = ana.get(path_of(claim, "contacts/"))

    assert 'value="Bea"' in page.content.decode()
    assert "CONTACT_REQUIRED" in text_of(page)


def test_two_questions_can_be_answered_one_at_a_time(world: World, ana: Client) -> None:
    claim = claim_in(world, "partner_action_required")
    second = request_information(
        public_id=str(claim.public_id),
        reason=RequestReason.MISSING_PRODUCTS,
        question="Which products?",
        actor=actor(world.rev1),
        now=NOW,
    )

    opened = text_of(ana.get(path_of(claim, "respond/")))
    send(ana, claim, "respond", {"comment": "Sales.", "request": str(second.public_id)})

    claim.refresh_from_db()
    assert "Which question are you answering?" in opened
    assert claim.status == ClaimStatus.PARTNER_ACTION_REQUIRED
    assert [party.state for party in claim.requests.order_by("pk")] == ["open", "answered"]


def approve(world: World, claim: Claim) -> None:
    decide_items(
        public_id=str(claim.public_id),
        decisions=[Decision(item_id=item.pk, approve=True) for item in claim.items.all()],
        actor=actor(world.rev1),
        now=NOW,
    )


def test_history_attributes_the_acts_of_another_partner_to_the_system(world: World) -> None:
    claim = file_claim(world, world.ana, *workloads(TEAMS))
    events = list(Event.objects.filter(claim_id=claim.pk, actor_id=world.ana.pk))
    assert {row.side for row in history_rows(events, claim)} == {"partner"}

    for event in events:
        event.actor_id, event.actor_name = world.ned.pk, "Ned"

    assert {(row.side, row.actor) for row in history_rows(events, claim)} == {
        ("system", "Claim desk (automatic)")
    }


def test_a_declined_party_reads_when_it_was_decided_by_whom_and_what_it_can_do(
    world: World, ana: Client
) -> None:
    """Found by an outside auditor, who read "Nothing is waited for" and nothing else."""
    claim = claim_in(world, "rejected")

    said = text_of(ana.get(path_of(claim)))

    assert (
        "Whose turn No one What The claim was not approved, and its review is over. Each item says who decided, when "
        "and why. You can file a new claim with what was missing. By when Decided on 6 July 2020, 09:00 UTC. No deadline."
    ) in said
    assert "Declined on 6 July 2020, 09:00 UTC by the claim desk. Reason:" in said
    assert (
        "We are told of your comment by mail and read it. A comment alone does not change a decision." in said
    )


def test_an_item_that_lapsed_or_was_withdrawn_names_who_closed_it(world: World, sign_in: SignIn) -> None:
    claim = claim_in(world, "partner_action_required")
    withdrawn = claim_in(world, "submitted", Entry(product=MARKETING))
    withdraw_claim(public_id=str(withdrawn.public_id), actor=actor(world.ana), now=NOW)
    sweep(now=NOW + 8 * DAY)

    ana = sign_in(world.ana)  # the sweep ended the sessions of a week before
    lapsed = text_of(ana.get(path_of(claim)))

    assert "Declined on 14 July 2020, 09:00 UTC by the claim desk (automatic)." in lapsed
    assert "Withdrawn on 6 July 2020, 09:00 UTC by your company." in text_of(ana.get(path_of(withdrawn)))
