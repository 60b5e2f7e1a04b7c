"""A claim from its first save to its decision, filed by a program."""

from datetime import timedelta

import pytest
import time_machine

from arbitration import services as desk
from arbitration.services import Decision
from claims.enums import RequestReason
from claims.models import Claim, ClaimItem
from tests.api.client import (
    ApiClient,
    check_body,
    claim_body,
    codes,
    drafted,
    marketing_body,
    pdf,
    refused,
    submitted,
    teams_body,
)
from tests.filing import reference_of
from tests.portal.filed import claim_in
from tests.responses import Response
from tests.world import NOW, SALES, World, actor


def test_47_to_52_a_claim_is_checked_drafted_proved_and_submitted(world: World, ana: ApiClient) -> None:
    checked = ana.post("claim-checks/", check_body(world))
    created = ana.post("claims/", claim_body(world))
    claim = created.json()
    without_proof = ana.post(f"claims/{claim['id']}/submit/")
    uploaded = ana.upload(f"claims/{claim['id']}/evidence/", pdf(), signed_on="2020-06-01")
    answer = ana.post(f"claims/{claim['id']}/submit/")

    assert (checked.status_code, codes(checked)) == (200, [])
    assert created.status_code == 201
    assert created.headers["Location"] == f"/api/v1/claims/{claim['id']}/"
    assert (claim["status"], claim["waiting_on"], codes(created)) == ("draft", "partner", [])
    assert claim["reference"] == reference_of(Claim.objects.get())
    assert refused(without_proof) == (422, "VALIDATION_FAILED")
    assert codes(without_proof) == ["POE_REQUIRED"]
    assert uploaded.status_code == 201
    assert answer.status_code == 200
    filed = answer.json()
    assert (filed["status"], filed["waiting_on"]) == ("submitted", "desk")
    assert filed["review_due_at"] == "2020-07-14T00:00:00Z"
    assert filed["submitted_at"] == "2020-07-06T09:00:00Z"
    assert filed["allowed_actions"] == ["edit", "withdraw", "add_evidence", "comment"]
    assert filed["editable_fields"] == ["contacts"]
    assert "findings" not in filed


def test_a_claim_is_returned_as_exactly_this_document(world: World, ana: ApiClient) -> None:
    claim_id = submitted(ana, claim_body(world))

    document = ana.get(f"claims/{claim_id}/").json()

    claim = Claim.objects.get()
    item = ClaimItem.objects.get()
    contacts = {kind: person | {"phone": ""} for kind, person in claim_body(world)["contacts"].items()}
    assert document == {
        "id": claim_id,
        "reference": claim.reference,
        "name": "Contoso Sales",
        "status": "submitted",
        "version": claim.version,
        "waiting_on": "desk",
        "open_requests": [],
        "allowed_actions": ["edit", "withdraw", "add_evidence", "comment"],
        "editable_fields": ["contacts"],
        "mpn_id": "4391507",
        "tenant_id": "1316cd1f-b0c7-4253-a7f3-ccc9041aaab9",
        "domain": "contoso.onmicrosoft.com",
        "solution_area": "business_applications",
        "activities": ["usage"],
        "items": [
            {
                "id": str(item.public_id),
                "products": [SALES],
                "subscription_id": str(world.s_a.guid),
                "workload": None,
                "outcome": "pending",
                "reason_code": None,
                "reason_text": None,
                "decided_at": None,
                "decided_by": None,
                "in_arbitration": False,
                "associations": [],
            }
        ],
        "contacts": contacts,
        "revenue_details": {"seller_name": "", "customer_name": "", "solution_name": ""},
        "acknowledged": True,
        "confirmed_warnings": [],
        "review_due_at": "2020-07-14T00:00:00Z",
        "created_at": "2020-07-06T09:00:00Z",
        "updated_at": "2020-07-06T09:00:00.000002Z",
        "submitted_at": "2020-07-06T09:00:00Z",
        "settled_at": None,
    }


def test_a_draft_is_stored_as_typed_even_if_it_is_wrong(world: World, ana: ApiClient) -> None:
    typed = {
        "mpn_id": "43915O7",
        "tenant_id": "contoso",
        "domain": "-con toso",
        "solution_area": "office",
        "activities": ["resale"],
        "items": [{"product": "dynamics-365-golf", "subscription_id": "ORDER-12345"}],
    }

    created = ana.post("claims/", typed)

    assert created.status_code == 201
    document = created.json()
    assert {name: document[name] for name in typed if name != "items"} == {
        name: value for name, value in typed.items() if name != "items"
    }
    assert document["items"][0]["products"] == ["dynamics-365-golf"]
    assert document["items"][0]["subscription_id"] == "ORDER-12345"
    assert (
        codes(created)
        == [
            "MPN_FORMAT",
            "TENANT_ID_FORMAT",
            "SUBDOMAIN_FORMAT",
            "ACTIVITY_NOT_FOR_AREA",
            "PRODUCT_NOT_FOR_AREA",
            "NOT_A_SUBSCRIPTION_ID",
        ][: len(codes(created))]
    )


def test_an_empty_draft_is_a_draft(ana: ApiClient) -> None:
    created = ana.post("claims/")

    assert created.status_code == 201
    assert (created.json()["mpn_id"], created.json()["items"], created.json()["contacts"]) == (
        "",
        [],
        {"customer": None, "partner": None, "technical": None},
    )


def test_a_patch_changes_only_the_fields_it_names_and_null_clears_a_field(
    world: World, ana: ApiClient
) -> None:
    claim_id = ana.post("claims/", claim_body(world)).json()["id"]

    titled = ana.patch(f"claims/{claim_id}/", {"contacts": {"customer": {"title": ""}}})
    cleared = ana.patch(f"claims/{claim_id}/", {"name": None, "items": [], "contacts": {"technical": None}})

    assert titled.status_code == 200
    assert titled.json()["contacts"]["customer"] == {
        "first_name": "Cora",
        "last_name": "Example",
        "title": "",
        "email": "cora@contoso.com",
        "phone": "",
    }
    assert [
        (finding["code"], finding["pointer"])
        for finding in titled.json()["findings"]
        if finding["severity"] == "error"
    ] == [("CONTACT_REQUIRED", "/contacts/customer/title")]
    document = cleared.json()
    assert (document["name"], document["items"], document["mpn_id"]) == ("", [], "4391507")
    assert document["contacts"]["partner"]["first_name"] == "Paul"
    assert set(document["contacts"]["technical"].values()) == {""}


def test_people_who_have_one_name_only_can_be_named_in_a_claim(world: World, ana: ApiClient) -> None:
    """Part 2: a first name where the person has one."""
    one_name = {"last_name": "Suharto", "title": "Manager", "phone": ""}
    people = {
        "customer": one_name | {"email": "suharto@contoso.com"},
        "partner": one_name | {"email": "suharto@fabrikam.example", "first_name": ""},
        "technical": one_name | {"email": "suharto@fabrikam.example", "first_name": "Tess"},
    }

    claim_id = submitted(ana, claim_body(world, contacts=people))
    removed = ana.patch(f"claims/{claim_id}/", {"contacts": {"technical": {"first_name": None}}})

    assert removed.status_code == 200
    assert removed.json()["contacts"] == {
        kind: person | {"first_name": ""} for kind, person in people.items()
    }


def test_revenue_details_are_merged_and_cleared(world: World, ana: ApiClient) -> None:
    body = claim_body(world, activities=["revenue_association"], revenue_details={"seller_name": "Sam"})
    claim_id = ana.post("claims/", body).json()["id"]

    merged = ana.patch(f"claims/{claim_id}/", {"revenue_details": {"customer_name": "Contoso"}}).json()
    cleared = ana.patch(f"claims/{claim_id}/", {"revenue_details": None}).json()

    assert merged["revenue_details"] == {
        "seller_name": "Sam",
        "customer_name": "Contoso",
        "solution_name": "",
    }
    assert cleared["revenue_details"] == {"seller_name": "", "customer_name": "", "solution_name": ""}


def test_8_another_companys_mpn_is_not_saved_and_is_refused_like_a_missing_one(
    world: World, ana: ApiClient
) -> None:
    claim_id = ana.post("claims/", claim_body(world)).json()["id"]

    foreign = ana.post("claims/", claim_body(world, mpn_id="5120001"))
    missing = ana.post("claims/", claim_body(world, mpn_id="5129999"))
    patched = ana.patch(f"claims/{claim_id}/", {"mpn_id": "5120001"})

    assert refused(foreign) == (422, "MPN_NOT_YOURS")
    assert refused(patched) == (422, "MPN_NOT_YOURS")
    assert _without_ids(foreign) == _without_ids(missing)
    assert Claim.objects.get().mpn_id == "4391507"


def _without_ids(answer: Response) -> dict[str, object]:
    document: dict[str, object] = answer.json()
    del document["request_id"]
    return document


def test_warnings_are_confirmed_at_submission(world: World, ana: ApiClient, ned: ApiClient) -> None:
    submitted(ned, claim_body(world, mpn_id="5120001"))
    claim_id = drafted(ana, claim_body(world))

    unconfirmed = ana.post(f"claims/{claim_id}/submit/")
    confirmed = ana.post(f"claims/{claim_id}/submit/", {"confirmed_warnings": ["COMPETING_CLAIM"]})

    assert refused(unconfirmed) == (422, "WARNINGS_NOT_CONFIRMED")
    assert codes(unconfirmed, "warning") == ["COMPETING_CLAIM"]
    assert confirmed.status_code == 200
    assert confirmed.json()["confirmed_warnings"] == ["COMPETING_CLAIM"]


def test_57_drafts_and_open_claims_can_be_withdrawn_and_approved_ones_cannot(
    world: World, ana: ApiClient
) -> None:
    draft = ana.post("claims/").json()["id"]
    filed = submitted(ana, teams_body(world))
    approved = submitted(ana, marketing_body(world))
    _approve(world, approved)

    answers = [ana.post(f"claims/{claim_id}/withdraw/") for claim_id in (draft, filed)]
    refusal = ana.post(f"claims/{approved}/withdraw/")

    assert [(answer.status_code, answer.json()["status"]) for answer in answers] == [(200, "withdrawn")] * 2
    assert answers[1].json()["items"][0]["outcome"] == "withdrawn"
    assert answers[1].json()["waiting_on"] == "nobody"
    assert refused(refusal) == (409, "INVALID_TRANSITION")
    assert "withdraw" not in ana.get(f"claims/{approved}/").json()["allowed_actions"]


def test_65_an_attached_subscription_is_shown_after_its_item_is_approved(
    world: World, ana: ApiClient
) -> None:
    claim_id = submitted(ana, marketing_body(world))
    secret = str(world.s_g.guid)

    before = [
        ana.get(path).content.decode()
        for path in (
            "claims/",
            *(f"claims/{claim_id}/{part}" for part in ("", "items/", "history/", "comments/", "evidence/")),
        )
    ]
    checked = ana.post("claim-checks/", check_body(world, items=[{"product": "dynamics-365-marketing"}]))
    _approve(world, claim_id)
    after = ana.get(f"claims/{claim_id}/").json()

    assert not [text for text in [*before, checked.content.decode()] if secret in text.lower()]
    assert after["items"][0]["subscription_id"] == secret
    assert (after["status"], after["waiting_on"]) == ("approved", "customer")


def test_58_to_61_a_partner_reads_and_answers_the_desks_question(
    world: World, ana: ApiClient, clock: time_machine.Traveller
) -> None:
    claim_id = submitted(ana, teams_body(world))
    item_id = ana.get(f"claims/{claim_id}/").json()["items"][0]["id"]
    _ask(world, claim_id)
    clock.shift(timedelta(hours=1))

    asked = ana.get(f"claims/{claim_id}/").json()
    silent = ana.post(f"claims/{claim_id}/respond/")
    answered = ana.post(
        f"claims/{claim_id}/respond/",
        {"comment": "The signature is on page 4.", "request_id": asked["open_requests"][0]["id"]},
    )
    again = ana.post(f"claims/{claim_id}/respond/", {"comment": "And on page 5."})

    (request,) = asked["open_requests"]
    assert (asked["status"], asked["waiting_on"]) == ("partner_action_required", "partner")
    assert {key: request[key] for key in ("reason", "question", "due_at", "items")} == {
        "reason": "MISSING_CUSTOMER_ACKNOWLEDGMENT",
        "question": "Where did the customer sign?",
        "due_at": "2020-07-14T00:00:00Z",
        "items": [item_id],
    }
    assert asked["allowed_actions"] == ["edit", "withdraw", "respond", "add_evidence", "comment"]
    assert asked["editable_fields"] == ["contacts", "mpn_id", "items"]
    assert refused(silent) == (422, "COMMENT_REQUIRED")
    assert silent.json()["findings"][0]["pointer"] == "/comment"
    assert answered.status_code == 200
    assert (answered.json()["status"], answered.json()["open_requests"]) == ("under_review", [])
    assert refused(again) == (409, "INVALID_TRANSITION")
    comments = ana.get(f"claims/{claim_id}/comments/").json()["results"]
    assert [(comment["side"], comment["author"], comment["text"]) for comment in comments] == [
        ("desk", "Claim desk", "Where did the customer sign?"),
        ("partner", "Ana Alves", "The signature is on page 4."),
    ]


def test_a_patch_that_changes_nothing_is_no_answer(
    world: World, ana: ApiClient, clock: time_machine.Traveller
) -> None:
    claim_id = submitted(ana, teams_body(world))
    _ask(world, claim_id)
    version = ana.get(f"claims/{claim_id}/").json()["version"]
    clock.shift(timedelta(hours=1))

    patched = [
        ana.patch(f"claims/{claim_id}/", body)
        for body in ({}, {"mpn_id": "4391507", "contacts": {"customer": {"first_name": "Cora"}}})
    ]
    answer = ana.post(f"claims/{claim_id}/respond/")

    assert [(save.status_code, save.json()["version"]) for save in patched] == [(200, version)] * 2
    assert refused(answer) == (422, "COMMENT_REQUIRED")


def test_items_of_a_draft_are_entries_by_position(world: World, ana: ApiClient) -> None:
    claim_id = ana.post("claims/", teams_body(world)).json()["id"]

    added = ana.post(f"claims/{claim_id}/items/", {"add": [{"product": "intune"}, {"product": "yammer"}]})
    removed = ana.post(f"claims/{claim_id}/items/", {"remove": ["0", "2"]})
    unknown = ana.post(f"claims/{claim_id}/items/", {"remove": ["7"]})
    nothing = ana.post(f"claims/{claim_id}/items/")

    assert added.status_code == 200
    assert [(item["id"], item["workload"], item["outcome"]) for item in added.json()["items"]] == [
        ("0", "microsoft-teams", None),
        ("1", "intune", None),
        ("2", "yammer", None),
    ]
    assert codes(added) == ["PRODUCT_NOT_ON_TENANT"]
    assert [item["workload"] for item in removed.json()["items"]] == ["intune"]
    assert refused(unknown) == (404, "NOT_FOUND")
    assert refused(nothing) == (400, "INVALID_REQUEST")
    assert ana.get(f"claims/{claim_id}/items/").json() == {
        "next": None,
        "previous": None,
        "results": removed.json()["items"],
    }


def test_items_of_a_claim_with_an_open_request_are_replaced_in_one_call(world: World, ana: ApiClient) -> None:
    claim_id = submitted(ana, teams_body(world))
    _ask(world, claim_id)
    old = ana.get(f"claims/{claim_id}/items/").json()["results"][0]["id"]

    malformed = ana.post(f"claims/{claim_id}/items/", {"remove": ["0"]})
    replaced = ana.post(f"claims/{claim_id}/items/", {"add": [{"product": "intune"}], "remove": [old]})

    assert refused(malformed) == (404, "NOT_FOUND")
    assert replaced.status_code == 200
    assert [(item["workload"], item["outcome"]) for item in replaced.json()["items"]] == [
        ("microsoft-teams", "withdrawn"),
        ("intune", "pending"),
    ]


@pytest.mark.parametrize("status", ["submitted", "under_review"])
def test_64_items_cannot_be_changed_after_submission_but_comments_can_be_added(
    world: World, ana: ApiClient, status: str
) -> None:
    claim_id = submitted(ana, teams_body(world))
    if status == "under_review":
        desk.start_review(public_id=claim_id, actor=actor(world.rev1), now=NOW)

    item_change = ana.post(f"claims/{claim_id}/items/", {"add": [{"product": "intune"}]})
    patched = ana.patch(f"claims/{claim_id}/", {"items": [{"product": "intune"}]})
    commented = ana.post(f"claims/{claim_id}/comments/", {"text": "Please go on."})

    assert refused(item_change) == (409, "INVALID_TRANSITION")
    assert refused(patched) == (409, "INVALID_TRANSITION")
    assert commented.status_code == 201


def test_63_only_the_fields_of_part_3_can_be_edited_while_a_request_is_open(
    world: World, ana: ApiClient
) -> None:
    claim_id = submitted(ana, teams_body(world))
    _ask(world, claim_id)

    not_enrolled = ana.patch(f"claims/{claim_id}/", {"mpn_id": "4391508"})
    tenant = ana.patch(f"claims/{claim_id}/", {"tenant_id": "0c39d6d5-c70d-4c55-bc02-f620844f3fd1"})
    activity = ana.patch(f"claims/{claim_id}/", {"activities": ["presales"]})
    allowed = ana.patch(f"claims/{claim_id}/", {"mpn_id": "4391509"})

    assert refused(not_enrolled) == (422, "VALIDATION_FAILED")
    assert codes(not_enrolled) == ["MPN_NOT_ENROLLED"]
    assert refused(tenant) == refused(activity) == (409, "INVALID_TRANSITION")
    assert (allowed.status_code, allowed.json()["mpn_id"]) == (200, "4391509")


def _ask(world: World, claim_id: str) -> None:
    """Ask a question, one minute after the partner's last addition."""
    reviewer = actor(world.rev1)
    desk.start_review(public_id=claim_id, actor=reviewer, now=NOW)
    desk.request_information(
        public_id=claim_id,
        reason=RequestReason.MISSING_CUSTOMER_ACKNOWLEDGMENT,
        question="Where did the customer sign?",
        actor=reviewer,
        now=NOW + timedelta(minutes=1),
    )


def _approve(world: World, claim_id: str) -> None:
    reviewer = actor(world.rev1)
    desk.start_review(public_id=claim_id, actor=reviewer, now=NOW)
    items = ClaimItem.objects.filter(claim__public_id=claim_id)
    desk.decide_items(
        public_id=claim_id,
        decisions=[Decision(item_id=item.pk, approve=True) for item in items],
        comment="Approved.",
        actor=reviewer,
        now=NOW,
    )


# --- The acknowledgement ---


@pytest.mark.parametrize(
    ("saved", "sent", "answered"),
    [
        (True, {}, 200),
        (True, {"acknowledged": False}, 422),
        (False, {"acknowledged": True}, 200),
        (False, {}, 422),
    ],
)
def test_what_the_caller_says_last_of_the_acknowledgement_counts(
    world: World, ana: ApiClient, saved: bool, sent: dict[str, bool], answered: int
) -> None:
    claim_id = drafted(ana, teams_body(world, acknowledged=saved))

    answer = ana.post(f"claims/{claim_id}/submit/", sent)

    assert answer.status_code == answered
    assert Claim.objects.get().status == ("submitted" if answered == 200 else "draft")


@pytest.mark.parametrize(
    ("saved", "sent", "answered"),
    [
        (["COMPETING_CLAIM"], {}, 200),
        (["COMPETING_CLAIM"], {"confirmed_warnings": []}, 422),
        ([], {"confirmed_warnings": ["COMPETING_CLAIM"]}, 200),
        ([], {}, 422),
    ],
)
def test_the_warnings_confirmed_with_the_submission_count_instead_of_the_drafts(
    world: World, ana: ApiClient, ned: ApiClient, saved: list[str], sent: dict[str, list[str]], answered: int
) -> None:
    """Point 16's sibling."""
    submitted(ned, claim_body(world, mpn_id="5120001"))
    claim_id = drafted(ana, claim_body(world, confirmed_warnings=saved))

    answer = ana.post(f"claims/{claim_id}/submit/", sent)

    assert answer.status_code == answered
    assert Claim.objects.get(public_id=claim_id).status == ("submitted" if answered == 200 else "draft")


def test_the_text_of_a_late_answer_is_listed_among_the_comments(
    world: World, ana: ApiClient, clock: time_machine.Traveller
) -> None:
    claim_id = submitted(ana, teams_body(world))
    _ask(world, claim_id)
    clock.shift(timedelta(days=20))

    answer = ana.post(f"claims/{claim_id}/respond/", {"comment": "It is on page 4."})

    comments = ana.get(f"claims/{claim_id}/comments/").json()["results"]
    assert refused(answer) == (409, "RESPONSE_LATE")
    assert "is posted as a comment" in answer.json()["detail"]
    assert [comment["text"] for comment in comments if comment["side"] == "partner"] == ["It is on page 4."]


def test_a_draft_as_read_can_be_sent_back_and_changes_nothing(world: World, ana: ApiClient) -> None:
    claim_id = drafted(ana, claim_body(world))
    before = ana.get(f"claims/{claim_id}/")

    answer = ana.patch(f"claims/{claim_id}/", before.json(), If_Match=before.headers["ETag"])

    after = ana.get(f"claims/{claim_id}/")
    assert answer.status_code == 200
    assert (after.json(), after.headers["ETag"]) == (before.json(), before.headers["ETag"])


def test_a_submitted_claim_as_read_can_be_sent_back_with_one_change(world: World, ana: ApiClient) -> None:
    claim_id = submitted(ana, teams_body(world))
    before = ana.get(f"claims/{claim_id}/").json()
    changed = {**before, "contacts": {"customer": {**before["contacts"]["customer"], "title": "CIO"}}}

    unchanged = ana.patch(f"claims/{claim_id}/", before)
    answer = ana.patch(f"claims/{claim_id}/", changed)

    assert (unchanged.status_code, unchanged.json()["version"]) == (200, before["version"])
    assert (answer.status_code, answer.json()["contacts"]["customer"]["title"]) == (200, "CIO")


def test_what_cannot_be_set_is_refused_if_it_differs_from_what_was_read(world: World, ana: ApiClient) -> None:
    claim_id = ana.post("claims/", claim_body(world)).json()["id"]
    before = ana.get(f"claims/{claim_id}/").json()

    answer = ana.patch(f"claims/{claim_id}/", {**before, "status": "approved"})

    assert answer.status_code == 400
    assert [(error["code"], error["pointer"]) for error in answer.json()["errors"]] == [
        ("UNKNOWN_FIELD", "/status")
    ]
    assert ana.get(f"claims/{claim_id}/").json() == before


def test_the_findings_of_a_draft_are_read_without_writing(world: World, ana: ApiClient) -> None:
    saved = ana.post("claims/", claim_body(world, tenant_id="nonsense")).json()
    before = ana.get(f"claims/{saved['id']}/").json()

    answer = ana.get(f"claims/{saved['id']}/findings/")

    assert (answer.status_code, answer.json()["findings"]) == (200, saved["findings"])
    assert ana.get(f"claims/{saved['id']}/").json() == before


def test_a_submitted_claim_has_no_findings_to_read(world: World, ana: ApiClient, ned: ApiClient) -> None:
    claim_id = submitted(ana, teams_body(world))

    answers = [caller.get(f"claims/{claim_id}/findings/") for caller in (ana, ned)]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (409, "INVALID_TRANSITION"),
        (404, "NOT_FOUND"),
    ]


def test_a_decided_item_says_when_and_on_whose_side_it_was_decided(world: World, ana: ApiClient) -> None:
    claim = claim_in(world, "rejected")

    [item] = ana.get(f"claims/{claim.public_id}/").json()["items"]

    assert (item["outcome"], item["decided_at"], item["decided_by"]) == (
        "declined",
        "2020-07-06T09:00:00Z",
        "desk",
    )
