"""Seats at the desk: given and ended by another desk admin."""

from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from foundation.journal.step import Step
from foundation.journal.unit import one_transaction
from foundation.kernel.actor import Actor
from foundation.kernel.errors import Conflict, Refused
from foundation.kernel.rights import KEEPING_ACCESS
from partners.enums import DESK_ROLE_LABELS
from partners.events import SEAT_ENDED, SEAT_GIVEN
from partners.models import DeskSeat, User
from partners.policies import refuse_oneself
from partners.selectors import lock_user

OWN_SEAT: Final = _("You cannot change your own seats at the desk. Ask another desk admin.")


@one_transaction()
def give_seat(*, user_id: int, role: str, actor: Actor, now: datetime) -> DeskSeat:
    """Give the user a role at the desk and return the seat.

    Raises NotPermitted unless the actor keeps access, and NOT_FOR_ONESELF for an own seat; NotFound for an unknown user;
    Refused for an unknown role; Conflict if the user has the seat already.
    """
    KEEPING_ACCESS.enforce(actor)
    refuse_oneself(actor, user_id, OWN_SEAT)
    if role not in DESK_ROLE_LABELS:
        raise Refused(_("The desk has no such seat."), pointer="/role")
    user = lock_user(user_id)
    before = _seats_of(user)
    if role in before:
        raise Conflict(_("This person has that seat already."))
    seat = DeskSeat.objects.create(user=user, role=role)
    Step(actor=actor, at=now).record(SEAT_GIVEN, user, role=role, before=before, after=_seats_of(user))
    return seat


@one_transaction()
def end_seat(*, user_id: int, role: str, actor: Actor, now: datetime) -> None:
    """Take a role at the desk from the user.

    Raises NotPermitted unless the actor keeps access, and NOT_FOR_ONESELF for an own seat; NotFound for an unknown user;
    Conflict if the user does not have the seat (any more).
    """
    KEEPING_ACCESS.enforce(actor)
    refuse_oneself(actor, user_id, OWN_SEAT)
    user = lock_user(user_id)
    before = _seats_of(user)
    if role not in before:
        raise Conflict(_("This person does not have that seat any more."))
    DeskSeat.objects.filter(user=user, role=role).delete()
    Step(actor=actor, at=now).record(SEAT_ENDED, user, role=role, before=before, after=_seats_of(user))


def _seats_of(user: User) -> list[str]:
    return sorted(DeskSeat.objects.filter(user=user).values_list("role", flat=True))
