"""Review rounds: their start, their items, and the end of their clocks (part 6)."""

from collections.abc import Sequence

from arbitration.enums import CaseState
from arbitration.events import ROUND_JOINED, ROUND_OPENED
from arbitration.models import CaseParty, ReviewRound, RoundItem
from claims.models import Claim, ClaimItem
from clocks.enums import ClockKind
from clocks.steps import cancel_clock, meet_clock, start_clock
from foundation.journal.routing import EventType
from foundation.journal.step import Step
from foundation.kernel.rulebook import rulebook


def open_round(step: Step, claim: Claim, items: Sequence[ClaimItem]) -> None:
    """Start the claim's next review round for these items, with a clock of its own.

    An item under notice in an open case counts as met from the start. Items that begin at the same instant share a
    round: two requests answered in one act, or several items exchanged in one.
    """
    newest = ReviewRound.objects.filter(claim=claim).select_related("clock").order_by("-number").first()
    if newest is not None and newest.clock.started_at == step.at and newest.clock.is_open:
        there = dict(newest.items.values_list("item_id", "met_at"))
        items = [item for item in items if there.get(item.pk, step.at) is not None]
        if items and not any(item.pk in there for item in items):
            _put_in(step, newest, items, ROUND_JOINED)
            return
    if items:
        _put_in(step, _next_round(step, claim, newest), items, ROUND_OPENED)


def _next_round(step: Step, claim: Claim, newest: ReviewRound | None) -> ReviewRound:
    number = newest.number + 1 if newest else 1
    clock = start_clock(
        step,
        kind=ClockKind.REVIEW,
        subject_id=claim.pk,
        round=number,
        target_days=rulebook.review_bd,
    )
    Claim.objects.filter(pk=claim.pk).update(review_round=number)
    return ReviewRound.objects.create(claim=claim, number=number, clock=clock)


def _put_in(step: Step, review_round: ReviewRound, items: Sequence[ClaimItem], event_type: EventType) -> None:
    under_notice = set(
        CaseParty.objects.filter(
            item__in=items, left_at__isnull=True, noticed_at__isnull=False, case__state=CaseState.OPEN
        ).values_list("item_id", flat=True)
    )
    RoundItem.objects.bulk_create(
        RoundItem(round=review_round, item=item, met_at=step.at if item.pk in under_notice else None)
        for item in items
    )
    step.about(review_round.claim).record(
        event_type, review_round, round=review_round.number, items=[item.pk for item in items]
    )
    _close_finished(step, review_round)


def meet_items(step: Step, item_ids: Sequence[int]) -> None:
    """Meet items in their open rounds, after a decision, an information request or a notice."""
    _mark(step, item_ids, "met_at")


def drop_items(step: Step, item_ids: Sequence[int]) -> None:
    """Take items that were withdrawn, or whose subscription ended, out of their rounds."""
    _mark(step, item_ids, "left_at")


def _mark(step: Step, item_ids: Sequence[int], field: str) -> None:
    waiting = RoundItem.objects.filter(item_id__in=item_ids, met_at__isnull=True, left_at__isnull=True)
    rounds = list(
        ReviewRound.objects.filter(items__in=waiting).distinct().select_related("clock").order_by("pk")
    )
    waiting.update(**{field: step.at})
    for review_round in rounds:
        _close_finished(step, review_round)


def _close_finished(step: Step, review_round: ReviewRound) -> None:
    """Meet the clock once all remaining items are met; cancel it if none remains and none was met."""
    items = RoundItem.objects.filter(round=review_round)
    if items.filter(met_at__isnull=True, left_at__isnull=True).exists():
        return
    close = meet_clock if items.filter(met_at__isnull=False).exists() else cancel_clock
    close(step, review_round.clock)
