"""API tokens: issued, revoked, and ended by their own user."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from foundation.journal.step import Step
from foundation.journal.unit import one_transaction
from foundation.kernel.actor import Actor
from foundation.kernel.errors import NotFound, Refused
from foundation.kernel.rights import KEEPING_ACCESS
from partners.events import TOKEN_ISSUED, TOKEN_REVOKED
from partners.models import ApiToken, DeskSeat, Member, Organisation, User
from partners.selectors import lock_user

TOKEN_NAME_LENGTH = 100


@one_transaction()
def issue_token(
    *, username: str, organisation: str | None, name: str = "", actor: Actor, now: datetime
) -> tuple[ApiToken, str]:
    """Issue a bearer token to a user, for one organisation or for the desk; return the row and the secret.

    Only this return value holds the secret; the row stores its hash. `organisation` is a code. A member of exactly one
    organisation and a user with only a desk seat can leave it out. Raises NotPermitted unless the actor is a desk admin
    or the system; raises Refused if the user is unknown or inactive, if the organisation is unknown, if the user is not
    a member of it, or if it is left out by a member of several.
    """
    KEEPING_ACCESS.enforce(actor)
    found = User.objects.filter(username=username).first()
    if found is None:
        raise Refused(_("There is no user called %s.") % username, code="USER_UNKNOWN", pointer="/user")
    user = lock_user(found.pk)
    if not user.is_active:
        raise Refused(_("The user %s is inactive.") % username, code="USER_INACTIVE", pointer="/user")
    if len(name) > TOKEN_NAME_LENGTH:
        told = _("The name of a token can have at most %d characters.") % TOKEN_NAME_LENGTH
        raise Refused(told, code="NAME_TOO_LONG", pointer="/name")
    owner = _organisation_of(user, organisation)
    token, secret = ApiToken.objects.create(user, organisation=owner, name=name)
    _step(actor, now, token).record(TOKEN_ISSUED, user, **_times(token))
    return token, secret


@one_transaction()
def revoke_token(*, token_id: str, actor: Actor, now: datetime) -> None:
    """Delete the token. Its user may do so, and whoever keeps access.

    Raises NotPermitted for everybody else, NotFound if there is no such token (any more).
    """
    user_id = ApiToken.objects.filter(pk=token_id).values_list("user_id", flat=True).first()
    if user_id is None:
        raise NotFound
    if actor.user_id != user_id:
        KEEPING_ACCESS.enforce(actor)
    user = lock_user(user_id)
    token = ApiToken.objects.filter(pk=token_id).first()
    if token is None:
        raise NotFound
    token.delete()
    _step(actor, now, token).record(TOKEN_REVOKED, user, **_times(token))


@one_transaction()
def end_own_tokens(*, actor: Actor, now: datetime) -> None:
    """Let every living token of the actor expire now; their rows stay."""
    user = lock_user(actor.person_id)
    living = ApiToken.objects.filter(Q(expiry__gt=now) | Q(expiry__isnull=True), user=user)
    for token in living.order_by("created"):
        ApiToken.objects.filter(pk=token.pk).update(expiry=now)
        _step(actor, now, token).record(TOKEN_REVOKED, user, **_times(token))


def _step(actor: Actor, now: datetime, token: ApiToken) -> Step:
    return Step(actor=actor, at=now, organisation_id=token.organisation_id)


def _times(token: ApiToken) -> dict[str, Any]:
    """Return what an event says of a token; its key is a part of the secret, its name is free text."""
    return {
        "issued_at": token.created.isoformat(),
        "expires_at": token.expiry.isoformat() if token.expiry else None,
    }


def _organisation_of(user: User, code: str | None) -> Organisation | None:
    """Return the organisation that a token is for; None for the desk."""
    members = Member.objects.filter(user=user, ended_at__isnull=True).select_related("organisation")
    own = sorted((member.organisation for member in members), key=lambda organisation: organisation.code)
    if code is not None:
        if not Organisation.objects.filter(code=code).exists():
            raise _refused(_("There is no organisation with the code %s.") % code, "ORGANISATION_UNKNOWN")
        if code not in [organisation.code for organisation in own]:
            told = _("%(user)s is not a member of %(organisation)s.")
            raise _refused(told % {"user": user.username, "organisation": code}, "NOT_A_MEMBER")
    chosen = [organisation for organisation in own if code in (None, organisation.code)]
    if len(chosen) > 1:
        told = _("%(user)s is a member of several organisations. Name one of %(organisations)s.")
        codes = ", ".join(organisation.code for organisation in chosen)
        raise _refused(told % {"user": user.username, "organisations": codes}, "ORGANISATION_AMBIGUOUS")
    if not chosen and not DeskSeat.objects.filter(user=user).exists():
        told = _("%s is neither a member of an organisation nor on the desk.")
        raise _refused(told % user.username, "NOT_A_MEMBER")
    return chosen[0] if chosen else None


def _refused(message: str, code: str) -> Refused:
    return Refused(message, code=code, pointer="/organisation")
