"""Publish calendars, extend deadlines, move them to another calendar version, and mark what is due."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import connection
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from clocks.enums import ClockState
from clocks.events import CALENDAR_ENDING, CLOCK_BREACHED, CLOCK_CALENDAR_PINNED, CLOCK_EXTENDED, CLOCK_WARNED
from clocks.limits import CALENDAR_REASON_MAX, DESK_CALENDAR, EXTENSION_BD_MAX, REASON_MAX, SWEEP_BATCH
from clocks.models import CalendarVersion, Clock, ClockExtension
from clocks.public_holidays import UnknownCountryError
from clocks.publishing import Content, content_of, ends_soon, newest_version, store_next
from clocks.steps import breach, desk_calendar, find_breach, late, lock, move, near, payload_of, warn
from foundation.journal.models import Event
from foundation.journal.routing import EventType
from foundation.journal.step import Step
from foundation.journal.unit import one_transaction
from foundation.kernel.actor import SYSTEM, Actor
from foundation.kernel.errors import Conflict, Refused, require_version
from foundation.kernel.rights import KEEPING_CLOCKS
from foundation.kernel.rulebook import rulebook
from foundation.kernel.workdays import due_at, time_zones


@one_transaction()
def publish_calendar(
    *,
    name: str = DESK_CALENDAR,
    zone: str | None = None,
    weekend: Iterable[int] | None = None,
    country: str | None = None,
    subdivision: str | None = None,
    years: Iterable[int] = (),
    own_holidays: Mapping[date, str] | None = None,
    working_days: Iterable[date] = (),
    afresh: bool = False,
    reason: str = "",
    actor: Actor,
    now: datetime,
) -> CalendarVersion:
    """Publish the next version: the newest one with what is given added to it, or `afresh` with nothing of it.

    Added are a country's holidays in these years, our own holidays and extra working days; a given zone or weekend
    replaces the old one. Running clocks keep their version; `pin_calendar` moves one.

    Raises NotPermitted unless the actor keeps clocks, Refused at the wrong field (zone, weekend, country, years),
    Conflict if two callers publish at once.
    """
    KEEPING_CLOCKS.enforce(actor)
    newest = newest_version(name)
    kept = content_of(newest) if newest and not afresh else Content(zone=rulebook.desk_time_zone, names={})
    content = replace(
        kept,
        zone=kept.zone if zone is None else zone,
        weekend=kept.weekend if weekend is None else _weekend(weekend),
    )
    if content.zone not in time_zones():
        raise Refused(_("“%(zone)s” is not an IANA time zone.") % {"zone": content.zone}, pointer="/zone")
    content = _with_country(content, country, subdivision, frozenset(years))
    content = content.with_own_days(own_holidays or {}, working_days)
    calendar, is_ours = store_next(Step(actor=actor, at=now), newest, content, name, reason=reason)
    if not is_ours:
        raise Conflict(
            _("Another version was published at the same moment. Check it before you publish again.")
        )
    return calendar


@one_transaction()
def publish_own_day(
    *, calendar_id: int, day: date, is_worked: bool, reason: str, actor: Actor, now: datetime
) -> CalendarVersion:
    """Publish the next version of this version's calendar, with one holiday or working day of our own in it and why.

    Raises NotPermitted unless the actor keeps clocks, Refused if the day is so already or the reason is missing or too
    long, Conflict if two callers publish at once.
    """
    KEEPING_CLOCKS.enforce(actor)
    name = CalendarVersion.objects.get(pk=calendar_id).name
    newest = newest_version(name)
    assert newest is not None, "this very calendar has a version"
    if newest.as_calendar().is_worked(day) == is_worked:
        already = _("This day is a working day already.") if is_worked else _("This day is free already.")
        raise Refused(already, pointer="/day")
    reason = reason.strip()
    if not 0 < len(reason) <= CALENDAR_REASON_MAX:
        text = _("Give a reason of at most %(most)d characters.") % {"most": CALENDAR_REASON_MAX}
        raise Refused(text, code="REASON_REQUIRED", pointer="/reason")
    return publish_calendar(
        name=name,
        own_holidays={} if is_worked else {day: reason},
        working_days=[day] if is_worked else [],
        reason=reason,
        actor=actor,
        now=now,
    )


@one_transaction()
def extend_clock(
    *, clock: Clock, days: int, reason: str, actor: Actor, now: datetime, version: int | None = None
) -> Clock:
    """Add business days to the deadline. With the `version` the caller saw, a repeated request adds nothing.

    Raises NotPermitted unless the actor keeps clocks, Refused at days or reason, StaleVersion if the clock changed
    since, Conflict if it is closed.
    """
    KEEPING_CLOCKS.enforce(actor)
    if not 1 <= days <= EXTENSION_BD_MAX:
        text = _("Add between 1 and %(most)d business days at a time.") % {"most": EXTENSION_BD_MAX}
        raise Refused(text, pointer="/days")
    if not reason.strip() or len(reason) > REASON_MAX:
        text = _("Give a reason of at most %(most)d characters.") % {"most": REASON_MAX}
        raise Refused(text, code="REASON_REQUIRED", pointer="/reason")
    step = Step(actor=actor, at=now)
    _open(step, clock, version)
    ClockExtension.objects.create(
        clock=clock, days=days, reason=reason.strip(), by_name=actor.name, by_user_id=actor.user_id, at=now
    )
    move(step, clock, "extend", clock.state, CLOCK_EXTENDED, days=days)
    return clock


@one_transaction()
def pin_calendar(
    *,
    clock: Clock,
    calendar_version: CalendarVersion,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> Clock:
    """Count the whole clock again on another calendar version. On its own version nothing changes.

    Raises NotPermitted unless the actor keeps clocks, StaleVersion if the clock changed since, Conflict if it is closed,
    Refused if the count passes a year that the version is not published for.
    """
    KEEPING_CLOCKS.enforce(actor)
    step = Step(actor=actor, at=now)
    _open(step, clock, version)
    if clock.calendar_version_id == calendar_version.pk:
        return clock
    _refuse_unpublished(clock, calendar_version)
    clock.calendar_version = calendar_version
    move(
        step,
        clock,
        "pin_calendar",
        clock.state,
        CLOCK_CALENDAR_PINNED,
        calendar_version_id=calendar_version.pk,
    )
    return clock


def _refuse_unpublished(clock: Clock, version: CalendarVersion) -> None:
    """Raise Refused if the whole count on this version passes a year that it is not published for."""
    calendar = version.as_calendar()
    extensions = [extension.days for extension in clock.extensions.all()]
    pauses = [pause.as_pause() for pause in clock.pauses.all()]
    due = due_at(clock.started_at, calendar, clock.target_days, pauses, extensions)
    year = calendar.unpublished_year(clock.started_at, due)
    if year is not None:
        text = _("This version does not have the holidays of %(year)d. Publish them first.") % {"year": year}
        raise Refused(text, pointer="/calendar_version")


def _open(step: Step, clock: Clock, version: int | None) -> None:
    """Lock the clock and mark a breach that no sweep has noticed. Raises StaleVersion."""
    lock(clock)
    require_version(clock.version, version)
    find_breach(step, clock)


def ending_calendars(*, now: datetime) -> list[int]:
    """Return the desk's newest calendar version if its last year ends within half a year and nobody was warned."""
    newest = newest_version()
    if newest is None or not ends_soon(newest, now):
        return []
    warnings = Event.objects.filter(
        type=CALENDAR_ENDING.name, subject_type=newest._meta.label_lower, subject_id=newest.pk
    )
    return [] if warnings.exists() else [newest.pk]


@one_transaction()
def warn_of_ending_calendar(*, calendar_version_id: int, now: datetime) -> bool:
    """Record, once for each version, that the calendar ends soon; return False if that was done or no longer applies."""
    version = CalendarVersion.objects.select_for_update().get(pk=calendar_version_id)
    if version.pk not in ending_calendars(now=now):
        return False
    Step(actor=SYSTEM, at=now).record(
        CALENDAR_ENDING, version, name=version.name, number=version.number, last_year=version.ends_with
    )
    return True


def misplaced_clocks(*, now: datetime, limit: int = SWEEP_BATCH) -> list[int]:  # noqa: ARG001 - at any time
    """Return the open clocks on a calendar version whose time zone does not exist."""
    zones = CalendarVersion.objects.values_list("pk", "zone")
    wrong = [pk for pk, zone in zones if zone not in time_zones()]
    clocks = Clock.objects.filter(state__in=ClockState.open_states(), calendar_version__in=wrong)
    return list(clocks.order_by("id").values_list("pk", flat=True)[:limit]) if wrong else []


@one_transaction()
def recount_clock(*, clock_id: int, now: datetime) -> bool:
    """Move a clock whose time zone does not exist to the desk's newest version; return False if it has one."""
    step, clock = Step(actor=SYSTEM, at=now), Clock.objects.get(pk=clock_id)
    _open(step, clock, None)
    if not clock.is_open or clock.calendar_version.zone in time_zones():
        return False
    clock.calendar_version = desk_calendar(now=now)
    move(
        step,
        clock,
        "pin_calendar",
        clock.state,
        CLOCK_CALENDAR_PINNED,
        calendar_version_id=clock.calendar_version.pk,
    )
    return True


def late_clocks(*, now: datetime, limit: int = SWEEP_BATCH) -> list[int]:
    """Return the IDs of open clocks that are due and not marked as breached, longest overdue first."""
    return list(late(now).order_by("due_at", "id").values_list("pk", flat=True)[:limit])


def near_clocks(*, now: datetime, limit: int = SWEEP_BATCH) -> list[int]:
    """Return the IDs of open clocks to warn about, earliest warning first."""
    return list(near(now).order_by("warn_at", "id").values_list("pk", flat=True)[:limit])


@one_transaction()
def breach_clocks(*, now: datetime, limit: int = SWEEP_BATCH) -> int:
    """Mark the longest overdue clocks as breached, each once, and return how many; those that others hold come later."""
    clocks = _taken(late(now).order_by("due_at", "id")[:limit])
    Clock.objects.filter(pk__in=[clock.pk for clock in clocks]).update(breached_at=F("due_at"))
    return _recorded(CLOCK_BREACHED, clocks, now)


@one_transaction()
def warn_clocks(*, now: datetime, limit: int = SWEEP_BATCH) -> int:
    """Record the earliest warnings of clocks that are nearly due, each once; return how many, as `breach_clocks` does."""
    clocks = _taken(near(now).order_by("warn_at", "id")[:limit])
    Clock.objects.filter(pk__in=[clock.pk for clock in clocks]).update(warned_at=now)
    return _recorded(CLOCK_WARNED, clocks, now)


def _taken(clocks: QuerySet[Clock]) -> list[Clock]:
    """Lock the clocks that nobody else has locked, and return them."""
    return list(clocks.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked))


def _recorded(event_type: EventType, clocks: Sequence[Clock], now: datetime) -> int:
    step = Step(actor=SYSTEM, at=now).apart()
    step.record_each(event_type, [(clock, payload_of(clock)) for clock in clocks])
    return len(clocks)


@one_transaction()
def breach_clock(*, clock_id: int, now: datetime) -> bool:
    """Mark the clock as breached as of its due instant; return False if it already is, or is no longer due."""
    clock = late(now).filter(pk=clock_id).first()
    return clock is not None and breach(Step(actor=SYSTEM, at=now), clock)


@one_transaction()
def warn_clock(*, clock_id: int, now: datetime) -> bool:
    """Record the warning that the clock is nearly due; return False if that was done or no longer applies."""
    clock = near(now).filter(pk=clock_id).first()
    return clock is not None and warn(Step(actor=SYSTEM, at=now), clock)


def _weekend(weekend: Iterable[int]) -> tuple[int, ...]:
    free_weekdays = tuple(sorted(set(weekend)))
    if not set(free_weekdays) < set(range(7)):
        raise Refused(
            _("Weekend days are numbered 0 to 6, and at least one day must remain a working day."),
            pointer="/weekend",
        )
    return free_weekdays


def _with_country(
    content: Content, country: str | None, subdivision: str | None, years: frozenset[int]
) -> Content:
    """Return the content with the country's holidays of these years; one calendar has one country."""
    place = (country or content.country, (subdivision or "") if country else content.subdivision)
    if content.country and place != (content.country, content.subdivision):
        text = _("This calendar has the holidays of “%(country)s”. Publish it afresh to change that.")
        raise Refused(text % {"country": content.country}, pointer="/country")
    if country and not years | content.years:
        raise Refused(_("Enter the years whose holidays you want."), pointer="/years")
    try:
        return replace(content, country=place[0], subdivision=place[1]).with_years(years)
    except UnknownCountryError as error:
        unknown = _("No holidays are known for “%(country)s”.") % {"country": " ".join(filter(None, place))}
        raise Refused(unknown, pointer="/country") from error
