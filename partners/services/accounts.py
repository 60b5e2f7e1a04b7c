"""User accounts: names, what they open, and passwords that one person sets for another."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib.auth.hashers import is_password_usable
from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from foundation.journal.step import Step
from foundation.journal.unit import one_transaction
from foundation.kernel.actor import Actor, ActorKind
from foundation.kernel.errors import NotPermitted, Refused
from foundation.kernel.rights import KEEPING_ACCESS
from partners.events import ACCESS_CHANGED, ACCOUNT_CHANGED, ACCOUNT_CREATED, PASSWORD_SET
from partners.models import User
from partners.policies import refuse_oneself
from partners.selectors import lock_user

NAMES = ("username", "first_name", "last_name", "email")
FLAGS: Mapping[str, str] = {"is_active": "active", "is_staff": "staff", "is_superuser": "superuser"}
OWN_ACCESS: Final = _("You cannot change what your own account opens. Ask another desk admin.")


@dataclass(frozen=True, kw_only=True)
class AccountInput:
    """An account as typed. Staff may open the desk's pages, where their seats decide; superusers give the first seats."""

    username: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    is_active: bool = True
    is_staff: bool = False
    is_superuser: bool = False


@one_transaction()
def create_account(*, account: AccountInput, encoded_password: str, actor: Actor, now: datetime) -> User:
    """Create the account and return it. `encoded_password` is what Django's `make_password` returned.

    Raises NotPermitted unless the actor keeps access, and for a superuser unless the actor is one or the system;
    Refused USER_NAME_TAKEN.
    """
    KEEPING_ACCESS.enforce(actor)
    if account.is_superuser:
        _refuse_to_others_than_superusers(actor)
    user = User(password=encoded_password, **vars(account))
    _save(user)
    Step(actor=actor, at=now).record(
        ACCOUNT_CREATED,
        user,
        access=_access(user),
        password=_kind(encoded_password),
        personal={name: ("", getattr(user, name)) for name in NAMES},
    )
    return user


@one_transaction()
def change_account(*, user_id: int, account: AccountInput, actor: Actor, now: datetime) -> User:
    """Bring the account to what was typed and return it: names are one event, what it opens is another.

    Raises NotPermitted unless the actor keeps access, NOT_FOR_ONESELF where an actor changes what his own account opens,
    and for a superuser's account unless the actor is one or the system; NotFound; Refused USER_NAME_TAKEN.
    """
    KEEPING_ACCESS.enforce(actor)
    user = lock_user(user_id)
    opened = [flag for flag in FLAGS if getattr(user, flag) != getattr(account, flag)]
    if opened:
        refuse_oneself(actor, user.pk, OWN_ACCESS)
    if user.is_superuser or account.is_superuser:
        _refuse_to_others_than_superusers(actor)
    named = [name for name in NAMES if getattr(user, name) != getattr(account, name)]
    personal = {name: (getattr(user, name), getattr(account, name)) for name in named}
    before, step = _access(user), Step(actor=actor, at=now)
    user.username, user.email = account.username, account.email
    user.first_name, user.last_name = account.first_name, account.last_name
    user.is_active, user.is_staff, user.is_superuser = (
        account.is_active,
        account.is_staff,
        account.is_superuser,
    )
    _save(user)
    if named:
        step.record(ACCOUNT_CHANGED, user, fields=named, personal=personal)
    if opened:
        step.record(ACCESS_CHANGED, user, before=before, after=_access(user))
    return user


@one_transaction()
def set_password(*, user_id: int, encoded_password: str, actor: Actor, now: datetime) -> User:
    """Store what Django's `make_password` returned and return the user. One's own password is no event.

    Raises NotPermitted for another's unless the actor keeps access, and for a superuser's unless the actor is one or the
    system; NotFound.
    """
    user = lock_user(user_id)
    is_own = actor.user_id == user.pk
    if not is_own:
        KEEPING_ACCESS.enforce(actor)
        if user.is_superuser:
            _refuse_to_others_than_superusers(actor)
    before = _kind(user.password)
    user.password = encoded_password
    user.save(update_fields=["password"])
    if not is_own:
        Step(actor=actor, at=now).record(PASSWORD_SET, user, before=before, after=_kind(encoded_password))
    return user


def _access(user: User) -> list[str]:
    return [word for flag, word in FLAGS.items() if getattr(user, flag)]


def _kind(encoded_password: str) -> str:
    """Return all that an event says of a password: whether there is one."""
    return "set" if is_password_usable(encoded_password) else "none"


def _save(user: User) -> None:
    """Store the row, which is new or locked."""
    try:
        with one_transaction(undoable=True):
            user.save()
    except IntegrityError as error:
        told = _("There is already a user called %(name)s.") % {"name": user.username}
        raise Refused(told, code="USER_NAME_TAKEN", pointer="/username") from error


def _refuse_to_others_than_superusers(actor: Actor) -> None:
    if actor.kind is ActorKind.SYSTEM:
        return
    if not User.objects.filter(pk=actor.person_id, is_superuser=True).exists():
        raise NotPermitted(_("Only a superuser can change a superuser's account."))
