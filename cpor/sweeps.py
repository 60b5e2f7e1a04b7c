"""Sweep everything that time causes. The beat runs it every minute, `manage.py sweep` once."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Protocol

from django.contrib.sessions.models import Session
from django.db import Error, connection

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
from clocks.services import (
    breach_clock,
    breach_clocks,
    ending_calendars,
    late_clocks,
    misplaced_clocks,
    near_clocks,
    recount_clock,
    warn_clock,
    warn_clocks,
    warn_of_ending_calendar,
)
from cpor.desk_settings import record_settings, unrecorded_settings
from foundation.doors.typed.models import KEPT_FOR, KeptForm
from foundation.journal.relay import Clock, drain
from foundation.journal.services import stamp_heartbeat
from foundation.journal.unit import one_transaction

logger = logging.getLogger(__name__)


class Find(Protocol):
    """Returns the keys of the due rows, in the order to act on them."""

    def __call__(self, *, now: datetime) -> Iterable[int]: ...


@dataclass(frozen=True)
class Piece:
    """One kind of work: `find` returns the due rows, `act` handles one and returns False if nothing was left to do."""

    name: str
    find: Find
    act: Callable[[int, datetime], object]


@dataclass(frozen=True)
class Lot:
    """Many rows at once: `act` handles a bounded number and returns it. It is repeated until it finds none.

    A piece of the same name follows for single rows, so that one that fails holds up no other.
    """

    name: str
    act: Callable[[datetime], int]


def _tend_idle_draft(claim_id: int, now: datetime) -> bool:
    return warn_idle_draft(claim_id=claim_id, now=now) or expire_idle_draft(claim_id=claim_id, now=now)


def _ended_subscriptions(*, now: datetime) -> Iterable[int]:  # noqa: ARG001 - depends on the directory, not on the time
    return overlooked_ends()


def _expired_sessions(*, now: datetime) -> Iterable[int]:
    return [0] if Session.objects.filter(expire_date__lt=now).exists() else []


def _old_kept_forms(*, now: datetime) -> Iterable[int]:
    return [0] if KeptForm.objects.filter(typed_at__lte=now - KEPT_FOR).exists() else []


PIECES = (
    Piece("settings", unrecorded_settings, lambda _all, now: record_settings(now=now)),
    Piece("requests", overdue_requests, lambda pk, now: lapse_request(party_id=pk, now=now)),
    Piece(
        "consent windows",
        due_consent_requests,
        lambda pk, now: activate_consented(consent_request_id=pk, now=now),
    ),
    Piece("draft warnings and ends", idle_drafts, _tend_idle_draft),
    Piece(
        "ended subscriptions",
        _ended_subscriptions,
        lambda pk, now: end_subscription(subscription_id=pk, now=now),
    ),
    Piece(
        "calendars",
        ending_calendars,
        lambda pk, now: warn_of_ending_calendar(calendar_version_id=pk, now=now),
    ),
    Piece("misplaced clocks", misplaced_clocks, lambda pk, now: recount_clock(clock_id=pk, now=now)),
    Lot("missed deadlines", lambda now: breach_clocks(now=now)),
    Piece("missed deadlines", late_clocks, lambda pk, now: breach_clock(clock_id=pk, now=now)),
    Piece(
        "expired sessions",
        _expired_sessions,
        lambda _all, now: Session.objects.filter(expire_date__lt=now).delete(),
    ),
    Piece(
        "kept forms",
        _old_kept_forms,
        lambda _all, now: KeptForm.objects.filter(typed_at__lte=now - KEPT_FOR).delete(),
    ),
    Lot("deadline warnings", lambda now: warn_clocks(now=now)),
    Piece("deadline warnings", near_clocks, lambda pk, now: warn_clock(clock_id=pk, now=now)),
)


@dataclass
class SweepReport:
    """How many rows each piece acted on and how many failed; `is_gone` where the database stopped answering."""

    done: dict[str, int] = field(default_factory=dict)
    failed: int = 0
    is_gone: bool = False


def sweep(*, now: datetime, clock: Clock | None = None) -> SweepReport:
    """Run every piece, drain the outbox and stamp the heartbeat, as of `now`; return the counts.

    With a `clock`, each delivery has its own instant, since a drain can take longer than a lease.

    A repeated, parallel or late sweep changes nothing more. A failure in one row or piece does not end the others: it is
    logged, counted and left for the next sweep. If the database stops answering, the sweep ends without a heartbeat.
    """
    report = run_pieces(PIECES, now=now)
    if not report.is_gone:
        _guard(report, "deliveries", lambda: drain(now=clock() if clock else now, clock=clock).delivered)
    if not report.is_gone:
        stamp_heartbeat(name="sweep", now=now)
    return report


def run_pieces(pieces: Iterable[Piece | Lot], *, now: datetime) -> SweepReport:
    """Act on every due row, each or each lot in a transaction of its own, and return the counts."""
    report = SweepReport()
    for piece in pieces:
        if isinstance(piece, Lot):
            while _guard(report, piece.name, partial(piece.act, now)):
                pass
            if report.is_gone:
                return report
            continue
        keys: list[int] = []
        _guard(report, piece.name, lambda: keys.extend(piece.find(now=now)))  # noqa: B023 - called at once
        for key in keys:
            _guard(report, piece.name, partial(_act, piece, key, now), key)
            if report.is_gone:
                return report
        if report.is_gone:
            return report
    return report


def _act(piece: Piece, key: int, now: datetime) -> int:
    with one_transaction():
        return int(piece.act(key, now) is not False)


def _guard(report: SweepReport, name: str, work: Callable[[], int | None], key: int | None = None) -> int:
    """Do the work, count it and return how much it was; log and count a failure, so that it holds up no other row."""
    done = 0
    try:
        done = work() or 0
        report.done[name] = report.done.get(name, 0) + done
    except Exception as error:
        report.failed += 1
        logger.error("sweeping %s %s failed", name, "" if key is None else key, exc_info=error)
        if isinstance(error, Error) and not _database_answers():
            report.is_gone = True
            logger.error("the database does not answer: this sweep stops, and the next one tries again")
    return done


def _database_answers() -> bool:
    """Return whether the database answers a query, over a new connection if the old one broke."""
    connection.close_if_unusable_or_obsolete()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True
