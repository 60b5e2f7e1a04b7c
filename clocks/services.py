"""Publish calendars, extend deadlines, move them to another calendar version, and mark what is due."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from clocks.events import CLOCK_CALENDAR_PINNED, CLOCK_EXTENDED
from clocks.limits import DESK_CALENDAR, DESK_WEEKEND, EXTENSION_BD_MAX, REASON_MAX, SWEEP_BATCH
from clocks.models import CalendarVersion, Clock, ClockExtension
from clocks.public_holidays import PublicHolidays, UnknownCountryError, public_holidays
from clocks.steps import breach, find_breach, late, lock, move, near, record_calendar, warn
from foundation.journal.step import Step
from foundation.kernel.actor import SYSTEM, Actor
from foundation.kernel.errors import Conflict, Refused, require_version
from foundation.kernel.rights import KEEPING_CLOCKS
from foundation.kernel.rulebook import rulebook
from foundation.kernel.workdays import time_zones


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
    """Publish the next version: a country's holidays in these years, our own holidays, and extra working days.

    Running clocks keep their version; `pin_calendar` moves one. Raises NotPermitted unless the actor keeps clocks,
    Refused at the wrong field (zone, weekend, country, years), Conflict if two callers publish at once.
    """
    KEEPING_CLOCKS.enforce(actor)
    free_weekdays = sorted(set(weekend))
    if zone not in time_zones():
        raise Refused(_("“%(zone)s” is not an IANA time zone.") % {"zone": zone}, pointer="/zone")
    if not set(free_weekdays) < set(range(7)):
        raise Refused(
            _("Weekend days are numbered 0 to 6, and at least one day must remain a working day."),
            pointer="/weekend",
        )
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
        raise Conflict(
            _("Another version was published at the same moment. Check it before you publish again.")
        ) from error
    record_calendar(Step(actor=actor, at=now), calendar)
    return calendar


@transaction.atomic
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


@transaction.atomic
def pin_calendar(
    *,
    clock: Clock,
    calendar_version: CalendarVersion,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> Clock:
    """Count the whole clock again on another calendar version. On its own version nothing changes.

    Raises NotPermitted unless the actor keeps clocks, StaleVersion if the clock changed since, Conflict if it is closed.
    """
    KEEPING_CLOCKS.enforce(actor)
    step = Step(actor=actor, at=now)
    _open(step, clock, version)
    if clock.calendar_version_id == calendar_version.pk:
        return clock
    clock.calendar_version = calendar_version
    move(
        step,
        clock,
        "pin_calendar",
        clock.state,
        CLOCK_CALENDAR_PINNED,
        changes={"calendar_version": calendar_version},
        calendar_version_id=calendar_version.pk,
    )
    return clock


def _open(step: Step, clock: Clock, version: int | None) -> None:
    """Lock the clock and mark a breach that no sweep has noticed. Raises StaleVersion."""
    lock(clock)
    require_version(clock.version, version)
    find_breach(step, clock)


def late_clocks(*, now: datetime, limit: int = SWEEP_BATCH) -> list[int]:
    """Return the IDs of open clocks that are due and not marked as breached, longest overdue first."""
    return list(late(now).order_by("due_at", "id").values_list("pk", flat=True)[:limit])


def near_clocks(*, now: datetime, limit: int = SWEEP_BATCH) -> list[int]:
    """Return the IDs of open clocks to warn about, earliest warning first."""
    return list(near(now).order_by("warn_at", "id").values_list("pk", flat=True)[:limit])


@transaction.atomic
def breach_clock(*, clock_id: int, now: datetime) -> bool:
    """Mark the clock as breached as of its due instant; return False if it already is, or is no longer due."""
    clock = late(now).filter(pk=clock_id).first()
    return clock is not None and breach(Step(actor=SYSTEM, at=now), clock)


@transaction.atomic
def warn_clock(*, clock_id: int, now: datetime) -> bool:
    """Record the warning that the clock is nearly due; return False if that was done or no longer applies."""
    clock = near(now).filter(pk=clock_id).first()
    return clock is not None and warn(Step(actor=SYSTEM, at=now), clock)


def _public_holidays(country: str | None, subdivision: str | None, years: Iterable[int]) -> PublicHolidays:
    if not country:
        return PublicHolidays(names={}, working_days=frozenset())
    wanted = sorted(set(years))
    if not wanted:
        raise Refused(_("Enter the years whose holidays you want."), pointer="/years")
    try:
        return public_holidays(country, subdivision, wanted)
    except UnknownCountryError as error:
        text = _("No holidays are known for “%(country)s”.") % {
            "country": f"{country} {subdivision}" if subdivision else country
        }
        raise Refused(text, pointer="/country") from error
