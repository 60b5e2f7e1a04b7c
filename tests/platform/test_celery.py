"""Celery only wakes the workers that read the rows: its schedule is short, and nothing waits when it is down."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cpor.celery import app
from tests.platform.running import ROOT
from tests.platform.test_checks import ENVIRONMENT

NUDGE = """
import time, django
django.setup()
from cpor.nudge import nudge_relay
begun = time.monotonic()
nudge_relay()
print(time.monotonic() - begun)
"""


def test_due_work_is_looked_for_every_minute() -> None:
    schedule = {entry["task"]: entry["schedule"] for entry in app.conf.beat_schedule.values()}

    assert schedule == {"cpor.sweep": 60, "cpor.relay": 60}


def test_every_scheduled_task_exists() -> None:
    app.loader.import_default_modules()

    assert {entry["task"] for entry in app.conf.beat_schedule.values()} - set(app.tasks) == set()


def test_a_task_is_acknowledged_after_it_is_done_and_prefetched_singly() -> None:
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.task_ignore_result
    assert app.conf.worker_prefetch_multiplier == 1


@pytest.mark.processes
def test_a_dead_broker_neither_fails_nor_delays_a_committed_request(tmp_path: Path) -> None:
    environ = {**ENVIRONMENT, "PATH": os.environ["PATH"], "CPOR_DATA_DIR": str(tmp_path)}
    environ["DJANGO_SETTINGS_MODULE"] = "cpor.settings"

    answer = subprocess.run(
        [sys.executable, "-c", NUDGE], cwd=ROOT, env=environ, capture_output=True, text=True, check=True
    )

    assert float(answer.stdout) < 3
    assert "the relay could not be nudged" in answer.stderr
