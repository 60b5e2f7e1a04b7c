"""Who may do what in review and arbitration: reason-or-None, no queries."""

from django.utils.translation import gettext_lazy as _

from arbitration.enums import CaseState
from arbitration.models import Case
from claims.enums import ClaimStatus
from claims.models import Claim
from claims.policies import ARBITRATING, adding, in_status, reviewing
from foundation.kernel.actor import Actor
from foundation.kernel.errors import Conflict, DomainError, NotPermitted


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


def claim_actions(
    actor: Actor, claim: Claim, *, has_open_items: bool, has_free_items: bool
) -> tuple[str, ...]:
    """What the desk's page of a claim may offer this actor now; a free item is open and contested by nobody."""
    nothing_left = in_status(claim, frozenset())
    reviewable = reviewing(actor) or in_status(claim, ClaimStatus.REVIEWABLE)
    refusals = {
        "start_review": reviewing(actor) or in_status(claim, frozenset({ClaimStatus.SUBMITTED})),
        "request_information": reviewable or (None if has_open_items else nothing_left),
        "decide_items": reviewable or (None if has_free_items else nothing_left),
        "comment": adding(actor, claim),
        "note": reviewing(actor),
    }
    return tuple(action for action, refusal in refusals.items() if refusal is None)


def case_actions(actor: Actor, case: Case, *, has_unaware: bool, is_asking: bool) -> tuple[str, ...]:
    """What the page of a case may offer: `has_unaware` parties wait for their notice, `is_asking` while a request is
    open, which no decision overtakes (5.3)."""
    ended = open_case(case)
    refusals = {
        "post_notice": reviewing(actor) or ended,
        "ask_parties": reviewing(actor) or ended,
        "decide_case": arbitrating(actor) or ended,
    }
    barred = {"post_notice": not has_unaware, "decide_case": is_asking}
    return tuple(
        action for action, refusal in refusals.items() if refusal is None and not barred.get(action, False)
    )
