"""Health checks for machines: whether this process runs (`/healthz`) and the product works (`/readyz`)."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clocks.publishing import ends_soon, newest_version
from foundation.journal.enums import DeliveryState
from foundation.journal.models import Delivery, Heartbeat

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


CHECKS: dict[str, Callable[[], str]] = {
    "database": database,
    "migrations": migrations,
    "outbox": outbox,
    "sweep": sweep,
}


def calendar_end() -> str:
    """Return that the desk's calendar ends soon, or nothing."""
    newest = newest_version()
    if newest is None or not ends_soon(newest, timezone.now()):
        return ""
    return f"the calendar {newest} has no holidays after {newest.ends_with}: publish more years"


NOTICES: tuple[Callable[[], str], ...] = (calendar_end,)
