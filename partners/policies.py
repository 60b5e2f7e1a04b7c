"""What nobody does for himself (domain.md 5.9)."""

from django.utils.functional import Promise

from foundation.kernel.actor import Actor
from foundation.kernel.errors import NotPermitted

NOT_FOR_ONESELF = "NOT_FOR_ONESELF"


def refuse_oneself(actor: Actor, user_id: int, told: Promise) -> None:
    """Raise NotPermitted NOT_FOR_ONESELF if the actor is the user that the change concerns, superusers included."""
    if actor.user_id == user_id:
        raise NotPermitted(told, code=NOT_FOR_ONESELF)
