"""Every offered list in process: how long it takes, against the smallest database and against Django's own lists."""

import statistics
import time
from collections.abc import Callable
from functools import partial
from http.cookies import SimpleCookie

from django.contrib.admin import AdminSite, ModelAdmin
from django.db import connection
from django.template.response import TemplateResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks.questions import Question, people, questions
from benchmarks.report import Report
from benchmarks.seeded import Seeded
from claims.models import Claim
from partners.models import User

LOOKS = 5
PAGES = {
    "api: list": "list",
    "api: claim": "retrieve",
    "portal: dashboard": "dashboard",
    "portal: claim, approved": "claim page",
    "desk: claims.claim": "queue",
    "desk: case": "case page",
}


class DefaultAdmin(ModelAdmin):  # type: ignore[type-arg] # takes none at run time
    """The list of claims as Django makes it where nobody thought about a million rows."""

    list_display = ("reference", "tenant", "organisation", "status", "submitted_at")
    list_filter = ("status",)
    search_fields = ("reference", "tenant__name", "organisation__name")

    def has_view_permission(self, request: object, obj: object = None) -> bool:  # noqa: ARG002 - Django's shape
        return True


def measure_lists(report: Report) -> dict[str, float]:
    """Ask each question a few times; return its milliseconds, the middle one, by name."""
    asked = list(questions(**people()))
    taken = {}
    for number, question in enumerate(asked):
        if number % 50 == 0:
            report.tell(f"lists, {number} of {len(asked)}")
        taken[question.name] = _milliseconds(partial(_ask, question))
    reviewer = people()["reviewer"]
    for name, query, own in (
        ("queue", "", "desk: claims.claim"),
        ("search", "q=logistics+77", "desk: claims.claim, search a name"),
    ):
        default = _milliseconds(partial(_default_list, reviewer, query))
        faster = default / taken[own]
        told = "changelist's" if name == "search" else "changelist"
        report.figure(f"{name} faster than the default {told}, times", faster, f"{default:.0f} ms")
    return taken


def measure_statements(report: Report, seeded: Seeded) -> None:
    """Count the statements of the main paths and pages, each asked once before."""
    client = Client(SERVER_NAME="127.0.0.1", headers={"Authorization": f"Bearer {seeded.token}"})

    def sent(path: str, body: dict[str, object], **headers: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            answer = client.post(path, body, content_type="application/json", headers=headers)
        if answer.status_code not in (200, 201):
            raise RuntimeError(f"{path}: {answer.status_code} {answer.content[:300]!r}")
        return len(captured)

    for name, path in (("check", "/api/v1/claim-checks/"), ("create", "/api/v1/claims/")):
        sent(path, seeded.stated)
        report.figure(f"statements: {name}", sent(path, seeded.stated), "")
    counted = 0
    for public_id, seen in (seeded.drafts.pop(), seeded.drafts.pop()):
        path, confirmed = (
            f"/api/v1/claims/{public_id}/submit/",
            {"acknowledged": True, "confirmed_warnings": []},
        )
        counted = sent(path, confirmed, **{"If-Match": f'"{seen}"'})
    report.figure("statements: submit", counted, "")
    for question in questions(**people()):
        if question.name in PAGES:
            _ask(question)
            with CaptureQueriesContext(connection) as captured:
                _ask(question)
            report.figure(f"statements: {PAGES[question.name]}", len(captured), "")


def _ask(question: Question) -> None:
    client = Client(SERVER_NAME="127.0.0.1")
    client.cookies = _signed_in(question.who)
    answer = client.get(question.path)
    if answer.status_code != 200:
        raise RuntimeError(f"{question.name}: {answer.status_code}")


_cookies: dict[int, SimpleCookie] = {}


def _signed_in(who: User) -> SimpleCookie:
    """Return the cookies of a session, which is made once for each person."""
    if who.pk not in _cookies:
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(who)
        _cookies[who.pk] = client.cookies
    return _cookies[who.pk]


def _default_list(who: User, query: str) -> None:
    request = RequestFactory().get(f"{reverse('admin:claims_claim_changelist')}?{query}")
    request.user = who
    shown = DefaultAdmin(Claim, AdminSite()).changelist_view(request)
    assert isinstance(shown, TemplateResponse)
    shown.render()


def _milliseconds(ask: Callable[[], None]) -> float:
    ask()
    taken = []
    for _look in range(LOOKS):
        began = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)
