"""The review of a claim: its start, decisions on uncontested items, and internal notes."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from arbitration.events import NOTE_ADDED
from arbitration.models import InternalNote
from arbitration.selectors import blocking_association, open_case_on, unopened_proof_of
from arbitration.steps.rulings import refuse_unread
from associations.steps import scope_taken
from claims.enums import DeclineReason, ItemOutcome
from claims.lifecycle import CLAIM
from claims.models import Claim
from claims.selectors import claim_for, lock_claim
from claims.steps import Decision, apply_decisions, begin_review, lapse_overdue, refuse_naming_parties
from foundation.journal.step import Step
from foundation.journal.unit import one_transaction
from foundation.kernel.actor import Actor
from foundation.kernel.errors import Conflict, Refused, require_version


@one_transaction()
def start_review(*, public_id: str, actor: Actor, now: datetime, version: int | None = None) -> Claim:
    """Start the review of a submitted claim as its assignee. Raises NotFound, NotPermitted, StaleVersion, Conflict."""
    locked = lock_claim(claim_for(actor, public_id), version=version)
    return begin_review(Step(actor=actor, at=now), locked.claim.pk)


@one_transaction()
def decide_items(
    *,
    public_id: str,
    decisions: Sequence[Decision],
    actor: Actor,
    now: datetime,
    comment: str = "",
    version: int | None = None,
    unopened: Collection[str] | None = None,
) -> Claim:
    """Decide uncontested open items of one claim together.

    With `unopened` given, each file that covers one of them was opened by the reviewer or is in it (public ids).
    Raises, in this order: NotFound, NotPermitted, Conflict SCOPE_TAKEN, StaleVersion, Conflict CASE_OPEN for a
    contested item, Conflict INVALID_TRANSITION, Refused (TEXT_NAMES_OTHER_PARTY, POE_NOT_OPENED, REASON_REQUIRED,
    COMMENT_REQUIRED, findings of D1-D10).
    """
    CLAIM["decide_items"].right.enforce(actor)
    locked = lock_claim(claim_for(actor, public_id))
    claim = locked.claim
    chosen = {decision.item_id: decision for decision in decisions}
    items = [item for item in locked.items if item.pk in chosen]
    for item in items:
        if chosen[item.pk].approve and blocking_association(item.scope_id, claim.organisation_id):
            raise scope_taken()
    require_version(claim.version, version)
    step = Step(actor=actor, at=now).about(claim)
    lapse_overdue(step, claim)
    if any(
        not decision.approve and decision.reason not in DeclineReason.BY_REVIEWER for decision in decisions
    ):
        raise Refused(
            _("Choose one of the reasons for declining that a reviewer may give."),
            code="REASON_REQUIRED",
            pointer="/reason",
        )
    for item in items:
        if item.outcome == ItemOutcome.PENDING and open_case_on(item.scope_id) is not None:
            raise Conflict(
                _("This item is contested. It is decided in its case, not on the claim."), code="CASE_OPEN"
            )
    for decision in decisions:
        refuse_naming_parties(decision.text, claim_id=claim.pk, pointer="/text")
    refuse_naming_parties(comment, claim_id=claim.pk, pointer="/comment")
    refuse_unread(unopened_proof_of(claim, items, actor), unopened)
    return apply_decisions(step, claim.pk, decisions, comment=comment)


@one_transaction()
def add_note(*, public_id: str, text: str, actor: Actor, now: datetime) -> InternalNote:
    """Add a note that only the desk reads. Raises NotFound, NotPermitted, and Refused COMMENT_REQUIRED."""
    act = CLAIM["note"]
    act.right.enforce(actor)
    claim = claim_for(actor, public_id)
    act.enforce(actor, claim.status)
    if not text.strip():
        raise Refused(_("Write a note."), code="COMMENT_REQUIRED", pointer="/text")
    note = InternalNote.objects.create(
        claim=claim, author_id=actor.person_id, text=text.strip(), created_at=now
    )
    Step(actor=actor, at=now).about(claim).record(NOTE_ADDED, note, note=note.pk)
    return note
