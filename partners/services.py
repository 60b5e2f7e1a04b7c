"""Use cases of users' access."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from foundation.journal.step import Step
from foundation.kernel.actor import Actor, ActorKind, DeskRole
from foundation.kernel.errors import NotPermitted, Refused
from partners.events import TOKEN_ISSUED
from partners.models import ApiToken, DeskSeat, Member, Organisation, User

TOKEN_NAME_LENGTH = 100


@transaction.atomic
def issue_token(
    *, username: str, organisation: str | None, name: str = "", actor: Actor, now: datetime
) -> tuple[ApiToken, str]:
    """Issue a bearer token to a user, for one organisation or for the desk; return the row and the secret.

    Only this return value holds the secret; the row stores its hash. `organisation` is a code. A member of exactly one
    organisation and a user with only a desk seat can leave it out. Raises NotPermitted unless the actor is a desk admin
    or the system; raises Refused if the user is unknown or inactive, if the organisation is unknown, if the user is not
    a member of it, or if it is left out by a member of several.
    """
    if actor.kind is not ActorKind.SYSTEM and DeskRole.DESK_ADMIN not in actor.desk_roles:
        raise NotPermitted(_("Only a desk admin can issue tokens."))
    user = User.objects.filter(username=username).first()
    if user is None:
        raise Refused(_("There is no user called %s.") % username, code="USER_UNKNOWN", pointer="/user")
    if not user.is_active:
        raise Refused(_("The user %s is inactive.") % username, code="USER_INACTIVE", pointer="/user")
    if len(name) > TOKEN_NAME_LENGTH:
        told = _("The name of a token can have at most %d characters.") % TOKEN_NAME_LENGTH
        raise Refused(told, code="NAME_TOO_LONG", pointer="/name")
    owner = _organisation_of(user, organisation)
    token, secret = ApiToken.objects.create(user, organisation=owner, name=name)
    step = Step(actor=actor, at=now, organisation_id=owner.pk if owner else None)
    step.record(TOKEN_ISSUED, user, expires_at=token.expiry.isoformat() if token.expiry else None)
    return token, secret


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
