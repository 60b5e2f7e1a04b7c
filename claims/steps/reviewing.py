"""The start of a review, and the badge of items in arbitration."""

from claims.enums import ClaimStatus
from claims.events import ITEM_IN_ARBITRATION, REVIEW_STARTED
from claims.lifecycle import CLAIM
from claims.models import Claim, ClaimItem
from claims.steps.items import end_arbitration
from foundation.journal.step import Step


def begin_review(step: Step, claim_id: int) -> Claim:
    """Make the reviewer the assignee of a submitted claim (scenario 58). Raises NotPermitted and Conflict."""
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    reviewer_id = step.actor.user_id
    step.about(claim).advance(
        claim,
        CLAIM["start_review"],
        to=ClaimStatus.UNDER_REVIEW,
        event=REVIEW_STARTED,
        changes={"assignee_id": reviewer_id, "touched_at": step.at},
        assignee=reviewer_id,
    )
    return claim


def enter_arbitration(step: Step, item_id: int) -> None:
    """Give a party's item the badge “in arbitration”, which it keeps from its notice on (scenario 73)."""
    unmarked = ClaimItem.objects.filter(pk=item_id, in_arbitration_since__isnull=True)
    if unmarked.update(in_arbitration_since=step.at):
        item = ClaimItem.objects.select_related("claim").get(pk=item_id)
        step.about(item.claim).record(ITEM_IN_ARBITRATION, item, item=item.pk)


def leave_arbitration(step: Step, item_id: int) -> None:
    """Remove the badge from an item whose case ended for it, if it has one."""
    item = ClaimItem.objects.select_related("claim").get(pk=item_id)
    end_arbitration(step.about(item.claim), item)
