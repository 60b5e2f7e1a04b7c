"""Reviewing a claim: taking it up, asking its partner, deciding what nobody contests, and the desk's own notes."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from arbitration.events import NOTE_ADDED
from arbitration.models import InternalNote
from arbitration.policies import scope_taken
from arbitration.selectors import blocking_association, open_case_on
from arbitration.services.pauses import pause_for_request
from arbitration.services.rounds import meet_items
from claims import policies
from claims.enums import ClaimStatus, DeclineReason, ItemOutcome, RequestReason
from claims.models import Claim, ClaimItem, InformationRequest
from claims.selectors import claim_for, lock_claim
from claims.services import Ask, Decision, open_request
from claims.services import decide_items as decide_claim_items
from claims.services import start_review as start_claim_review
from claims.services.requests import lapse_overdue
from claims.services.text_guard import refuse_naming_parties
from clocks.enums import ClockKind
from clocks.services import desk_calendar, start_clock
from foundation.journal.services import record
from foundation.kernel.actor import Actor
from foundation.kernel.errors import Conflict, Refused, StaleVersion
from foundation.kernel.rulebook import rulebook
from foundation.kernel.workdays import due_at


@transaction.atomic
def start_review(*, public_id: str, actor: Actor, now: datetime, version: int | None = None) -> Claim:
    """Take a submitted claim up as its assignee. Raises NotFound, NotPermitted, StaleVersion, Conflict."""
    locked = lock_claim(claim_for(actor, public_id), version=version)
    return start_claim_review(claim_id=locked.claim.pk, actor=actor, now=now)


@transaction.atomic
def request_information(
    *,
    public_id: str,
    reason: RequestReason,
    question: str,
    actor: Actor,
    now: datetime,
    item_ids: Sequence[str] = (),
    version: int | None = None,
) -> InformationRequest:
    """Ask a claim's partner about some of its open items (public ids; all open ones by default), due in five business
    days; the named items' review clock is met.

    Raises NotFound, NotPermitted, StaleVersion, Conflict, Refused COMMENT_REQUIRED for an empty question and
    TEXT_NAMES_OTHER_PARTY.
    """
    policies.enforce(policies.reviewing(actor))
    claim = lock_claim(claim_for(actor, public_id), version=version).claim
    lapse_overdue(claim, now=now)
    claim.refresh_from_db()
    policies.enforce(policies.in_status(claim, ClaimStatus.REVIEWABLE))
    _require_text(question)
    refuse_naming_parties(question, claim_id=claim.pk, pointer="/question")
    items = _open_items(claim, item_ids)
    request = open_request(
        asks=[Ask(claim_id=claim.pk, item_ids=tuple(item.pk for item in items))],
        reason=reason,
        question=question,
        due_at=response_due_at(now),
        actor=actor,
        now=now,
    )
    start_response_clock(request, actor=actor, now=now)
    pause_for_request(request, scope_ids=[item.scope_id for item in items], actor=actor, now=now)
    meet_items(item_ids=[item.pk for item in items], actor=actor, now=now)
    return request


def response_due_at(now: datetime) -> datetime:
    """When an answer to a question asked now is due (rulebook.partner_response_bd)."""
    instant = due_at(now, desk_calendar(now=now).as_calendar(), rulebook.partner_response_bd)
    if instant is None:
        raise AssertionError("a deadline without pauses has a due instant")
    return instant


def start_response_clock(request: InformationRequest, *, actor: Actor, now: datetime) -> None:
    """The clock of a request; its due instant is the request's own."""
    start_clock(
        kind=ClockKind.RESPONSE,
        subject_id=request.pk,
        started_at=now,
        target_days=rulebook.partner_response_bd,
        actor=actor,
    )


def _require_text(text: str) -> None:
    if not text.strip():
        raise Refused(
            _("Write what the partner is to send or explain."), code="COMMENT_REQUIRED", pointer="/question"
        )


def _open_items(claim: Claim, public_ids: Sequence[str]) -> list[ClaimItem]:
    items = ClaimItem.objects.filter(claim=claim, outcome=ItemOutcome.PENDING).order_by("pk")
    if public_ids:
        items = items.filter(public_id__in=public_ids)
    found = list(items)
    if not found or len(found) < len(set(public_ids)):
        raise Conflict(_("One of these items is not open any more. Reload the claim to see what is left."))
    return found


@transaction.atomic
def decide_items(
    *,
    public_id: str,
    decisions: Sequence[Decision],
    actor: Actor,
    now: datetime,
    comment: str = "",
    version: int | None = None,
) -> Claim:
    """Decide uncontested open items of one claim in one call.

    Raises, in this order: NotFound, NotPermitted, Conflict SCOPE_TAKEN, StaleVersion, Conflict CASE_OPEN for a
    contested item, Conflict INVALID_TRANSITION, Refused (TEXT_NAMES_OTHER_PARTY, REASON_REQUIRED, COMMENT_REQUIRED,
    findings of D1-D10).
    """
    policies.enforce(policies.reviewing(actor))
    locked = lock_claim(claim_for(actor, public_id))
    chosen = {decision.item_id: decision for decision in decisions}
    items = [item for item in locked.items if item.pk in chosen]
    for item in items:
        if chosen[item.pk].approve and blocking_association(item.scope_id, locked.claim.organisation_id):
            raise scope_taken()
    if version is not None and version != locked.claim.version:
        raise StaleVersion
    lapse_overdue(locked.claim, now=now)
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
        refuse_naming_parties(decision.text, claim_id=locked.claim.pk, pointer="/text")
    refuse_naming_parties(comment, claim_id=locked.claim.pk, pointer="/comment")
    return decide_claim_items(
        claim_id=locked.claim.pk, decisions=decisions, actor=actor, now=now, comment=comment
    )


@transaction.atomic
def add_note(*, public_id: str, text: str, actor: Actor, now: datetime) -> InternalNote:
    """A note that only the desk reads. Raises NotFound, NotPermitted, Refused COMMENT_REQUIRED."""
    policies.enforce(policies.reviewing(actor))
    claim = claim_for(actor, public_id)
    if not text.strip():
        raise Refused(_("Write a note."), code="COMMENT_REQUIRED", pointer="/text")
    note = InternalNote.objects.create(
        claim=claim, author_id=actor.person_id, text=text.strip(), created_at=now
    )
    record(
        NOTE_ADDED,
        subject=note,
        actor=actor,
        now=now,
        claim_id=claim.pk,
        organisation_id=claim.organisation_id,
        payload={"note": note.pk},
    )
    return note
