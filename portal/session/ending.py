"""When sessions end: after some time without a request, after a working day, and all at once when their user asks."""

import time
from collections.abc import Callable, Iterable
from datetime import datetime

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.sessions.models import Session
from django.db.models import F
from django.http import HttpRequest, HttpResponse

from foundation.doors.request_id import current_request_id
from foundation.journal.unit import one_transaction
from foundation.kernel.actor import Actor, ActorKind, Channel
from partners.actors import desk_actor, partner_actor
from partners.models import User
from partners.services import end_own_tokens

BEGAN, SEEN = "began_at", "seen_at"
NOTED_EVERY_SECONDS = 60


class SessionLimitsMiddleware:
    """Sign out whoever sent no request for SESSION_IDLE_MINUTES or signed in SESSION_MAX_HOURS ago."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        now = int(time.time())
        if SESSION_KEY in request.session and _is_over(request, now=now):
            logout(request)
        response = self.get_response(request)
        if SESSION_KEY in request.session:  # a session that begins with this request counts from now
            _note(request, now=now)
        return response


def _is_over(request: HttpRequest, *, now: int) -> bool:
    idle: int = now - request.session.get(SEEN, now)
    age: int = now - request.session.get(BEGAN, now)
    return bool(idle > settings.SESSION_IDLE_MINUTES * 60 or age > settings.SESSION_MAX_HOURS * 3600)


def _note(request: HttpRequest, *, now: int) -> None:
    if now - request.session.get(SEEN, 0) >= NOTED_EVERY_SECONDS:
        request.session.setdefault(BEGAN, now)
        request.session[SEEN] = now


@one_transaction()
def end_sessions(user: User, *, tokens: bool, now: datetime) -> None:
    """End every session of the user and, if asked, let every token expire now; a token's row stays for its history.

    Also a session that another request begins or renews at this moment ends: it carries a hash from before.
    """
    User.objects.filter(pk=user.pk).update(sign_outs=F("sign_outs") + 1)
    own = [session.pk for session in _living(now) if session.get_decoded().get(SESSION_KEY) == str(user.pk)]
    Session.objects.filter(pk__in=own).delete()
    if tokens:
        end_own_tokens(actor=_acting(user), now=now)


def _acting(user: User) -> Actor:
    """Return the user as a member of a company, else as the desk, else as nobody in particular."""
    request_id = current_request_id()
    found = partner_actor(user, channel=Channel.WEB) or desk_actor(user, channel=Channel.WEB)
    bare = Actor(kind=ActorKind.PARTNER, name=user.shown_name, user_id=user.pk)
    return (found or bare).through(Channel.WEB, request_id)


def _living(now: datetime) -> Iterable[Session]:
    return Session.objects.filter(expire_date__gt=now).iterator()
