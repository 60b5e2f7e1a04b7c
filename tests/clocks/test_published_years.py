"""A calendar is published for named years, and no other year counts as free of holidays without a word (part 6)."""

from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from clocks.models import CalendarVersion, Clock
from clocks.services import extend_clock, pin_calendar, publish_calendar
from clocks.steps import desk_calendar
from cpor.sweeps import sweep
from foundation.journal.models import Event
from foundation.kernel.actor import Actor
from foundation.kernel.errors import Refused
from foundation.kernel.rulebook import rulebook
from foundation.kernel.workdays import Calendar, DayKind, due_at, explain
from tests.clocks.acting import pause_clock, resume_clock
from tests.clocks.conftest import july, review_clock
from wording.clocks import explain_clock, explained_days, sentence_of

pytestmark = pytest.mark.django_db

JUNE = datetime(2026, 6, 1, tzinfo=UTC)
NEW_YEARS_DAY = date(2027, 1, 1)
DECEMBER = datetime(2026, 12, 28, 9, tzinfo=UTC)  # a Monday; the five days are 29, 30, 31, 4, 5


def germany(actor: Actor, years: list[int], **more: Any) -> CalendarVersion:
    return publish_calendar(country="DE", years=years, actor=actor, now=JUNE, **more)


def numbers() -> list[int]:
    return list(CalendarVersion.objects.order_by("number").values_list("number", flat=True))


def test_a_clock_that_runs_past_the_last_year_gets_the_next_years_holidays(keeper: Actor) -> None:
    germany(keeper, [2026], own_holidays={date(2026, 12, 30): "Desk closed"})

    clock = review_clock(started_at=DECEMBER)

    version = clock.calendar_version
    assert (version.number, version.years, version.country) == (2, [2026, 2027, 2028], "DE")
    assert version.holiday_names[date(2026, 12, 30)] == "Desk closed"
    assert version.holiday_names[NEW_YEARS_DAY] == "New Year's Day"
    assert clock.due_at == datetime(2027, 1, 7, tzinfo=UTC)
    published = Event.objects.filter(type="clocks.calendar_published").order_by("id")
    assert [(event.actor_name, event.payload["number"]) for event in published] == [
        ("keeper", 1),
        ("system", 2),
    ]


def test_a_clock_within_the_published_years_continues_nothing(keeper: Actor) -> None:
    first = germany(keeper, [2026])

    clock = review_clock(started_at=datetime(2026, 12, 1, 9, tzinfo=UTC))

    assert (clock.calendar_version, numbers()) == (first, [1])


def test_an_extension_past_the_last_year_moves_the_clock_to_a_version_that_has_it(keeper: Actor) -> None:
    germany(keeper, [2026])
    clock = review_clock(started_at=datetime(2026, 12, 14, 9, tzinfo=UTC))

    extend_clock(clock=clock, days=8, reason="A strike", actor=keeper, now=DECEMBER)

    clock.refresh_from_db()
    pinned = Event.objects.get(type="clocks.clock_calendar_pinned")
    assert (clock.calendar_version.number, clock.due_at) == (2, datetime(2027, 1, 5, tzinfo=UTC))
    assert (pinned.payload["calendar_version_id"], pinned.actor_name) == (
        clock.calendar_version_id,
        "system",
    )


def test_a_pause_that_outlasts_the_published_years_ends_on_published_holidays(keeper: Actor) -> None:
    germany(keeper, [2026])
    clock = review_clock(started_at=datetime(2026, 12, 14, 9, tzinfo=UTC))
    pause_clock(clock=clock, cause="request", cause_ref=1, now=datetime(2026, 12, 15, 9, tzinfo=UTC))

    resumed = datetime(2028, 4, 13, 9, tzinfo=UTC)  # Thursday before Easter
    resume_clock(clock=clock, cause="request", cause_ref=1, now=resumed)

    clock.refresh_from_db()
    names = clock.calendar_version.holiday_names
    assert names[date(2028, 4, 14)] == "Good Friday"
    assert clock.due_at == datetime(2028, 4, 22, tzinfo=UTC)


def test_a_calendar_whose_country_is_not_known_counts_on_and_says_so() -> None:
    """Versions of earlier releases know the years of their holidays, and no country."""
    version = CalendarVersion.objects.create(
        name="desk",
        number=1,
        zone="UTC",
        years=[2026],
        holidays=[{"date": "2026-12-30", "name": "Desk closed"}],
        published_at=JUNE,
    )

    clock = review_clock(started_at=DECEMBER)
    why = explain_clock(clock, DECEMBER)

    assert (clock.calendar_version, clock.due_at) == (version, datetime(2027, 1, 6, tzinfo=UTC))
    assert [day.label for day in explained_days(clock, why)][4:] == [
        "Business day 3, as long as no holidays are published for 2027",
        "Weekend",
        "Weekend",
        "Business day 4, as long as no holidays are published for 2027",
        "Business day 5, as long as no holidays are published for 2027",
    ]
    assert "The holidays of 2027 are not published yet." in sentence_of(clock, why)


def test_a_calendar_without_a_country_ends_with_no_year(keeper: Actor) -> None:
    version = publish_calendar(own_holidays={date(2026, 12, 30): "Desk closed"}, actor=keeper, now=JUNE)

    clock = review_clock(started_at=DECEMBER)

    assert (version.years, numbers()) == ([], [1])
    assert {day.kind for day in explain_clock(clock, DECEMBER).days} == {
        DayKind.START,
        DayKind.COUNTED,
        DayKind.HOLIDAY,
        DayKind.WEEKEND,
    }


def test_one_own_day_keeps_all_other_days(keeper: Actor) -> None:
    first = germany(
        keeper, [2026], subdivision="BY", zone="Europe/Berlin", weekend=[6], working_days=[date(2026, 5, 1)]
    )

    call_command("publish_calendar", "--holiday", "2026-12-24=Desk closed", stdout=StringIO())

    second = desk_calendar(now=JUNE)
    assert second.number == 2
    assert second.holiday_names == first.holiday_names | {date(2026, 12, 24): "Desk closed"}
    for kept in ("zone", "weekend", "working_days", "country", "subdivision", "years"):
        assert getattr(second, kept) == getattr(first, kept)


def test_more_years_keep_the_published_ones_as_they_are(keeper: Actor) -> None:
    first = germany(keeper, [2026], own_holidays={date(2026, 1, 1): "Desk party"})

    second = publish_calendar(years=[2026, 2027], actor=keeper, now=JUNE)

    kept = {day: name for day, name in second.holiday_names.items() if day.year == 2026}
    assert (second.years, second.country, kept) == ([2026, 2027], "DE", first.holiday_names)
    assert NEW_YEARS_DAY in second.holiday_names


def test_afresh_keeps_nothing(keeper: Actor) -> None:
    germany(keeper, [2026])

    call_command("publish_calendar", "--afresh", "--country", "FR", "--years", "2027", stdout=StringIO())

    version = desk_calendar(now=JUNE)
    assert (version.country, version.years) == ("FR", [2027])
    assert {day.year for day in version.holiday_names} == {2027}


def test_another_country_is_refused_unless_it_begins_afresh(keeper: Actor) -> None:
    germany(keeper, [2026])

    with pytest.raises(Refused) as refusal:
        publish_calendar(country="FR", years=[2027], actor=keeper, now=JUNE)

    assert (refusal.value.pointer, numbers()) == ("/country", [1])


def test_a_clock_cannot_be_pinned_to_a_version_without_its_year(keeper: Actor) -> None:
    short = germany(keeper, [2026])
    clock = review_clock(started_at=DECEMBER)

    with pytest.raises(Refused) as refusal:
        pin_calendar(clock=clock, calendar_version=short, actor=keeper, now=DECEMBER)

    assert refusal.value.pointer == "/calendar_version"
    assert Clock.objects.get().calendar_version.number == 2


def test_the_desk_is_warned_once_half_a_year_before_the_last_year_ends(keeper: Actor) -> None:
    germany(keeper, [2026])

    early = sweep(now=datetime(2026, 6, 30, tzinfo=UTC))
    due = sweep(now=datetime(2026, 7, 10, tzinfo=UTC))
    again = sweep(now=datetime(2026, 7, 11, tzinfo=UTC))

    assert [report.done["calendars"] for report in (early, due, again)] == [0, 1, 0]
    assert Event.objects.get(type="clocks.calendar_ending").payload == {
        "name": "desk",
        "number": 1,
        "last_year": 2026,
    }
    assert [letter.subject for letter in mail.outbox] == ["The calendar ends with 2026"]
    assert "manage.py publish_calendar --years 2027" in mail.outbox[0].body


def test_clocks_on_a_zone_that_does_not_exist_are_counted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = review_clock()
    broken = CalendarVersion.objects.create(
        name="desk", number=2, zone="Europe/Berlni", years=[], published_at=july(1)
    )
    Clock.objects.update(calendar_version=broken)
    monkeypatch.setattr(rulebook, "desk_time_zone", "Europe/Berlin")

    first, second = sweep(now=july(7)), sweep(now=july(7))

    clock.refresh_from_db()
    assert (first.done["misplaced clocks"], second.done["misplaced clocks"], first.failed) == (1, 0, 0)
    assert (clock.calendar_version.number, clock.calendar_version.zone) == (3, "Europe/Berlin")
    assert clock.due_at == datetime(2020, 7, 13, 22, tzinfo=UTC)


def test_a_published_version_still_never_changes(keeper: Actor) -> None:
    version = germany(keeper, [2026])

    with pytest.raises(Exception, match="never changes"), connection.cursor() as cursor:
        cursor.execute("UPDATE clocks_calendarversion SET country = 'FR' WHERE id = %s", [version.pk])


@given(
    start=st.datetimes(datetime(2020, 1, 1), datetime(2029, 12, 31)).map(lambda at: at.replace(tzinfo=UTC)),  # noqa: DTZ001 - UTC follows
    days=st.integers(1, 300),
    years=st.frozensets(st.integers(2020, 2031), min_size=1),
    zone=st.sampled_from(["UTC", "America/New_York", "Pacific/Kiritimati"]),
)
def test_an_unpublished_year_is_found_exactly_where_a_counted_day_lies_in_one(
    start: datetime, days: int, years: frozenset[int], zone: str
) -> None:
    calendar = Calendar(zone=zone, years=years)

    due = due_at(start, calendar, days)
    why = explain(start, start, calendar, days)

    counted = [day.on.year for day in why.days if day.number is not None]
    unpublished = {day.on.year for day in why.days if day.kind is DayKind.UNPUBLISHED}
    found = calendar.unpublished_year(start, due)
    assert unpublished == {year for year in counted if year not in years}
    assert due == due_at(start, Calendar(zone=zone), days)
    assert (found in unpublished) if unpublished else (found is None or found not in counted)
