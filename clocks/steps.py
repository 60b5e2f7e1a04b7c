"""The life of a clock: start, pause, resume, meet, cancel, as parts of what happens to a claim or a case.

Every step may be repeated and may come late. The outcome does not depend on a sweep in between: a step at or after the
due instant marks the breach first (part 6). Events of clocks belong to no claim's history.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet

from clocks.enums import ClockKind, ClockState
from clocks.events import (
    CLOCK_BREACHED,
    CLOCK_CALENDAR_PINNED,
    CLOCK_CANCELLED,
    CLOCK_MET,
    CLOCK_PAUSED,
    CLOCK_RESUMED,
    CLOCK_STARTED,
    CLOCK_WARNED,
)
from clocks.lifecycle import CLOCK
from clocks.models import CalendarVersion, Clock, ClockPause
from clocks.publishing import Content, content_of, continue_through, newest_version, store_next
from foundation.journal.routing import EventType
from foundation.journal.step import Step
from foundation.journal.unit import one_transaction
from foundation.kernel.actor import SYSTEM
from foundation.kernel.rulebook import rulebook
from foundation.kernel.workdays import Pause, due_at, time_zones, warn_at


@one_transaction()
def desk_calendar(*, now: datetime) -> CalendarVersion:
    """Return the newest version of the desk's calendar; the first call makes version 1, without holidays.

    A version whose time zone does not exist can count no day. It is followed by one in the zone of the settings that is
    otherwise the same. Raises ValueError if that zone does not exist either, and stores nothing.
    """
    newest = newest_version()
    if newest is not None and newest.zone in time_zones():
        return newest
    content = content_of(newest) if newest else Content(zone=rulebook.desk_time_zone, names={})
    following, _created = store_next(Step(actor=SYSTEM, at=now), newest, content)
    return following


def count_from(
    step: Step,
    start: datetime,
    version: CalendarVersion,
    days: int,
    pauses: Sequence[Pause] = (),
    extensions: Sequence[int] = (),
) -> tuple[CalendarVersion, datetime | None]:
    """Return the version to count on, and when the count is due: a version published for every year that it passes.

    If the given version is not, it is the newest one, which is continued in the same transaction by what is missing.
    """
    if version.zone not in time_zones():
        version = desk_calendar(now=step.at)
    while True:
        calendar = version.as_calendar()
        due = due_at(start, calendar, days, pauses, extensions)
        year = calendar.unpublished_year(start, due)
        if year is None:
            return version, due
        passed = range(calendar.local_date(start).year, year + 1)
        following = continue_through(step.apart().by_system(), version, passed)
        if following == version:
            return version, due
        version = following


def due_after(step: Step, days: int) -> datetime:
    """Return the end of so many business days from now on the desk's calendar."""
    _version, due = count_from(step, step.at, desk_calendar(now=step.at), days)
    if due is None:
        raise AssertionError("a deadline without pauses has a due instant")
    return due


@one_transaction()
def start_clock(
    step: Step,
    *,
    kind: ClockKind,
    subject_id: int,
    target_days: int,
    round: int = 1,  # noqa: A002 (the rulebook's word)
    calendar_version: CalendarVersion | None = None,
) -> Clock:
    """Return the clock of this round; start it now, by default on the desk's calendar, unless it exists."""
    version, due = count_from(step, step.at, calendar_version or desk_calendar(now=step.at), target_days)
    clock, created = Clock.objects.get_or_create(
        kind=kind,
        subject_id=subject_id,
        round=round,
        defaults={
            "calendar_version": version,
            "started_at": step.at,
            "target_days": target_days,
            "due_at": due,
            "warn_at": warn_at(
                step.at, version.as_calendar(), target_days, warn_days=rulebook.clock_warning_bd
            ),
        },
    )
    if created:
        step.apart().record(
            CLOCK_STARTED,
            clock,
            **payload_of(clock),
            started_at=step.at.isoformat(),
            target_days=target_days,
            calendar_version_id=version.pk,
        )
    return clock


@one_transaction()
def pause_clock(step: Step, clock: Clock, *, cause: str, cause_ref: int) -> Clock:
    """Pause the clock for this cause. A closed clock, or one already paused for it, stays unchanged."""
    lock(clock)
    if not clock.is_open:
        return clock
    find_breach(step, clock)
    _pause, created = ClockPause.objects.get_or_create(
        clock=clock, cause=cause, cause_ref=cause_ref, ended_at=None, defaults={"started_at": step.at}
    )
    if created:
        move(step, clock, "pause", ClockState.PAUSED, CLOCK_PAUSED, cause=cause, cause_ref=cause_ref)
    return clock


@one_transaction()
def resume_clock(step: Step, clock: Clock, *, cause: str, cause_ref: int) -> Clock:
    """End this cause's pause, if there is one; the clock runs again when no other cause holds it."""
    lock(clock)
    open_pauses = list(clock.pauses.filter(ended_at=None))
    mine = [pause for pause in open_pauses if (pause.cause, pause.cause_ref) == (cause, cause_ref)]
    if not mine:
        return clock
    _end(mine, step.at)
    state = ClockState.RUNNING if len(mine) == len(open_pauses) else ClockState.PAUSED
    move(step, clock, "resume", state, CLOCK_RESUMED, cause=cause, cause_ref=cause_ref)
    return clock


@one_transaction()
def meet_clock(step: Step, clock: Clock) -> Clock:
    """Close the clock as met. At or after its due instant it is breached as well."""
    if _close(step, clock):
        breached = clock.breached_at is not None
        move(step, clock, "meet", ClockState.MET, CLOCK_MET, changes={"met_at": step.at}, breached=breached)
    return clock


@one_transaction()
def cancel_clock(step: Step, clock: Clock) -> Clock:
    """Close the clock because nothing is left to wait for; figures leave it out."""
    if _close(step, clock):
        changes = {"cancelled_at": step.at}
        move(step, clock, "cancel", ClockState.CANCELLED, CLOCK_CANCELLED, changes=changes)
    return clock


def _close(step: Step, clock: Clock) -> bool:
    """Lock the clock, mark its breach and end its pauses; return False if it is closed already."""
    lock(clock)
    if clock.is_open:
        find_breach(step, clock)
        _end(clock.pauses.filter(ended_at=None), step.at)
    return clock.is_open


def late(now: datetime) -> QuerySet[Clock]:
    """Return the open clocks that are due and not marked as breached."""
    return Clock.objects.filter(state__in=ClockState.open_states(), breached_at=None, due_at__lte=now)


def near(now: datetime) -> QuerySet[Clock]:
    """Return the open clocks to warn about: past the warning, not yet due, not warned of for this date."""
    return Clock.objects.filter(
        state__in=ClockState.open_states(), warned_at=None, warn_at__lte=now, due_at__gt=now
    )


def breach(step: Step, clock: Clock) -> bool:
    """Mark the breach by compare-and-set on the due instant seen; return whether this call did it."""
    if not late(step.at).filter(pk=clock.pk, due_at=clock.due_at).update(breached_at=F("due_at")):
        return False
    clock.breached_at = clock.due_at
    step.apart().record(CLOCK_BREACHED, clock, **payload_of(clock))
    return True


def warn(step: Step, clock: Clock) -> bool:
    """Record the warning, once for each due instant; return whether this call did it."""
    if not near(step.at).filter(pk=clock.pk, due_at=clock.due_at).update(warned_at=step.at):
        return False
    step.apart().record(CLOCK_WARNED, clock, **payload_of(clock))
    return True


def find_breach(step: Step, clock: Clock) -> None:
    """Mark a breach that no sweep has noticed yet."""
    if clock.breached_at is None and clock.due_at is not None and clock.due_at <= step.at:
        breach(step, clock)


def lock(clock: Clock) -> None:
    """Lock the clock until the transaction ends, and reload it."""
    clock.refresh_from_db(from_queryset=Clock.objects.select_for_update())


def move(
    step: Step,
    clock: Clock,
    act: str,
    to: str,
    event: EventType,
    *,
    changes: dict[str, Any] | None = None,
    **payload: Any,
) -> None:
    """Compute the dates again from everything recorded, and advance the clock along its table.

    A count that passes an unpublished year moves the clock to a version that has it, which is recorded as well.
    """
    pinned = clock.calendar_version
    dates = _dates(clock, step)
    described = payload_of(clock) | {"due_at": _iso(dates["due_at"])}
    step.apart().advance(
        clock, CLOCK[act], to=to, event=event, changes={**(changes or {}), **dates}, **described, **payload
    )
    if clock.calendar_version != pinned:
        recorded: dict[str, Any] = {"from": to, "to": to, "calendar_version_id": clock.calendar_version_id}
        step.apart().by_system().record(CLOCK_CALENDAR_PINNED, clock, **payload_of(clock), **recorded)


def payload_of(clock: Clock) -> dict[str, Any]:
    """Return the payload keys that every event of a clock carries."""
    return {
        "kind": clock.kind,
        "subject_id": clock.subject_id,
        "round": clock.round,
        "due_at": _iso(clock.due_at),
    }


def _dates(clock: Clock, step: Step) -> dict[str, Any]:
    """Return the derived columns. A warning holds for one date only: a later date is warned of again."""
    pauses = [pause.as_pause() for pause in clock.pauses.all()]
    extensions = [extension.days for extension in clock.extensions.all()]
    count = (clock.target_days, pauses, extensions)
    version, due = count_from(step, clock.started_at, clock.calendar_version, *count)
    warning = warn_at(clock.started_at, version.as_calendar(), *count, warn_days=rulebook.clock_warning_bd)
    stale = warning is not None and warning > step.at
    return {
        "calendar_version": version,
        "extension_days": sum(extensions),
        "due_at": due,
        "warn_at": warning,
        "warned_at": None if stale else clock.warned_at,
    }


def _end(pauses: Iterable[ClockPause], at: datetime) -> None:
    for pause in pauses:
        pause.ended_at = max(at, pause.started_at)
        pause.save(update_fields=["ended_at"])


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
