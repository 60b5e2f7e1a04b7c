"""The limits of checks, announced as draft-ietf-httpapi-ratelimit-headers has it: `RateLimit-Policy` and `RateLimit`."""

from datetime import datetime

from claims.services.metering import WINDOW_SECONDS, budgets_of, seconds_left
from foundation.kernel.actor import Actor


def limit_headers(actor: Actor, *, now: datetime) -> dict[str, str]:
    """Return the limits of the user and of the company, and what is left of them; none for the desk."""
    if not actor.is_partner:
        return {}
    budgets, wait = budgets_of(actor=actor, now=now), seconds_left(now)
    return {
        "RateLimit-Policy": ", ".join(
            f'"{budget.name}";q={budget.limit};w={WINDOW_SECONDS}' for budget in budgets
        ),
        "RateLimit": ", ".join(f'"{budget.name}";r={budget.left};t={wait}' for budget in budgets),
    }
