"""What the desk's pages may offer: the tables with the facts that the pages know."""

from arbitration.lifecycle import CASE, CaseFact
from arbitration.models import Case
from claims.lifecycle import CLAIM, ClaimFact
from claims.models import Claim
from claims.policies import facts_of
from foundation.kernel.actor import Actor


def claim_actions(
    actor: Actor, claim: Claim, *, has_open_items: bool, has_free_items: bool
) -> tuple[str, ...]:
    """What the desk's page of a claim may offer this actor now; a free item is open and contested by nobody."""
    facts = facts_of(claim, asked=False)
    facts |= {ClaimFact.HAS_OPEN_ITEM} if has_open_items else set()
    facts |= {ClaimFact.HAS_FREE_ITEM} if has_free_items else set()
    return CLAIM.offered(actor, claim.status, facts)


def case_actions(actor: Actor, case: Case, *, has_unaware: bool, is_asking: bool) -> tuple[str, ...]:
    """What the page of a case may offer: `has_unaware` parties wait for their notice, `is_asking` while a request is
    open, which no decision overtakes (5.3)."""
    facts: set[str] = {CaseFact.PARTY_WITHOUT_NOTICE} if has_unaware else set()
    facts |= set() if is_asking else {CaseFact.NOTHING_ASKED}
    return CASE.offered(actor, case.state, facts)
