"""The live check: the same validation as for drafts and submissions, without storing anything."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from claims.inputs import ClaimInput, Purpose
from claims.services import metering
from claims.validation import Report, check, refuse_role
from foundation.journal.step import Step
from foundation.kernel.actor import Actor


def check_claim(*, claim_input: ClaimInput, actor: Actor, now: datetime) -> Report:
    """Return the report on such a claim of the actor's organisation.

    Raises NotPermitted ROLE_NOT_ALLOWED, RateLimited and Unavailable; everything else is in the report.
    """
    refuse_role(actor=actor, purpose=Purpose.CHECK)
    own = replace(claim_input, organisation_id=actor.organisation_id or 0)
    return metered_check(Step(actor=actor, at=now), own, purpose=Purpose.CHECK)


def metered_check(
    step: Step, claim_input: ClaimInput, *, purpose: Purpose, changed: Collection[str] | None = None
) -> Report:
    """Run `check` and count it against the actor's budgets."""
    metering.refuse_if_exhausted(step)
    report = check(claim_input, actor=step.actor, now=step.at, purpose=purpose, changed=changed)
    metering.count(step, report)
    return report
