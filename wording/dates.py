"""A day in words: one long and one short spelling, and the zone it is read in."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date


def full_day(day: date) -> str:
    """Return Monday 13 July 2020."""
    return format_date(day, "l j F Y")


def short_day(day: date) -> str:
    """Return Mon 13 July 2020."""
    return format_date(day, "D j F Y")


def local_day(instant: datetime, zone: str) -> date:
    """Return the day on which the instant falls in the zone."""
    return instant.astimezone(ZoneInfo(zone)).date()


def last_day_before(instant: datetime, zone: str) -> date:
    """Return the day in the zone that is over, or is the last one still in time, at an exclusive instant."""
    return local_day(instant - timedelta(seconds=1), zone)
