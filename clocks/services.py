"""Calendars are published, clocks are started, held, met: every write of this app.

All services may be repeated and may come late. What a clock looks like afterwards does not depend on whether
a sweep came by in between: whoever touches one at or after its due instant finds it breached first (part 6).
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import available_timezones

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from clocks.enums import ClockKind, ClockState
from clocks.events import (
    CALENDAR_PUBLISHED,
    CLOCK_BREACHED,
    CLOCK_CALENDAR_PINNED,
    CLOCK_CANCELLED,
    CLOCK_EXTENDED,
    CLOCK_MET,
    CLOCK_PAUSED,
    CLOCK_RESUMED,
    CLOCK_STARTED,
    CLOCK_WARNED,
)
from clocks.lifecycle import CLOCK
from clocks.limits import DESK_CALENDAR, DESK_WEEKEND, EXTENSION_BD_MAX, REASON_MAX, SWEEP_BATCH
from clocks.models import CalendarVersion, Clock, ClockExtension, ClockPause
from clocks.public_holidays import PublicHolidays, UnknownCountryError, public_holidays
from foundation.journal.routing import EventType
from foundation.journal.services import advance, record
from foundation.kernel.actor import SYSTEM, Actor
from foundation.kernel.errors import Conflict, Refused, StaleVersion
from foundation.kernel.rights import KEEPING_CLOCKS
from foundation.kernel.rulebook import rulebook
from foundation.kernel.workdays import due_at, warn_at

_OPEN = Q(state__in=ClockState.open_states())


# Calendars


@transaction.atomic
def desk_calendar(*, now: datetime) -> CalendarVersion:
    """The newest version of the desk's calendar; the first one is made on first use, without any holidays."""
    newest = CalendarVersion.objects.filter(name=DESK_CALENDAR).order_by("-number").first()
    if newest is not None:
        return newest
    first, created = CalendarVersion.objects.get_or_create(
        name=DESK_CALENDAR,
        number=1,
        defaults={"zone": rulebook.desk_time_zone, "weekend": list(DESK_WEEKEND), "published_at": now},
    )
    if created:
        _record_calendar(first, actor=SYSTEM, now=now)
    return first


@transaction.atomic
def publish_calendar(
    *,
    name: str = DESK_CALENDAR,
    zone: str = rulebook.desk_time_zone,
    weekend: Iterable[int] = DESK_WEEKEND,
    country: str | None = None,
    subdivision: str | None = None,
    years: Iterable[int] = (),
    own_holidays: Mapping[date, str] | None = None,
    working_days: Iterable[date] = (),
    actor: Actor,
    now: datetime,
) -> CalendarVersion:
    """Publish the next version: a country's holidays of these years, our own, and days worked anyway.

    Clocks keep the version they were started with; `pin_calendar` moves one. Raises Refused with the field
    that is wrong (zone, weekend, country, years), NotPermitted, and Conflict when two publish at once.
    """
    _require_keeper(actor)
    free_weekdays = sorted(set(weekend))
    if zone not in available_timezones():
        raise Refused(_("“%(zone)s” is not an IANA time zone.") % {"zone": zone}, pointer="/zone")
    if not set(free_weekdays) < set(range(7)):
        raise Refused(_("A weekend has weekdays from 0 to 6 and leaves one to work on."), pointer="/weekend")
    public = _public_holidays(country, subdivision, years)
    names = {**public.names, **(own_holidays or {})}
    worked = public.working_days - set(own_holidays or {}) | set(working_days)
    newest = CalendarVersion.objects.filter(name=name).order_by("-number").first()
    try:
        with transaction.atomic():
            calendar = CalendarVersion.objects.create(
                name=name,
                number=newest.number + 1 if newest else 1,
                zone=zone,
                weekend=free_weekdays,
                holidays=[{"date": day.isoformat(), "name": names[day]} for day in sorted(names)],
                working_days=[day.isoformat() for day in sorted(worked)],
                published_at=now,
            )
    except IntegrityError as error:
        raise Conflict(_("Another version was published at the same moment. Look at it first.")) from error
    _record_calendar(calendar, actor=actor, now=now)
    return calendar


# The life of a clock


@transaction.atomic
def start_clock(
    *,
    kind: ClockKind,
    subject_id: int,
    started_at: datetime,
    target_days: int,
    round: int = 1,  # noqa: A002 (the rulebook's word)
    calendar_version: CalendarVersion | None = None,
    actor: Actor = SYSTEM,
) -> Clock:
    """The clock of this round; started on the desk's calendar unless it exists already."""
    version = calendar_version or desk_calendar(now=started_at)
    calendar = version.as_calendar()
    clock, created = Clock.objects.get_or_create(
        kind=kind,
        subject_id=subject_id,
        round=round,
        defaults={
            "calendar_version": version,
            "started_at": started_at,
            "target_days": target_days,
            "due_at": due_at(started_at, calendar, target_days),
            "warn_at": warn_at(started_at, calendar, target_days, warn_days=rulebook.clock_warning_bd),
        },
    )
    if created:
        extra = {
            "started_at": started_at.isoformat(),
            "target_days": target_days,
            "calendar_version_id": version.pk,
        }
        payload = _payload(clock) | extra
        record(CLOCK_STARTED, subject=clock, actor=actor, now=started_at, payload=payload)
    return clock


@transaction.atomic
def pause_clock(*, clock: Clock, cause: str, cause_ref: int, now: datetime, actor: Actor = SYSTEM) -> Clock:
    """Hold the clock for this cause. Nothing happens if it is held for it already, or closed."""
    _lock(clock)
    if not clock.is_open:
        return clock
    _find_breach(clock, now=now, actor=actor)
    _pause, created = ClockPause.objects.get_or_create(
        clock=clock, cause=cause, cause_ref=cause_ref, ended_at=None, defaults={"started_at": now}
    )
    if created:
        why = {"cause": cause, "cause_ref": cause_ref}
        _step(clock, "pause", ClockState.PAUSED, CLOCK_PAUSED, actor=actor, now=now, payload=why)
    return clock


@transaction.atomic
def resume_clock(*, clock: Clock, cause: str, cause_ref: int, now: datetime, actor: Actor = SYSTEM) -> Clock:
    """End the pause of this cause, if there is one; the clock runs when no other cause holds it."""
    _lock(clock)
    open_pauses = list(clock.pauses.filter(ended_at=None))
    mine = [pause for pause in open_pauses if (pause.cause, pause.cause_ref) == (cause, cause_ref)]
    if not mine:
        return clock
    _end(mine, now)
    state = ClockState.RUNNING if len(mine) == len(open_pauses) else ClockState.PAUSED
    why = {"cause": cause, "cause_ref": cause_ref}
    _step(clock, "resume", state, CLOCK_RESUMED, actor=actor, now=now, payload=why)
    return clock


@transaction.atomic
def meet_clock(*, clock: Clock, at: datetime, actor: Actor = SYSTEM) -> Clock:
    """What the clock waited for happened at `at`; from the due instant on it is breached as well."""
    _lock(clock)
    if not clock.is_open:
        return clock
    _find_breach(clock, now=at, actor=actor)
    _end(clock.pauses.filter(ended_at=None), at)
    breached = {"breached": clock.breached_at is not None}
    _step(clock, "meet", ClockState.MET, CLOCK_MET, actor=actor, now=at, payload=breached, met_at=at)
    return clock


@transaction.atomic
def cancel_clock(*, clock: Clock, at: datetime, actor: Actor = SYSTEM) -> Clock:
    """There is nothing left to wait for; the clock leaves the figures."""
    _lock(clock)
    if not clock.is_open:
        return clock
    _find_breach(clock, now=at, actor=actor)
    _end(clock.pauses.filter(ended_at=None), at)
    _step(
        clock,
        "cancel",
        ClockState.CANCELLED,
        CLOCK_CANCELLED,
        actor=actor,
        now=at,
        payload={},
        cancelled_at=at,
    )
    return clock


@transaction.atomic
def extend_clock(
    *, clock: Clock, days: int, reason: str, actor: Actor, now: datetime, version: int | None = None
) -> Clock:
    """Add business days. With the `version` that was seen, a doubled request is StaleVersion and not twice.

    Raises NotPermitted, Refused (days, reason), Conflict on a closed clock.
    """
    _require_keeper(actor)
    if not 1 <= days <= EXTENSION_BD_MAX:
        text = _("Between 1 and %(most)d business days can be added at a time.") % {"most": EXTENSION_BD_MAX}
        raise Refused(text, pointer="/days")
    if not reason.strip() or len(reason) > REASON_MAX:
        text = _("Say why, in at most %(most)d characters.") % {"most": REASON_MAX}
        raise Refused(text, code="REASON_REQUIRED", pointer="/reason")
    _lock(clock)
    _require_version(clock, version)
    _find_breach(clock, now=now, actor=actor)
    ClockExtension.objects.create(
        clock=clock, days=days, reason=reason.strip(), by_name=actor.name, by_user_id=actor.user_id, at=now
    )
    added = {"days": days}
    _step(clock, "extend", clock.state, CLOCK_EXTENDED, actor=actor, now=now, payload=added)
    return clock


@transaction.atomic
def pin_calendar(
    *,
    clock: Clock,
    calendar_version: CalendarVersion,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> Clock:
    """Count the whole clock again on another version. Raises NotPermitted, StaleVersion, Conflict."""
    _require_keeper(actor)
    _lock(clock)
    _require_version(clock, version)
    if clock.calendar_version_id == calendar_version.pk:
        return clock
    _find_breach(clock, now=now, actor=actor)
    clock.calendar_version = calendar_version
    _step(
        clock,
        "pin_calendar",
        clock.state,
        CLOCK_CALENDAR_PINNED,
        actor=actor,
        now=now,
        payload={"calendar_version_id": calendar_version.pk},
        calendar_version=calendar_version,
    )
    return clock


# What nobody does but time


def late_clocks(*, now: datetime, limit: int = SWEEP_BATCH) -> list[int]:
    """Return the clocks past their due instant that are not marked as breached, longest overdue first."""
    return list(_late(now).order_by("due_at", "id").values_list("pk", flat=True)[:limit])


def near_clocks(*, now: datetime, limit: int = SWEEP_BATCH) -> list[int]:
    """Return the clocks past their warning, not yet due and not warned of, nearest warning first."""
    return list(_near(now).order_by("warn_at", "id").values_list("pk", flat=True)[:limit])


@transaction.atomic
def breach_clock(*, clock_id: int, now: datetime) -> bool:
    """Mark the clock as breached, as of its due instant; return False where that is done or no longer so."""
    clock = _late(now).filter(pk=clock_id).first()
    return clock is not None and _breach(clock, now=now, actor=SYSTEM)


@transaction.atomic
def warn_clock(*, clock_id: int, now: datetime) -> bool:
    """Warn that the clock is nearly due; return False where that is done or no longer so."""
    clock = _near(now).filter(pk=clock_id).first()
    return clock is not None and _warn(clock, now=now)


def _late(now: datetime) -> QuerySet[Clock]:
    return Clock.objects.filter(_OPEN, breached_at=None, due_at__lte=now)


def _near(now: datetime) -> QuerySet[Clock]:
    return Clock.objects.filter(_OPEN, warned_at=None, warn_at__lte=now, due_at__gt=now)


def _breach(clock: Clock, *, now: datetime, actor: Actor) -> bool:
    """Compare-and-set on the due instant that was seen: one of any number of callers marks it and tells."""
    if not _late(now).filter(pk=clock.pk, due_at=clock.due_at).update(breached_at=F("due_at")):
        return False
    clock.breached_at = clock.due_at
    record(CLOCK_BREACHED, subject=clock, actor=actor, now=now, payload=_payload(clock))
    return True


def _warn(clock: Clock, *, now: datetime) -> bool:
    if not _near(now).filter(pk=clock.pk, due_at=clock.due_at).update(warned_at=now):
        return False
    record(CLOCK_WARNED, subject=clock, actor=SYSTEM, now=now, payload=_payload(clock))
    return True


# What the services share


def _lock(clock: Clock) -> None:
    """Bring the clock up to date and keep others from it until the transaction ends."""
    clock.refresh_from_db(from_queryset=Clock.objects.select_for_update())


def _step(
    clock: Clock,
    transition: str,
    to: str,
    event_type: EventType,
    *,
    actor: Actor,
    now: datetime,
    payload: Mapping[str, Any],
    **changes: Any,
) -> None:
    """Derive the dates again from all that is recorded, and move on."""
    dates = _dates(clock, now)
    told = _payload(clock) | {"due_at": _iso(dates["due_at"]), **payload}
    advance(
        clock,
        CLOCK[transition],
        to=to,
        event_type=event_type,
        actor=actor,
        now=now,
        field="state",
        changes={**dates, **changes},
        payload=told,
    )


def _dates(clock: Clock, now: datetime) -> dict[str, Any]:
    """The derived columns. A warning was given for its date only: a date moved ahead is warned of anew."""
    calendar = clock.calendar_version.as_calendar()
    pauses = [pause.as_pause() for pause in clock.pauses.all()]
    extensions = [extension.days for extension in clock.extensions.all()]
    count = (clock.started_at, calendar, clock.target_days, pauses, extensions)
    warning = warn_at(*count, warn_days=rulebook.clock_warning_bd)
    stale = warning is not None and warning > now
    return {
        "extension_days": sum(extensions),
        "due_at": due_at(*count),
        "warn_at": warning,
        "warned_at": None if stale else clock.warned_at,
    }


def _find_breach(clock: Clock, *, now: datetime, actor: Actor) -> None:
    if clock.breached_at is None and clock.due_at is not None and clock.due_at <= now:
        _breach(clock, now=now, actor=actor)


def _end(pauses: Iterable[ClockPause], at: datetime) -> None:
    for pause in pauses:
        pause.ended_at = max(at, pause.started_at)
        pause.save(update_fields=["ended_at"])


def _payload(clock: Clock) -> dict[str, Any]:
    return {
        "kind": clock.kind,
        "subject_id": clock.subject_id,
        "round": clock.round,
        "due_at": _iso(clock.due_at),
    }


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def _record_calendar(calendar: CalendarVersion, *, actor: Actor, now: datetime) -> None:
    payload = {"name": calendar.name, "number": calendar.number}
    record(CALENDAR_PUBLISHED, subject=calendar, actor=actor, now=now, payload=payload)


def _public_holidays(country: str | None, subdivision: str | None, years: Iterable[int]) -> PublicHolidays:
    if not country:
        return PublicHolidays(names={}, working_days=frozenset())
    wanted = sorted(set(years))
    if not wanted:
        raise Refused(_("Say for which years the country's holidays are wanted."), pointer="/years")
    try:
        return public_holidays(country, subdivision, wanted)
    except UnknownCountryError as error:
        text = _("No holidays are known for “%(country)s”.") % {
            "country": f"{country} {subdivision}" if subdivision else country
        }
        raise Refused(text, pointer="/country") from error


def _require_keeper(actor: Actor) -> None:
    if refusal := KEEPING_CLOCKS.refusal(actor):
        raise refusal


def _require_version(clock: Clock, version: int | None) -> None:
    if version is not None and version != clock.version:
        raise StaleVersion
