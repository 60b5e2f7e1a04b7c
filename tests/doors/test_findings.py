"""Every door reports a rule's finding with the same code and the same message, proved for every rule.

Each test takes one arrangement of `provoked`, asks the service, and then the API and the pages.
"""

from typing import Any

import pytest
from django.test import Client

from claims.models import Claim
from claims.services import check_claim, create_draft, submit_claim
from foundation.kernel.errors import Refused
from foundation.kernel.findings import Finding, Severity
from tests.api.client import ApiClient
from tests.doors.provoked import (
    CHECKED,
    PROVOCATIONS,
    Provocation,
    before_step,
    changes,
    claim_input,
    fields_of,
)
from tests.doors.saying import says
from tests.filing import add_proof
from tests.portal.pages import path_of, send
from tests.responses import Response
from tests.world import NOW, World, actor


def said_by(act: str) -> list[Any]:
    return [pytest.param(each, id=each.name) for each in PROVOCATIONS if act in each.said_by]


def browser_of(world: World, name: str = "ana") -> Client:
    client = Client()
    client.force_login(getattr(world, name), backend="django.contrib.auth.backends.ModelBackend")
    return client


def dicts(findings: tuple[Finding, ...]) -> list[dict[str, object]]:
    return [finding.as_dict() for finding in findings]


def the_one(provocation: Provocation, findings: tuple[Finding, ...]) -> Finding:
    """Return the first finding with the arrangement's code."""
    found = [
        finding
        for finding in findings
        if (finding.code, finding.severity.value) == (provocation.code, provocation.severity)
    ]
    assert found, [finding.code for finding in findings]
    return found[0]


@pytest.mark.parametrize("provocation", said_by("check"))
def test_every_door_reports_a_check_alike(world: World, provocation: Provocation) -> None:
    provocation.before(world)
    body = provocation.body(world)

    report = check_claim(claim_input=claim_input(body), actor=actor(world.ana), now=NOW)
    answer = ApiClient(world.ana).post("claim-checks/", {name: body[name] for name in CHECKED})

    the_one(provocation, report.findings)
    assert answer.status_code == 200
    assert answer.json()["findings"] == dicts(report.findings)


@pytest.mark.parametrize("provocation", said_by("draft"))
def test_every_door_reports_a_saved_draft_alike(world: World, provocation: Provocation) -> None:
    provocation.before(world)
    body = provocation.body(world)

    findings, is_saved = _saved(world, body)
    answer = ApiClient(world.ana).post("claims/", body)
    page = _step(world, provocation)

    finding = the_one(provocation, findings)
    assert is_saved == (finding.code != "MPN_NOT_YOURS")
    assert answer.status_code == (201 if is_saved else 422)
    assert answer.json()["findings"] == dicts(findings)
    assert page.status_code == (200 if is_saved else 422)
    assert says(page, finding.code, finding.message, beside=provocation.beside)


def _saved(world: World, body: dict[str, Any]) -> tuple[tuple[Finding, ...], bool]:
    """Return the service's findings for such a draft, and whether it was saved."""
    try:
        saved = create_draft(changes=changes(body), actor=actor(world.ana), now=NOW)
    except Refused as refusal:
        return refusal.findings, False
    return saved.report.findings, True


def _step(world: World, provocation: Provocation) -> Response:
    """Return the step's page after it is sent. Without a fault the next step follows, so the page is opened again."""
    claim = create_draft(
        changes=changes(before_step(world, provocation)), actor=actor(world.ana), now=NOW
    ).claim
    browser = browser_of(world)
    step = provocation.step
    page = send(browser, claim, step, dict(fields_of(step, provocation.body(world))), follow=True)
    return page if provocation.severity == "error" else browser.get(path_of(claim, f"{step}/"))


@pytest.mark.parametrize("provocation", said_by("submission"))
def test_every_door_reports_a_refused_submission_alike(world: World, provocation: Provocation) -> None:
    provocation.before(world)
    body = provocation.body(world)
    by_service, by_api, by_page = (_draft(world, provocation, body) for _door in range(3))
    provocation.between(world)

    with pytest.raises(Refused) as refused:
        submit_claim(public_id=str(by_service.public_id), actor=actor(world.ana), now=NOW)
    answer = ApiClient(world.ana).post(f"claims/{by_api.public_id}/submit/")
    page = send(browser_of(world), by_page, "check", {"acknowledged": "on"} if body["acknowledged"] else {})

    findings = refused.value.findings
    the_one(provocation, findings)
    assert (answer.status_code, answer.json()["code"]) == (422, refused.value.code)
    assert answer.json()["detail"] == str(refused.value.message)
    assert answer.json()["findings"] == dicts(findings)
    assert page.status_code == 422
    for finding in findings:
        if finding.severity is not Severity.INFO:  # shown at its step, whatever the choice
            assert says(page, finding.code, finding.message), finding.code
    statuses = Claim.objects.filter(pk__in=[by_service.pk, by_api.pk, by_page.pk]).values_list("status")
    assert set(statuses) == {("draft",)}


def _draft(world: World, provocation: Provocation, body: dict[str, Any]) -> Claim:
    claim = create_draft(changes=changes(body), actor=actor(world.ana), now=NOW).claim
    if provocation.has_proof:
        add_proof(claim, world.ana)
    return claim
