"""Where a claim stands: who acts, what, by when. The same lines on the list and on the claim's page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from associations.models import ConsentRequest
from claims.enums import ClaimStatus, ItemOutcome
from claims.models import Claim, RequestParty
from claims.services.idleness import IDLE
from foundation.kernel.actor import Actor
from wording.dates import full_day
from wording.deadlines import Deadline, deadline_at

Text = str | Promise

TONES = {
    ClaimStatus.DRAFT: "quiet",
    ClaimStatus.SUBMITTED: "info",
    ClaimStatus.UNDER_REVIEW: "info",
    ClaimStatus.PARTNER_ACTION_REQUIRED: "attention",
    ClaimStatus.APPROVED: "good",
    ClaimStatus.REJECTED: "bad",
    ClaimStatus.DISPUTED: "info",
    ClaimStatus.REJECTED_FINAL: "bad",
    ClaimStatus.ENDED: "quiet",
    ClaimStatus.WITHDRAWN: "quiet",
}
OUTCOME_TONES = {
    ItemOutcome.PENDING: "info",
    ItemOutcome.APPROVED: "good",
    ItemOutcome.DECLINED: "bad",
    ItemOutcome.WITHDRAWN: "quiet",
}

YOU = _("Your company")
SUBMITTERS = _("An incentives admin, billing admin or global admin of your company")
DESK = _("Claim desk")
NOBODY = _("Nobody")
CUSTOMER = _("Customer")
IN_ARBITRATION = _("Hears the others concerned before it decides.")
LONGER = _("No fixed date: the claim may stay under review longer meanwhile. Its comments will tell you.")


@dataclass(frozen=True, kw_only=True)
class StatusLine:
    """Three answers. `by_note` stands where there is no date, or says more about the date."""

    label: str
    tone: str
    who: Text
    what: Text
    by: Deadline | None = None
    by_note: Text = ""


def status_line(
    claim: Claim,
    *,
    actor: Actor,
    review: Deadline | None,
    asked: Sequence[RequestParty],
    consents: Sequence[ConsentRequest],
    now: datetime,
) -> StatusLine:
    """The line of one claim. `review` is when the desk owes its review, `asked` are the desk's open questions to it,
    `consents` what its customer may still decline."""
    status = ClaimStatus(claim.status)
    who, what, by, by_note = _waiting(claim, status, actor, review, asked, consents, now)
    return StatusLine(label=str(status.label), tone=TONES[status], who=who, what=what, by=by, by_note=by_note)


def _waiting(
    claim: Claim,
    status: ClaimStatus,
    actor: Actor,
    review: Deadline | None,
    asked: Sequence[RequestParty],
    consents: Sequence[ConsentRequest],
    now: datetime,
) -> tuple[Text, Text, Deadline | None, Text]:
    if asked and status in ClaimStatus.OPEN | {ClaimStatus.APPROVED}:
        due = deadline_at(min(party.request.due_at for party in asked))
        return (YOU if actor.may_submit else SUBMITTERS), _("Answer the desk's question."), due, ""
    if status == ClaimStatus.DRAFT:
        expiry = full_day((claim.touched_at + IDLE).date())
        what = (
            _("Finish the draft and submit it.")
            if actor.may_submit
            else _("Finish the draft; then have it submitted by an incentives, billing or global admin.")
        )
        by_note = format_lazy(_("No deadline. Left alone, it is withdrawn on {date}."), date=expiry)
        return YOU, what, None, by_note
    if status in ClaimStatus.OPEN:
        return _with_the_desk(claim, status, review, now)
    if status == ClaimStatus.APPROVED and consents:
        ends_at = max(
            (consent.window_ends_at for consent in consents if consent.window_ends_at), default=None
        )
        note = (
            _("Silence agrees.")
            if ends_at
            else _("The time starts once the mail to the customer has gone out.")
        )
        window = deadline_at(ends_at) if ends_at else None
        return CUSTOMER, _("May still decline; you need not do anything."), window, note
    return NOBODY, SETTLED[status], None, _("Nothing is waited for.")


def _with_the_desk(
    claim: Claim, status: ClaimStatus, review: Deadline | None, now: datetime
) -> tuple[Text, Text, Deadline | None, Text]:
    if any(item.in_arbitration_since for item in claim.items.all()):
        return DESK, IN_ARBITRATION, None, LONGER
    what = (
        _("Takes up the claim and reviews it.")
        if status == ClaimStatus.SUBMITTED
        else _("Reviews the claim and its proof.")
    )
    if review is None or review.at is None:
        return DESK, what, None, _("No date is set at the moment.")
    late = _("The desk is late; you need not do anything.") if review.at <= now else ""
    return DESK, what, review, late


SETTLED = {
    ClaimStatus.APPROVED: _("The claim is approved."),
    ClaimStatus.REJECTED: _("The claim was not approved. Its reasons stand beside each item."),
    ClaimStatus.REJECTED_FINAL: _("The claim was not approved, and that is final. You can file a new one."),
    ClaimStatus.ENDED: _("What was approved has ended. A successor needs a new claim."),
    ClaimStatus.WITHDRAWN: _("The claim was withdrawn. You can file a new one."),
}
