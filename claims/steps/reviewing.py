"""What review does to a claim besides asking and deciding: it takes it up, and shows when others are being heard."""

from datetime import datetime

from django.db import transaction

from claims import policies
from claims.enums import ClaimStatus
from claims.events import ITEM_IN_ARBITRATION, REVIEW_STARTED
from claims.lifecycle import CLAIM
from claims.models import Claim, ClaimItem
from claims.services.items import end_arbitration
from foundation.journal.services import advance, record
from foundation.kernel.actor import Actor


@transaction.atomic
def start_review(*, claim_id: int, actor: Actor, now: datetime) -> Claim:
    """The reviewer becomes the assignee of a submitted claim (scenario 58). Raises NotPermitted, Conflict."""
    policies.enforce(policies.reviewing(actor))
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    advance(
        claim,
        CLAIM["start_review"],
        to=ClaimStatus.UNDER_REVIEW,
        event_type=REVIEW_STARTED,
        actor=actor,
        now=now,
        changes={"assignee_id": actor.user_id, "touched_at": now},
        claim_id=claim.pk,
        organisation_id=claim.organisation_id,
        payload={"assignee": actor.user_id},
    )
    return claim


@transaction.atomic
def enter_arbitration(*, item_id: int, actor: Actor, now: datetime) -> None:
    """From its notice on, a party's item carries the badge “in arbitration” (scenario 73)."""
    item = ClaimItem.objects.select_related("claim").get(pk=item_id)
    if ClaimItem.objects.filter(pk=item_id, in_arbitration_since__isnull=True).update(
        in_arbitration_since=now
    ):
        record(
            ITEM_IN_ARBITRATION,
            subject=item,
            actor=actor,
            now=now,
            claim_id=item.claim_id,
            organisation_id=item.claim.organisation_id,
            payload={"item": item.pk},
        )


@transaction.atomic
def leave_arbitration(*, item_id: int, actor: Actor, now: datetime) -> None:
    """The case ended for this item; nothing happens where it carried no badge."""
    item = ClaimItem.objects.select_related("claim").get(pk=item_id)
    end_arbitration(item, claim=item.claim, actor=actor, now=now)
