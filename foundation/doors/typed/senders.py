"""For whom a form was made: a signed field in every form with typed text.

When a session is gone from the database, nothing else says whose form it is that arrives. The field holds keyed hashes
of the person and of the side for which that person works (the desk, or one company), so that it tells nobody a number,
and the address of the page on which the form stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.core import signing
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

FIELD = "sender"
VALID_FOR = timedelta(days=7)
DESK = "desk"
_SALT = "foundation.doors.typed"
_SIDE = "_side"


@dataclass(frozen=True, kw_only=True)
class Sender:
    """A person on one side at one page; `kept` is the kept form with which the page's form was filled."""

    person: str
    side: str
    page: str
    kept: str = ""

    def signed(self) -> str:
        return signing.dumps([self.person, self.side, self.page, self.kept], salt=_SALT)


def company(organisation_id: int | None) -> str:
    """Return the side of those who work for a company."""
    return f"company {organisation_id}"


def set_side(request: HttpRequest, side: str) -> None:
    """Say for which side the request's person works at this door."""
    setattr(request, _SIDE, side)


def person_of(user: Any) -> str:
    """Return the hash by which a person is known here."""
    return salted_hmac(f"{_SALT}.person", str(user.pk), algorithm="sha256").hexdigest()


def side_of(user: Any, side: str) -> str:
    """Return the hash of a person on one side: two people of one company have two."""
    return salted_hmac(f"{_SALT}.side", f"{user.pk} {side}", algorithm="sha256").hexdigest()


def sender_of(request: HttpRequest, *, page: str = "") -> Sender:
    """Return the request's own person, on the side of its door and at its page."""
    side = side_of(request.user, getattr(request, _SIDE, ""))
    return Sender(person=person_of(request.user), side=side, page=page or request.path)


def sender_in(fields: Mapping[str, Any]) -> Sender | None:
    """Return for whom a posted form was made; None if it does not say so, or not by our hand."""
    try:
        person, side, page, kept = signing.loads(str(fields.get(FIELD) or ""), salt=_SALT, max_age=VALID_FOR)
    except (signing.BadSignature, ValueError):
        return None
    return Sender(person=person, side=side, page=page, kept=kept)


def signed_for(request: HttpRequest, fields: Mapping[str, Any], *, page: str = "") -> str:
    """Return the field for a form about to be shown; one filled with a kept form goes on naming it."""
    own, before = sender_of(request, page=page), sender_in(fields)
    kept = before.kept if before is not None and before.person == own.person else ""
    return replace(own, kept=kept).signed()
