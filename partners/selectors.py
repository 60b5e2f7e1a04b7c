"""Queries of a user's organisations, and of their locations and admins."""

from django.db.models import Prefetch, QuerySet

from foundation.kernel.actor import Actor, PartnerRole
from foundation.kernel.errors import NotFound
from partners.models import Enrolment, Location, Member, Organisation, User


def organisations_of(user: User) -> QuerySet[Organisation]:
    """Return the companies that the user is a member of now."""
    return Organisation.objects.filter(
        members__user=user, members__ended_at__isnull=True, members__user__is_active=True
    ).distinct()


def visible_locations(actor: Actor) -> QuerySet[Location]:
    """Return the company's locations within the actor's bounds, with their enrolments (S36, S37), in two queries.

    Of the internal programme type nothing is read (S38).
    """
    enrolments = Enrolment.objects.filter(ended=False).order_by("-year", "programme")
    locations = (
        Location.objects.filter(organisation_id=actor.company_id)
        .defer("programme_type")
        .prefetch_related(Prefetch("enrolments", queryset=enrolments))
        .order_by("mpn_id")
    )
    return locations if actor.location_ids is None else locations.filter(pk__in=actor.location_ids)


def global_admins_of(organisation_id: int) -> tuple[str, ...]:
    """Return the names of the company's global admins, who answer questions about MPNs and roles (S40)."""
    admins = Member.objects.filter(
        organisation_id=organisation_id,
        ended_at__isnull=True,
        user__is_active=True,
        roles__role=PartnerRole.GLOBAL_ADMIN,
    ).order_by("pk")
    names = admins.values_list("user__first_name", "user__last_name", "user__username")
    return tuple(f"{first} {last}".strip() or username for first, last, username in names)


def lock_user(user_id: int) -> User:
    """Lock the user's row, as whatever changes its access does first, and return it. Raises NotFound."""
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
    if user is None:
        raise NotFound
    return user
