"""The live check: the same validation as for drafts and submissions, without storing anything."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from claims.inputs import ClaimInput, Purpose, input_of
from claims.lifecycle import CLAIM
from claims.selectors import claim_for
from claims.services import metering
from claims.validation import Report, check, judged_rules, refuse_role
from foundation.journal.step import Step
from foundation.kernel.actor import Actor
from foundation.kernel.errors import Conflict


def check_claim(*, claim_input: ClaimInput, actor: Actor, now: datetime) -> Report:
    """Return the report on such a claim of the actor's organisation.

    Raises NotPermitted ROLE_NOT_ALLOWED, RateLimited and Unavailable; everything else is in the report.
    """
    refuse_role(actor=actor, purpose=Purpose.CHECK)
    own = replace(claim_input, organisation_id=actor.organisation_id or 0)
    return metered_check(Step(actor=actor, at=now), own, purpose=Purpose.CHECK)


def check_draft(*, public_id: str, actor: Actor, now: datetime) -> Report:
    """Return what a save of this draft would say, and store nothing.

    Raises NotFound, NotPermitted ROLE_NOT_ALLOWED, Conflict INVALID_TRANSITION once it was submitted, RateLimited and
    Unavailable.
    """
    draft = claim_for(actor, public_id)
    refuse_role(actor=actor, purpose=Purpose.CHECK)
    CLAIM["save"].enforce(actor, draft.status)
    if draft.submitted_at is not None:
        raise Conflict(_("Only a draft has findings. A submitted claim is reviewed by the desk."))
    return metered_check(Step(actor=actor, at=now), input_of(draft), purpose=Purpose.CHECK)


def metered_check(
    step: Step,
    claim_input: ClaimInput,
    *,
    purpose: Purpose,
    changed: Collection[str] | None = None,
    is_saved_anyway: bool = False,
) -> Report:
    """Run `check` and count what it told against the actor's budgets.

    Raises RateLimited if a rule to be judged may not be told just now. What is saved anyway is checked without such rules
    and without those that follow from them; the report says so.
    """
    judged = judged_rules(purpose, changed)
    withheld = metering.withheld_rules(step, judged)
    if withheld and not is_saved_anyway:
        metering.refuse(step)
    report = _checked(step, claim_input, purpose, changed, withheld)
    used_up = metering.count(step, report) & judged  # by callers that were judged at the same time
    if used_up - withheld:
        if not is_saved_anyway:
            metering.refuse(step)
        withheld |= used_up
        report = _checked(step, claim_input, purpose, changed, withheld)  # tells less, so it is not counted
    return replace(report, findings=(metering.postponed(step), *report.findings)) if withheld else report


def _checked(
    step: Step,
    claim_input: ClaimInput,
    purpose: Purpose,
    changed: Collection[str] | None,
    withheld: Collection[str],
) -> Report:
    return check(
        claim_input, actor=step.actor, now=step.at, purpose=purpose, changed=changed, withheld=withheld
    )
