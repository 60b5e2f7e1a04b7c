"""Who may act (domain.md part 9). A right is a test of the caller with the refusal that everyone else reads."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.kernel.actor import Actor, ActorKind, DeskRole
from foundation.kernel.errors import NotPermitted, enforce

Text = str | Promise


@dataclass(frozen=True, kw_only=True)
class Right:
    """A right as the tables name it. `is_offered` is false where no caller acts directly, so no button shows the act."""

    name: str
    held_by: Callable[[Actor], bool]
    otherwise: Text
    is_offered: bool = True

    def refusal(self, actor: Actor) -> NotPermitted | None:
        """Return why the actor lacks the right, or None."""
        return None if self.held_by(actor) else NotPermitted(self.otherwise)

    def enforce(self, actor: Actor) -> None:
        """Raise NotPermitted unless the actor has the right."""
        enforce(self.refusal(actor))


DRAFTING = Right(
    name="drafting roles",
    held_by=lambda actor: actor.may_draft,
    otherwise=_(
        "Your role does not allow filing claims. Ask your company's global admin for the role incentives admin or "
        "incentives user."
    ),
)
SUBMITTING = Right(
    name="submitting roles",
    held_by=lambda actor: actor.may_submit,
    otherwise=_(
        "Your role does not allow this. Ask your company's global admin to make you an incentives admin, "
        "or ask an incentives admin, a billing admin or a global admin to do it."
    ),
)
READING = Right(
    name="drafting roles, desk",
    held_by=lambda actor: actor.may_draft or bool(actor.is_desk and actor.desk_roles),
    otherwise=DRAFTING.otherwise,
)
REVIEWING = Right(
    name="reviewer, arbiter",
    held_by=lambda actor: actor.may_review,
    otherwise=_("Only a reviewer or an arbiter of the claim desk can do this."),
)
ARBITRATING = Right(
    name="arbiter",
    held_by=lambda actor: actor.may_arbitrate,
    otherwise=_("Only an arbiter of the claim desk can decide a case."),
)
DECIDING = Right(
    name="reviewer, arbiter, system",
    held_by=lambda actor: actor.may_review or actor.kind is ActorKind.SYSTEM,
    otherwise=REVIEWING.otherwise,
    is_offered=False,
)
KEEPING_CLOCKS = Right(
    name="desk admin",
    held_by=lambda actor: (
        actor.kind is ActorKind.SYSTEM or (actor.is_desk and DeskRole.DESK_ADMIN in actor.desk_roles)
    ),
    otherwise=_("Only a desk admin can change calendars and deadlines. Ask one to do it."),
)
KEEPING_ACCESS = Right(
    name="desk admin, system",
    held_by=KEEPING_CLOCKS.held_by,
    otherwise=_("Only a desk admin can change accounts, seats, members and tokens. Ask one to do it."),
)
LIFTING = Right(
    name="desk admin",
    held_by=lambda actor: actor.is_desk and DeskRole.DESK_ADMIN in actor.desk_roles,
    otherwise=_("Only a desk admin can lift this. Ask one who has nothing to do with the case."),
)
UNATTENDED = Right(
    name="system",
    held_by=lambda actor: actor.kind is ActorKind.SYSTEM,
    otherwise=_("Only the system does this, when its time has come."),
    is_offered=False,
)
CONSEQUENCE = Right(
    name="follows from another act",
    held_by=lambda _actor: True,
    otherwise="",
    is_offered=False,
)
