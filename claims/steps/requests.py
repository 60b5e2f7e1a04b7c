"""What the desk asks and how it ends: answered, lapsed at its due instant, or closed because nothing is left to ask.

Every function that ends a request works on one claim's part of it, so that it only ever needs that claim's locks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from claims import policies
from claims.enums import ClaimStatus, CommentSide, DeclineReason, ItemOutcome, RequestReason, RequestState
from claims.events import (
    CLAIM_EDITED,
    HOLDER_ASKED,
    INFORMATION_REQUESTED,
    ITEM_ADDED,
    ITEM_WITHDRAWN,
    REQUEST_ANSWERED,
    REQUEST_CLOSED,
    REQUEST_LAPSED,
)
from claims.lifecycle import CLAIM, REQUEST
from claims.models import Claim, Comment, Evidence, InformationRequest, RequestParty
from claims.selectors import claim_for, lock_claim, open_requests
from claims.services.comments import write_comment
from claims.services.items import decline_item
from claims.services.settling import settle_claim
from foundation.journal.models import Event
from foundation.journal.services import advance, record
from foundation.kernel.actor import SYSTEM, Actor, ActorKind
from foundation.kernel.errors import Conflict, Refused


@dataclass(frozen=True, kw_only=True)
class Ask:
    """Whom a request goes to: a claim with the open items it is about, or a holder's claim with none."""

    claim_id: int
    item_ids: tuple[int, ...] = ()


@transaction.atomic
def open_request(
    *,
    asks: Sequence[Ask],
    reason: RequestReason,
    question: str,
    due_at: datetime,
    actor: Actor,
    now: datetime,
    case_id: int | None = None,
) -> InformationRequest:
    """Put one question with one deadline to each claim; claims asked about items need partner action from now on.

    The caller holds the claims' locks and has checked its own rules; the table refuses what is not under review.
    """
    request = InformationRequest.objects.create(
        case_id=case_id,
        reason_code=reason,
        question=question,
        asked_by_id=actor.person_id,
        asked_at=now,
        due_at=due_at,
    )
    for ask in asks:
        party = RequestParty.objects.create(request=request, claim_id=ask.claim_id)
        party.items.set(ask.item_ids)
        _ask_claim(request, Claim.objects.get(pk=ask.claim_id), ask, actor=actor, now=now)
    return request


def _ask_claim(request: InformationRequest, claim: Claim, ask: Ask, *, actor: Actor, now: datetime) -> None:
    write_comment(claim, side=CommentSide.DESK, text=request.question, actor=actor, now=now)
    asked = {"request": request.pk, "reason": request.reason_code, "due_at": request.due_at.isoformat()}
    if not ask.item_ids:
        record(
            HOLDER_ASKED,
            subject=request,
            actor=actor,
            now=now,
            claim_id=claim.pk,
            organisation_id=claim.organisation_id,
            payload=asked,
        )
        return
    already_asked = claim.status == ClaimStatus.PARTNER_ACTION_REQUIRED
    advance(
        claim,
        CLAIM["request_information"],
        to=ClaimStatus.PARTNER_ACTION_REQUIRED,
        event_type=INFORMATION_REQUESTED,
        actor=actor,
        now=now,
        changes={"resume_status": claim.resume_status if already_asked else claim.status, "touched_at": now},
        claim_id=claim.pk,
        organisation_id=claim.organisation_id,
        payload=asked | {"items": list(ask.item_ids)},
    )


@transaction.atomic
def answer_requests(
    *,
    public_id: str,
    actor: Actor,
    now: datetime,
    comment: str = "",
    request_id: str | None = None,
    version: int | None = None,
) -> Claim:
    """Answer what the claim is asked: one request, or all that are open; `comment` is posted first where given.

    Raises Conflict RESPONSE_LATE at or after the due instant, Conflict INVALID_TRANSITION where nothing is asked,
    Refused COMMENT_REQUIRED where nothing was added since the question.
    """
    claim = lock_claim(claim_for(actor, public_id), version=version).claim
    policies.enforce(policies.answering(actor))
    parties = open_requests(claim)
    if request_id is not None:
        parties = parties.filter(request__public_id=request_id)
    waiting = list(parties)
    if not waiting and not _lapsed_last(claim, request_id):
        raise Conflict(_("The desk is not waiting for an answer to this claim."))
    in_time = [party for party in waiting if now < party.request.due_at]
    if not in_time:
        raise Conflict(
            _(
                "The time to answer has passed. What you add now is kept with the claim, but it no longer counts as "
                "an answer to this request."
            ),
            code="RESPONSE_LATE",
        )
    lapse_overdue(claim, now=now)
    claim.refresh_from_db()
    if comment.strip():
        write_comment(claim, side=CommentSide.PARTNER, text=comment, actor=actor, now=now)
    for party in open_requests(claim).filter(pk__in=[party.pk for party in in_time]):
        if not _something_was_added(party):
            raise Refused(
                _("Add a comment, a file or a change that answers the question, then send your answer."),
                code="COMMENT_REQUIRED",
                pointer="/comment",
            )
        _finish(party, "answer", actor=actor, now=now)
    return settle_claim(claim_id=claim.pk, actor=actor, now=now)


def _lapsed_last(claim: Claim, request_id: str | None) -> bool:
    """Whether the request meant, the newest one without an id, lapsed: late is late, whether or not a sweep came by."""
    parties = RequestParty.objects.filter(claim=claim).order_by("-pk")
    if request_id is not None:
        parties = parties.filter(request__public_id=request_id)
    newest = parties.first()
    return newest is not None and newest.state == RequestState.LAPSED


def _something_was_added(party: RequestParty) -> bool:
    """Whether the partner commented, added proof or edited since the question was asked."""
    claim_id, since = party.claim_id, party.request.asked_at
    edits = (CLAIM_EDITED.name, ITEM_ADDED.name, ITEM_WITHDRAWN.name)
    return (
        Comment.objects.filter(claim_id=claim_id, side=CommentSide.PARTNER, created_at__gte=since).exists()
        or Evidence.objects.filter(claim_id=claim_id, added_at__gte=since).exists()
        or Event.objects.filter(
            claim_id=claim_id, type__in=edits, actor_kind=ActorKind.PARTNER, at__gte=since
        ).exists()
    )


ENDINGS = {
    "answer": (RequestState.ANSWERED, REQUEST_ANSWERED),
    "lapse": (RequestState.LAPSED, REQUEST_LAPSED),
    "close": (RequestState.CLOSED, REQUEST_CLOSED),
}


def _finish(party: RequestParty, ending: str, *, actor: Actor, now: datetime) -> None:
    """End one claim's part of a request; with the last part the request closes and what it sealed opens."""
    state, event_type = ENDINGS[ending]
    request = InformationRequest.objects.select_for_update().get(pk=party.request_id)
    still_open = request.parties.filter(state=RequestState.OPEN).exclude(pk=party.pk).exists()
    if not still_open:
        InformationRequest.objects.filter(pk=request.pk).update(closed_at=now)
    named = {"items": list(party.items.values_list("pk", flat=True))} if "items" in event_type.fields else {}
    advance(
        party,
        REQUEST[ending],
        to=state,
        event_type=event_type,
        actor=actor,
        now=now,
        field="state",
        changes={"answered_at": now if ending == "answer" else None},
        claim_id=party.claim_id,
        organisation_id=party.claim.organisation_id,
        payload={"request": request.pk, "case": request.case_id, **named},
    )


def overdue_requests(*, now: datetime, limit: int = 500) -> list[int]:
    """Parts of requests whose due instant has passed without an answer, oldest first."""
    parties = RequestParty.objects.filter(state=RequestState.OPEN, request__due_at__lte=now)
    return list(parties.order_by("request__due_at", "pk").values_list("pk", flat=True)[:limit])


@transaction.atomic
def lapse_request(*, party_id: int, now: datetime) -> None:
    """Nobody answered in time: the named open items are declined, and the claim resumes or settles.

    Changes nothing where the part was answered, closed or lapsed meanwhile.
    """
    party = RequestParty.objects.select_related("claim", "request").get(pk=party_id)
    claim = lock_claim(party.claim).claim
    party.refresh_from_db(fields=["state", "version"])
    if party.state != RequestState.OPEN or now < party.request.due_at:
        return
    _lapse(party, claim, now=now)
    settle_claim(claim_id=claim.pk, actor=SYSTEM, now=now)


def lapse_overdue(claim: Claim, *, now: datetime) -> None:
    """Any act at or after a due instant first lets the request lapse (domain.md part 3). The caller holds the locks."""
    overdue = list(open_requests(claim).filter(request__due_at__lte=now))
    for party in overdue:
        _lapse(party, claim, now=now)
    if overdue:
        settle_claim(claim_id=claim.pk, actor=SYSTEM, now=now)


def _lapse(party: RequestParty, claim: Claim, *, now: datetime) -> None:
    silent = list(party.items.filter(outcome=ItemOutcome.PENDING).order_by("pk"))
    _finish(party, "lapse", actor=SYSTEM, now=now)
    for item in silent:
        decline_item(
            item,
            claim=claim,
            reason=DeclineReason.NO_PARTNER_RESPONSE,
            text=_("No answer arrived before the time to answer ended."),
            actor=SYSTEM,
            now=now,
        )
    close_moot_requests(claim, actor=SYSTEM, now=now)


def close_moot_requests(claim: Claim, *, actor: Actor, now: datetime) -> None:
    """Close what asks about items none of which is open any more."""
    for party in open_requests(claim):
        outcomes = set(party.items.values_list("outcome", flat=True))
        if outcomes and ItemOutcome.PENDING not in outcomes:
            _finish(party, "close", actor=actor, now=now)


@transaction.atomic
def close_requests(*, case_id: int, actor: Actor, now: datetime, claim_id: int | None = None) -> None:
    """Close the open requests of a case (to one claim of it, where given); its claims go back to where they were."""
    parties = RequestParty.objects.filter(request__case_id=case_id, state=RequestState.OPEN)
    if claim_id is not None:
        parties = parties.filter(claim_id=claim_id)
    for party in parties.select_related("claim").order_by("claim_id", "pk"):
        _finish(party, "close", actor=actor, now=now)
        settle_claim(claim_id=party.claim_id, actor=actor, now=now)
