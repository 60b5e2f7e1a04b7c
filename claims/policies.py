"""Who may do what to a claim in which state: each function answers a refusal or None, none of them reads anything."""

from django.utils.translation import gettext_lazy as _

from claims.enums import ClaimStatus as Status
from claims.enums import WaitingOn
from claims.lifecycle import CLAIM, ClaimFact
from claims.models import Claim
from foundation.kernel.actor import Actor
from foundation.kernel.errors import Conflict, DomainError
from foundation.kernel.rights import DRAFTING, READING, REVIEWING, SUBMITTING


def enforce(refusal: DomainError | None) -> None:
    """Raise the refusal, if there is one."""
    if refusal is not None:
        raise refusal


def reading(actor: Actor) -> DomainError | None:
    """Whether the actor may see claims at all (domain.md part 9)."""
    return READING.refusal(actor)


def drafting(actor: Actor) -> DomainError | None:
    """Whether the actor may draft at all (A1)."""
    return DRAFTING.refusal(actor)


def submitting(actor: Actor) -> DomainError | None:
    """Whether the actor has a submitting role (A1, S2)."""
    return SUBMITTING.refusal(actor)


def reviewing(actor: Actor) -> DomainError | None:
    """Whether the actor reviews for the desk."""
    return REVIEWING.refusal(actor)


def in_status(claim: Claim, statuses: frozenset[str]) -> DomainError | None:
    """Whether the claim is in one of the statuses; else what it is now."""
    if claim.status in statuses:
        return None
    return Conflict(
        _("This cannot be done while the claim is “%(status)s”.") % {"status": Status(claim.status).label},
    )


def saving(actor: Actor, claim: Claim) -> DomainError | None:
    return drafting(actor) or in_status(claim, frozenset({Status.DRAFT}))


def submission(actor: Actor, claim: Claim) -> DomainError | None:
    return submitting(actor) or in_status(claim, frozenset({Status.DRAFT}))


def withdrawal(actor: Actor, claim: Claim) -> DomainError | None:
    """A draft is discarded by whoever may draft; an open claim is withdrawn by submitting roles."""
    if claim.status == Status.DRAFT:
        return drafting(actor)
    return submitting(actor) or in_status(claim, Status.OPEN)


def answering(actor: Actor) -> DomainError | None:
    return submitting(actor)


def adding(actor: Actor, claim: Claim) -> DomainError | None:
    """Proof and comments: in every status that is not closed to additions; the desk comments on what it sees."""
    refusal = None if actor.is_desk else drafting(actor)
    if refusal is None and claim.status in Status.CLOSED_TO_ADDITIONS:
        refusal = in_status(claim, frozenset(Status.values) - Status.CLOSED_TO_ADDITIONS)
    return refusal


EDITABLE_FIELDS: dict[str, tuple[str, ...]] = {
    Status.DRAFT: (
        "name",
        "mpn_id",
        "tenant_id",
        "domain",
        "solution_area",
        "activities",
        "items",
        "contacts",
        "revenue_details",
        "acknowledged",
        "confirmed_warnings",
    ),
    Status.SUBMITTED: ("contacts",),
    Status.PARTNER_ACTION_REQUIRED: ("contacts", "mpn_id", "items"),
}


def editable_fields(actor: Actor, claim: Claim) -> tuple[str, ...]:
    """What this actor may change of the claim now (domain.md part 3, Editing)."""
    allowed = EDITABLE_FIELDS.get(claim.status, ())
    if claim.status == Status.DRAFT:
        return allowed if actor.may_draft else ()
    if claim.status == Status.PARTNER_ACTION_REQUIRED:
        if claim.resume_status == Status.DISPUTED or not actor.may_submit:
            return ()
        return allowed
    return allowed if actor.may_draft else ()


def facts_of(claim: Claim, *, asked: bool) -> set[str]:
    """The facts about the claim that its table asks for."""
    return {
        *({ClaimFact.ASKED} if asked else ()),
        *({ClaimFact.UNDISPUTED} if claim.resume_status != Status.DISPUTED else ()),
    }


PARTNERS_ACTS = frozenset({"edit", "submit", "withdraw", "respond", "add_evidence", "comment"})
"""What the portal and the API have a page or a resource for."""


def allowed_actions(actor: Actor, claim: Claim, *, asked: bool) -> tuple[str, ...]:
    """Return what partners' doors offer this actor now; `asked` if an open request waits for this claim."""
    offered = CLAIM.offered(actor, claim.status, facts_of(claim, asked=asked))
    return tuple(act for act in offered if act in PARTNERS_ACTS)


def waiting_on(claim: Claim, *, asked: bool, consent_open: bool) -> WaitingOn:
    """Whose turn it is: `asked` as above; `consent_open`: whether a grant of it waits for the customer's consent."""
    if asked or claim.status == Status.DRAFT:
        return WaitingOn.PARTNER
    if claim.status in Status.OPEN:
        return WaitingOn.DESK
    return WaitingOn.CUSTOMER if consent_open else WaitingOn.NOBODY
