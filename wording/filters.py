"""Template filters, most for dates: `{% load words %}` on pages for partners and for the desk alike."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.dateformat import format as format_date

from wording.dates import short_day

register = template.Library()


@register.filter
def instant(at: datetime | None) -> str:
    """Return an instant with its zone: 6 July 2020, 09:00 UTC."""
    return "" if at is None else format_date(timezone.localtime(at), "j F Y, H:i e")


@register.filter
def to_the_second(at: datetime | None) -> str:
    """Return an instant whose order among others matters: 6 July 2020, 09:00:00 UTC."""
    return "" if at is None else format_date(timezone.localtime(at), "j F Y, H:i:s e")


@register.filter
def day(on: date | None) -> str:
    """Return a date with its weekday: Mon 6 July 2020."""
    return "" if on is None else short_day(on)


@register.filter
def at_key(values: Mapping[Any, Any] | str, key: object) -> Any:
    """Return what a mapping has at a key: nothing if the key or the mapping itself is missing."""
    return values.get(key, ()) if isinstance(values, Mapping) else ()


@register.filter
def iso(value: datetime | date) -> str:
    """Return the machine's form of an instant or a date, for the time element."""
    return value.isoformat().replace("+00:00", "Z")
