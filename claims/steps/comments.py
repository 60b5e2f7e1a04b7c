"""Comments: texts that the claim's partner and the desk both read, some sealed while a case request is open (5.3)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from claims import policies
from claims.enums import CommentSide
from claims.events import COMMENT_ADDED
from claims.limits import COMMENT_LENGTH
from claims.models import Claim, Comment, InformationRequest
from claims.selectors import claim_for, lock_claim
from claims.services.text_guard import refuse_naming_parties
from foundation.journal.services import record
from foundation.kernel.actor import SYSTEM, Actor
from foundation.kernel.errors import Refused


@transaction.atomic
def add_comment(*, public_id: str, text: str, actor: Actor, now: datetime) -> Comment:
    """A comment of the claim's partner or of the desk, by who is acting.

    Raises NotFound, NotPermitted, Conflict where the claim is closed to additions, Refused COMMENT_REQUIRED for an
    empty text and TEXT_NAMES_OTHER_PARTY where the desk would name a rival (5.7).
    """
    claim = lock_claim(claim_for(actor, public_id)).claim
    policies.enforce(policies.adding(actor, claim))
    side = CommentSide.DESK if actor.is_desk else CommentSide.PARTNER
    if actor.is_partner:
        Claim.objects.filter(pk=claim.pk).update(touched_at=now, idle_warned_at=None)
    return write_comment(claim, side=side, text=text, actor=actor, now=now, part_of_a_step=False)


@transaction.atomic
def post_desk_comment(*, claim_id: int, text: str, actor: Actor, now: datetime) -> Comment:
    """A text of the desk to the claim's partner, as part of a larger step (notice, request, decision)."""
    return write_comment(
        Claim.objects.get(pk=claim_id), side=CommentSide.DESK, text=text, actor=actor, now=now
    )


@transaction.atomic
def post_system_comment(*, claim_id: int, text: str, now: datetime) -> Comment:
    """A text that no person wrote; it never meets a review clock (5.2)."""
    return write_comment(
        Claim.objects.get(pk=claim_id), side=CommentSide.SYSTEM, text=text, actor=SYSTEM, now=now
    )


def write_comment(
    claim: Claim,
    *,
    side: CommentSide,
    text: str,
    actor: Actor,
    now: datetime,
    part_of_a_step: bool = True,
) -> Comment:
    """The one place that stores a comment: plain text of 1 to 4,000 characters, sealed where a case request is open.

    A comment that is `part_of_a_step` is announced by that step, not by itself.
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
    if side == CommentSide.DESK:
        refuse_naming_parties(text, claim_id=claim.pk, pointer="/text")
    author_id = None if side == CommentSide.SYSTEM else actor.user_id
    comment = Comment.objects.create(claim=claim, side=side, author_id=author_id, text=text, created_at=now)
    if side == CommentSide.PARTNER:
        comment.sealed_by.set(open_seals(claim))
    record(
        COMMENT_ADDED,
        subject=comment,
        actor=actor,
        now=now,
        claim_id=claim.pk,
        organisation_id=claim.organisation_id,
        payload={"comment": comment.pk, "side": side, "part_of_a_step": part_of_a_step},
    )
    return comment


def open_seals(claim: Claim) -> list[InformationRequest]:
    """The case requests that hide from the desk what this claim's partner adds now (5.3)."""
    return list(
        InformationRequest.objects.filter(
            parties__claim=claim, case_id__isnull=False, closed_at__isnull=True
        ).distinct()
    )
