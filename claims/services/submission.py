"""From a draft to a claim that the desk must answer."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from claims import metering, policies
from claims.enums import ClaimStatus
from claims.events import CLAIM_SUBMITTED
from claims.inputs import Purpose, input_of
from claims.lifecycle import CLAIM
from claims.models import Claim
from claims.selectors import claim_for, lock_claim, refuse_stale
from claims.services.items import open_item, scopes_of
from claims.validation import Report, check, refuse_role
from foundation.journal.services import advance
from foundation.kernel.actor import Actor
from foundation.kernel.errors import Refused, StaleVersion


def submit_claim(
    *,
    public_id: str,
    actor: Actor,
    now: datetime,
    confirmed_warnings: tuple[str, ...] = (),
    acknowledged: bool = False,
    version: int | None = None,
) -> Claim:
    """Submit a draft: check, lock its scopes, check again, open its items; review, clock and cases follow in the same
    transaction through the event. `acknowledged` ticks the acknowledgement with the submission itself.

    Raises NotFound, StaleVersion, NotPermitted, Conflict INVALID_TRANSITION, RateLimited, Unavailable, Refused with all
    findings (VALIDATION_FAILED, or WARNINGS_NOT_CONFIRMED where only warnings stand in the way). A warning that arises
    between the two checks, a rival's claim of the same second, asks for nothing.
    """
    draft = claim_for(actor, public_id)
    refuse_stale(draft, version)
    refuse_role(actor=actor, purpose=Purpose.SUBMISSION)
    policies.enforce(policies.submission(actor, draft))
    metering.refuse_if_exhausted(actor, now=now)
    draft.acknowledged = draft.acknowledged or acknowledged
    report = check(input_of(draft), actor=actor, now=now, purpose=Purpose.SUBMISSION)
    metering.count(actor, report, now=now)
    confirmed = frozenset(draft.confirmed_warnings) | frozenset(confirmed_warnings)
    _refuse_errors(report)
    _refuse_unconfirmed(report, confirmed)
    return _submit(draft, report, confirmed=confirmed, actor=actor, now=now, version=version)


@transaction.atomic
def _submit(
    draft: Claim,
    first: Report,
    *,
    confirmed: frozenset[str],
    actor: Actor,
    now: datetime,
    version: int | None,
) -> Claim:
    resolved = first.resolved
    scopes = scopes_of(resolved)
    claim = lock_claim(draft, scope_ids=[scope.pk for scope in scopes], version=version).claim
    policies.enforce(policies.submission(actor, claim))
    claim.acknowledged = draft.acknowledged
    report = check(input_of(claim), actor=actor, now=now, purpose=Purpose.SUBMISSION)
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
    items = [
        open_item(claim, item, scope, actor=actor, now=now)
        for item, scope in zip(resolved.items, scopes, strict=True)
    ]
    advance(
        claim,
        CLAIM["submit"],
        to=ClaimStatus.SUBMITTED,
        event_type=CLAIM_SUBMITTED,
        actor=actor,
        now=now,
        changes={"submitted_at": now, "touched_at": now, "review_round": 1},
        claim_id=claim.pk,
        organisation_id=claim.organisation_id,
        payload={
            "items": [item.pk for item in items],
            "confirmed_warnings": sorted(confirmed & {warning.code for warning in report.warnings}),
        },
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
