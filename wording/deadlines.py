"""A deadline in words: the end of a day in a named zone, how much is left, and why it is that day.

Pages, desk and mails all read one value. It comes from a clock, with its explanation, or from a stored instant.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from associations.models import ConsentRequest
from clocks.enums import ClockKind, ClockState
from clocks.models import Clock
from foundation.kernel.rulebook import rulebook
from wording.clocks import ExplainedDay, explain_clock, explained_days, sentence_of
from wording.dates import full_day, last_day_before, local_day, short_day


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """An exclusive instant and the day that ends with it; no instant while a paused clock leaves it open."""

    at: datetime | None
    zone: str

    @property
    def on(self) -> date | None:
        """Return the last day that is still in time."""
        return None if self.at is None else last_day_before(self.at, self.zone)

    @property
    def short(self) -> str:
        """Return the last day: Mon 13 July 2020."""
        return _no_date() if self.on is None else short_day(self.on)

    @property
    def day(self) -> str:
        """Return the last day in full: Monday 13 July 2020."""
        return _no_date() if self.on is None else full_day(self.on)

    @property
    def exact(self) -> str:
        """Return day, time and zone: Monday 13 July 2020, 24:00 UTC."""
        if self.at is None:
            return _no_date()
        local = self.at.astimezone(ZoneInfo(self.zone))
        midnight = (local.hour, local.minute, local.second) == (0, 0, 0)
        time = "24:00" if midnight else format_date(local, "H:i")
        return _("%(day)s, %(time)s %(zone)s") % {"day": self.day, "time": time, "zone": self.zone}


@dataclass(frozen=True, kw_only=True)
class ClockDeadline(Deadline):
    """A clock's deadline as it stands: what it is for, how much is left, and "Why this date?" (part 6).

    It is late while the day has passed and nothing is done; it stays breached ever after.
    """

    what: str
    clock_id: int
    state: str
    business_days_left: int
    is_late: bool
    is_breached: bool
    days: tuple[ExplainedDay, ...]
    sentence: str

    @property
    def is_open(self) -> bool:
        return self.state in ClockState.open_states()

    @property
    def is_running(self) -> bool:
        return self.state == ClockState.RUNNING

    @property
    def left(self) -> str:
        """Return how much time is left, in words."""
        if self.is_late:
            return _("Overdue")
        if self.state == ClockState.MET:
            return _("Done")
        if self.state == ClockState.CANCELLED:
            return _("No longer needed")
        days = self.business_days_left
        text = ngettext("%(days)d business day left", "%(days)d business days left", days) % {"days": days}
        return _("Paused, %(left)s") % {"left": text} if self.state == ClockState.PAUSED else text

    @property
    def breach(self) -> str:
        """Return the breach in words; empty without one."""
        if not self.is_breached or self.at is None:
            return ""
        missed = {"what": self.what, "day": self.short}
        if self.is_open:
            return _("Breached: %(what)s was due on %(day)s and is still open") % missed
        return _("Breached: %(what)s was due on %(day)s") % missed


def deadline_at(at: datetime, zone: str = "") -> Deadline:
    """Return the deadline at a stored instant, in the desk's zone unless another is given."""
    return Deadline(at=at, zone=zone or rulebook.desk_time_zone)


def deadline_of(clock: Clock, now: datetime) -> ClockDeadline:
    """Return the clock's deadline as it stands at `now`, with every day explained."""
    why = explain_clock(clock, now)
    is_late = clock.is_open and why.overdue
    return ClockDeadline(
        at=why.due_at,
        zone=clock.calendar_version.zone,
        what=_what(clock),
        clock_id=clock.pk,
        state=clock.state,
        business_days_left=why.business_days_left if clock.is_open else 0,
        is_late=is_late,
        is_breached=is_late or clock.breached_at is not None,
        days=explained_days(clock, why),
        sentence=sentence_of(clock, why),
    )


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why a date that comes from no clock is that date: calendar days count, so there is no table of days."""

    sentence: str


def reason_of_consent(asked: ConsentRequest) -> Reason | None:
    """Return why the customer can decline until the end of the window; None before it has begun."""
    if asked.handed_over_at is None or asked.window_ends_at is None:
        return None
    zone = rulebook.desk_time_zone
    begun, end = local_day(asked.handed_over_at, zone), last_day_before(asked.window_ends_at, zone)
    days = (end - begun).days
    text = ngettext(
        "We wrote to the customer on %(begun)s. %(days)d calendar day is counted from the day after; weekends and "
        "holidays count, so no calendar of working days is used. Over at the end of %(end)s (%(zone)s).",
        "We wrote to the customer on %(begun)s. %(days)d calendar days are counted from the day after; weekends and "
        "holidays count, so no calendar of working days is used. Over at the end of %(end)s (%(zone)s).",
        days,
    )
    return Reason(
        sentence=text % {"begun": short_day(begun), "days": days, "end": short_day(end), "zone": zone}
    )


def _what(clock: Clock) -> str:
    if clock.kind == ClockKind.RESPONSE:
        return _("Answer")
    if clock.kind == ClockKind.REVIEW and clock.round > 1:
        return _("Review, round %d") % clock.round
    return str(clock.get_kind_display())


def _no_date() -> str:
    return _("No date while the clock is paused")
