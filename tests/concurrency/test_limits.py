"""What is limited lets no more through when it is asked at the same moment, whatever cache counts."""

import threading
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.core.cache import cache
from django.test import Client

from claims.inputs import ClaimInput, DraftChanges
from claims.models import Claim
from claims.services import check_claim, metering, save_claim
from claims.services.drafts import SavedClaim
from claims.validation import Report
from foundation.kernel.rulebook import rulebook
from partners.models import User
from tests.filing import at_once, codes, draft, none_refused, sales
from tests.world import NOW, World, actor

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.django_db(transaction=True)]

MISMATCH = "DOMAIN_TENANT_MISMATCH"


@pytest.fixture(autouse=True, params=["redis", "files"])
def shared_cache(request: pytest.FixtureRequest, settings: Any, redis_url: str, tmp_path: Path) -> None:
    """Count in the cache of production, and in that of the embedded mode."""
    redis = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url}
    files = {"BACKEND": "foundation.doors.counting_files.CountingFiles", "LOCATION": tmp_path / "cache"}
    settings.CACHES = {"default": {"redis": redis, "files": files}[request.param]}
    cache.clear()


def wrong_pair(world: World) -> ClaimInput:
    return ClaimInput(organisation_id=0, tenant_guid=str(world.contoso.guid), domain="adatum")


def ask(world: World, user: User, given: ClaimInput) -> Report:
    return check_claim(claim_input=given, actor=actor(user), now=NOW)


def told(answers: list[Any], code: str) -> int:
    reports = [answer for answer in answers if isinstance(answer, Report)]
    return sum(code in {finding.code for finding in report.findings} for report in reports)


def test_no_more_wrong_pairs_are_told_to_a_user_at_once_than_one_after_another(world: World) -> None:
    answers = at_once(*[partial(ask, world, world.ana, wrong_pair(world)) for _ in range(45)])

    assert told(answers, MISMATCH) == rulebook.mismatches_per_minute == 30
    assert Counter(codes(answers)) == {"RATE_LIMITED": 15}


def test_what_a_user_is_refused_at_once_is_not_taken_from_the_company(world: World) -> None:
    at_once(*[partial(ask, world, world.ana, wrong_pair(world)) for _ in range(45)])

    left = {budget.name: budget.left for budget in metering.budgets_of(actor=actor(world.uma), now=NOW)}

    assert left["company-mismatches"] == rulebook.company_mismatches_per_minute - 30


def test_no_more_is_told_to_a_company_at_once_than_one_after_another(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rulebook, "company_mismatches_per_minute", 35)
    people = [world.ana, world.uma, world.gil]

    answers = at_once(*[partial(ask, world, people[number % 3], wrong_pair(world)) for number in range(45)])

    assert told(answers, MISMATCH) == 35
    assert Counter(codes(answers)) == {"RATE_LIMITED": 10}


def test_drafts_saved_at_once_are_all_saved_and_told_no_more_than_one_after_another(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rulebook, "user_availability_checks_per_minute", 5)
    drafts = [draft(world, world.ana, sales(world.s_a)) for _ in range(12)]
    cache.clear()

    def save(claim: Claim) -> SavedClaim:
        changes = DraftChanges(name="Renamed")
        return save_claim(public_id=str(claim.public_id), changes=changes, actor=actor(world.ana), now=NOW)

    answers = at_once(*[partial(save, claim) for claim in drafts])

    saved = [answer for answer in answers if isinstance(answer, SavedClaim)]
    assert set(Claim.objects.values_list("name", flat=True)) == {"Renamed"}
    assert Counter(bool(answer.report.availability_answers) for answer in saved) == {True: 5, False: 7}
    assert Counter(bool(answer.report.withheld) for answer in saved) == {True: 7, False: 5}


def sign_in(password: str, address: str) -> tuple[int, bool]:
    client = Client()
    answer = client.post("/accounts/login/", {"login": "ana", "password": password}, REMOTE_ADDR=address)
    return answer.status_code, SESSION_KEY in client.session


def test_of_wrong_passwords_at_the_same_moment_five_are_tried(world: World) -> None:
    world.ana.set_password("a right password")
    world.ana.save()

    answers = at_once(*[partial(sign_in, "a wrong password", "192.0.2.1") for _ in range(12)])
    right_here, right_elsewhere = (sign_in("a right password", f"192.0.2.{last}") for last in (1, 2))

    assert Counter(answers) == {(200, False): 5, (429, False): 7}
    assert (right_here, right_elsewhere) == ((429, False), (302, True))


def test_exactly_one_of_many_callers_adds_a_key_and_every_increment_counts() -> None:
    added = at_once(*[lambda: cache.add("once", threading.get_ident()) for _ in range(16)])
    cache.set("count", 0)

    counts = none_refused(at_once(*[lambda: cache.incr("count", 3) for _ in range(16)]))

    assert Counter(added) == {True: 1, False: 15}
    assert sorted(counts) == list(range(3, 51, 3))
