"""Comments of partners and of the desk."""

from datetime import datetime

from django.db import transaction

from claims.enums import CommentSide
from claims.lifecycle import CLAIM
from claims.models import Claim, Comment
from claims.selectors import claim_for, lock_claim
from claims.steps.comments import write_comment
from foundation.journal.step import Step
from foundation.kernel.actor import Actor


@transaction.atomic
def add_comment(*, public_id: str, text: str, actor: Actor, now: datetime) -> Comment:
    """Add a comment on the partner's or the desk's side, depending on the actor.

    Raises NotFound, NotPermitted, Conflict if the claim is closed to additions, Refused COMMENT_REQUIRED for an
    empty text, and Refused TEXT_NAMES_OTHER_PARTY if a text of the desk names a rival (5.7).
    """
    claim = lock_claim(claim_for(actor, public_id)).claim
    CLAIM["comment"].enforce(actor, claim.status)
    side = CommentSide.DESK if actor.is_desk else CommentSide.PARTNER
    if actor.is_partner:
        Claim.objects.filter(pk=claim.pk).update(touched_at=now, idle_warned_at=None)
    return write_comment(Step(actor=actor, at=now), claim, side=side, text=text, part_of_a_step=False)
