"""Limits on how often a user can probe the directory (B3, and whether a scope is free), counted across all doors.

The counts are in the cache, not in the database: a refused submission is rolled back, but its attempt still counts.
"""

from django.core.cache import cache
from django.utils.translation import gettext as _

from claims.validation import Report
from foundation.journal.step import Step
from foundation.kernel.errors import RateLimited
from foundation.kernel.rulebook import rulebook

WINDOW_SECONDS = 60


def refuse_if_exhausted(step: Step) -> None:
    """Raise RateLimited if the user's mismatches or the organisation's availability checks are used up."""
    for key, limit in _budgets(step):
        if cache.get(key, 0) >= limit:
            wait = WINDOW_SECONDS - int(step.at.timestamp()) % WINDOW_SECONDS
            raise RateLimited(
                _("Too many checks in a short time. Wait %(seconds)d seconds, then try again.")
                % {"seconds": wait},
                retry_after=wait,
            )


def count(step: Step, report: Report) -> None:
    """Count a mismatch for the user, and for the organisation each entry whose availability was revealed."""
    seen = {finding.code for finding in report.findings}
    (mismatch_key, _mismatches), (availability_key, _checks) = _budgets(step)
    if "DOMAIN_TENANT_MISMATCH" in seen:
        _increment(mismatch_key, 1)
    if report.availability_answers:
        _increment(availability_key, report.availability_answers)


def _budgets(step: Step) -> tuple[tuple[str, int], tuple[str, int]]:
    minute = int(step.at.timestamp()) // WINDOW_SECONDS
    return (
        (f"mismatch:{step.actor.user_id}:{minute}", rulebook.mismatches_per_minute),
        (f"availability:{step.actor.organisation_id}:{minute}", rulebook.availability_checks_per_minute),
    )


def _increment(key: str, by: int) -> None:
    if not cache.add(key, by, timeout=2 * WINDOW_SECONDS):
        cache.incr(key, by)
