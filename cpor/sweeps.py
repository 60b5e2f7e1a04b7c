"""Everything that only time does, in one list: the beat runs it every minute, `manage.py sweep` once."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import InterfaceError, transaction

from associations.services import activate_consented, due_consent_requests
from claims.services import (
    end_subscription,
    expire_idle_draft,
    idle_drafts,
    lapse_request,
    overdue_requests,
    overlooked_ends,
    warn_idle_draft,
)
from clocks.services import sweep_clocks
from foundation.journal.relay import drain
from foundation.journal.services import stamp_heartbeat

logger = logging.getLogger(__name__)


@dataclass
class SweepReport:
    """How many rows each sweep acted on, and how many failed and wait for the next sweep."""

    done: dict[str, int] = field(default_factory=dict)
    failed: int = 0


def sweep(*, now: datetime) -> SweepReport:
    """Run every sweep and drain the outbox, as of `now`. Repeating it, in parallel or late, changes nothing more.

    1. Requests past their due instant lapse. 2. Consent windows that passed activate. 3. Idle drafts are warned and
    withdrawn. 4. What still stands on a subscription that ended, ends. 5. Clocks are warned of and breached.
    6. Deliveries that are due go out. Each row is a transaction of its own: one that fails is logged, counted and left
    for the next sweep.
    """
    report = SweepReport()
    _each(report, "requests", overdue_requests(now=now), lambda pk: lapse_request(party_id=pk, now=now))
    _each(
        report,
        "consent windows",
        due_consent_requests(now=now),
        lambda pk: activate_consented(consent_request_id=pk, now=now),
    )
    _each(report, "idle drafts", idle_drafts(now=now), lambda pk: _tend_idle_draft(pk, now))
    _each(
        report,
        "ended subscriptions",
        overlooked_ends(),
        lambda pk: end_subscription(subscription_id=pk, now=now),
    )
    clocks = sweep_clocks(now=now)
    report.done["clocks"] = clocks.warned + clocks.breached
    report.failed += clocks.failed
    report.done["deliveries"] = drain(now=now).delivered
    stamp_heartbeat(name="sweep", now=now)
    return report


def _tend_idle_draft(claim_id: int, now: datetime) -> None:
    if not warn_idle_draft(claim_id=claim_id, now=now):
        expire_idle_draft(claim_id=claim_id, now=now)


def _each(report: SweepReport, name: str, keys: Iterable[int], act: Callable[[int], object]) -> None:
    report.done[name] = 0
    for key in keys:
        try:
            with transaction.atomic():
                act(key)
            report.done[name] += 1
        except InterfaceError:  # the connection is gone: the next sweep tries all of it again
            raise
        except Exception as error:  # one broken row must not hold up everybody else's deadline
            _note(report, name, key, error)


def _note(report: SweepReport, name: str, key: int, error: Exception) -> None:
    report.failed += 1
    logger.error("sweeping %s %s failed", name, key, exc_info=error)
