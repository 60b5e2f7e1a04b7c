"""Comments of partners and of the desk."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from claims.enums import CommentSide
from claims.lifecycle import CLAIM
from claims.models import Claim, Comment
from claims.selectors import claim_for, lock_claim
from claims.services.cautions import cautions_about
from claims.steps.comments import write_comment
from foundation.journal.step import Step
from foundation.journal.unit import one_transaction
from foundation.kernel.actor import Actor
from foundation.kernel.errors import Refused
from foundation.kernel.findings import Finding, Severity

CAUTION = "CAUTION"
"""The code of a hint at others, which its author can confirm."""


@one_transaction()
def add_comment(
    *,
    public_id: str,
    text: str,
    actor: Actor,
    now: datetime,
    confirmed_warnings: Collection[str] | None = None,
) -> Comment:
    """Add a comment on the partner's or the desk's side, depending on the actor.

    A door that shows its author by itself what a text of the desk hints at leaves out `confirmed_warnings`. Raises
    NotFound, NotPermitted, Conflict if the claim is closed to additions, Refused COMMENT_REQUIRED for an empty text,
    WARNINGS_NOT_CONFIRMED for hints at others that are not confirmed, and TEXT_NAMES_OTHER_PARTY if a text of the desk
    names a rival (5.7).
    """
    claim = lock_claim(claim_for(actor, public_id)).claim
    CLAIM["comment"].enforce(actor, claim.status)
    if actor.is_desk and confirmed_warnings is not None and CAUTION not in confirmed_warnings:
        _refuse_hints(text, claim)
    side = CommentSide.DESK if actor.is_desk else CommentSide.PARTNER
    if actor.is_partner:
        Claim.objects.filter(pk=claim.pk).update(touched_at=now, idle_warned_at=None)
    return write_comment(Step(actor=actor, at=now), claim, side=side, text=text, part_of_a_step=False)


def _refuse_hints(text: str, claim: Claim) -> None:
    hints = cautions_about(text=text, claim_ids=[claim.pk])
    if hints:
        raise Refused(
            _("This text could hint at another party. Change it, or confirm the warning and send it again."),
            code="WARNINGS_NOT_CONFIRMED",
            findings=[
                Finding(code=CAUTION, severity=Severity.WARNING, pointer="/text", message=hint)
                for hint in hints
            ],
        )
