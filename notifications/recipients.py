"""Who a mail goes to: addresses from the event's ids, looked up in the event's transaction.

Whoever has no address that a mail can be sent to is left out, and nobody is written to twice.
"""

from collections.abc import Iterable, Iterator

from django.conf import settings
from django.db.models import Q

from associations.enums import AssociationState
from associations.models import Grant
from claims.enums import ClaimStatus, CommentSide, ContactKind, DeclineReason, ItemOutcome
from claims.facts import is_well_formed_address
from claims.models import Claim, ClaimItem, Contact
from claims.selectors import visible_claims
from clocks.enums import ClockKind
from foundation.journal.models import Event
from foundation.kernel.actor import Channel
from partners.actors import desk_actor
from partners.enums import MemberRoleName
from partners.models import Member, User
from tenants.enums import SubscriptionState

NO_ADDRESS = ""


def claim_of(event: Event) -> Claim:
    """The claim that the event belongs to; every event that is mailed to a partner or a customer has one."""
    if event.claim_id is None:
        raise AssertionError(f"{event.type} is mailed about a claim and names none")
    return Claim.objects.select_related("organisation", "tenant").get(pk=event.claim_id)


def partner_people(event: Event) -> list[str]:
    """The claim's partner contact, and its organisation's incentives admins who may see its location (S59, part 9)."""
    claim = claim_of(event)
    contact = Contact.objects.filter(claim=claim, kind=ContactKind.PARTNER).first()
    admins = (
        Member.objects.filter(
            Q(locations__isnull=True) | Q(locations=claim.location_id),
            organisation_id=claim.organisation_id,
            ended_at__isnull=True,
            user__is_active=True,
            roles__role=MemberRoleName.INCENTIVES_ADMIN,
        )
        .order_by("pk")
        .distinct()
        .values_list("user__email", flat=True)
    )
    return list(_usable([contact.email if contact else NO_ADDRESS, *admins]))


def submitter(event: Event) -> list[str]:
    """The person who did what the event tells."""
    if event.actor_id is None:
        return []
    return list(_usable(User.objects.filter(pk=event.actor_id).values_list("email", flat=True)))


def author(event: Event) -> list[str]:
    """Who began the draft, while still a member of its organisation."""
    claim = claim_of(event)
    members = Member.objects.filter(
        user_id=claim.created_by_id,
        organisation_id=claim.organisation_id,
        ended_at__isnull=True,
        user__is_active=True,
    )
    return list(_usable(members.values_list("user__email", flat=True)))


def customer_contact(event: Event) -> list[str]:
    """The customer contact as typed: an address that does not work must fail visibly, since activation waits for it."""
    contact = Contact.objects.filter(claim=claim_of(event), kind=ContactKind.CUSTOMER).first()
    return [contact.email.strip() if contact else NO_ADDRESS]


def desk(_event: Event) -> list[str]:
    return [settings.DESK_EMAIL]


def clock_keeper(event: Event) -> list[str]:
    """Who works on what a review or arbitration clock counts for: the claim's assignee, else the desk as a whole.

    A case may have several assignees and is everybody's. The other clocks are not the desk's to keep: nobody.
    """
    if event.payload["kind"] == ClockKind.ARBITRATION:
        return desk(event)
    if event.payload["kind"] != ClockKind.REVIEW:
        return []
    return list(_usable(_assignees(event.payload["subject_id"]))) or desk(event)


def _assignees(claim_id: int) -> Iterator[str]:
    """The assignee, unless it has left the desk or become conflicted since (5.9)."""
    claim = Claim.objects.select_related("assignee").filter(pk=claim_id, assignee__isnull=False).first()
    if claim is None or claim.assignee is None:
        return
    actor = desk_actor(claim.assignee, channel=Channel.SYSTEM)
    if actor and visible_claims(actor).filter(pk=claim_id).exists():
        yield claim.assignee.email


def comment_readers(event: Event) -> list[str]:
    """The claim's partner, for a comment of the desk that no other mail announces."""
    from_the_desk = event.payload["side"] in (CommentSide.DESK, CommentSide.SYSTEM)
    return partner_people(event) if from_the_desk and not event.payload["part_of_a_step"] else []


def ended_item_readers(event: Event) -> list[str]:
    """The claim's partner, for an item that the directory ended; other declines are told by the step they belong to."""
    return partner_people(event) if event.payload["reason"] == DeclineReason.SUBSCRIPTION_ENDED else []


def ended_claim_readers(event: Event) -> list[str]:
    """The claim's partner, for a claim whose last association ended; other settlements are told by their cause."""
    return partner_people(event) if event.payload["to"] == ClaimStatus.ENDED else []


def readers_of_a_closed_hearing(event: Event) -> list[str]:
    """The claim's partner, where a hearing ended without anything else that is mailed.

    That is a holder whose case was decided, and whoever goes on alone. Nobody where the item is closed by the same
    step, where its subscription or its association ended: each of those has its own mail.
    """
    item = ClaimItem.objects.select_related("scope__subscription").get(pk=event.payload["item"])
    subscription = item.scope.subscription
    if subscription is not None and subscription.state in SubscriptionState.ENDED:
        return []
    if item.outcome == ItemOutcome.PENDING:
        return partner_people(event)
    holds = Grant.objects.filter(item_activity__item=item, state__in=AssociationState.LIVING).exists()
    return partner_people(event) if holds and item.decided_at != event.at else []


def _usable(addresses: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for address in map(str.strip, addresses):
        if is_well_formed_address(address) and address.casefold() not in seen:
            seen.add(address.casefold())
            yield address
