"""A deadline in words: the end of a day, in a zone that is named. One spelling for pages, desk, mails and API."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from foundation.kernel.rulebook import rulebook

_A_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """An exclusive instant, and the day at whose end it mostly is."""

    at: datetime
    zone: str

    @property
    def on(self) -> date:
        """Return the last day that is still in time."""
        return (self.at - _A_SECOND).astimezone(ZoneInfo(self.zone)).date()

    @property
    def short(self) -> str:
        """Return the last day: Mon 13 July 2020."""
        return format_date(self.on, "D j F Y")

    @property
    def day(self) -> str:
        """Return the last day in full: Monday 13 July 2020."""
        return day_text(self.on)

    @property
    def exact(self) -> str:
        """Return day, time and zone: Monday 13 July 2020, 24:00 UTC."""
        local = self.at.astimezone(ZoneInfo(self.zone))
        midnight = (local.hour, local.minute, local.second) == (0, 0, 0)
        time = "24:00" if midnight else format_date(local, "H:i")
        return _("%(day)s, %(time)s %(zone)s") % {"day": self.day, "time": time, "zone": self.zone}


def deadline(at: datetime | None, zone: str | None = None) -> Deadline | None:
    """Return the deadline in its calendar's zone, by default the desk's; None if there is none."""
    return None if at is None else Deadline(at=at, zone=zone or rulebook.desk_time_zone)


def day_text(day: date) -> str:
    """Return a date in full: Monday 13 July 2020."""
    return format_date(day, "l j F Y")


def date_text(instant: datetime, zone: str) -> str:
    """Return the day on which the instant falls in the zone, in full."""
    return day_text(instant.astimezone(ZoneInfo(zone)).date())
