"""Desk admins add days of our own on the page of the newest calendar version; everybody at the desk reads it (part 6)."""

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine

from clocks.models import CalendarVersion
from clocks.services import publish_calendar
from foundation.journal.models import Event
from foundation.kernel.actor import SYSTEM
from partners.models import DeskSeat, User
from tests.desk.desk import Desk, refusals, words
from tests.world import NOW, World, build_world

pytestmark = pytest.mark.django_db

PUBLISHED = [2020, 2021]


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


@pytest.fixture
def calendar(world: World) -> CalendarVersion:
    own = {date(2020, 12, 24): "Party"}
    return publish_calendar(country="DE", years=PUBLISHED, own_holidays=own, actor=SYSTEM, now=NOW)


def page_of(calendar: CalendarVersion) -> str:
    return f"/admin/clocks/calendarversion/{calendar.pk}/"


def a_day(**typed: str) -> dict[str, str]:
    return {
        "action": "publish_day",
        "is_worked": "no",
        "day": "2020-12-23",
        "reason": "We move house.",
        **typed,
    }


def newest() -> CalendarVersion:
    return CalendarVersion.objects.latest("number")


@pytest.mark.parametrize("chosen", ["no", "yes"])
def test_an_own_day_is_added_and_all_others_are_kept(
    admin: Desk, calendar: CalendarVersion, chosen: str
) -> None:
    day = {"no": date(2020, 12, 23), "yes": date(2020, 12, 25)}[chosen]

    answered = admin.post(page_of(calendar), a_day(is_worked=chosen, day=day.isoformat()))

    after = newest()
    added = {day: "We move house."} if chosen == "no" else {}
    assert (answered.status_code, after.number) == (302, calendar.number + 1)
    assert after.holiday_names == {**calendar.holiday_names, **added}
    assert after.working_days == ([] if chosen == "no" else ["2020-12-25"])
    assert (after.years, after.country, after.reason) == (PUBLISHED, "DE", "We move house.")
    assert after.as_calendar().is_worked(day) is (chosen == "yes")
    event = Event.objects.filter(type="clocks.calendar_published").latest("pk")
    assert (event.actor_name, event.channel, event.subject_id) == ("clara", "admin", after.pk)
    page = admin.read(page_of(after))
    assert "Published 6 July 2020, 09:00:00 UTC, clara Reason We move house." in page
    assert f"The newest one is {after} ." in admin.read(page_of(calendar))


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ({"day": "2020-12-24"}, ("VALIDATION_FAILED", "publish_day-day")),
        ({"day": "2020-12-26"}, ("VALIDATION_FAILED", "publish_day-day")),
        ({"is_worked": "yes"}, ("VALIDATION_FAILED", "publish_day-day")),
        ({"reason": " "}, ("REASON_REQUIRED", "publish_day-reason")),
        ({"reason": "x" * 201}, ("REASON_REQUIRED", "publish_day-reason")),
        ({"day": "soon"}, ("INVALID_FIELD", "publish_day-day")),
    ],
)
def test_what_changes_nothing_or_has_no_reason_is_refused_and_kept_as_typed(
    admin: Desk, calendar: CalendarVersion, typed: dict[str, str], refusal: tuple[str, str]
) -> None:
    answered = admin.post(page_of(calendar), a_day(**typed))

    assert (answered.status_code, refusals(answered)) == (422, [refusal])
    assert a_day(**typed)["reason"] in answered.content.decode()
    assert newest() == calendar


@pytest.mark.parametrize("person", ["rev1", "arb", "sup"])
def test_everybody_at_the_desk_reads_a_calendar_and_desk_admins_alone_change_it(
    world: World, calendar: CalendarVersion, person: str
) -> None:
    desk = Desk(getattr(world, person))

    page = desk.get(page_of(calendar))
    answered = desk.post(page_of(calendar), a_day())

    assert (page.status_code, "publish_day" in page.content.decode()) == (200, False)
    assert "Holidays published for: 2020, 2021" in words(page)
    assert "Thu 24 December 2020 Party" in words(page)
    assert (answered.status_code, refusals(answered)) == (403, [("ROLE_NOT_ALLOWED", "")])
    assert newest() == calendar


@pytest.mark.parametrize(("at", "is_warned"), [("2021-06-01", False), ("2021-08-01", True)])
def test_the_page_warns_months_before_the_last_published_year_ends(
    admin: Desk, calendar: CalendarVersion, at: str, is_warned: bool
) -> None:
    with time_machine.travel(f"{at}T09:00:00+00:00", tick=False):
        page = admin.read(page_of(calendar))

    assert ("No holidays are published after 2021." in page) is is_warned


def test_a_calendar_that_does_not_exist_is_not_found(admin: Desk) -> None:
    assert admin.get("/admin/clocks/calendarversion/999999/").status_code == 404
