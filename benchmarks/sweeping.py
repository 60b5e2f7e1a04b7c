"""How many due clocks a sweep works off, against one set-based statement over the same number."""

import time
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from benchmarks.report import Report
from clocks.models import Clock
from clocks.services import breach_clocks

DUE = 500


def measure_sweep(report: Report) -> None:
    """Let some clocks be overdue, mark them as the sweep does, and as one statement would."""
    now = timezone.now()
    on_time = Clock.objects.filter(state="running", breached_at=None).order_by("pk")
    ids = list(on_time.values_list("pk", flat=True)[:DUE])
    with transaction.atomic():
        running = Clock.objects.filter(pk__in=ids)
        running.update(due_at=now - timedelta(hours=1), warned_at=now)
        began = time.perf_counter()
        running.update(breached_at=F("due_at"))
        one = time.perf_counter() - began
        transaction.set_rollback(True)
    with transaction.atomic():
        Clock.objects.filter(pk__in=ids).update(due_at=now - timedelta(hours=1), warned_at=now)
        began = time.perf_counter()
        found = breach_clocks(now=now)
        ours = time.perf_counter() - began
        transaction.set_rollback(True)
    speed, floor = found / ours, len(ids) / one
    report.figure("sweep, due clocks / set-based SQL", speed / floor, f"{speed:.0f} and {floor:.0f} a second")
