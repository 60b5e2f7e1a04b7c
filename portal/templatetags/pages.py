"""Building blocks of pages: fields with their hints and findings, and dates as people read them."""

from datetime import date, datetime
from typing import Any

from django import template
from django.forms import BoundField
from django.utils import timezone
from django.utils.dateformat import format as format_date

register = template.Library()


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, **options: Any) -> dict[str, Any]:
    """A field with label, hint and what is to be said about it. Options: `width` (short, medium, wide), `heading`."""
    return {"field": bound, "notices": notices_of(bound), **options}


@register.inclusion_tag("components/notices.html")
def said_about(bound: BoundField) -> dict[str, Any]:
    """Only what is to be said about a field, for fields that a page lays out itself."""
    return {"field": bound, "notices": notices_of(bound)}


def notices_of(bound: BoundField) -> list[Any]:
    """What the form has to say about this field: shapes and findings alike."""
    notices = getattr(bound.form, "notices_about", None)
    return notices(bound.name) if notices else list(bound.errors)


@register.filter
def instant(at: datetime | None) -> str:
    """An instant with its zone: 6 July 2020, 09:00 UTC."""
    return "" if at is None else format_date(timezone.localtime(at), "j F Y, H:i e")


@register.filter
def day(on: date | None) -> str:
    """A date with its weekday: Mon 6 July 2020."""
    return "" if on is None else format_date(on, "D j F Y")


@register.filter
def iso(value: datetime | date) -> str:
    """The machine's form of an instant or a date, for the time element."""
    return value.isoformat().replace("+00:00", "Z")
