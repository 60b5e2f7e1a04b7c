"""For templates: the field by which a form says for whom it was made, and what was typed into a kept one."""

from django import template
from django.forms import BaseForm
from django.template import Context
from django.utils.html import format_html

from foundation.doors.typed.fields import fields_of, typed_in
from foundation.doors.typed.models import KeptForm
from foundation.doors.typed.senders import FIELD, signed_for

register = template.Library()


@register.simple_tag(takes_context=True)
def sender(context: Context, form: BaseForm, page: str = "") -> str:
    """Draw the hidden field; `page` is the page on which the form stands, if it is sent from or to another."""
    signed = signed_for(context["request"], form.data, page=page)
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, signed)


@register.filter
def typed(kept: KeptForm) -> list[tuple[str, str]]:
    """Return what was typed into a kept form, by readable names."""
    return list(typed_in(fields_of(kept)))
