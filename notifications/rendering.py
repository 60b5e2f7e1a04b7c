"""How mails write dates, items and quotations, and how a template becomes a subject and a body."""

import re
import textwrap
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.template import Context, Engine
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from associations.enums import Activity
from claims.enums import ItemOutcome
from claims.models import ClaimItem
from foundation.kernel.workdays import Calendar

WIDTH = 76
_A_MOMENT = timedelta(seconds=1)
_BULLET, _QUOTE = "- ", "> "


def render(template: str, content: Mapping[str, Any]) -> tuple[str, str]:
    """Subject and body of a template whose first line is the subject. Plain text: nothing is escaped."""
    found = Engine.get_default().get_template(f"notifications/{template}.txt")
    text = found.render(Context(dict(content), autoescape=False))
    subject, _newline, body = text.strip().partition("\n")
    lines = (_wrapped(line.rstrip()) for line in body.strip().split("\n"))
    return one_line(subject), re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


def _wrapped(line: str) -> str:
    indent = _QUOTE if line.startswith(_QUOTE) else "  " if line.startswith(_BULLET) else ""
    return textwrap.fill(
        line, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def one_line(text: str) -> str:
    """A name as it may stand in a subject, whatever it was stored with."""
    return " ".join(text.split())


def quoted(text: str) -> str:
    """Somebody's words, marked as such line by line, so that they cannot be taken for ours."""
    return "\n".join(f"{_QUOTE}{line}".rstrip() for line in text.strip().splitlines())


def day_text(day: date) -> str:
    return format_date(day, "l j F Y")


def date_text(instant: datetime, zone: str) -> str:
    """The day on which the instant falls, in the zone."""
    return day_text(Calendar(zone=zone).local_date(instant))


def last_day_text(due_at: datetime, zone: str) -> str:
    """The day at whose end the deadline falls."""
    return date_text(due_at - _A_MOMENT, zone)


def deadline_text(due_at: datetime, zone: str) -> str:
    """The deadline as an absolute date and time with its zone."""
    return _("%(day)s, 24:00 (%(zone)s)") % {"day": last_day_text(due_at, zone), "zone": zone}


def items_text(items: Iterable[ClaimItem]) -> str:
    """One line an item, for its partner."""
    return "\n".join(f"{_BULLET}{item_text(item)}" for item in items)


def item_text(item: ClaimItem) -> str:
    """What the item claims; an ID that the system attached stays out until approval (S42)."""
    attached = item.subscription_attached and item.outcome != ItemOutcome.APPROVED
    return _products(item) if attached else _with_subscription(item)


def consent_items_text(items: Iterable[tuple[ClaimItem, Iterable[str]]]) -> str:
    """One line an item with its approved activities, for the customer, whose own subscription it is."""
    return "\n".join(
        f"{_BULLET}{_with_subscription(item)}: {', '.join(str(Activity(code).label) for code in codes)}"
        for item, codes in items
    )


def _products(item: ClaimItem) -> str:
    return ", ".join(one_line(product.name) for product in item.products.all())


def _with_subscription(item: ClaimItem) -> str:
    if item.scope.subscription is None:
        return _products(item)
    return _("%(products)s (subscription %(guid)s)") % {
        "products": _products(item),
        "guid": item.scope.subscription.guid,
    }
