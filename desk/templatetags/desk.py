"""Building blocks of the desk's pages."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.forms import BoundField
from django.template import Context

from desk.acts import ActionForm, code_of

register = template.Library()


@register.inclusion_tag("desk/field.html")
def desk_field(field: BoundField) -> dict[str, Any]:
    """Render a field with its label, its hint, and each refusal with its code."""
    refusals = [(code_of(error), message) for error in field.errors.as_data() for message in error.messages]
    return {"field": field, "refusals": refusals}


@register.inclusion_tag("desk/act.html", takes_context=True)
def desk_act(context: Context, form: ActionForm, look: str = "desk-form") -> dict[str, Any]:
    """Render the form of an act as it was declared, with its first button."""
    act, names = form.act, context["names"]
    return {
        "request": context["request"],
        "page": context.get("page"),
        "version": context["version"],
        "seen_to": context["seen_to"],
        "changed": context.get("changed"),
        "form": form,
        "look": look,
        "title": str(act.title) % names,
        "note": str(act.note) % names,
        "button": act.buttons[0],
        "label": str(act.buttons[0].label) % names,
    }


@register.filter
def beside(cells: Iterable[Any], rows: Sequence[Any]) -> Iterable[tuple[Any, Any]]:
    """Pair the cells of a list with their rows."""
    return zip(cells, rows, strict=True)
