"""Review rounds: what starts them, what meets their items, and when their clock is met or cancelled (part 6)."""

from collections.abc import Sequence
from datetime import datetime

from arbitration.enums import CaseState
from arbitration.events import ROUND_JOINED, ROUND_OPENED
from arbitration.models import CaseParty, ReviewRound, RoundItem
from claims.models import Claim, ClaimItem
from clocks.enums import ClockKind
from clocks.services import cancel_clock, meet_clock, start_clock
from foundation.journal.routing import EventType
from foundation.journal.services import record
from foundation.kernel.actor import Actor
from foundation.kernel.rulebook import rulebook


def open_round(*, claim: Claim, items: Sequence[ClaimItem], actor: Actor, now: datetime) -> None:
    """Start the next review round of the claim for these items, with its own clock from now.

    An item under notice in an open case counts as met from the start. Items that begin at the same instant share a
    round: two requests answered in one act, or several items exchanged in one.
    """
    newest = ReviewRound.objects.filter(claim=claim).select_related("clock").order_by("-number").first()
    if newest is not None and newest.clock.started_at == now and newest.clock.is_open:
        there = dict(newest.items.values_list("item_id", "met_at"))
        items = [item for item in items if there.get(item.pk, now) is not None]
        if items and not any(item.pk in there for item in items):
            _put_in(newest, items, ROUND_JOINED, actor=actor, now=now)
            return
    if items:
        _put_in(_next_round(claim, newest, actor=actor, now=now), items, ROUND_OPENED, actor=actor, now=now)


def _next_round(claim: Claim, newest: ReviewRound | None, *, actor: Actor, now: datetime) -> ReviewRound:
    number = newest.number + 1 if newest else 1
    clock = start_clock(
        kind=ClockKind.REVIEW,
        subject_id=claim.pk,
        round=number,
        started_at=now,
        target_days=rulebook.review_bd,
        actor=actor,
    )
    Claim.objects.filter(pk=claim.pk).update(review_round=number)
    return ReviewRound.objects.create(claim=claim, number=number, clock=clock)


def _put_in(
    review_round: ReviewRound,
    items: Sequence[ClaimItem],
    event_type: EventType,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    under_notice = set(
        CaseParty.objects.filter(
            item__in=items, left_at__isnull=True, noticed_at__isnull=False, case__state=CaseState.OPEN
        ).values_list("item_id", flat=True)
    )
    RoundItem.objects.bulk_create(
        RoundItem(round=review_round, item=item, met_at=now if item.pk in under_notice else None)
        for item in items
    )
    record(
        event_type,
        subject=review_round,
        actor=actor,
        now=now,
        claim_id=review_round.claim_id,
        organisation_id=review_round.claim.organisation_id,
        payload={"round": review_round.number, "items": [item.pk for item in items]},
    )
    _close_finished(review_round, now=now, actor=actor)


def meet_items(*, item_ids: Sequence[int], actor: Actor, now: datetime) -> None:
    """A decision, an information request or a notice meets its items in their open rounds."""
    _mark(item_ids, "met_at", actor=actor, now=now)


def drop_items(*, item_ids: Sequence[int], actor: Actor, now: datetime) -> None:
    """Items that were withdrawn or ended by the directory leave their rounds."""
    _mark(item_ids, "left_at", actor=actor, now=now)


def _mark(item_ids: Sequence[int], field: str, *, actor: Actor, now: datetime) -> None:
    waiting = RoundItem.objects.filter(item_id__in=item_ids, met_at__isnull=True, left_at__isnull=True)
    rounds = list(
        ReviewRound.objects.filter(items__in=waiting).distinct().select_related("clock").order_by("pk")
    )
    waiting.update(**{field: now})
    for review_round in rounds:
        _close_finished(review_round, now=now, actor=actor)


def _close_finished(review_round: ReviewRound, *, now: datetime, actor: Actor) -> None:
    """The clock is met when all items left are met, cancelled when none is left and none was met."""
    items = RoundItem.objects.filter(round=review_round)
    if items.filter(met_at__isnull=True, left_at__isnull=True).exists():
        return
    if items.filter(met_at__isnull=False).exists():
        meet_clock(clock=review_round.clock, at=now, actor=actor)
    else:
        cancel_clock(clock=review_round.clock, at=now, actor=actor)
