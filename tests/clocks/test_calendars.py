"""A calendar is published as data and never changes afterwards."""

from datetime import UTC, date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from clocks.models import CalendarVersion
from clocks.services import publish_calendar
from clocks.steps import desk_calendar
from foundation.journal.models import Event
from foundation.kernel.actor import Actor
from foundation.kernel.errors import Refused
from foundation.kernel.rulebook import rulebook
from tests.clocks.conftest import july

pytestmark = pytest.mark.django_db


def command(*arguments: str) -> str:
    out = StringIO()
    call_command("publish_calendar", *arguments, stdout=out)
    return out.getvalue()


def test_the_desk_starts_with_a_plain_calendar_in_utc() -> None:
    first = desk_calendar(now=july(1))
    again = desk_calendar(now=july(2))

    assert again == first
    assert (first.name, first.number, first.zone, first.weekend) == ("desk", 1, "UTC", [5, 6])
    assert (first.holidays, first.working_days, first.published_at) == ([], [], july(1))
    assert Event.objects.get().payload == {
        "name": "desk",
        "number": 1,
        "previous": None,
        "changed": ["zone", "weekend", "holidays", "working_days", "country", "subdivision", "years"],
    }


def test_the_desk_uses_the_newest_version(keeper: Actor) -> None:
    desk_calendar(now=july(1))
    second = publish_calendar(zone="Europe/Berlin", actor=keeper, now=july(2))
    publish_calendar(name="other", actor=keeper, now=july(3))

    assert desk_calendar(now=july(4)) == second
    assert [str(version) for version in CalendarVersion.objects.order_by("id")] == [
        "desk 1",
        "desk 2",
        "other 1",
    ]


def test_a_countrys_holidays_become_our_own_data(keeper: Actor) -> None:
    calendar = publish_calendar(
        country="US",
        years=[2027],
        own_holidays={date(2027, 12, 24): "Desk closed"},
        working_days=[date(2027, 11, 26)],
        actor=keeper,
        now=july(1),
    )

    assert {
        "date": "2027-06-18",
        "name": "Juneteenth National Independence Day (observed)",
    } in calendar.holidays
    assert {"date": "2027-12-24", "name": "Desk closed"} in calendar.holidays
    assert calendar.as_calendar().holidays >= {date(2027, 7, 5), date(2027, 11, 25)}
    assert {day.year for day in calendar.as_calendar().holidays} == {2027}
    assert calendar.working_days == ["2027-11-26"]


def test_working_saturdays_come_with_the_holidays_but_our_own_holiday_wins(keeper: Actor) -> None:
    plain = publish_calendar(country="RU", years=[2025, 2027], actor=keeper, now=july(1))
    closed = publish_calendar(
        country="RU",
        years=[2025, 2027],
        own_holidays={date(2025, 11, 1): "Desk closed"},
        actor=keeper,
        now=july(1),
    )

    assert plain.working_days == ["2025-11-01", "2027-02-20"]
    assert closed.working_days == ["2027-02-20"]


def test_a_subdivision_adds_its_own_holidays(keeper: Actor) -> None:
    country = publish_calendar(country="DE", years=[2027], actor=keeper, now=july(1))
    state = publish_calendar(
        name="bavaria", country="DE", subdivision="BY", years=[2027], actor=keeper, now=july(1)
    )

    assert state.as_calendar().holidays > country.as_calendar().holidays


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"zone": "Mars/Olympus"}, "/zone"),
        ({"zone": "../../etc/passwd"}, "/zone"),
        ({"weekend": range(7)}, "/weekend"),
        ({"weekend": [7]}, "/weekend"),
        ({"country": "XX", "years": [2027]}, "/country"),
        ({"country": "US", "subdivision": "ZZ", "years": [2027]}, "/country"),
        ({"country": "US"}, "/years"),
    ],
)
def test_an_invalid_calendar_is_refused_at_the_wrong_field(
    keeper: Actor, wrong: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(Refused) as refusal:
        publish_calendar(**wrong, actor=keeper, now=july(1))

    assert refusal.value.pointer == pointer
    assert CalendarVersion.objects.count() == 0


def test_the_command_publishes_a_calendar_and_reports_it() -> None:
    said = command(
        *("--zone", "America/New_York", "--country", "US", "--subdivision", "CA", "--years", "2026-2028"),
        *("--holiday", "2026-12-24=Desk closed", "--working-day", "2026-12-26"),
    )

    calendar = CalendarVersion.objects.get()
    assert (
        said
        == f"Published desk 1: America/New_York, {len(calendar.holidays)} holidays, 1 extra working days, "
        "public holidays of 2026, 2027, 2028.\n"
    )
    assert calendar.published_at.tzinfo == UTC
    assert Event.objects.get().channel == "command"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--zone", "Mars/Olympus"), "is not an IANA time zone"),
        (("--years", "next"), "is not like 2026 or 2026-2028"),
        (("--years", "2028-2026"), "no years from 1900 to 2200"),
        (("--holiday", "2026-12-24"), "is not like 2026-12-24=Christmas Eve"),
        (("--holiday", "soon=Desk closed"), "is not a date like"),
        (("--working-day", "31.12.2026"), "is not a date like"),
    ],
)
def test_the_command_reports_invalid_arguments_in_one_sentence(
    arguments: tuple[str, ...], complaint: str
) -> None:
    with pytest.raises(CommandError, match=complaint):
        command(*arguments)

    assert CalendarVersion.objects.count() == 0


def test_a_wrong_time_zone_is_never_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rulebook, "desk_time_zone", "Europe/Berlni")

    with pytest.raises(ValueError, match="is no IANA time zone"):
        desk_calendar(now=july(1))

    assert not CalendarVersion.objects.exists()


def test_a_stored_wrong_time_zone_is_followed_by_a_right_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Versions before this rule could be stored with a zone that does not exist."""
    CalendarVersion.objects.create(
        name="desk",
        number=1,
        zone="Europe/Berlni",
        holidays=[{"date": "2020-07-08", "name": "Desk closed"}],
        published_at=july(1),
    )
    monkeypatch.setattr(rulebook, "desk_time_zone", "Europe/Berlin")

    calendar = desk_calendar(now=july(6))
    again = desk_calendar(now=july(7))

    assert (calendar.number, calendar.zone, again) == (2, "Europe/Berlin", calendar)
    assert list(calendar.holiday_names.values()) == ["Desk closed"]
    assert Event.objects.filter(type="clocks.calendar_published").count() == 1
