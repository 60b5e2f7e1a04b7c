"""Keeping a form that could not be accepted, offering it again, and forgetting it.

It is bounded in size, number and time. Whoever comes back gets it with a GET, which changes nothing: it is gone once it
was sent or discarded, or after a day.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase

from foundation.doors.typed.fields import fields_of, typed_in
from foundation.doors.typed.models import KEPT_FOR, KeptForm
from foundation.doors.typed.senders import FIELD, sender_in, sender_of

LARGEST = 64 * 1024
MOST = 20
"""How many forms are kept for one person; the oldest give way."""
NEVER_KEPT = frozenset({"csrfmiddlewaretoken", FIELD, "over", "cautions_seen", "more"})


def keep(request: HttpRequest, *, now: datetime) -> KeptForm | None:
    """Keep the request's form for whom it was made.

    Returns None if the form does not say so, if nothing was typed into it, or if it is too large.
    """
    sender = sender_in(request.POST)
    fields = _without_secrets(request.POST)
    if sender is None or not any(typed_in(fields)) or _size(fields) > LARGEST:
        return None
    place = {"person": sender.person, "side": sender.side, "page": sender.page}
    own = KeptForm.objects.filter(person=sender.person)
    own.filter(**place, encoded=fields.urlencode()).delete()  # a second press
    if sender.kept:
        own.filter(pk=sender.kept).delete()
    kept = KeptForm.objects.create(**place, encoded=fields.urlencode(), typed_at=now)
    own.filter(pk__in=list(own.order_by("-typed_at").values_list("pk", flat=True)[MOST:])).delete()
    return kept


def kept_at(request: HttpRequest, *, page: str = "", now: datetime) -> Sequence[KeptForm]:
    """Return what the request's person typed on a page and could not send, for whatever side, newest first."""
    own = sender_of(request, page=page)
    living = KeptForm.objects.filter(person=own.person, page=own.page, typed_at__gt=now - KEPT_FOR)
    return list(living.order_by("-typed_at"))


def filled_with(request: HttpRequest, kept: KeptForm) -> QueryDict:
    """Return the fields of a kept form for its page, which says that it is filled with it."""
    fields = fields_of(kept)
    fields[FIELD] = replace(sender_of(request), kept=str(kept.pk)).signed()
    return fields


def forget_sent(request: HttpRequest, response: HttpResponseBase) -> None:
    """Forget the kept form that was sent. A page answers what it accepted with a redirect, and nothing else."""
    sender = sender_in(request.POST) if request.method == "POST" else None
    if sender is not None and sender.kept and response.status_code in (302, 303):
        KeptForm.objects.filter(pk=sender.kept, person=sender_of(request).person).delete()


def _without_secrets(posted: QueryDict) -> QueryDict:
    fields = QueryDict(mutable=True)
    for name, values in posted.lists():
        if name not in NEVER_KEPT and "password" not in name:
            fields.setlist(name, values)
    return fields


def _size(fields: QueryDict) -> int:
    return sum(
        len(text.encode("utf-8", "replace"))
        for name, values in fields.lists()
        for text in (name, *map(str, values))
    )
