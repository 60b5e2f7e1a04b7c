"""Tasks for workers: each makes one call, takes no arguments, and may be repeated."""

from celery import shared_task
from django.utils import timezone

from cpor.sweeps import sweep
from foundation.journal.relay import drain


@shared_task(name="cpor.sweep")
def run_sweep() -> None:
    """Sweep everything that time causes, every minute."""
    sweep(now=timezone.now(), clock=timezone.now)


@shared_task(name="cpor.relay")
def run_relay() -> None:
    """Deliver what a commit has just left in the outbox."""
    drain(now=timezone.now(), clock=timezone.now)
