"""Render templates into the subject and body of plain-text mails."""

import re
import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

from django.template import Context, Engine

from claims.models import ClaimItem
from wording.items import activity_labels, item_for_partner, item_with_subscription

WIDTH = 76
_BULLET, _QUOTE = "- ", "> "


def render_mail(template: str, content: Mapping[str, Any]) -> tuple[str, str]:
    """Return subject and body; the template's first line is the subject. Plain text: nothing is escaped."""
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
    """Return the text on one line, safe for a subject."""
    return " ".join(text.split())


def quoted(text: str) -> str:
    """Return the text quoted line by line, so that it cannot be taken for ours."""
    return "\n".join(f"{_QUOTE}{line}".rstrip() for line in text.strip().splitlines())


def items_text(items: Iterable[ClaimItem]) -> str:
    """Return one line an item, for its partner."""
    return "\n".join(f"{_BULLET}{item_for_partner(item)}" for item in items)


def consent_items_text(items: Iterable[tuple[ClaimItem, Iterable[str]]]) -> str:
    """Return one line an item with its approved activities, for the customer, who owns the subscription."""
    return "\n".join(
        f"{_BULLET}{item_with_subscription(item)}: {', '.join(activity_labels(codes))}"
        for item, codes in items
    )
