"""The one function that settles claims, called by every step that closes an item or ends a grant."""

from associations.enums import AssociationState
from claims.enums import ClaimStatus, ItemOutcome, RequestState
from claims.events import CLAIM_RESUMED, CLAIM_SETTLED
from claims.lifecycle import CLAIM
from claims.models import Claim, ClaimItem, ItemActivity, RequestParty
from foundation.journal.step import Step
from foundation.journal.unit import one_transaction


@one_transaction()
def settle_claim(step: Step, claim_id: int) -> Claim:
    """Move the claim to the status that its items and requests call for, if it is not there yet.

    With an open item it returns to the status it left, once no request is open. Without one it settles by the first rule
    of domain.md part 3 that fits. Drafts stay as they are.
    """
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    step = step.about(claim)
    act = CLAIM["end" if claim.status == ClaimStatus.APPROVED else "settle"]
    if act.state_refusal(claim.status):
        return claim
    outcomes = set(ClaimItem.objects.filter(claim=claim).values_list("outcome", flat=True))
    if claim.status in ClaimStatus.OPEN and ItemOutcome.PENDING in outcomes:
        _resume(step, claim)
        return claim
    target = _settled_status(claim, outcomes)
    if target != claim.status:
        changes = {"settled_at": step.at, "touched_at": step.at, "resume_status": ""}
        step.advance(claim, act, to=target, event=CLAIM_SETTLED, changes=changes)
    return claim


def _resume(step: Step, claim: Claim) -> None:
    waiting = RequestParty.objects.filter(claim=claim, state=RequestState.OPEN).exists()
    if claim.status != ClaimStatus.PARTNER_ACTION_REQUIRED or waiting:
        return
    changes = {"resume_status": "", "touched_at": step.at}
    step.advance(claim, CLAIM["resume"], to=claim.resume_status, event=CLAIM_RESUMED, changes=changes)


def _settled_status(claim: Claim, outcomes: set[str]) -> ClaimStatus:
    """Return the status by domain.md part 3: approved, ended, rejected, withdrawn; disputes come later."""
    if ItemOutcome.APPROVED in outcomes:
        living = ItemActivity.objects.filter(
            item__claim=claim, item__outcome=ItemOutcome.APPROVED, grant__state__in=AssociationState.LIVING
        )
        return ClaimStatus.APPROVED if living.exists() else ClaimStatus.ENDED
    if ItemOutcome.DECLINED in outcomes:
        return ClaimStatus.REJECTED
    return ClaimStatus.WITHDRAWN
