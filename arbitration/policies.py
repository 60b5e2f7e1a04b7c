"""Who may do what in review and arbitration: reason-or-None, no queries."""

from django.utils.translation import gettext_lazy as _

from arbitration.enums import CaseState
from arbitration.models import Case
from claims.policies import ARBITRATING
from cpor.kernel.actor import Actor
from cpor.kernel.errors import Conflict, DomainError, NotPermitted


def arbitrating(actor: Actor) -> DomainError | None:
    """Whether the actor may decide cases."""
    return None if actor.may_arbitrate else NotPermitted(ARBITRATING)


def open_case(case: Case) -> DomainError | None:
    """Whether the case can still be worked on."""
    if case.state == CaseState.OPEN:
        return None
    return Conflict(_("This case has ended. Open it again to see how."))


def scope_taken() -> Conflict:
    """The answer to an approval that another organisation's association has made impossible."""
    return Conflict(
        _(
            "This cannot be approved: another association on the same product waits for the customer's consent "
            "or has taken effect."
        ),
        code="SCOPE_TAKEN",
    )
