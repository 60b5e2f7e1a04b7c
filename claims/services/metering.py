"""Limits on how much may be asked about the directory in a minute (B3, and whether a scope is free), at all doors.

Each kind of question is counted twice: for the user and for the organisation. A user's limit is the lower one, so that
no member uses up the company's. The counts are in the cache, not in the database: a refused submission is rolled back,
but its attempt still counts.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from django.core.cache import cache
from django.utils.translation import gettext as _

from claims.validation import ANSWERS_AVAILABILITY, Report
from foundation.journal.step import Step
from foundation.kernel.actor import Actor
from foundation.kernel.errors import RateLimited
from foundation.kernel.findings import Finding, Severity
from foundation.kernel.rulebook import rulebook

WINDOW_SECONDS = 60
MISMATCH = "DOMAIN_TENANT_MISMATCH"


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What a user or an organisation may still ask in this minute, and the rules that are not told once it is used up."""

    name: str
    key: str
    limit: int
    rules: frozenset[str]
    used: int = 0

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)


def budgets_of(*, actor: Actor, now: datetime) -> tuple[Budget, ...]:
    """Return the actor's budgets as they stand."""
    budgets = _budgets(actor, now)
    used = cache.get_many([budget["key"] for budget in budgets])
    return tuple(Budget(**budget, used=used.get(budget["key"], 0)) for budget in budgets)


def _budgets(actor: Actor, now: datetime) -> list[dict[str, Any]]:
    minute = int(now.timestamp()) // WINDOW_SECONDS
    user, organisation = f"{actor.user_id}:{minute}", f"{actor.organisation_id}:{minute}"
    pair, scope = frozenset({"B3"}), ANSWERS_AVAILABILITY
    return [
        {"name": name, "key": f"{name}:{whose}", "limit": limit, "rules": rules}
        for name, whose, limit, rules in (
            ("user-mismatches", user, rulebook.mismatches_per_minute, pair),
            ("company-mismatches", organisation, rulebook.company_mismatches_per_minute, pair),
            ("user-availability", user, rulebook.user_availability_checks_per_minute, scope),
            ("company-availability", organisation, rulebook.availability_checks_per_minute, scope),
        )
    ]


def seconds_left(now: datetime) -> int:
    """Return when the counts begin anew."""
    return WINDOW_SECONDS - int(now.timestamp()) % WINDOW_SECONDS


def withheld_rules(step: Step, judged: Collection[str]) -> frozenset[str]:
    """Return those of the rules to be judged whose answers the actor may not have just now."""
    exhausted = (budget.rules for budget in budgets_of(actor=step.actor, now=step.at) if not budget.left)
    return frozenset[str]().union(*exhausted).intersection(judged)


def refuse(step: Step) -> NoReturn:
    """Raise RateLimited."""
    wait = seconds_left(step.at)
    raise RateLimited(
        _("Too many checks in a short time. Wait %(seconds)d seconds, then try again.") % {"seconds": wait},
        retry_after=wait,
    )


def postponed(step: Step) -> Finding:
    """Return what is said in place of the answers that are withheld."""
    return Finding(
        code=RateLimited.default_code,
        severity=Severity.INFO,
        message=_(
            "Your entries are saved. Not everything was checked, because there were too many checks in a short time. "
            "Wait %(seconds)d seconds, then open this again."
        )
        % {"seconds": seconds_left(step.at)},
    )


def count(step: Step, report: Report) -> frozenset[str]:
    """Count a mismatch, and each entry whose availability was revealed, for the user and for the organisation.

    Returns the rules whose budget others had used up before this was counted: what the report says of them must not be
    told. What a user's own budget refuses is not counted for the organisation.
    """
    mismatches = int(any(finding.code == MISMATCH for finding in report.findings))
    by_rule = {"B3": mismatches, **dict.fromkeys(ANSWERS_AVAILABILITY, report.availability_answers)}
    used_up = frozenset[str]()
    for budget in _budgets(step.actor, step.at):  # a user's before the organisation's
        told = max(by_rule[rule] for rule in budget["rules"])
        if budget["rules"] <= used_up:
            continue
        if _increment(budget["key"], told) - told >= budget["limit"]:
            used_up |= budget["rules"]
    return used_up


def _increment(key: str, by: int) -> int:
    """Return the count, this increment included; each caller gets another one."""
    if not by:
        return int(cache.get(key, 0))
    if cache.add(key, by, timeout=2 * WINDOW_SECONDS):
        return by
    return cache.incr(key, by)
