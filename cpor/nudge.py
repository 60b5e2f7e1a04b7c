"""Wake the relay after a commit. Deliveries are rows, so a lost nudge costs at most a minute."""

import logging

from celery import current_app

logger = logging.getLogger(__name__)


def nudge_relay() -> None:
    """Ask a worker to relay now. An unreachable broker never fails the request that committed."""
    try:
        current_app.send_task("cpor.relay", retry=False, ignore_result=True)
    except Exception as error:  # whatever a broken broker raises, the commit has happened
        logger.warning("the relay could not be nudged; the sweep will deliver instead: %s", error)
