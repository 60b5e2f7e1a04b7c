"""What the check says about a draft when a page of it is opened.

A save has checked already: what it said travels to the next page in the session, so that one visit never checks (and
is never metered) twice. Opened later, the page asks anew, since the directory may have changed.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from claims.enums import ClaimStatus, ContactKind
from claims.facts import completed
from claims.inputs import ClaimInput, ContactInput, input_of
from claims.models import Claim
from claims.services import check_claim
from claims.validation import Report
from foundation.kernel.errors import RateLimited, Unavailable
from foundation.kernel.findings import Severity
from portal.presentation.notices import Notice, notices_from
from portal.session.acting import PartnerRequest
from portal.session.tabs import handing_over
from portal.steps import step_of

SAID = "said"
UNCHECKED = frozenset({"RATE_LIMITED", "VALIDATION_UNAVAILABLE"})
"""Codes which say that nothing was checked."""


def keep_for_next_page(request: HttpRequest, claim: Claim, report: Report) -> None:
    """Keep the findings of a save for the page that the browser is sent to."""
    request.session[SAID] = {
        "claim": str(claim.public_id),
        "version": claim.version,
        "findings": [finding.as_dict() for finding in report.findings],
    }


def notices_on(request: PartnerRequest, claim: Claim, *, now: datetime) -> list[Notice]:
    """Return the notices about a draft as far as it is filled in; nothing about other claims."""
    kept: dict[str, Any] = request.session.pop(SAID, {})
    if claim.status != ClaimStatus.DRAFT:
        return []
    if (kept.get("claim"), kept.get("version")) == (str(claim.public_id), claim.version):
        return notices_from(kept["findings"], public_id=claim.public_id)
    notices, _report = _checked(request, claim, input_of(claim), now=now)
    return list(notices)


def notices_before_submission(
    request: PartnerRequest, claim: Claim, *, now: datetime
) -> tuple[Sequence[Notice], Report | None]:
    """Return what submitting the draft would find, missing parts included; no report if nothing could be checked."""
    request.session.pop(SAID, None)
    return _checked(request, claim, as_if_submitted(claim), now=now)


def placed(claim: Claim, notices: Sequence[Notice], *, tab: str | None) -> list[Notice]:
    """Return the notices, each with the address of the step that it belongs to, in the same tab."""
    same_tab = handing_over(tab or "")
    return [
        notice.at(step_of(claim, notice.pointer).address(claim.public_id) + same_tab) for notice in notices
    ]


def as_if_submitted(claim: Claim) -> ClaimInput:
    """Return the draft with everything that is missing counted as sent empty."""
    given = completed(input_of(claim))
    nobody = {kind.value: ContactInput() for kind in ContactKind}
    return replace(given, contacts={**nobody, **(given.contacts or {})})


def _checked(
    request: PartnerRequest, claim: Claim, given: ClaimInput, *, now: datetime
) -> tuple[Sequence[Notice], Report | None]:
    """A page can be read while nothing can be checked: then it says so."""
    try:
        report = check_claim(claim_input=given, actor=request.actor, now=now)
    except (RateLimited, Unavailable) as refusal:
        return [Notice(severity=Severity.INFO, code=refusal.code, message=str(refusal.message))], None
    return notices_from(report.findings, public_id=claim.public_id), report
