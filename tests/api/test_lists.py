"""Lists: filters, keyset pages without counts, and a fixed number of queries."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.filters import REPEATABLE
from arbitration import services as desk
from arbitration.services import Decision
from claims.enums import DeclineReason, RequestReason
from claims.models import Claim
from claims.services import add_comment
from tenants.models import Product
from tests.api.client import (
    ApiClient,
    check_body,
    claim_body,
    drafted,
    marketing_body,
    pdf,
    submitted,
    teams_body,
)
from tests.api.routes import readable_routes
from tests.factories import SubscriptionFactory, TenantFactory
from tests.filing import reference_of
from tests.remembered import remembered
from tests.world import NOW, World, actor


def _listed(caller: ApiClient, query: str = "") -> list[str]:
    answer = caller.get(f"claims/?{query}")
    assert answer.status_code == 200, answer.content
    return [claim["id"] for claim in answer.json()["results"]]


def _named(caller: ApiClient, query: str = "") -> list[str]:
    return [claim["name"] for claim in caller.get(f"claims/?{query}").json()["results"]]


@pytest.fixture
def mixed(world: World) -> None:
    """Create four claims, an hour apart: a draft, a submitted one, a withdrawn one, and an invalid draft."""
    _file_mixed(world)


@remembered
def _file_mixed(world: World) -> None:
    ana = ApiClient(world.ana)
    with time_machine.travel(NOW, tick=False) as clock:
        ana.post("claims/", claim_body(world, name="first", activities=["presales", "usage"]))
        clock.shift(timedelta(hours=1))
        submitted(ana, teams_body(world, name="second", mpn_id="4391509"))
        clock.shift(timedelta(hours=1))
        withdrawn = ana.post("claims/", marketing_body(world, name="third")).json()["id"]
        ana.post(f"claims/{withdrawn}/withdraw/")
        clock.shift(timedelta(hours=1))
        ana.post("claims/", {"name": "fourth", "tenant_id": "contoso", "activities": ["revenue_association"]})


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["fourth", "third", "second", "first"]),
        ("status=draft", ["fourth", "first"]),
        ("status=draft,submitted", ["fourth", "second", "first"]),
        ("status=submitted&status=withdrawn", ["third", "second"]),
        ("solution_area=microsoft_365", ["second"]),
        ("solution_area=business_applications", ["third", "first"]),
        ("activity=usage", ["third", "second", "first"]),
        ("activity=presales", ["first"]),
        ("activity=revenue_association", ["fourth"]),
        ("mpn_id=4391509", ["second"]),
        ("mpn_id=5120001", []),
        ("tenant_id={1316CD1F-B0C7-4253-A7F3-CCC9041AAAB9}", ["third", "second", "first"]),
        ("tenant_id=contoso", ["fourth"]),
        ("created_since=2020-07-06T11:00:00Z", ["fourth", "third"]),
        ("created_before=2020-07-06T11:00:00Z", ["second", "first"]),
        ("created_since=2020-07-06T12:00:00%2B02:00&created_before=2020-07-06T11:00:00Z", ["second"]),
        ("submitted_since=2020-07-06T00:00:00Z", ["second"]),
        ("submitted_before=2020-07-06T10:00:00Z", []),
        ("updated_since=2020-07-06T11:00:00Z", ["fourth", "third"]),
        ("updated_before=2020-07-06T10:00:00Z", ["first"]),
        ("status=approved&activity=usage", []),
        ("reference=cpor-2020-999999", []),
    ],
)
def test_claims_are_found_by_every_documented_filter(
    mixed: None, ana: ApiClient, query: str, names: list[str]
) -> None:
    assert _named(ana, query) == names


def test_a_claim_is_found_by_its_reference_as_pasted(mixed: None, ana: ApiClient) -> None:
    reference = reference_of(Claim.objects.get(name="second"))
    alike = reference.replace("0", "O").replace("1", "l")

    assert _named(ana, f"reference=%20{reference.lower()}%20") == ["second"]
    assert _named(ana, f"reference={alike}") == ["second"]


def test_pages_list_every_claim_once_in_both_directions(world: World, ana: ApiClient) -> None:
    for number in range(7):
        ana.post("claims/", {"name": str(number)})
    read, url = [], "claims/?page_size=3&status=draft"

    pages = []
    while url:
        page = ana.get(url).json()
        pages.append(page)
        read += [claim["name"] for claim in page["results"]]
        ana.post("claims/", {"name": "newer"})
        url = page["next"]
    back = ana.get(pages[2]["previous"]).json()
    first = ana.get(back["previous"]).json()

    assert read == ["6", "5", "4", "3", "2", "1", "0"]
    assert (pages[0]["previous"], pages[2]["next"]) == (None, None)
    assert [claim["name"] for claim in back["results"]] == ["3", "2", "1"]
    assert [claim["name"] for claim in first["results"]] == ["6", "5", "4"]
    assert "count" not in pages[0]
    assert "status=draft" in pages[0]["next"]


@pytest.mark.parametrize(("asked", "got"), [("", 50), ("page_size=200", 51)])
def test_a_page_has_fifty_claims_unless_the_caller_asks_for_more(
    world: World, ana: ApiClient, asked: str, got: int
) -> None:
    Claim.objects.bulk_create(
        Claim(
            organisation=world.fabrikam,
            created_by=world.ana,
            created_at=NOW,
            touched_at=NOW,
            updated_at=NOW,
            reference=f"CPOR-2020-{number:06d}",
        )
        for number in range(51)
    )

    assert len(_listed(ana, asked)) == got


# --- Queries ---


def _queries(call: Callable[[], Any], status: int = 200) -> int:
    call()  # work done once a minute or once a process is not counted
    with CaptureQueriesContext(connection) as captured:
        answer = call()
    assert answer.status_code == status, answer.content
    counting = [query["sql"] for query in captured if "COUNT(*)" in query["sql"].upper()]
    assert counting == []
    return len(captured)


WORKLOADS = ["microsoft-teams", "intune", "exchange-online"]
SIGN_IN = 4  # token, member, roles, locations
LIST_QUERIES = 12  # sign-in and claims; items, products, activities; requests, their items; contacts; clocks
CHECK_QUERIES = 18


def _file_asked_claims(world: World, ana: ApiClient, number: int) -> list[str]:
    """Create claims with everything that a list shows: items, a request, contacts and a clock."""
    filed = []
    for index in range(number):
        tenant_id, domain = _customer(index)
        body = teams_body(world, name=str(index), tenant_id=tenant_id, domain=domain)
        filed.append(submitted(ana, body, "CONTACT_DOMAIN_MISMATCH"))
        desk.start_review(public_id=filed[-1], actor=actor(world.rev1), now=NOW)
        desk.request_information(
            public_id=filed[-1], reason=RequestReason.OTHER, question="Why?", actor=actor(world.rev1), now=NOW
        )
    return filed


def _customer(index: int) -> tuple[str, str]:
    domain = f"customer-{index}.example"
    tenant = TenantFactory.create(domain=domain)
    SubscriptionFactory.create(tenant=tenant, products=[Product.objects.get(code="microsoft-teams")])
    return str(tenant.guid), domain


@pytest.mark.parametrize("rows", [1, 25])
def test_a_list_takes_the_same_queries_for_1_and_for_25_claims(
    world: World, ana: ApiClient, rows: int
) -> None:
    _file_asked_claims(world, ana, rows)

    assert len(_listed(ana)) == rows
    assert _queries(lambda: ana.get("claims/")) == LIST_QUERIES
    assert _queries(lambda: ana.get("claims/?status=partner_action_required&activity=usage")) == LIST_QUERIES


@pytest.mark.parametrize("rows", [1, 3])
def test_a_claim_takes_the_same_queries_with_one_item_and_with_many(
    world: World, ana: ApiClient, rows: int
) -> None:
    items = [{"product": product} for product in WORKLOADS[:rows]]
    claim_id = submitted(ana, teams_body(world, items=items))
    desk.start_review(public_id=claim_id, actor=actor(world.rev1), now=NOW)
    for _ in range(rows):
        desk.request_information(
            public_id=claim_id, reason=RequestReason.OTHER, question="Why?", actor=actor(world.rev1), now=NOW
        )

    assert _queries(lambda: ana.get(f"claims/{claim_id}/")) == LIST_QUERIES
    assert _queries(lambda: ana.get(f"claims/{claim_id}/items/")) == LIST_QUERIES - 1


@pytest.mark.parametrize("rows", [1, 25])
def test_comments_evidence_and_history_take_the_same_queries_for_1_and_for_25(
    world: World, ana: ApiClient, rows: int
) -> None:
    claim_id = ana.post("claims/", claim_body(world)).json()["id"]
    for number in range(rows):
        add_comment(public_id=claim_id, text=str(number), actor=actor(world.ana), now=NOW)
    for number in range(min(rows, 10)):
        ana.upload(f"claims/{claim_id}/evidence/", pdf(str(number)))

    assert _queries(lambda: ana.get(f"claims/{claim_id}/comments/")) == SIGN_IN + 2
    assert _queries(lambda: ana.get(f"claims/{claim_id}/evidence/")) == SIGN_IN + 3  # and who opened them
    assert _queries(lambda: ana.get(f"claims/{claim_id}/history/")) == SIGN_IN + 5


@pytest.mark.parametrize("rows", [1, 25])
def test_a_check_takes_the_same_queries_with_one_entry_and_with_many(
    world: World, ana: ApiClient, rows: int
) -> None:
    for index in range(rows):
        _customer(index)
    sales = check_body(world)["items"]

    one = _queries(lambda: ana.post("claim-checks/", check_body(world)))
    many = _queries(lambda: ana.post("claim-checks/", check_body(world, items=sales * rows)))

    assert (one, many) == (CHECK_QUERIES, CHECK_QUERIES)


# --- Contents of lists ---


def test_98_history_shows_a_partner_its_events_and_no_note_of_the_desk(world: World, ana: ApiClient) -> None:
    claim_id = submitted(ana, teams_body(world))
    ana.patch(f"claims/{claim_id}/", {"contacts": {"partner": {"title": "Director"}}})
    desk.start_review(public_id=claim_id, actor=actor(world.rev1), now=NOW)
    desk.add_note(public_id=claim_id, text="Looks thin.", actor=actor(world.rev1), now=NOW)
    item = Claim.objects.get().items.get()
    desk.decide_items(
        public_id=claim_id,
        decisions=[
            Decision(
                item_id=item.pk, approve=False, reason=DeclineReason.INSUFFICIENT_POE, text="No signature."
            )
        ],
        actor=actor(world.rev1),
        now=NOW,
    )

    results = ana.get(f"claims/{claim_id}/history/").json()["results"]

    by_type = {entry["type"]: entry for entry in results}
    assert by_type["claim.submitted"] == {
        "at": "2020-07-06T09:00:00Z",
        "type": "claim.submitted",
        "summary": "Claim submitted",
        "actor": {"kind": "partner", "name": "Ana Alves"},
        "channel": "api",
        "items": [str(item.public_id)],
        "details": {"from": "draft", "to": "submitted", "confirmed_warnings": []},
        "changes": [],
    }
    assert by_type["claim.edited"]["changes"] == [
        {"field": "partner.title", "old": "Manager", "new": "Director"}
    ]
    declined = by_type["item.declined"]
    assert (declined["actor"]["name"], declined["details"]["reason"], declined["items"]) == (
        "Claim desk",
        "INSUFFICIENT_POE",
        [str(item.public_id)],
    )
    assert by_type["claim.settled"]["details"] == {"from": "under_review", "to": "rejected"}
    assert [entry["type"] for entry in results][:2] == ["claim.created", "claim.saved"]
    assert b"thin" not in ana.get(f"claims/{claim_id}/history/").content
    assert {entry["type"].split(".")[0] for entry in results} == {"claim", "item"}


def test_history_is_paginated(world: World, ana: ApiClient) -> None:
    claim_id = submitted(ana, teams_body(world))
    whole = ana.get(f"claims/{claim_id}/history/").json()["results"]

    first = ana.get(f"claims/{claim_id}/history/?page_size=2").json()
    second = ana.get(first["next"]).json()

    assert first["results"] == whole[:2]
    assert second["results"] == whole[2:4]
    assert ana.get(second["previous"]).json()["results"] == whole[:2]


def test_99_a_comment_is_stored_and_returned_as_plain_text(world: World, ana: ApiClient) -> None:
    claim_id = ana.post("claims/").json()["id"]

    answer = ana.post(f"claims/{claim_id}/comments/", {"text": "  <script>alert(1)</script> "})

    assert answer.status_code == 201
    assert {key: answer.json()[key] for key in ("side", "author", "text", "created_at")} == {
        "side": "partner",
        "author": "Ana Alves",
        "text": "<script>alert(1)</script>",
        "created_at": "2020-07-06T09:00:00Z",
    }
    assert answer.headers["Content-Type"] == "application/json"
    assert ana.get(f"claims/{claim_id}/comments/").json()["results"] == [answer.json()]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "COMMENT_REQUIRED"),
        ({"text": None}, "COMMENT_REQUIRED"),
        ({"text": " \n"}, "COMMENT_REQUIRED"),
        ({"text": "x" * 4_001}, "COMMENT_TOO_LONG"),
    ],
)
def test_a_comment_has_1_to_4000_characters(ana: ApiClient, body: dict[str, object], code: str) -> None:
    claim_id = ana.post("claims/").json()["id"]

    answer = ana.post(f"claims/{claim_id}/comments/", body)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["findings"][0]["pointer"] == "/text"
    assert ana.get(f"claims/{claim_id}/comments/").json()["results"] == []


def test_a_list_returns_the_same_document_as_the_claim_itself(world: World, ana: ApiClient) -> None:
    claim_id = drafted(ana, claim_body(world))

    assert ana.get("claims/").json()["results"] == [ana.get(f"claims/{claim_id}/").json()]


ONCE = {
    "status": ["draft", "submitted"],
    "solution_area": ["microsoft_365", "business_applications"],
    "activity": ["usage", "presales"],
    "page_size": ["5", "6"],
}


def test_every_address_refuses_every_parameter_that_it_would_have_to_bend(
    world: World, ana: ApiClient
) -> None:
    """Point 29: unknown ones, too large pages, and each that takes one value if it is repeated, even with that value."""
    claim_id = drafted(ana, claim_body(world))
    (proof,) = ana.get(f"claims/{claim_id}/evidence/").json()["results"]
    refused, expected = set(), set()
    for route in readable_routes():
        path = route.path(public_id=claim_id, evidence_id=proof["id"])
        queries = {("/colour", "UNKNOWN_FIELD"): ["colour=red"]}
        for name in route.parameters - {"status"}:
            one, other = ONCE.get(name, ["2020-07-06T09:00:00Z"] * 2)
            queries["/" + name, "INVALID_FIELD"] = [
                f"{name}={one}&{name}={other}",
                f"{name}={one}&{name}={one}",
            ]
        if "page_size" in route.parameters:
            queries["/page_size", "INVALID_FIELD"] += [
                f"page_size={size}" for size in ("201", "0", "-1", "1e2", "")
            ]
        for (pointer, code), each in queries.items():
            for query in each:
                answer = ana.get(f"{path}?{query}")
                errors = [(error["pointer"], error["code"]) for error in answer.json().get("errors", ())]
                refused.add((route.name, query, answer.status_code, *errors))
                expected.add((route.name, query, 400, (pointer, code)))

    assert refused == expected
    assert len(refused) > 40


def test_a_parameter_that_takes_many_values_takes_them_in_both_spellings(
    world: World, ana: ApiClient
) -> None:
    many = {name for route in readable_routes() for name in route.parameters} & REPEATABLE

    assert many == {"status"}
    assert ana.get("claims/?status=draft&status=submitted").status_code == 200


@pytest.mark.parametrize("method", ["post", "patch"])
def test_an_address_that_is_written_to_takes_no_parameters(world: World, ana: ApiClient, method: str) -> None:
    claim_id = drafted(ana, claim_body(world))
    path = f"claims/{claim_id}/{'comments/' if method == 'post' else ''}?page_size=5"

    answer = getattr(ana, method)(path, {"text": "Hello"} if method == "post" else {"name": "Other"})

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "UNKNOWN_FIELD")


def test_every_instant_of_a_history_ends_in_z(world: World, ana: ApiClient) -> None:
    claim_id = submitted(ana, teams_body(world))

    history = ana.get(f"claims/{claim_id}/history/").content.decode()

    assert "+00:00" not in history
