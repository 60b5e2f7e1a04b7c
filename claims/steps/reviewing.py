"""What review does to a claim besides asking and deciding: it takes it up, and shows when others are being heard."""

from claims.enums import ClaimStatus
from claims.events import ITEM_IN_ARBITRATION, REVIEW_STARTED
from claims.lifecycle import CLAIM
from claims.models import Claim, ClaimItem
from claims.steps.items import end_arbitration
from foundation.journal.step import Step


def begin_review(step: Step, claim_id: int) -> Claim:
    """The reviewer becomes the assignee of a submitted claim (scenario 58). Raises NotPermitted, Conflict."""
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
    """From its notice on, a party's item carries the badge “in arbitration” (scenario 73)."""
    unmarked = ClaimItem.objects.filter(pk=item_id, in_arbitration_since__isnull=True)
    if unmarked.update(in_arbitration_since=step.at):
        item = ClaimItem.objects.select_related("claim").get(pk=item_id)
        step.about(item.claim).record(ITEM_IN_ARBITRATION, item, item=item.pk)


def leave_arbitration(step: Step, item_id: int) -> None:
    """The case ended for this item; nothing happens where it carried no badge."""
    item = ClaimItem.objects.select_related("claim").get(pk=item_id)
    end_arbitration(step.about(item.claim), item)
