"""Submission: a draft becomes a claim that the desk reviews."""

from datetime import datetime

from django.utils.translation import gettext as _

from claims.enums import ClaimStatus
from claims.events import CLAIM_SUBMITTED
from claims.inputs import Purpose, input_of
from claims.lifecycle import CLAIM
from claims.models import Claim
from claims.selectors import Seen, claim_for, lock_claim, require_seen
from claims.services.checks import metered_check
from claims.steps.items import open_item, scopes_of
from claims.validation import Report, check, refuse_role
from foundation.journal.step import Step
from foundation.journal.unit import one_transaction
from foundation.kernel.actor import Actor
from foundation.kernel.errors import Refused, StaleVersion


def submit_claim(
    *,
    public_id: str,
    actor: Actor,
    now: datetime,
    confirmed_warnings: tuple[str, ...] | None = None,
    acknowledged: bool | None = None,
    version: Seen = None,
) -> Claim:
    """Submit a draft: check it, lock its scopes, check it again, open its items.

    The event starts review, clock and cases in the same transaction. What is said last of the acknowledgement and of
    the warnings counts: `acknowledged` and `confirmed_warnings` with the submission or, where that says nothing, what
    the draft was saved with. A warning that first arises in the second check (a rival submits in the same second) needs
    no confirmation. Raises NotFound, StaleVersion,
    NotPermitted, Conflict INVALID_TRANSITION, RateLimited, Unavailable, and Refused with all findings (VALIDATION_FAILED,
    or WARNINGS_NOT_CONFIRMED if only warnings are left).
    """
    draft = claim_for(actor, public_id)
    require_seen(draft, version)
    refuse_role(actor=actor, purpose=Purpose.SUBMISSION)
    CLAIM["submit"].enforce(actor, draft.status)
    step = Step(actor=actor, at=now)
    draft.acknowledged = draft.acknowledged if acknowledged is None else acknowledged
    report = metered_check(step, input_of(draft), purpose=Purpose.SUBMISSION)
    confirmed = frozenset(draft.confirmed_warnings if confirmed_warnings is None else confirmed_warnings)
    _refuse_errors(report)
    _refuse_unconfirmed(report, confirmed)
    return _submit(step, draft, report, confirmed=confirmed, version=version)


@one_transaction()
def _submit(step: Step, draft: Claim, first: Report, *, confirmed: frozenset[str], version: Seen) -> Claim:
    resolved = first.resolved
    scopes = scopes_of(resolved)
    claim = lock_claim(draft, scope_ids=[scope.pk for scope in scopes], version=version).claim
    CLAIM["submit"].enforce(step.actor, claim.status)
    claim.acknowledged = draft.acknowledged
    report = check(input_of(claim), actor=step.actor, now=step.at, purpose=Purpose.SUBMISSION)
    _refuse_errors(report)
    if claim.version != draft.version or report.resolved != resolved:
        raise StaleVersion
    Claim.objects.filter(pk=claim.pk).update(
        location_id=resolved.location_id,
        tenant_id=resolved.tenant_id,
        lane=resolved.lane,
        acknowledged=claim.acknowledged,
        confirmed_warnings=sorted(confirmed),
        report=report.as_record(),
    )
    claim.refresh_from_db()
    step = step.about(claim)
    items = [open_item(step, claim, item, scope) for item, scope in zip(resolved.items, scopes, strict=True)]
    step.advance(
        claim,
        CLAIM["submit"],
        to=ClaimStatus.SUBMITTED,
        event=CLAIM_SUBMITTED,
        changes={"submitted_at": step.at, "touched_at": step.at, "review_round": 1},
        items=[item.pk for item in items],
        confirmed_warnings=sorted(confirmed & {warning.code for warning in report.warnings}),
    )
    return claim


def _refuse_errors(report: Report) -> None:
    if report.errors:
        raise Refused(
            _("The claim cannot be submitted yet. Correct what is listed, then submit it again."),
            findings=report.findings,
        )


def _refuse_unconfirmed(report: Report, confirmed: frozenset[str]) -> None:
    if report.unconfirmed(confirmed):
        raise Refused(
            _("Read the warnings and confirm each of them, then submit the claim again."),
            code="WARNINGS_NOT_CONFIRMED",
            pointer="/confirmed_warnings",
            findings=report.findings,
        )
