"""What workers run: each task makes one service call, carries nothing but names, and may be repeated."""

from celery import shared_task
from django.utils import timezone

from cpor.sweeps import sweep
from foundation.journal.relay import drain


@shared_task(name="cpor.sweep")
def run_sweep() -> None:
    """Everything that time does, every minute."""
    sweep(now=timezone.now())


@shared_task(name="cpor.relay")
def run_relay() -> None:
    """Carry what a commit has just left in the outbox."""
    drain(now=timezone.now())
