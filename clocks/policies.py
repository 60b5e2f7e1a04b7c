"""Who may change calendars and deadlines: reason-or-None, no queries."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.kernel.actor import Actor, ActorKind, DeskRole


def reason_not_to_keep_clocks(actor: Actor) -> Promise | None:
    """The desk's admins keep calendars and deadlines, and so does the system itself."""
    if actor.kind is ActorKind.SYSTEM or (actor.is_desk and DeskRole.DESK_ADMIN in actor.desk_roles):
        return None
    return _("Only a desk admin can change calendars and deadlines. Ask one to do it.")
