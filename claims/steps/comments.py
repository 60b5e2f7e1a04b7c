"""Comments, which the claim's partner and the desk read; an open case request seals them from the desk (5.3)."""

from django.utils.translation import gettext as _

from claims.enums import CommentSide
from claims.events import COMMENT_ADDED
from claims.limits import COMMENT_LENGTH
from claims.models import Claim, Comment, InformationRequest
from claims.steps.text_guard import refuse_naming_parties
from foundation.journal.step import Step
from foundation.kernel.errors import Refused


def post_desk_comment(step: Step, claim_id: int, text: str, *, standard: bool = False) -> Comment:
    """Post a text of the desk to the claim's partner, as part of a notice, a request or a decision.

    A `standard` text is the product's own and names nobody, even where a party is called like one of its words.
    """
    claim = Claim.objects.get(pk=claim_id)
    return write_comment(step, claim, side=CommentSide.DESK, text=text, guarded=not standard)


def post_system_comment(step: Step, claim_id: int, text: str) -> Comment:
    """Post a text that no person wrote; it never meets a review clock (5.2)."""
    claim = Claim.objects.get(pk=claim_id)
    return write_comment(step.by_system(), claim, side=CommentSide.SYSTEM, text=text)


def write_comment(
    step: Step,
    claim: Claim,
    *,
    side: CommentSide,
    text: str,
    part_of_a_step: bool = True,
    guarded: bool = True,
) -> Comment:
    """Store a comment as plain text, sealed while a case request is open.

    A comment that is `part_of_a_step` is announced by that step alone. Raises Refused COMMENT_REQUIRED,
    COMMENT_TOO_LONG, or TEXT_NAMES_OTHER_PARTY if a text of the desk names a rival.
    """
    text = text.replace("\x00", "").strip()
    if not text:
        raise Refused(_("Write a comment."), code="COMMENT_REQUIRED", pointer="/text")
    if len(text) > COMMENT_LENGTH:
        raise Refused(
            _("A comment has at most %(limit)d characters; this one has %(length)d.")
            % {"limit": COMMENT_LENGTH, "length": len(text)},
            code="COMMENT_TOO_LONG",
            pointer="/text",
        )
    if side == CommentSide.DESK and guarded:
        refuse_naming_parties(text, claim_id=claim.pk, pointer="/text")
    comment = Comment.objects.create(
        claim=claim, side=side, author_id=step.actor.user_id, text=text, created_at=step.at
    )
    if side == CommentSide.PARTNER:
        comment.sealed_by.set(open_seals(claim))
    step.about(claim).record(
        COMMENT_ADDED, comment, comment=comment.pk, side=side, part_of_a_step=part_of_a_step
    )
    return comment


def open_seals(claim: Claim) -> list[InformationRequest]:
    """Return the case requests that hide what this claim's partner adds now from the desk (5.3)."""
    return list(
        InformationRequest.objects.filter(
            parties__claim=claim, case_id__isnull=False, closed_at__isnull=True
        ).distinct()
    )
