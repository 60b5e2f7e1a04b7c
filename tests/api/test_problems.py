"""Refusals before any rule runs: each is a problem document with a code, none is a 5xx, and nothing is stored."""

import json
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claims.models import Claim
from tests.api.client import (
    JSON,
    PROBLEM,
    ApiClient,
    api,
    check_body,
    claim_body,
    drafted,
    refused,
    teams_body,
)
from tests.responses import Response
from tests.world import SALES, World


def _errors(answer: Response) -> list[tuple[str, str]]:
    return [(error["code"], error["pointer"]) for error in answer.json()["errors"]]


def test_a_problem_document_has_exactly_these_fields(ana: ApiClient) -> None:
    answer = ana.post("claims/", {"activities": 7}, X_Request_ID="proxy-0123456789")

    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == PROBLEM
    assert answer.json() == {
        "type": "urn:cpor:problem:invalid-request",
        "title": "The request could not be understood",
        "status": 400,
        "detail": "The request has the wrong shape. Nothing was changed.",
        "instance": "/api/v1/claims/",
        "code": "INVALID_REQUEST",
        "request_id": "proxy-0123456789",
        "findings": [],
        "errors": [
            {
                "code": "INVALID_FIELD",
                "severity": "error",
                "pointer": "/activities",
                "message": 'Expected a list of items but got type "int".',
                "cause": "",
                "guidance": [],
                "links": [],
            }
        ],
    }


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"mpn_id": 4391507}, ["/mpn_id"]),
        ({"mpn_id": True}, ["/mpn_id"]),
        ({"mpn_id": ["4391507"]}, ["/mpn_id"]),
        ({"mpn_id": {"id": "4391507"}}, ["/mpn_id"]),
        ({"mpn_id": "1" * 201}, ["/mpn_id"]),
        ({"domain": "a" * 301}, ["/domain"]),
        ({"name": "x" * 101}, ["/name"]),
        ({"name": "a\x00b"}, ["/name"]),
        ({"activities": "usage"}, ["/activities"]),
        ({"activities": {"0": "usage"}}, ["/activities"]),
        ({"activities": ["usage", 1, None]}, ["/activities/1", "/activities/2"]),
        ({"activities": ["usage"] * 11}, ["/activities"]),
        ({"items": {"product": "power-bi"}}, ["/items"]),
        ({"items": ["power-bi"]}, ["/items/0"]),
        ({"items": [{"product": "power-bi"}, {"product": 1}]}, ["/items/1/product"]),
        ({"items": [{}] * 51}, ["/items"]),
        ({"contacts": []}, ["/contacts"]),
        ({"contacts": {"customer": "Cora"}}, ["/contacts/customer"]),
        ({"contacts": {"customer": {"email": 1}}}, ["/contacts/customer/email"]),
        ({"revenue_details": "Sam"}, ["/revenue_details"]),
        ({"acknowledged": "true"}, ["/acknowledged"]),
        ({"acknowledged": 1}, ["/acknowledged"]),
        ({"confirmed_warnings": "COMPETING_CLAIM"}, ["/confirmed_warnings"]),
        ({"mpn_id": 1, "domain": 2, "items": 3}, ["/domain", "/items", "/mpn_id"]),
    ],
)
def test_a_wrong_shape_is_refused_with_its_pointer_and_nothing_is_stored(
    ana: ApiClient, body: dict[str, object], pointers: list[str]
) -> None:
    answer = ana.post("claims/", body)

    assert refused(answer) == (400, "INVALID_REQUEST")
    assert sorted(_errors(answer)) == [("INVALID_FIELD", pointer) for pointer in pointers]
    assert Claim.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"tenantId": "x"}, ["/tenantId"]),
        ({"status": "approved", "version": 7}, ["/status", "/version"]),
        ({"organisation": 2}, ["/organisation"]),
        ({"items": [{"product": "power-bi", "outcome": "approved"}]}, ["/items/0/outcome"]),
        ({"contacts": {"boss": {}}}, ["/contacts/boss"]),
        ({"a/b~c": 1}, ["/a~1b~0c"]),
    ],
)
def test_an_unknown_field_is_refused_and_not_ignored(
    ana: ApiClient, body: dict[str, object], pointers: list[str]
) -> None:
    answer = ana.post("claims/", body)

    assert refused(answer) == (400, "INVALID_REQUEST")
    assert _errors(answer) == [("UNKNOWN_FIELD", pointer) for pointer in pointers]
    assert Claim.objects.count() == 0


@pytest.mark.parametrize(
    ("values", "status"), [({"activities": ["resale"]}, 201), ({"solution_area": "azure"}, 201)]
)
def test_20_a_wrong_value_of_the_right_shape_is_a_finding(
    world: World, ana: ApiClient, values: dict[str, object], status: int
) -> None:
    answer = ana.post("claims/", claim_body(world) | values)

    assert answer.status_code == status
    assert "ACTIVITY_NOT_FOR_AREA" in [finding["code"] for finding in answer.json()["findings"]]


BROKEN_BODIES = [
    b"{",
    b"",
    b"[",
    b"nul",
    b'{"a":1}}',
    b"{'mpn_id': 1}",
    b'{"mpn_id": NaN}',
    b'{"mpn_id": -Infinity}',
    b'{"mpn_id": "1", "mpn_id": "2"}',
    b'{"mpn_id": "\\ud800"}',
    b'{"\\udfff": 1}',
    b'{"mpn_id": "\xff\xfe"}',
    b'{"mpn_id": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b'{"a":' * 3_000 + b"1" + b"}" * 3_000,
    b'{"mpn_id": ' + b"9" * 5_000 + b"}",
    "{}".encode("utf-16"),
]


@pytest.mark.parametrize("body", [body for body in BROKEN_BODIES if body])
def test_a_body_that_is_not_json_is_malformed(ana: ApiClient, body: bytes) -> None:
    answer = ana.send("POST", "claims/", body)

    assert refused(answer) == (400, "MALFORMED_BODY")
    assert Claim.objects.count() == 0


@pytest.mark.parametrize("body", [b"null", b"[]", b'"text"', b"7", b"true", b"1e999"])
def test_a_body_has_to_be_an_object(ana: ApiClient, body: bytes) -> None:
    answer = ana.send("POST", "claims/", body)

    assert refused(answer) == (400, "INVALID_REQUEST")
    assert _errors(answer) == [("INVALID_FIELD", "")]


def test_a_byte_order_mark_and_a_charset_do_not_matter(ana: ApiClient) -> None:
    with_mark = ana.send("POST", "claims/", b"\xef\xbb\xbf" + b'{"name": "x"}')
    with_charset = ana.send("POST", "claims/", '{"name": "é"}'.encode(), "application/json; charset=latin-1")

    assert (with_mark.status_code, with_charset.status_code) == (201, 201)
    assert with_charset.json()["name"] == "é"


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_only_json_bodies_are_accepted(ana: ApiClient, content_type: str) -> None:
    answer = ana.send("POST", "claims/", b"name=x", content_type)

    assert refused(answer) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_files_are_accepted_only_as_forms(world: World, ana: ApiClient) -> None:
    claim_id = drafted(ana, teams_body(world))
    path = f"claims/{claim_id}/evidence/"

    as_json = ana.post(path, {"file": "x"})
    no_boundary = ana.send("POST", path, b"x", "multipart/form-data")
    cut_off = ana.send("POST", path, b"--x\r\nContent-Dis", "multipart/form-data; boundary=x")
    many = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="f%d"; filename="f"\r\n\r\nx\r\n' % n for n in range(30)
    )
    too_many = ana.send("POST", path, many + b"--x--\r\n", "multipart/form-data; boundary=x")

    assert refused(as_json) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert refused(no_boundary) == (400, "MALFORMED_BODY")
    assert cut_off.status_code == 400
    assert refused(too_many) == (413, "REQUEST_TOO_LARGE")


def test_unknown_addresses_are_problems_too(ana: ApiClient) -> None:
    for path in ("claims", "claims/7/", "claims/00000000-0000-4000-8000-00000000000/", "nothing/", "../x"):
        for answer in (ana.get(path), ana.post(path)):
            assert refused(answer) == (404, "NOT_FOUND"), path


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "claim-checks/"),
        ("PUT", "claims/"),
        ("DELETE", "claims/"),
        ("OPTIONS", "claims/"),
        ("PUT", "claims/00000000-0000-4000-8000-000000000000/"),
        ("DELETE", "claims/00000000-0000-4000-8000-000000000000/"),
        ("GET", "claims/00000000-0000-4000-8000-000000000000/submit/"),
        ("PATCH", "claims/00000000-0000-4000-8000-000000000000/comments/"),
    ],
)
def test_other_methods_are_refused_with_a_list_of_the_allowed_ones(
    ana: ApiClient, method: str, path: str
) -> None:
    answer = ana.send(method, path, b"{}")

    assert refused(answer) == (405, "METHOD_NOT_ALLOWED")
    assert answer.headers["Allow"]


def test_only_json_is_returned(ana: ApiClient) -> None:
    refusal = ana.get("claims/", Accept="text/html")
    anything = ana.get("claims/", Accept="text/html, */*;q=0.1")

    assert refused(refusal) == (406, "NOT_ACCEPTABLE")
    assert (anything.status_code, anything.headers["Content-Type"]) == (200, JSON)


def test_a_body_over_the_size_limit_is_413(ana: ApiClient) -> None:
    answer = ana.send("POST", "claims/", b'{"name": "' + b"x" * 2_500_000 + b'"}')

    assert refused(answer) == (413, "REQUEST_TOO_LARGE")


def test_18_too_many_mismatches_are_429_with_a_time_to_retry(world: World, ana: ApiClient) -> None:
    wrong = check_body(world, domain="adatum")

    answers = [ana.post("claim-checks/", wrong) for _ in range(30)]
    throttled = ana.post("claim-checks/", wrong)
    drafting = ana.post("claims/", claim_body(world))

    assert {answer.status_code for answer in answers} == {200}
    assert refused(throttled) == (429, "RATE_LIMITED")
    assert throttled.headers["Retry-After"] == "60"
    assert drafting.status_code == 201


def test_the_limits_of_user_and_company_are_announced_with_every_check_and_refusal(
    world: World, ana: ApiClient
) -> None:
    checked = ana.post("claim-checks/", check_body(world))
    for _ in range(30):
        ana.post("claim-checks/", check_body(world, domain="adatum"))
    throttled = ana.post("claim-checks/", check_body(world))
    read = ana.get("claims/")

    assert checked.headers["RateLimit-Policy"] == (
        '"user-mismatches";q=30;w=60, "company-mismatches";q=120;w=60, '
        '"user-availability";q=60;w=60, "company-availability";q=120;w=60'
    )
    assert checked.headers["RateLimit"] == (
        '"user-mismatches";r=30;t=60, "company-mismatches";r=120;t=60, '
        '"user-availability";r=59;t=60, "company-availability";r=119;t=60'
    )
    assert (throttled.status_code, throttled.headers["RateLimit"]) == (
        429,
        (
            '"user-mismatches";r=0;t=60, "company-mismatches";r=90;t=60, '
            '"user-availability";r=59;t=60, "company-availability";r=119;t=60'
        ),
    )
    assert "RateLimit" not in read.headers


def test_one_member_uses_up_no_check_of_the_others(world: World, ana: ApiClient) -> None:
    colleague = ApiClient(world.gil)
    many = check_body(world, items=[{"product": SALES, "subscription_id": str(world.s_a.guid)}] * 40)

    own = [ana.post("claim-checks/", many).status_code for _ in range(3)]
    saved = [caller.post("claims/", claim_body(world)) for caller in (ana, colleague)]
    checked = colleague.post("claim-checks/", check_body(world))

    assert own == [200, 200, 429]
    assert [answer.json()["withheld"] for answer in saved] == [
        ["SUBSCRIPTION_ALREADY_CLAIMED", "WORKLOAD_ALREADY_CLAIMED", "COMPETING_CLAIM"],
        [],
    ]
    assert checked.status_code == 200


def test_the_company_has_a_limit_of_its_own(world: World, ana: ApiClient) -> None:
    many = check_body(world, items=[{"product": SALES, "subscription_id": str(world.s_a.guid)}] * 40)
    callers = [ana, ApiClient(world.uma), ApiClient(world.gil)]

    answers = [caller.post("claim-checks/", many).status_code for caller in callers]
    last = ApiClient(world.ana).post("claim-checks/", many)

    assert answers == [200, 200, 200]
    assert refused(last) == (429, "RATE_LIMITED")


def test_18_mismatches_are_counted_anew_in_the_next_minute(
    world: World, ana: ApiClient, clock: time_machine.Traveller
) -> None:
    for _ in range(31):
        ana.post("claim-checks/", check_body(world, domain="adatum"))

    clock.shift(60)

    assert ana.post("claim-checks/", check_body(world)).status_code == 200
    cache.clear()


def test_46_a_directory_that_cannot_be_read_is_503_and_keeps_the_draft(world: World, ana: ApiClient) -> None:
    claim_id = drafted(ana, teams_body(world))

    def broken(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "tenants_subscription" in sql:
            raise OperationalError("the directory is down")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(broken):
        checked = ana.post("claim-checks/", check_body(world))
        submission = ana.post(f"claims/{claim_id}/submit/")

    assert refused(checked) == refused(submission) == (503, "VALIDATION_UNAVAILABLE")
    assert checked.headers["Retry-After"] == "30"
    assert Claim.objects.get().status == "draft"


def test_an_unavailable_database_is_503(ana: ApiClient) -> None:
    def broken(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if 'FROM "claims_claim"' in sql:
            raise OperationalError("gone")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(broken):
        answer = ana.get("claims/")

    assert refused(answer) == (503, "SERVICE_UNAVAILABLE")
    assert answer.headers["Retry-After"] == "30"


def test_a_bug_is_reported_as_a_problem_without_its_details(ana: ApiClient) -> None:
    ana.client.raise_request_exception = False

    def broken(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if 'FROM "claims_claim"' in sql:
            raise KeyError("secret")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(broken):
        answer = ana.get("claims/")

    assert refused(answer) == (500, "INTERNAL_ERROR")
    assert b"secret" not in answer.content


# --- If-Match ---


@pytest.mark.parametrize("written", ['"{}"', "{}", 'W/"{}"', "*", " {} "])
def test_a_save_with_the_current_version_is_accepted(world: World, ana: ApiClient, written: str) -> None:
    created = ana.post("claims/", claim_body(world))
    version = created.json()["version"]

    answer = ana.patch(f"claims/{created.json()['id']}/", {"name": "New"}, If_Match=written.format(version))

    assert created.headers["ETag"] == f'"{version}"'
    assert (answer.status_code, answer.headers["ETag"]) == (200, f'"{version + 1}"')


@pytest.mark.parametrize("route", ["", "submit/", "withdraw/", "respond/", "items/"])
def test_an_outdated_version_is_412_and_changes_nothing(world: World, ana: ApiClient, route: str) -> None:
    claim_id = drafted(ana, teams_body(world))
    stale = ana.get(f"claims/{claim_id}/").headers["ETag"]
    ana.patch(f"claims/{claim_id}/", {"name": "Somebody else's"})
    body = {"remove": ["0"]} if route == "items/" else {}

    send = ana.patch if route == "" else ana.post
    answer = send(f"claims/{claim_id}/{route}", body, If_Match=stale)

    assert refused(answer) == (412, "STALE_VERSION")
    claim = Claim.objects.get()
    assert (claim.status, claim.name, len(claim.entries)) == ("draft", "Somebody else's", 1)


@pytest.mark.parametrize("written", ["three", '"3', "3.0", '"1", "2"', "-1", '""', "9" * 40, "W/3 "])
def test_an_invalid_version_is_400(world: World, ana: ApiClient, written: str) -> None:
    claim_id = ana.post("claims/", claim_body(world)).json()["id"]

    answer = ana.patch(f"claims/{claim_id}/", {"name": "New"}, If_Match=written)

    assert refused(answer)[0] == (400 if written != "W/3 " else 412)
    assert Claim.objects.get().name == "Contoso Sales"


# --- Random input ---

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-(2**70), max_value=2**70),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        ["usage", "4391507", "\x00", "é" * 400, "1316cd1f-b0c7-4253-a7f3-ccc9041aaab9", "-", "\ud83d"]
    ),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(["product", "subscription_id", "customer", "email", "title", "seller_name", "x"]),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)
NAMES = st.sampled_from(
    [
        "mpn_id",
        "tenant_id",
        "domain",
        "solution_area",
        "activities",
        "items",
        "name",
        "contacts",
        "revenue_details",
        "acknowledged",
        "confirmed_warnings",
        "comment",
        "request_id",
        "text",
        "add",
        "remove",
    ]
)
BODIES = st.one_of(st.dictionaries(NAMES, VALUES, max_size=6), VALUES)
WRITERS = ["claim-checks/", "claims/", "", "submit/", "withdraw/", "respond/", "items/", "comments/"]


@pytest.mark.parametrize("route", WRITERS)
def test_no_body_causes_a_5xx(world: World, ana: ApiClient, route: str) -> None:
    @settings(
        max_examples=60,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(body=BODIES)
    def send(body: object) -> None:
        cache.clear()
        path = route if route.startswith("claim") else f"claims/{claim_id}/{route}"
        written = json.dumps(body).encode()
        answer = ana.send("PATCH" if route == "" else "POST", path, written)
        if answer.status_code >= 300:
            status, _code = refused(answer)
            assert 400 <= status < 500

    claim_id = drafted(ana, teams_body(world))
    send()


@settings(
    max_examples=60,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(
    name=st.text(max_size=40),
    content=st.binary(max_size=200),
    kind=st.text(max_size=10),
    signed_on=st.one_of(st.dates().map(str), st.text(max_size=12)),
    signer=st.text(max_size=120),
)
def test_no_upload_causes_a_5xx(
    world: World, name: str, content: bytes, kind: str, signed_on: str, signer: str
) -> None:
    ana = ApiClient(world.ana)
    claim_id = ana.post("claims/", {}).json()["id"]
    fields = {"kind": kind, "signed_on": signed_on, "signer_name": signer}
    parts = {key: value.encode("utf-8", "replace").decode() for key, value in fields.items()}

    answer = ana.upload(
        f"claims/{claim_id}/evidence/", content, name.encode("utf-8", "replace").decode() or "f", **parts
    )

    assert 400 <= refused(answer)[0] < 500


QUERIES = [
    "status=nonsense",
    "status=draft,nonsense",
    "status=%00",
    "status=%FF",
    "solution_area=azure",
    "activity=resale",
    "mpn_id=%00",
    "tenant_id=%00",
    "reference=" + "x" * 100,
    "created_since=yesterday",
    "created_since=2020-07-06",
    "created_since=2020-07-06T09:00:00",
    "created_since=0001-01-01T00:00:00%2B14:00",
    "created_before=9999-12-31T23:59:59-14:00",
    "submitted_since=99999999999999999999",
    "updated_before=%00",
    "statsu=draft",
    "page=2",
    "page_size=0",
    "page_size=-1",
    "page_size=ten",
    "page_size=" + "9" * 50,
    "page_size=%D9%A3",
    "cursor=",
    "cursor=abc",
    "cursor=%FF",
    "cursor=n",
    "cursor=n1",
    "cursor=x3a0e1f52-6d0c-4b1f-9f0e-2f6f7c1d9a10",
    "cursor=n3a0e1f52-6d0c-4b1f-9f0e-2f6f7c1d9a10",
    "cursor=WyJuIiwgIjIwMjAtMDctMDZUMDk6MDA6MDArMDA6MDAiLCAxXQ==",
]


@pytest.mark.parametrize("query", QUERIES)
def test_an_impossible_filter_is_400_and_is_never_ignored(ana: ApiClient, query: str) -> None:
    answer = ana.get(f"claims/?{query}")

    assert refused(answer) == (400, "INVALID_REQUEST")
    (error,) = answer.json()["errors"][:1]
    assert error["pointer"] == f"/{query.split('=')[0]}"


def test_errors_outside_the_api_are_html(client: Client) -> None:
    assert client.get("/nothing-here/").headers["Content-Type"].startswith("text/html")
    assert client.get(api("nothing-here/")).headers["Content-Type"] == PROBLEM
