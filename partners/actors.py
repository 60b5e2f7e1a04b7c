"""Turns a signed-in user into the Actor that services work with."""

from foundation.kernel.actor import Actor, ActorKind, Channel
from partners.models import DeskSeat, Member, User


def partner_actor(
    user: User, *, channel: Channel, organisation_id: int | None = None, request_id: str = ""
) -> Actor | None:
    """Return the user as a partner of `organisation_id`, by default of its first organisation; None if not a member."""
    members = Member.objects.filter(user=user, ended_at__isnull=True, user__is_active=True).order_by("id")
    if organisation_id is not None:
        members = members.filter(organisation_id=organisation_id)
    member = members.prefetch_related("roles", "locations").first()
    if member is None:
        return None
    location_ids = frozenset(location.pk for location in member.locations.all())
    return Actor(
        kind=ActorKind.PARTNER,
        user_id=user.pk,
        name=user.shown_name,
        organisation_id=member.organisation_id,
        roles=frozenset(role.role for role in member.roles.all()),
        location_ids=location_ids or None,
        channel=channel,
        request_id=request_id,
    )


def desk_actor(user: User, *, channel: Channel, request_id: str = "") -> Actor | None:
    """Return the user as a desk actor, whose past and present organisations are conflicts (5.9); None without a seat."""
    desk_roles = frozenset(
        DeskSeat.objects.filter(user=user, user__is_active=True).values_list("role", flat=True)
    )
    if not desk_roles:
        return None
    return Actor(
        kind=ActorKind.DESK,
        user_id=user.pk,
        name=user.shown_name,
        desk_roles=desk_roles,
        conflicted_organisation_ids=frozenset(
            Member.objects.filter(user=user).values_list("organisation_id", flat=True)
        ),
        channel=channel,
        request_id=request_id,
    )
