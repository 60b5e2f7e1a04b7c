"""Forms that could not be accepted, at the desk. What was typed for the desk is offered here and nowhere else."""

from django.http import HttpRequest, QueryDict
from django.utils import timezone

from foundation.doors.typed.keeping import filled_with, keep, kept_at
from foundation.doors.typed.models import KeptForm
from foundation.doors.typed.senders import sender_of
from partners.models import User
from partners.selectors import organisations_of

FORM, FORMS, IS_HIDDEN = "kept_form", "kept_forms", "kept_is_hidden"
"""What the templates read from the request."""


def kept_for_desk(request: HttpRequest) -> QueryDict | None:
    """Return the newest kept form of this page and let the page say so; None if there is none."""
    kept = _kept_here(request)
    if not kept:
        return None
    setattr(request, FORM, kept[0])
    return filled_with(request, kept[0])


def show_kept_at_desk(request: HttpRequest) -> None:
    """Keep what was posted, and let the page that refuses show what its reader typed there, to read and to copy.

    Who works for a company does not take it along: it may name what a partner may not know.
    """
    if not isinstance(request.user, User):
        return
    keep(request, now=timezone.now())
    kept, is_partner = _kept_here(request), organisations_of(request.user).exists()
    setattr(request, FORMS, [] if is_partner else kept)
    setattr(request, IS_HIDDEN, bool(kept) and is_partner)


def _kept_here(request: HttpRequest) -> list[KeptForm]:
    side = sender_of(request).side
    return [kept for kept in kept_at(request, now=timezone.now()) if kept.side == side]
