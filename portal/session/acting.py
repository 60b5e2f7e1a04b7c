"""Who acts on a page: the signed-in user as a partner, for the company chosen last."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from foundation.doors.request_id import current_request_id
from foundation.doors.typed.models import KeptForm
from foundation.kernel.actor import Actor, ActorKind, Channel
from partners.actors import partner_actor
from partners.models import Organisation, User

ORGANISATION_KEY = "organisation_id"


class PartnerRequest(HttpRequest):
    """A request as the pages for partners receive it."""

    user: User  # pages of partners are for people who have signed in
    actor: Actor
    kept_form: KeptForm
    kept_forms: Sequence[KeptForm]
    kept_elsewhere: tuple[Organisation | None, str] | None


class PartnerActorMiddleware:
    """Put `actor` on the request; it is read from the database only when used.

    Who is no member of any organisation gets an actor without organisation and roles: the policies refuse it, and
    it sees nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        lazily = SimpleLazyObject(partial(acting_partner, request))
        cast(PartnerRequest, request).actor = cast(Actor, lazily)
        return self.get_response(request)


def acting_partner(request: HttpRequest) -> Actor:
    """Return the request's user as a partner; a chosen company that is no longer theirs counts as none."""
    user, request_id = request.user, current_request_id()
    if isinstance(user, User):
        chosen = request.session.get(ORGANISATION_KEY)
        for organisation_id in dict.fromkeys([chosen, None]):
            actor = partner_actor(
                user, channel=Channel.WEB, organisation_id=organisation_id, request_id=request_id
            )
            if actor is not None:
                return actor
    return Actor(
        kind=ActorKind.PARTNER,
        name=user.get_username(),
        user_id=user.pk,
        channel=Channel.WEB,
        request_id=request_id,
    )
