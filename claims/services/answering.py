"""Answers to the desk's requests, and requests that lapse without one."""

from datetime import datetime

from django.utils.translation import gettext as _

from claims.enums import CommentSide, RequestState
from claims.events import CLAIM_EDITED, ITEM_ADDED, ITEM_WITHDRAWN
from claims.guidance import NOT_ASKED
from claims.lifecycle import CLAIM
from claims.models import Claim, Comment, Evidence, RequestParty
from claims.selectors import Seen, claim_for, lock_claim, open_requests
from claims.steps.comments import write_comment
from claims.steps.requests import end_part, lapse_overdue, lapse_part
from claims.steps.settling import settle_claim
from foundation.journal.models import Event
from foundation.journal.step import Step
from foundation.journal.unit import one_transaction
from foundation.kernel.actor import SYSTEM, Actor, ActorKind
from foundation.kernel.errors import Conflict, Refused


def answer_requests(
    *,
    public_id: str,
    actor: Actor,
    now: datetime,
    comment: str = "",
    request_id: str | None = None,
    version: Seen = None,
) -> Claim:
    """Answer one request, or all open ones without `request_id`; post `comment` first where there is one.

    Raises NotFound, NotPermitted, StaleVersion, Conflict RESPONSE_LATE at or after the due instant, which keeps `comment`
    as a comment, Conflict INVALID_TRANSITION if nothing is asked, and Refused COMMENT_REQUIRED if nothing was added since
    the question.
    """
    with one_transaction():
        answered = _answer(
            public_id, actor=actor, now=now, comment=comment, request_id=request_id, version=version
        )
    if isinstance(answered, Conflict):
        raise answered  # only now, so that what was kept is committed
    return answered


def _answer(
    public_id: str, *, actor: Actor, now: datetime, comment: str, request_id: str | None, version: Seen
) -> Claim | Conflict:
    """Return the answered claim, or the refusal of an answer that came too late."""
    claim = lock_claim(claim_for(actor, public_id), version=version).claim
    CLAIM["respond"].enforce(actor, claim.status)
    step = Step(actor=actor, at=now).about(claim)
    parties = open_requests(claim)
    if request_id is not None:
        parties = parties.filter(request__public_id=request_id)
    waiting = list(parties)
    if not waiting and not _lapsed_last(claim, request_id):
        raise Conflict(NOT_ASKED)
    in_time = [party for party in waiting if now < party.request.due_at]
    if not in_time:
        return _keep_late_answer(step, claim, comment)
    lapse_overdue(step, claim)
    claim.refresh_from_db()
    if comment.strip():
        write_comment(step, claim, side=CommentSide.PARTNER, text=comment)
    for party in open_requests(claim).filter(pk__in=[party.pk for party in in_time]):
        if not _something_was_added(party):
            raise Refused(
                _("Add a comment, a file or a change that answers the question, then send your answer."),
                code="COMMENT_REQUIRED",
                pointer="/comment",
            )
        end_part(step, party, "answer")
    return settle_claim(step, claim.pk)


def _keep_late_answer(step: Step, claim: Claim, comment: str) -> Conflict:
    """Keep what was written as a comment, once however often it is sent; return the refusal, which says so."""
    text = comment.strip()
    if not text or CLAIM["comment"].state_refusal(claim.status):
        nothing_kept = _(
            "The time to answer has passed. What you add to the claim now no longer counts as an answer."
        )
        return Conflict(nothing_kept, code="RESPONSE_LATE")
    newest = Comment.objects.filter(claim=claim).order_by("-pk").first()
    if newest is None or (newest.author_id, newest.text) != (step.actor.user_id, text):
        write_comment(step, claim, side=CommentSide.PARTNER, text=comment, part_of_a_step=False)
    kept = _(
        "The time to answer has passed. What you wrote is posted as a comment to the claim, but it no longer counts "
        "as an answer."
    )
    return Conflict(kept, code="RESPONSE_LATE")


def _lapsed_last(claim: Claim, request_id: str | None) -> bool:
    """Return whether the request (without an id, the newest one) lapsed: late is late, swept or not."""
    parties = RequestParty.objects.filter(claim=claim).order_by("-pk")
    if request_id is not None:
        parties = parties.filter(request__public_id=request_id)
    newest = parties.first()
    return newest is not None and newest.state == RequestState.LAPSED


def _something_was_added(party: RequestParty) -> bool:
    """Return whether the partner commented, added proof or edited since the question was asked."""
    claim_id, since = party.claim_id, party.request.asked_at
    edits = (CLAIM_EDITED.name, ITEM_ADDED.name, ITEM_WITHDRAWN.name)
    return (
        Comment.objects.filter(claim_id=claim_id, side=CommentSide.PARTNER, created_at__gte=since).exists()
        or Evidence.objects.filter(claim_id=claim_id, added_at__gte=since).exists()
        or Event.objects.filter(
            claim_id=claim_id, type__in=edits, actor_kind=ActorKind.PARTNER, at__gte=since
        ).exists()
    )


def overdue_requests(*, now: datetime, limit: int = 500) -> list[int]:
    """List the parts of requests that are past their due instant without an answer, oldest first."""
    parties = RequestParty.objects.filter(state=RequestState.OPEN, request__due_at__lte=now)
    return list(parties.order_by("request__due_at", "pk").values_list("pk", flat=True)[:limit])


@one_transaction()
def lapse_request(*, party_id: int, now: datetime) -> None:
    """Decline the items of a request that got no answer in time; the claim resumes or settles.

    Changes nothing if the part has been answered, closed or lapsed in the meantime.
    """
    party = RequestParty.objects.select_related("claim", "request").get(pk=party_id)
    claim = lock_claim(party.claim).claim
    party.refresh_from_db(fields=["state", "version"])
    if party.state != RequestState.OPEN or now < party.request.due_at:
        return
    step = Step(actor=SYSTEM, at=now)
    lapse_part(step, claim, party)
    settle_claim(step, claim.pk)
