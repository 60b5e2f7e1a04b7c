"""Recipients of mails: addresses looked up from the event's IDs, in the event's transaction.

People without a usable address are left out, and each address gets one mail.
"""

from collections.abc import Iterable, Iterator

from django.conf import settings
from django.db.models import Q

from associations.enums import AssociationState
from associations.models import Grant
from claims.enums import ClaimStatus, CommentSide, ContactKind, DeclineReason, ItemOutcome
from claims.facts import is_well_formed_address
from claims.models import Claim, ClaimItem, Comment, Contact
from claims.selectors import visible_claims
from clocks.enums import ClockKind
from foundation.journal.models import Event
from foundation.kernel.actor import Channel, PartnerRole
from foundation.kernel.text import parse_address
from partners.actors import desk_actor
from partners.models import Member, User
from tenants.enums import SubscriptionState

NO_ADDRESS = ""


def claim_of(event: Event) -> Claim:
    """Return the event's claim. Raises AssertionError if there is none, since every mail to a partner is about one."""
    if event.claim_id is None:
        raise AssertionError(f"{event.type} is mailed about a claim and names none")
    return Claim.objects.select_related("organisation", "tenant").get(pk=event.claim_id)


def partner_people(event: Event) -> list[str]:
    """Return the claim's partner contact and the incentives admins who may see its location (S59, part 9)."""
    claim = claim_of(event)
    contact = Contact.objects.filter(claim=claim, kind=ContactKind.PARTNER).first()
    admins = (
        Member.objects.filter(
            Q(locations__isnull=True) | Q(locations=claim.location_id),
            organisation_id=claim.organisation_id,
            ended_at__isnull=True,
            user__is_active=True,
            roles__role=PartnerRole.INCENTIVES_ADMIN,
        )
        .order_by("pk")
        .distinct()
        .values_list("user__email", flat=True)
    )
    return list(_usable([contact.email if contact else NO_ADDRESS, *admins]))


def submitter(event: Event) -> list[str]:
    """Return the address of the event's actor."""
    if event.actor_id is None:
        return []
    return list(_usable(User.objects.filter(pk=event.actor_id).values_list("email", flat=True)))


def author(event: Event) -> list[str]:
    """Return the draft's author, if still a member of its organisation."""
    claim = claim_of(event)
    members = Member.objects.filter(
        user_id=claim.created_by_id,
        organisation_id=claim.organisation_id,
        ended_at__isnull=True,
        user__is_active=True,
    )
    return list(_usable(members.values_list("user__email", flat=True)))


def customer_contact(event: Event) -> list[str]:
    """Return the customer contact as typed: activation waits for this mail, so a bad address must fail visibly.

    The desk's own address is no address of a customer: its silence agrees to nothing.
    """
    contact = Contact.objects.filter(claim=claim_of(event), kind=ContactKind.CUSTOMER).first()
    address = (parse_address(contact.email) or contact.email.strip()) if contact else NO_ADDRESS
    return [NO_ADDRESS if _is_the_desks(address) else address]


def desk(_event: Event) -> list[str]:
    return [settings.DESK_EMAIL]


def clock_keeper(event: Event) -> list[str]:
    """Return the assignee of the claim under review, or the desk's address if there is none.

    A case may have several assignees, so its mails go to the desk. Other clocks are not kept by the desk: no mail.
    """
    if event.payload["kind"] == ClockKind.ARBITRATION:
        return desk(event)
    if event.payload["kind"] != ClockKind.REVIEW:
        return []
    return list(_usable(_assignees(event.payload["subject_id"]))) or desk(event)


def _assignees(claim_id: int) -> Iterator[str]:
    """Return the assignee, unless that reviewer has left the desk or become conflicted since (5.9)."""
    claim = Claim.objects.select_related("assignee").filter(pk=claim_id, assignee__isnull=False).first()
    if claim is None or claim.assignee is None:
        return
    actor = desk_actor(claim.assignee, channel=Channel.SYSTEM)
    if actor and visible_claims(actor).filter(pk=claim_id).exists():
        yield claim.assignee.email


def comment_readers(event: Event) -> list[str]:
    """Return who reads a comment that no other mail announces: the claim's partner one of the desk.

    A partner's comment on an open claim is read in the review. A settled claim is in nobody's queue, so that its last
    reviewer gets a mail, or else the desk; not about a comment that a case keeps sealed (5.3), which its arbiter gets.
    """
    if event.payload["part_of_a_step"]:
        return []
    if event.payload["side"] != CommentSide.PARTNER:
        return partner_people(event)
    claim = claim_of(event)
    waits = claim.status == ClaimStatus.DRAFT or claim.status in ClaimStatus.OPEN
    if waits or Comment.objects.filter(pk=event.payload["comment"], sealed_by__isnull=False).exists():
        return []
    return list(_usable(_assignees(claim.pk))) or desk(event)


def ended_item_readers(event: Event) -> list[str]:
    """Return the claim's partner for an item that the directory ended; other declines have mails of their own."""
    return partner_people(event) if event.payload["reason"] == DeclineReason.SUBSCRIPTION_ENDED else []


def ended_claim_readers(event: Event) -> list[str]:
    """Return the claim's partner when its last association ended; other settlements have mails of their own."""
    return partner_people(event) if event.payload["to"] == ClaimStatus.ENDED else []


def readers_of_a_closed_hearing(event: Event) -> list[str]:
    """Return the claim's partner if the hearing ended and no other mail says so.

    That is a holder whose case was decided, or a partner that continues alone. A closed item, an ended subscription and
    an ended association each have their own mail.
    """
    item = ClaimItem.objects.select_related("scope__subscription").get(pk=event.payload["item"])
    subscription = item.scope.subscription
    if subscription is not None and subscription.state in SubscriptionState.ENDED:
        return []
    if item.outcome == ItemOutcome.PENDING:
        return partner_people(event)
    holds = Grant.objects.filter(item_activity__item=item, state__in=AssociationState.LIVING).exists()
    return partner_people(event) if holds and item.decided_at != event.at else []


def _is_the_desks(address: str) -> bool:
    """Return whether this is the address that the desk shares; mails about a partner's business never go there."""
    shared: str = settings.DESK_EMAIL
    return address.casefold() == (parse_address(shared) or shared.strip()).casefold()


def _usable(addresses: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for address in (parse_address(typed) or typed.strip() for typed in addresses):
        if not is_well_formed_address(address) or _is_the_desks(address):
            continue
        if address.casefold() not in seen:
            seen.add(address.casefold())
            yield address
