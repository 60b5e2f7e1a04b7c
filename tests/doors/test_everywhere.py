"""Refusals of every act: the wrong role, too many attempts, a directory that cannot be read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection

from claims.inputs import DraftChanges
from claims.models import Claim
from claims.services import check_claim, create_draft, save_claim, submit_claim
from foundation.kernel.errors import DomainError, NotPermitted, RateLimited, Unavailable
from tests.api.client import ApiClient, check_body, claim_body
from tests.doors.provoked import changes, claim_input
from tests.doors.saying import says
from tests.doors.test_findings import browser_of
from tests.filing import draft
from tests.portal.pages import send
from tests.responses import Response
from tests.world import NOW, World, actor

Call = Callable[[], Any]


def _refused(kind: type[DomainError], *calls: Call) -> list[DomainError]:
    refusals = []
    for call in calls:
        with pytest.raises(kind) as refused:
            call()
        refusals.append(refused.value)
    return refusals


def _assert_api(answer: Response, refusal: DomainError) -> None:
    assert (answer.status_code, answer.json()["code"]) == (refusal.http_status, refusal.code)
    assert answer.json()["detail"] == str(refusal.message)


def _assert_page(page: Response, refusal: DomainError) -> None:
    assert page.status_code == refusal.http_status
    assert says(page, refusal.code, refusal.message)


# --- A1 ---


def test_every_door_refuses_a_user_without_a_drafting_role_alike(world: World) -> None:
    body = claim_body(world)
    dan = actor(world.dan)
    program, browser = ApiClient(world.dan), browser_of(world, "dan")

    check, save = _refused(
        NotPermitted,
        lambda: check_claim(claim_input=claim_input(body), actor=dan, now=NOW),
        lambda: create_draft(changes=changes(body), actor=dan, now=NOW),
    )

    assert {check.code, save.code} == {"ROLE_NOT_ALLOWED"}
    _assert_api(program.post("claim-checks/", check_body(world)), check)
    _assert_api(program.post("claims/", body), save)
    _assert_page(browser.get("/claims/new/"), check)
    _assert_page(browser.post("/claims/new/", {"tenant_id": body["tenant_id"], "domain": "contoso"}), save)
    assert Claim.objects.count() == 0


# --- Counted over every door ---


@pytest.mark.parametrize("door", ["service", "api", "page"])
def test_attempts_are_counted_across_all_doors_and_refused_alike(world: World, door: str) -> None:
    claim = draft(world, world.ana)
    wrong = claim_body(world, domain="adatum")
    browser, program = browser_of(world), ApiClient(world.ana)
    typed = {"tenant_id": wrong["tenant_id"], "domain": "adatum", "name": ""}
    attempt: dict[str, Call] = {
        "service": lambda: check_claim(claim_input=claim_input(wrong), actor=actor(world.ana), now=NOW),
        "api": lambda: program.post("claim-checks/", check_body(world, domain="adatum")),
        "page": lambda: browser.post("/claims/new/", typed),
    }
    for _attempt in range(30):
        attempt[door]()
    before = (Claim.objects.count(), Claim.objects.get(pk=claim.pk).version)

    refusals = _refused(RateLimited, *_checks(world, claim))

    assert {refusal.code for refusal in refusals} == {"RATE_LIMITED"}
    _assert_same_refusal_of_checks(world, claim, refusals[0])
    assert (Claim.objects.count(), Claim.objects.get(pk=claim.pk).version) == before


def test_a_draft_is_saved_at_every_door_while_nothing_more_may_be_checked(world: World) -> None:
    claim, ana = draft(world, world.ana), actor(world.ana)
    program, browser = ApiClient(world.ana), browser_of(world)
    for _attempt in range(30):
        check_claim(claim_input=claim_input(claim_body(world, domain="adatum")), actor=ana, now=NOW)

    by_service = save_claim(
        public_id=str(claim.public_id), changes=DraftChanges(domain="adatum"), actor=ana, now=NOW
    )
    by_api = program.post("claims/", claim_body(world, domain="adatum"))
    patched = program.patch(f"claims/{claim.public_id}/", {"name": "By API"})
    page = send(
        browser, claim, "customer", {"tenant_id": claim.tenant_guid, "domain": "adatum", "name": "By page"}
    )
    shown = browser.get(page.headers["Location"])

    message = (
        "Your entries are saved. Not everything was checked, because there were too many checks in a short time. "
        "Wait 60 seconds, then open this again."
    )
    assert [by_service.report.findings[0].code, by_service.report.withheld] == [
        "RATE_LIMITED",
        ("DOMAIN_TENANT_MISMATCH",),
    ]
    for answer, status in ((by_api, 201), (patched, 200)):
        document = answer.json()
        assert (answer.status_code, document["withheld"]) == (status, ["DOMAIN_TENANT_MISMATCH"])
        assert (document["findings"][0]["severity"], document["findings"][0]["message"]) == ("info", message)
        assert "DOMAIN_TENANT_MISMATCH" not in {finding["code"] for finding in document["findings"]}
    assert (page.status_code, says(shown, "RATE_LIMITED", message)) == (302, True)
    claim.refresh_from_db()
    assert (claim.name, claim.domain) == ("By page", "adatum.onmicrosoft.com")


# --- The directory ---


@contextmanager
def _no_directory() -> Iterator[None]:
    """Make every query for subscriptions fail."""

    def broken(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if 'FROM "tenants_subscription' in sql:
            raise OperationalError("the directory is down")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(broken):
        yield


def test_every_door_reports_an_unreadable_directory_alike_and_keeps_the_draft(
    world: World,
) -> None:
    claim = draft(world, world.ana)

    with _no_directory():
        refusals = _refused(Unavailable, *_calls(world, claim))
        _assert_same_refusal_at_every_door(world, claim, refusals[0])

    assert {refusal.code for refusal in refusals} == {"VALIDATION_UNAVAILABLE"}
    claim.refresh_from_db()
    assert (claim.status, claim.name) == ("draft", "By page")


def _calls(world: World, claim: Claim) -> list[Call]:
    """Return the calls for a check, a submission and a save by the service."""
    ana, public_id = actor(world.ana), str(claim.public_id)
    return [
        *_checks(world, claim),
        lambda: save_claim(public_id=public_id, changes=DraftChanges(name="By service"), actor=ana, now=NOW),
    ]


def _checks(world: World, claim: Claim) -> list[Call]:
    """Return the calls for a check and a submission by the service."""
    ana, public_id = actor(world.ana), str(claim.public_id)
    return [
        lambda: check_claim(claim_input=claim_input(claim_body(world)), actor=ana, now=NOW),
        lambda: submit_claim(public_id=public_id, actor=ana, now=NOW),
    ]


def _assert_same_refusal_at_every_door(world: World, claim: Claim, refusal: DomainError) -> None:
    program, browser = ApiClient(world.ana), browser_of(world)
    customer = {"tenant_id": claim.tenant_guid, "domain": claim.domain, "name": "By page"}
    _assert_api(program.patch(f"claims/{claim.public_id}/", {"name": "By API"}), refusal)
    _assert_page(send(browser, claim, "customer", customer), refusal)
    _assert_same_refusal_of_checks(world, claim, refusal)


def _assert_same_refusal_of_checks(world: World, claim: Claim, refusal: DomainError) -> None:
    program, browser = ApiClient(world.ana), browser_of(world)
    _assert_api(program.post("claim-checks/", check_body(world)), refusal)
    _assert_api(program.post(f"claims/{claim.public_id}/submit/"), refusal)
    _assert_page(send(browser, claim, "check", {"acknowledged": "on"}), refusal)
