"""Deliver events to consumers at least once, from rows alone: broker and worker may die at any point."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q

from foundation.journal.enums import DeliveryState
from foundation.journal.models import Delivery
from foundation.journal.routing import routes
from foundation.journal.unit import one_transaction

LEASE = timedelta(minutes=2)
BACKOFF = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=15),
)

logger = logging.getLogger(__name__)


@dataclass
class RelayReport:
    delivered: int = 0
    failed: int = 0
    dead: int = 0


Clock = Callable[[], datetime]


def relay(*, now: datetime, limit: int = 500, clock: Clock | None = None) -> RelayReport:
    """Try every delivery that is due at `now` once, and return the counts.

    Each delivery is leased, and its outcome recorded, at the instant that `clock` reads then: a relay can take longer
    than a lease. Without a clock, all happens at `now`.

    1. Select the due deliveries that are not leased, oldest first.
    2. Lease each by compare-and-set on its attempt number: of two relays one wins, and a dead relay's lease expires.
    3. Hand it to its consumer.
    4. Record the outcome: delivered, next attempt, or given up after the last attempt.
    """
    report, read = RelayReport(), clock or (lambda: now)
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=now)
    due = Delivery.objects.filter(free, state=DeliveryState.PENDING, next_attempt_at__lte=now)
    for delivery in list(due.select_related("event").order_by("id")[:limit]):
        if _lease(delivery, read()):
            _attempt(delivery, read, report)
    return report


def drain(*, now: datetime, rounds: int = 50, clock: Clock | None = None) -> RelayReport:
    """Relay until nothing is due, including events that the deliveries cause, and return the total counts."""
    total = RelayReport()
    for _round in range(rounds):
        report = relay(now=clock() if clock else now, clock=clock)
        total.delivered += report.delivered
        total.failed += report.failed
        total.dead += report.dead
        if not report.delivered:
            break
    return total


def _lease(delivery: Delivery, now: datetime) -> bool:
    mine = Delivery.objects.filter(
        pk=delivery.pk,
        state=DeliveryState.PENDING,
        attempts=delivery.attempts,
    )
    taken = mine.update(leased_until=now + LEASE, attempts=F("attempts") + 1)
    delivery.attempts += 1
    return bool(taken)


def _attempt(delivery: Delivery, read: Clock, report: RelayReport) -> None:
    consumer = routes.consumer(delivery.event.type, delivery.consumer)
    try:
        if not consumer.transactional:
            consumer.deliver(delivery, read())
        now = read()  # what begins with the delivery, such as a consent window, begins when it is done
        with one_transaction():
            if not _close(delivery, state=DeliveryState.DELIVERED, delivered_at=now, last_error=""):
                return
            if consumer.transactional:
                consumer.deliver(delivery, now)
            consumer.delivered(delivery, now)
        report.delivered += 1
    except Exception as error:  # any error of a consumer is recorded and retried
        logger.exception("delivery %s to %s failed", delivery.pk, delivery.consumer)
        _back_off(delivery, read(), error, report)


def _back_off(delivery: Delivery, now: datetime, error: Exception, report: RelayReport) -> None:
    consumer = routes.consumer(delivery.event.type, delivery.consumer)
    reason = f"{type(error).__name__}: {error}"[:2000]
    report.failed += 1
    if delivery.attempts <= len(BACKOFF):
        retry_at = now + BACKOFF[delivery.attempts - 1]
        _close(delivery, leased_until=None, next_attempt_at=retry_at, last_error=reason)
        return
    with one_transaction():
        if _close(delivery, state=DeliveryState.DEAD, last_error=reason):
            consumer.dead(delivery, now)
            report.dead += 1


def _close(delivery: Delivery, **outcome: object) -> bool:
    """Record the outcome unless the lease expired and another attempt began; return whether it was recorded."""
    mine = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.PENDING, attempts=delivery.attempts)
    return bool(mine.update(**outcome))
