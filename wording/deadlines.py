"""A deadline as a person reads it: the end of a day, in a zone that is named."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from foundation.kernel.rulebook import rulebook

_A_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """An instant, exclusive, and the day at whose end it mostly is."""

    at: datetime
    zone: str

    @property
    def on(self) -> date:
        """The last day on which it is still in time."""
        return (self.at - _A_SECOND).astimezone(ZoneInfo(self.zone)).date()

    @property
    def short(self) -> str:
        """Mon 13 July 2020."""
        return format_date(self.on, "D j F Y")

    @property
    def exact(self) -> str:
        """The day, the time and the zone: Monday 13 July 2020, 24:00 UTC."""
        local = self.at.astimezone(ZoneInfo(self.zone))
        midnight = (local.hour, local.minute, local.second) == (0, 0, 0)
        time = "24:00" if midnight else format_date(local, "H:i")
        return _("%(day)s, %(time)s %(zone)s") % {
            "day": format_date(self.on, "l j F Y"),
            "time": time,
            "zone": self.zone,
        }


def deadline(at: datetime | None, zone: str | None = None) -> Deadline | None:
    """The deadline in its calendar's zone, the desk's where none is given; None while there is none."""
    return None if at is None else Deadline(at=at, zone=zone or rulebook.desk_time_zone)
