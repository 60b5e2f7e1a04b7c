"""Turns an API request into the Actor that services work with."""

from rest_framework.request import Request

from claims.inputs import Purpose
from claims.validation import refuse_role
from foundation.doors.request_id import current_request_id
from foundation.kernel.actor import Actor, Channel
from foundation.kernel.errors import NotPermitted
from foundation.kernel.rights import DRAFTING, READING
from partners.actors import desk_actor, partner_actor
from partners.models import ApiToken, User


def caller_of(request: Request) -> Actor:
    """Return the caller. A token acts for its organisation or, without one, for the desk, and for nothing else; a
    browser's session acts for the user's first organisation, else for the desk.

    Raises NotPermitted ROLE_NOT_ALLOWED if the user is neither a member nor on the desk, or has no role that sees claims.
    """
    actor = _found_actor(request)
    if actor is None:
        raise NotPermitted(DRAFTING.otherwise)
    if not READING.held_by(actor):
        # In the words of every other door: which role to ask for, and from whom.
        refuse_role(actor=actor, purpose=Purpose.CHECK)
    return actor


def _found_actor(request: Request) -> Actor | None:
    user, token = request.user, request.auth
    assert isinstance(user, User)
    request_id = current_request_id()
    if not isinstance(token, ApiToken):
        return partner_actor(user, channel=Channel.API, request_id=request_id) or desk_actor(
            user, channel=Channel.API, request_id=request_id
        )
    if token.organisation_id is None:
        return desk_actor(user, channel=Channel.API, request_id=request_id)
    return partner_actor(
        user, channel=Channel.API, organisation_id=token.organisation_id, request_id=request_id
    )
