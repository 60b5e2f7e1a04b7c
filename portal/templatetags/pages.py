"""Building blocks of pages: fields with their hints and findings."""

from typing import Any

from django import template
from django.forms import BoundField

register = template.Library()


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, **options: Any) -> dict[str, Any]:
    """Draw a field with its label, hint and notices. Options: `width` (short, medium, wide), `heading`."""
    return {"field": bound, "notices": notices_of(bound), **options}


@register.inclusion_tag("components/notices.html")
def said_about(bound: BoundField) -> dict[str, Any]:
    """Draw only the notices of a field, for fields that a page lays out itself."""
    return {"field": bound, "notices": notices_of(bound)}


def notices_of(bound: BoundField) -> list[Any]:
    """Return the form's notices about this field, faults of shape and findings alike."""
    notices = getattr(bound.form, "notices_about", None)
    return notices(bound.name) if notices else list(bound.errors)
