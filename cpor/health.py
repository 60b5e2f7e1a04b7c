"""Health checks for machines: whether this process runs (`/healthz`) and the product works (`/readyz`)."""

import logging
from collections.abc import Callable
from datetime import timedelta

from celery import current_app
from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from clocks.publishing import ends_soon, newest_version
from foundation.journal.enums import DeliveryState
from foundation.journal.models import Delivery, Heartbeat

logger = logging.getLogger(__name__)

OUTBOX_LAG = timedelta(minutes=5)
MISSED_SWEEPS = 3
OK = "ok"


@never_cache
@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """Return 200 as long as the process responds; depend on nothing else."""
    return JsonResponse({"status": OK})


@never_cache
@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """Return 200 if every check is `ok`, else 503 with the problem of each failed check in words.

    `notices` say what will need attention. The response contains no personal data, so it needs no sign-in.
    """
    notices: list[str] = []
    try:
        findings = {name: check() for name, check in CHECKS.items()}
        notices = [text for look in NOTICES if (text := look())]
    except DatabaseError:
        findings = {"database": "does not answer"}
    ready = all(finding == OK for finding in findings.values())
    answer: dict[str, object] = {"status": OK if ready else "not ready", **findings}
    if notices:
        answer["notices"] = notices
    return JsonResponse(answer, status=200 if ready else 503)


def database() -> str:
    """Return `ok` if the database runs a query. Raises DatabaseError if it does not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return OK


def migrations() -> str:
    """Return `ok` if all migrations of this release are applied, else how many are not."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(plan)} not applied" if plan else OK


def outbox() -> str:
    """Return `ok` if deliveries reach their consumers in time, else how many are late."""
    late = Delivery.objects.filter(
        state=DeliveryState.PENDING, next_attempt_at__lt=timezone.now() - OUTBOX_LAG
    ).count()
    return f"{late} deliveries are more than {OUTBOX_LAG} late" if late else OK


def sweep() -> str:
    """Return `ok` if beat and worker still run the sweep, else when it last ran."""
    beat = Heartbeat.objects.filter(name="sweep").first()
    if beat is None:
        return "has not run yet"
    silent = timezone.now() - beat.at
    tolerated = timedelta(seconds=MISSED_SWEEPS * settings.SWEEP_SECONDS)
    return f"last ran {int(silent.total_seconds())} s ago" if silent > tolerated else OK


def cache() -> str:
    """Return `ok` if the cache, which limits attempts to sign in, keeps a value."""
    try:
        caches["default"].set("readyz", "1", timeout=60)
        return OK if caches["default"].get("readyz") else "keeps nothing"
    except (RedisError, OSError):
        return "does not answer"


def broker() -> str:
    """Return `ok` if messages to the worker can be left with the broker."""
    try:
        with current_app.connection_for_write() as link:
            link.ensure_connection(max_retries=1, timeout=2)
    except Exception:  # each transport has errors of its own
        logger.exception("the broker does not answer")
        return "does not answer"
    return OK


CHECKS: dict[str, Callable[[], str]] = {
    "database": database,
    "migrations": migrations,
    "outbox": outbox,
    "sweep": sweep,
    "cache": cache,
    "broker": broker,
}


def calendar_end() -> str:
    """Return that the desk's calendar ends soon, or nothing."""
    newest = newest_version()
    if newest is None or not ends_soon(newest, timezone.now()):
        return ""
    return f"the calendar {newest} has no holidays after {newest.ends_with}: publish more years"


NOTICES: tuple[Callable[[], str], ...] = (calendar_end,)
