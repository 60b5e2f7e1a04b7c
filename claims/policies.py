"""What the claim's table does not say: the facts it needs, the fields that an edit can change, whose turn it is."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from claims.enums import ClaimStatus as Status
from claims.enums import WaitingOn
from claims.lifecycle import CLAIM, ClaimFact
from claims.models import Claim
from foundation.kernel.actor import Actor
from foundation.kernel.errors import Conflict, DomainError
from foundation.kernel.lifecycle import Act

EDITABLE_FIELDS: dict[str, tuple[str, ...]] = {
    "save": (
        "name",
        "mpn_id",
        "tenant_guid",
        "domain",
        "solution_area",
        "activities",
        "items",
        "contacts",
        "revenue_details",
        "acknowledged",
        "confirmed_warnings",
    ),
    "correct_contacts": ("contacts",),
    "amend": ("contacts", "mpn_id", "items"),
}
"""The fields that each editing act can change (domain.md part 3, Editing)."""


def editing(actor: Actor, claim: Claim) -> Act | None:
    """Return the act by which this actor can edit the claim now, or None."""
    acts = (CLAIM[name] for name in EDITABLE_FIELDS if name in CLAIM.acts)
    facts = facts_of(claim, asked=False)
    allowed = (act for act in acts if act.needs <= facts and act.refusal(actor, claim.status) is None)
    return next(allowed, None)


def edit_refusal(actor: Actor, claim: Claim, fields: Collection[str]) -> DomainError | None:
    """Return why the actor cannot change these fields now, or None."""
    if set(fields) <= set(editable_fields(actor, claim)):
        return None
    amend = CLAIM["amend"]
    if claim.status in amend.sources and (refusal := amend.right.refusal(actor)):
        return refusal
    return Conflict(
        _("You cannot change this part of the claim while its status is “%(status)s”.")
        % {"status": Status(claim.status).label}
    )


def amend_refusal(actor: Actor, claim: Claim) -> DomainError | None:
    """Return why the actor cannot remove and add items of a submitted claim now, or None."""
    if refusal := CLAIM["amend"].refusal(actor, claim.status):
        return refusal
    if ClaimFact.UNDISPUTED in facts_of(claim, asked=True):
        return None
    return Conflict(_("You cannot change the products of a claim during a dispute."))


def editable_fields(actor: Actor, claim: Claim) -> tuple[str, ...]:
    """Return the fields that this actor can change now."""
    act = editing(actor, claim)
    return EDITABLE_FIELDS[act.name] if act else ()


def withdrawal(claim: Claim) -> Act:
    """Return the act behind the button “withdraw”, which discards a draft."""
    return CLAIM["discard" if claim.status == Status.DRAFT else "withdraw"]


def facts_of(claim: Claim, *, asked: bool) -> set[str]:
    """Return the facts about the claim that its table needs; `asked` if an open request waits for it."""
    return {
        *({ClaimFact.ASKED} if asked else ()),
        *({ClaimFact.UNDISPUTED} if claim.resume_status != Status.DISPUTED else ()),
    }


PARTNERS_ACTS = frozenset({"edit", "submit", "withdraw", "respond", "add_evidence", "comment"})
"""The acts for which the portal and the API have a page or a resource."""


def allowed_actions(actor: Actor, claim: Claim, *, asked: bool) -> tuple[str, ...]:
    """Return what partners' doors offer this actor now; `asked` if an open request waits for this claim."""
    offered = CLAIM.offered(actor, claim.status, facts_of(claim, asked=asked))
    return tuple(act for act in offered if act in PARTNERS_ACTS)


def waiting_on(claim: Claim, *, asked: bool, consent_open: bool) -> WaitingOn:
    """Return whose turn it is; `consent_open` if a grant of the claim waits for the customer's consent."""
    if asked or claim.status == Status.DRAFT:
        return WaitingOn.PARTNER
    if claim.status in Status.OPEN:
        return WaitingOn.DESK
    if consent_open:
        return WaitingOn.CUSTOMER
    return WaitingOn.DESK if in_arbitration(claim) else WaitingOn.NOBODY


def in_arbitration(claim: Claim) -> bool:
    """Return whether an item of the claim is in a case of which its partner has had notice."""
    return any(item.in_arbitration_since for item in claim.items.all())
