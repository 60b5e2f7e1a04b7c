"""Compare the count with an independent model that knows no midnights and reads the wall clock every minute."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from foundation.kernel.workdays import Calendar, DayKind, Pause, due_at, explain, warn_at

MINUTE = timedelta(minutes=1)
ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",  # skipped midnights
    "America/St_Johns",  # until 2011 the clocks changed a minute after midnight
    "America/Havana",  # strikes midnight twice
    "Africa/Cairo",
    "Asia/Beirut",
    "Asia/Tokyo",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",  # half an hour of summer time
    "Pacific/Apia",  # lost 30 December 2011
    "Pacific/Kwajalein",  # lost 21 August 1993
    "Pacific/Kiritimati",
    "Pacific/Chatham",
]
HARD_STARTS = [
    ("America/Sao_Paulo", datetime(2018, 11, 1, 12, tzinfo=UTC)),
    ("America/Sao_Paulo", datetime(2018, 2, 15, 12, tzinfo=UTC)),
    ("America/St_Johns", datetime(2010, 11, 4, 12, tzinfo=UTC)),
    ("America/Havana", datetime(2020, 10, 29, 12, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 27, 12, tzinfo=UTC)),
    ("Pacific/Kwajalein", datetime(1993, 8, 18, 12, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2020, 3, 26, 12, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2020, 10, 22, 12, tzinfo=UTC)),
]


def model_due_at(
    start: datetime, calendar: Calendar, wanted: int, pauses: Sequence[Pause]
) -> datetime | None:
    """Read the wall clock every minute; a date ends with the last minute that shows it.

    A date is settled once later ones have been shown for two days: no zone ever went back further.
    """
    wall = ZoneInfo(calendar.zone)
    minute = start.replace(second=0, microsecond=0)
    newest = settled = start.astimezone(wall).date()
    shown_until: dict[date, datetime] = {}
    counted = 0
    while True:
        shown = minute.astimezone(wall).date()
        shown_until[shown] = minute
        minute += MINUTE
        if shown <= newest:
            continue
        newest = shown
        for day in sorted(day for day in shown_until if settled < day <= newest - timedelta(days=2)):
            settled = day
            last_moment = shown_until[day] + MINUTE - timedelta(microseconds=1)
            held_by = [pause for pause in pauses if _held(pause, last_moment)]
            if any(pause.end is None for pause in held_by) and _worked(day, calendar):
                return None
            if _worked(day, calendar) and not held_by:
                counted += 1
            if counted == wanted:
                return last_moment + timedelta(microseconds=1)


def _worked(day: date, calendar: Calendar) -> bool:
    usual = day.isoweekday() - 1 not in calendar.weekend and day not in calendar.holidays
    return usual or day in calendar.working_days


def _held(pause: Pause, moment: datetime) -> bool:
    return pause.start <= moment and (pause.end is None or moment < pause.end)


@st.composite
def counts(draw: st.DrawFn) -> tuple[datetime, Calendar, int, list[int], list[Pause]]:
    """Draw a start, a calendar, a target, extensions, and pauses that overlap, touch midnight or stay open."""
    zone, about = draw(
        st.one_of(
            st.sampled_from(HARD_STARTS),
            st.tuples(
                st.sampled_from(ZONES),
                st.datetimes(datetime(1976, 1, 1), datetime(2037, 6, 1)).map(  # noqa: DTZ001 - UTC follows
                    lambda instant: instant.replace(tzinfo=UTC)
                ),
            ),
        )
    )
    start = about + timedelta(seconds=draw(st.integers(-2 * 86_400, 2 * 86_400)))
    near = st.integers(-3, 25).map(lambda days: about.date() + timedelta(days=days))
    calendar = Calendar(
        zone=zone,
        weekend=draw(st.sampled_from([frozenset({5, 6}), frozenset({4, 5}), frozenset({6}), frozenset()])),
        holidays=draw(st.frozensets(near, max_size=6)),
        working_days=draw(st.frozensets(near, max_size=4)),
    )
    pauses = draw(st.lists(_pauses(start, calendar), max_size=4))
    return start, calendar, draw(st.integers(1, 6)), draw(st.lists(st.integers(1, 3), max_size=2)), pauses


@st.composite
def _pauses(draw: st.DrawFn, start: datetime, calendar: Calendar) -> Pause:
    def instant() -> datetime:
        hours = draw(st.integers(-30, 24 * 15))
        moment = start + timedelta(hours=hours)
        if not draw(st.booleans()):
            return moment
        return datetime.combine(moment.date(), datetime.min.time(), ZoneInfo(calendar.zone)).astimezone(UTC)

    first, second = sorted([instant(), instant()])
    return Pause(first, None if draw(st.integers(0, 9)) == 0 else second)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(counts())
@example((datetime(2020, 7, 6, 9, tzinfo=UTC), Calendar(), 5, [], []))
def test_every_deadline_equals_the_models(
    count: tuple[datetime, Calendar, int, list[int], list[Pause]],
) -> None:
    start, calendar, target_days, extensions, pauses = count

    due = due_at(start, calendar, target_days, pauses, extensions)

    assert due == model_due_at(start, calendar, target_days + sum(extensions), pauses)


@settings(max_examples=250, deadline=None)
@given(counts(), st.integers(-3 * 24, 60 * 24))
def test_the_explanation_always_agrees_with_the_deadline(
    count: tuple[datetime, Calendar, int, list[int], list[Pause]], hours: int
) -> None:
    start, calendar, target_days, extensions, pauses = count
    total = target_days + sum(extensions)
    now = start + timedelta(hours=hours)

    due = due_at(start, calendar, target_days, pauses, extensions)
    why = explain(now, start, calendar, target_days, pauses, extensions)

    numbers = [day.number for day in why.days if day.kind is DayKind.COUNTED]
    assert why.due_at == due
    assert numbers == list(range(1, len(numbers) + 1))
    assert all((day.number is not None) == (day.kind is DayKind.COUNTED) for day in why.days)
    assert why.days[0].on == calendar.local_date(start)
    assert all(
        later.on - earlier.on == timedelta(days=1)
        for earlier, later in zip(why.days, why.days[1:], strict=False)
    )
    assert why.overdue == (due is not None and now >= due)
    assert 0 <= why.business_days_left <= total
    if due is not None:
        assert (why.days[-1].ends_at, why.days[-1].number) == (due, total)
        assert (why.business_days_left == 0) == (now >= due)
        warning = warn_at(start, calendar, target_days, pauses, extensions, warn_days=1)
        assert warning is not None
        assert warning <= due
    else:
        assert why.business_days_left > 0
        assert len(numbers) < total


@settings(max_examples=250, deadline=None)
@given(counts(), st.integers(0, 24 * 30), st.integers(1, 24 * 10))
def test_another_pause_or_extension_never_makes_the_deadline_earlier(
    count: tuple[datetime, Calendar, int, list[int], list[Pause]], after: int, length: int
) -> None:
    start, calendar, target_days, extensions, pauses = count
    pause = Pause(start + timedelta(hours=after), start + timedelta(hours=after + length))

    due = due_at(start, calendar, target_days, pauses, extensions)
    paused_more = due_at(start, calendar, target_days, [*pauses, pause], extensions)
    extended = due_at(start, calendar, target_days, pauses, [*extensions, 1])

    if due is not None:
        assert paused_more is None or paused_more >= due
        assert extended is None or extended > due
