"""Desk pages explain clocks; a desk admin can extend a deadline or move it to another calendar version."""

from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from claims.models import InformationRequest
from clocks.models import Clock
from clocks.services import extend_clock, publish_calendar
from foundation.kernel.actor import SYSTEM
from partners.models import DeskSeat, Member, User
from tests.clocks.acting import cancel_clock, pause_clock
from tests.clocks.conftest import july, review_clock
from tests.desk.desk import Desk, queries_for, words
from tests.filing import ask, file_claim, take_up
from tests.world import NOW, World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday_morning() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def admin(world: World) -> Desk:
    user = User.objects.create_user("clara", "clara@desk.example", "demo", is_staff=True)
    DeskSeat.objects.create(user=user, role="desk_admin")
    return Desk(user)


def page_of(clock: Clock) -> str:
    return f"/admin/clocks/clock/{clock.pk}/"


def test_a_clock_shows_its_date_and_the_reason(admin: Desk) -> None:
    clock = pause_clock(clock=review_clock(), cause="request", cause_ref=1, now=july(8, 9))

    with time_machine.travel(july(9), tick=False):
        page = admin.read(page_of(clock))

    assert "No date while the clock is paused Paused, 4 business days left" in page
    assert "Five business days are counted from the day after: Tue 7 (1)." in page
    assert "Tue 7 July 2020 Business day 1" in page


def test_a_desk_admin_extends_a_deadline_with_a_reason(world: World, admin: Desk) -> None:
    claim = file_claim(world, world.ana)
    clock = Clock.objects.get(kind="review", subject_id=claim.pk)

    assert f"Review of {claim.reference}" in admin.read(page_of(clock))
    answer = admin.post(
        page_of(clock), {"action": "extend", "version": clock.version, "days": "2", "reason": "A strike"}
    )

    clock.refresh_from_db()
    assert answer.status_code == 302
    assert clock.due_at == july(16)
    assert "Wednesday 15 July 2020, 24:00 UTC" in admin.read(page_of(clock))
    assert "6 July 2020, 09:00 UTC 2 clara A strike" in admin.read(page_of(clock))


def test_extending_a_response_clock_moves_its_requests_deadline_as_well(world: World, admin: Desk) -> None:
    claim = take_up(file_claim(world, world.ana), world.rev1)
    ask(claim, world.rev1)
    clock = Clock.objects.get(kind="response")

    admin.post(page_of(clock), {"action": "extend", "version": clock.version, "days": "1", "reason": "Ill"})

    clock.refresh_from_db()
    assert clock.due_at == july(15)
    assert InformationRequest.objects.get().due_at == july(15)


def test_a_desk_admin_moves_a_clock_to_another_calendar_version(admin: Desk) -> None:
    clock = review_clock()
    version = publish_calendar(own_holidays={july(10).date(): "Founding day"}, actor=SYSTEM, now=NOW)

    admin.post(
        page_of(clock),
        {"action": "pin_calendar", "version": clock.version, "calendar_version": version.pk},
    )

    clock.refresh_from_db()
    assert (clock.calendar_version, clock.due_at) == (version, july(15))


@pytest.mark.parametrize(
    ("typed", "status", "code"),
    [
        ({"days": "0", "reason": "A strike"}, 422, "VALIDATION_FAILED"),
        ({"days": "1", "reason": " "}, 422, "REASON_REQUIRED"),
        ({"days": "many", "reason": "A strike"}, 422, "INVALID_FIELD"),
        ({"days": "1", "reason": "A strike", "version": "0"}, 412, "STALE_VERSION"),
    ],
)
def test_a_refused_extension_shows_its_code_and_keeps_the_input(
    admin: Desk, typed: dict[str, str], status: int, code: str
) -> None:
    clock = review_clock()

    answer = admin.post(page_of(clock), {"action": "extend", "version": str(clock.version), **typed})

    clock.refresh_from_db()
    assert answer.status_code == status
    assert code in words(answer)
    assert clock.due_at == july(14)
    assert typed["reason"].strip() in words(answer)


def test_a_repeated_extension_counts_once(admin: Desk) -> None:
    clock = review_clock()
    typed = {"action": "extend", "version": str(clock.version), "days": "1", "reason": "A strike"}

    answers = [admin.post(page_of(clock), typed).status_code for _press in range(2)]

    clock.refresh_from_db()
    assert answers == [302, 412]
    assert clock.due_at == july(15)


def test_reviewers_can_neither_see_nor_change_clocks(world: World) -> None:
    clock = review_clock()
    rita = Desk(world.rev1)

    assert rita.get(page_of(clock)).status_code == 403
    answer = rita.post(page_of(clock), {"action": "extend", "days": "1", "reason": "A strike"})

    clock.refresh_from_db()
    assert answer.status_code == 403
    assert clock.due_at == july(14)


def test_an_admin_who_belonged_to_a_partner_sees_no_clock(world: World, admin: Desk) -> None:
    Member.objects.create(user=admin.user, organisation=world.fabrikam, ended_at=NOW)
    clock = review_clock()

    assert admin.get(page_of(clock)).status_code == 404
    assert str(clock.subject_id) not in admin.read("/admin/clocks/clock/").split("Clocks")[-1]


def test_a_closed_clock_offers_no_act(admin: Desk) -> None:
    clock = review_clock()
    extend_clock(clock=clock, days=1, reason="A strike", actor=SYSTEM, now=NOW)
    cancel_clock(clock=clock, at=NOW)

    page = admin.read(page_of(clock))

    assert "Extend the deadline" not in page
    assert "Count on another calendar version" not in page


def test_an_unknown_act_is_a_bad_request(admin: Desk) -> None:
    assert admin.post(page_of(review_clock()), {"action": "rewind"}).status_code == 400


def test_a_refused_act_costs_little_more_than_the_page(admin: Desk) -> None:
    clock = review_clock()
    page = queries_for(admin, page_of(clock))

    with CaptureQueriesContext(connection) as captured:
        admin.client.post(page_of(clock), {"action": "extend", "version": "0", "days": "1", "reason": "x"})

    assert len(captured) <= page + 9  # what changed is read too


@pytest.mark.parametrize("model", ["clock", "calendarversion"])
def test_nothing_can_be_added_or_deleted(admin: Desk, model: str) -> None:
    clock = review_clock()
    before = Clock.objects.values().get()
    pk = clock.pk if model == "clock" else clock.calendar_version_id

    assert admin.get(f"/admin/clocks/{model}/").status_code == 200
    assert admin.get(f"/admin/clocks/{model}/add/").status_code in (403, 404)
    assert admin.post(f"/admin/clocks/{model}/{pk}/delete/", {"post": "yes"}).status_code in (403, 404)
    assert Clock.objects.values().get() == before


@pytest.mark.parametrize("clocks", [1, 25])
def test_the_list_takes_the_same_queries_for_any_length(admin: Desk, clocks: int) -> None:
    for subject_id in range(clocks):
        review_clock(subject_id=subject_id)

    assert queries_for(admin, "/admin/clocks/clock/") == 8


def test_a_superuser_without_a_desk_seat_sees_clocks_but_cannot_change_them() -> None:
    root = User.objects.create_superuser("root", "root@example.com", "demo")
    client = Client()
    client.force_login(root, backend="django.contrib.auth.backends.ModelBackend")
    clock = review_clock()

    answer = client.post(page_of(clock), {"action": "extend", "days": "1", "reason": "A strike"})

    clock.refresh_from_db()
    assert (answer.status_code, clock.due_at) == (403, july(14))
