"""What the desk's pages offer: the tables, given the facts that the pages know."""

from arbitration.lifecycle import CASE, CaseFact
from arbitration.models import Case
from claims.lifecycle import CLAIM, ClaimFact
from claims.models import Claim
from claims.policies import facts_of
from foundation.kernel.actor import Actor


def claim_actions(
    actor: Actor, claim: Claim, *, has_free_items: bool, has_override: bool = False
) -> tuple[str, ...]:
    """Return what a claim's page at the desk offers this actor now. A free item is open and in no case; an override is
    a text that this actor can allow as the second person."""
    facts = facts_of(claim, asked=False)
    facts |= {ClaimFact.HAS_FREE_ITEM} if has_free_items else set()
    facts |= {ClaimFact.OVERRIDE_WAITS} if has_override else set()
    return CLAIM.offered(actor, claim.status, facts)


def case_actions(
    actor: Actor,
    case: Case,
    *,
    has_unaware: bool,
    is_heard: bool,
    is_proposed: bool,
    is_blocked: bool,
    others_liftable: bool,
) -> tuple[str, ...]:
    """Return what a case's page offers: `has_unaware` if a party waits for its notice, `is_heard` if nothing is missing
    before the decision (5.3), `is_proposed` if one waits for a second arbiter, `is_blocked` if the actor can
    confirm none in the case, `others_liftable` if there is someone else for whom a desk admin can lift that."""
    facts: set[str] = {CaseFact.EVERYONE_HEARD if is_heard else CaseFact.SOMEONE_UNHEARD}
    facts |= {CaseFact.PARTY_WITHOUT_NOTICE} if has_unaware else set()
    facts |= {CaseFact.DECISION_WAITS if is_proposed else CaseFact.NOTHING_PROPOSED}
    facts |= {CaseFact.IS_SECOND_PERSON} if is_proposed and not is_blocked else set()
    facts |= {CaseFact.SOMEONE_BLOCKED} if others_liftable else set()
    return CASE.offered(actor, case.state, facts)
