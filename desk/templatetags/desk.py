"""Building blocks of the desk's pages."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.forms import BoundField

from desk.acts import code_of

register = template.Library()


@register.inclusion_tag("desk/field.html")
def desk_field(field: BoundField) -> dict[str, Any]:
    """Render a field with its label, its hint, and each refusal with its code."""
    refusals = [(code_of(error), message) for error in field.errors.as_data() for message in error.messages]
    return {"field": field, "refusals": refusals}


@register.filter
def beside(cells: Iterable[Any], rows: Sequence[Any]) -> Iterable[tuple[Any, Any]]:
    """Pair the cells of a list with their rows."""
    return zip(cells, rows, strict=True)
