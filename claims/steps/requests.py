"""Information requests: asked, then answered, lapsed at the due instant, or closed because nothing is left to ask.

Each function that ends a request works on one claim's part of it, so that it needs no other claim's locks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from claims.enums import ClaimStatus, CommentSide, DeclineReason, ItemOutcome, RequestReason, RequestState
from claims.events import (
    HOLDER_ASKED,
    INFORMATION_REQUESTED,
    REQUEST_ANSWERED,
    REQUEST_CLOSED,
    REQUEST_LAPSED,
)
from claims.lifecycle import CLAIM, REQUEST
from claims.models import Claim, InformationRequest, RequestParty
from claims.selectors import open_requests
from claims.steps.comments import write_comment
from claims.steps.items import decline_item
from claims.steps.settling import settle_claim
from foundation.journal.step import Step


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A recipient of a request: a claim with the open items in question, or a holder's claim without any."""

    claim_id: int
    item_ids: tuple[int, ...] = ()


def open_request(
    step: Step,
    *,
    asks: Sequence[Ask],
    reason: RequestReason,
    question: str,
    due_at: datetime,
    case_id: int | None = None,
) -> InformationRequest:
    """Put one question with one deadline to each claim; claims asked about items then require partner action.

    The caller holds the claims' locks and has checked its own rules. Raises Conflict INVALID_TRANSITION for a claim that
    is not under review.
    """
    request = InformationRequest.objects.create(
        case_id=case_id,
        reason_code=reason,
        question=question,
        asked_by_id=step.actor.person_id,
        asked_at=step.at,
        due_at=due_at,
    )
    for ask in asks:
        party = RequestParty.objects.create(request=request, claim_id=ask.claim_id)
        party.items.set(ask.item_ids)
        claim = Claim.objects.get(pk=ask.claim_id)
        _ask_claim(step.about(claim), request, claim, ask)
    return request


def _ask_claim(step: Step, request: InformationRequest, claim: Claim, ask: Ask) -> None:
    write_comment(step, claim, side=CommentSide.DESK, text=request.question)
    asked: dict[str, Any] = {
        "request": request.pk,
        "reason": request.reason_code,
        "due_at": request.due_at.isoformat(),
    }
    if not ask.item_ids:
        step.record(HOLDER_ASKED, request, **asked)
        return
    already_asked = claim.status == ClaimStatus.PARTNER_ACTION_REQUIRED
    step.advance(
        claim,
        CLAIM["request_information"],
        to=ClaimStatus.PARTNER_ACTION_REQUIRED,
        event=INFORMATION_REQUESTED,
        changes={
            "resume_status": claim.resume_status if already_asked else claim.status,
            "touched_at": step.at,
        },
        items=list(ask.item_ids),
        **asked,
    )


_ENDINGS = {
    "answer": (RequestState.ANSWERED, REQUEST_ANSWERED),
    "lapse": (RequestState.LAPSED, REQUEST_LAPSED),
    "close": (RequestState.CLOSED, REQUEST_CLOSED),
}


def end_part(step: Step, party: RequestParty, ending: str) -> None:
    """End one claim's part of a request. The last part closes the request and opens what it sealed."""
    state, event_type = _ENDINGS[ending]
    request = InformationRequest.objects.select_for_update().get(pk=party.request_id)
    if not request.parties.filter(state=RequestState.OPEN).exclude(pk=party.pk).exists():
        InformationRequest.objects.filter(pk=request.pk).update(closed_at=step.at)
    step.advance(
        party,
        REQUEST[ending],
        to=state,
        event=event_type,
        changes={"answered_at": step.at if ending == "answer" else None},
        request=request.pk,
        case=request.case_id,
        items=list(party.items.values_list("pk", flat=True)),
    )


def lapse_overdue(step: Step, claim: Claim) -> None:
    """Lapse the claim's overdue requests, which every later act does first (domain.md part 3)."""
    overdue = list(open_requests(claim).filter(request__due_at__lte=step.at))
    for party in overdue:
        lapse_part(step, claim, party)
    if overdue:
        settle_claim(step.by_system(), claim.pk)


def lapse_part(step: Step, claim: Claim, party: RequestParty) -> None:
    """Decline the open items of a part that got no answer in time. The caller settles the claim."""
    step = step.by_system().about(claim)
    silent = list(party.items.filter(outcome=ItemOutcome.PENDING).order_by("pk"))
    end_part(step, party, "lapse")
    for item in silent:
        decline_item(
            step,
            item,
            reason=DeclineReason.NO_PARTNER_RESPONSE,
            text=_("No answer arrived before the time to answer ended."),
        )
    close_moot_requests(step, claim)


def close_moot_requests(step: Step, claim: Claim) -> None:
    """Close the requests that have no open item left."""
    for party in open_requests(claim):
        outcomes = set(party.items.values_list("outcome", flat=True))
        if outcomes and ItemOutcome.PENDING not in outcomes:
            end_part(step, party, "close")


def close_requests(step: Step, *, case_id: int, claim_id: int | None = None) -> None:
    """Close the open requests of a case, or only those to one of its claims, and resume or settle the claims."""
    parties = RequestParty.objects.filter(request__case_id=case_id, state=RequestState.OPEN)
    if claim_id is not None:
        parties = parties.filter(claim_id=claim_id)
    for party in parties.select_related("claim").order_by("claim_id", "pk"):
        end_part(step.about(party.claim), party, "close")
        settle_claim(step, party.claim_id)
