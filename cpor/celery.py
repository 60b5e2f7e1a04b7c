"""The Celery application. Tasks carry only IDs; the worker logs each under the ID of the request that caused it."""

import contextvars
import logging
import os
from typing import Any

from celery import Celery, signals

from cpor.messages import use_own_transport
from foundation.doors.request_id import begin_request, current_request_id, end_request

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpor.settings")

use_own_transport()
app = Celery("cpor")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

logger = logging.getLogger(__name__)

HEADER = "cpor_request_id"

_tokens: dict[str, contextvars.Token[str]] = {}


@signals.before_task_publish.connect
def carry_request_id(headers: dict[str, Any], **_: Any) -> None:
    """Set the current request's identifier on the message."""
    headers[HEADER] = current_request_id()


@signals.task_prerun.connect
def take_over_request_id(task_id: str, task: Any, **_: Any) -> None:
    """Make the message's identifier current, or a new one."""
    _tokens[task_id] = begin_request(getattr(task.request, HEADER, "") or "")


@signals.task_postrun.connect
def let_go_of_request_id(task_id: str, **_: Any) -> None:
    """End the task's identifier."""
    if token := _tokens.pop(task_id, None):
        end_request(token)


@signals.worker_shutting_down.connect
def tell_why_it_ends(sig: str, how: str, exitcode: int, **_: Any) -> None:
    """Log why a worker ends: nothing ends without its reason."""
    logger.warning("the worker ends because of %s (%s, exit code %s)", sig, how, exitcode)
