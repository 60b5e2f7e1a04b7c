"""Where a claim stands: who acts next, what they do, and by when; the same on the list and on the claim's page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from associations.models import ConsentRequest
from claims.enums import ClaimStatus, ItemOutcome, WaitingOn
from claims.models import Claim, ClaimItem, RequestParty
from claims.policies import in_arbitration, waiting_on
from claims.services.idleness import IDLE
from foundation.kernel.actor import Actor, ActorKind
from wording.dates import full_day
from wording.deadlines import Deadline, deadline_at
from wording.filters import instant
from wording.items import decider_of

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

SETTLED = {
    ClaimStatus.APPROVED: _("The claim is approved."),
    ClaimStatus.REJECTED: _(
        "The claim was not approved, and its review is over. Each item says who decided, when and why. You can file a "
        "new claim with what was missing."
    ),
    ClaimStatus.REJECTED_FINAL: _("The claim was not approved, and that is final. You can file a new one."),
    ClaimStatus.ENDED: _("Everything that we approved has ended. To claim again, file a new claim."),
    ClaimStatus.WITHDRAWN: _("The claim was withdrawn. You can file a new one."),
}
_DECIDERS: Mapping[ActorKind, Promise] = {
    ActorKind.DESK: _("the claim desk"),
    ActorKind.SYSTEM: _("the claim desk (automatic)"),
    ActorKind.CUSTOMER: _("the customer"),
    ActorKind.PARTNER: _("your company"),
}
SUBMITTERS = _("An incentives admin, billing admin or global admin of your company")


@dataclass(frozen=True, kw_only=True)
class Turn:
    """Who acts, what, and by when. `by_note` stands in for a date, or says more about it."""

    who: Text
    what: Text
    by: Deadline | None = None
    by_note: Text = ""


@dataclass(frozen=True, kw_only=True)
class StatusLine(Turn):
    """A claim's status, and whose turn it is."""

    label: str
    tone: str


def status_line(
    claim: Claim,
    *,
    actor: Actor,
    review: Deadline | None,
    asked: Sequence[RequestParty],
    consents: Sequence[ConsentRequest],
    now: datetime,
) -> StatusLine:
    """Return where the claim stands, for its partner.

    `review` is when the desk owes its review, `asked` are the desk's open questions to the claim, `consents` what its
    customer can still decline.
    """
    status, turn_of = (
        ClaimStatus(claim.status),
        waiting_on(claim, asked=bool(asked), consent_open=bool(consents)),
    )
    if turn_of is WaitingOn.PARTNER:
        turn = _answering(actor, asked) if asked else _drafting(actor, claim)
    elif turn_of is WaitingOn.DESK:
        turn = _reviewing(claim, review, now)
    elif turn_of is WaitingOn.CUSTOMER:
        turn = _consenting(claim, consents)
    else:
        turn = Turn(who=turn_of.label, what=SETTLED[status], by_note=_settled_note(claim, status))
    return StatusLine(label=str(status.label), tone=TONES[status], **vars(turn))


def decision_line(item: ClaimItem) -> str:
    """Return when the item was closed and by whom, in one sentence; empty while it is open."""
    decider = decider_of(item)
    if decider is None:
        return ""
    said = {"outcome": item.get_outcome_display(), "at": instant(item.decided_at), "who": _DECIDERS[decider]}
    return gettext("%(outcome)s on %(at)s by %(who)s.") % said


def _settled_note(claim: Claim, status: ClaimStatus) -> Text:
    decided = status in (ClaimStatus.REJECTED, ClaimStatus.REJECTED_FINAL)
    if not decided or claim.settled_at is None:
        return _("No deadline.")
    return format_lazy(_("Decided on {at}. No deadline."), at=instant(claim.settled_at))


def _answering(actor: Actor, asked: Sequence[RequestParty]) -> Turn:
    return Turn(
        who=WaitingOn.PARTNER.label if actor.may_submit else SUBMITTERS,
        what=_("Answer the desk's question."),
        by=deadline_at(min(party.request.due_at for party in asked)),
    )


def _drafting(actor: Actor, claim: Claim) -> Turn:
    expiry = full_day((claim.touched_at + IDLE).date())
    return Turn(
        who=WaitingOn.PARTNER.label,
        what=_("Finish the draft and submit it.")
        if actor.may_submit
        else _("Finish the draft, then ask an incentives, billing or global admin to submit it."),
        by_note=format_lazy(
            _("No deadline. If you do not change it, we withdraw it on {date}."), date=expiry
        ),
    )


def _reviewing(claim: Claim, review: Deadline | None, now: datetime) -> Turn:
    desk = WaitingOn.DESK.label
    if claim.status == ClaimStatus.APPROVED:
        return Turn(
            who=desk,
            what=_("Reviews the association for this product. You can bring your proof up to date."),
            by_note=_("No fixed date. Your association stays active meanwhile."),
        )
    if in_arbitration(claim):
        return Turn(
            who=desk,
            what=_("Hears everyone concerned, then decides."),
            by_note=_(
                "No fixed date: the claim may stay under review longer. We keep you informed in its comments."
            ),
        )
    what = (
        _("Starts the review of the claim.")
        if claim.status == ClaimStatus.SUBMITTED
        else _("Reviews the claim and its proof.")
    )
    if review is None or review.at is None:
        return Turn(who=desk, what=what, by_note=_("No date is set at the moment."))
    late = _("We are late. You do not need to do anything.") if review.at <= now else ""
    return Turn(who=desk, what=what, by=review, by_note=late)


def _consenting(claim: Claim, consents: Sequence[ConsentRequest]) -> Turn:
    ends_at = max((consent.window_ends_at for consent in consents if consent.window_ends_at), default=None)
    note: Text = (
        _("If the customer does not decline, the association takes effect.")
        if ends_at
        else _("The time to decline starts once we have sent the mail to the customer.")
    )
    if in_arbitration(claim):
        reviewed = _(
            "Meanwhile we review the association for this product. You can bring your proof up to date."
        )
        note = format_lazy("{} {}", note, reviewed)
    return Turn(
        who=WaitingOn.CUSTOMER.label,
        what=_("Can still decline. You do not need to do anything."),
        by=deadline_at(ends_at) if ends_at else None,
        by_note=note,
    )
