"""Members of a partner organisation with their roles and bounds. A membership ends for good; another one may begin."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from foundation.journal.step import Step
from foundation.journal.unit import one_transaction
from foundation.kernel.actor import Actor
from foundation.kernel.errors import Conflict, NotFound, Refused
from foundation.kernel.rights import KEEPING_ACCESS
from partners.enums import PARTNER_ROLE_LABELS
from partners.events import BOUNDS_CHANGED, MEMBER_ADDED, MEMBER_ENDED, ROLES_CHANGED
from partners.models import Location, Member, MemberRole, Organisation
from partners.policies import refuse_oneself
from partners.selectors import lock_user

OWN_ROLE: Final = _("You cannot change your own roles in a company. Ask another desk admin.")


@one_transaction()
def add_member(
    *,
    user_id: int,
    organisation_id: int,
    roles: Collection[str],
    location_ids: Collection[int] = (),
    actor: Actor,
    now: datetime,
) -> Member:
    """Make the user a member with these roles, bounded to these locations (none: to nothing), and return the row.

    Raises NotPermitted unless the actor keeps access, and NOT_FOR_ONESELF for himself; NotFound for an unknown user or
    organisation; Refused at a role or location that is not the organisation's; Conflict if the user is a member already.
    """
    KEEPING_ACCESS.enforce(actor)
    refuse_oneself(actor, user_id, OWN_ROLE)
    organisation = Organisation.objects.filter(pk=organisation_id).first()
    if organisation is None:
        raise NotFound
    user = lock_user(user_id)
    wanted = _checked(organisation.pk, roles, location_ids)
    if Member.objects.filter(user=user, organisation=organisation, ended_at__isnull=True).exists():
        raise Conflict(_("This person is a member of this organisation already."))
    member = Member.objects.create(user=user, organisation=organisation)
    _store(member, wanted)
    step = Step(actor=actor, at=now, organisation_id=organisation.pk)
    step.record(MEMBER_ADDED, user, member=member.pk, roles=wanted.roles, locations=wanted.locations)
    return member


@one_transaction()
def change_member(
    *,
    member_id: int,
    roles: Collection[str],
    location_ids: Collection[int] = (),
    actor: Actor,
    now: datetime,
) -> Member:
    """Give the member these roles and bounds in place of those it has, and return the row. What is the same is no event.

    Raises NotPermitted unless the actor keeps access, and NOT_FOR_ONESELF for himself; NotFound for an unknown member;
    Refused at a role or location that is not the organisation's; Conflict if the membership has ended.
    """
    KEEPING_ACCESS.enforce(actor)
    member = _locked(member_id)
    refuse_oneself(actor, member.user_id, OWN_ROLE)
    wanted, stored = _checked(member.organisation_id, roles, location_ids), _stored(member)
    _store(member, wanted)
    step = Step(actor=actor, at=now, organisation_id=member.organisation_id)
    if wanted.roles != stored.roles:
        step.record(ROLES_CHANGED, member.user, member=member.pk, before=stored.roles, after=wanted.roles)
    if wanted.locations != stored.locations:
        step.record(
            BOUNDS_CHANGED, member.user, member=member.pk, before=stored.locations, after=wanted.locations
        )
    return member


@one_transaction()
def end_member(*, member_id: int, actor: Actor, now: datetime) -> Member:
    """End the membership now and return the row, which keeps its roles. Anybody who keeps access may end his own one.

    Raises NotPermitted unless the actor keeps access, NotFound for an unknown member, Conflict if it has ended already.
    """
    KEEPING_ACCESS.enforce(actor)
    member = _locked(member_id)
    member.ended_at = now
    member.save(update_fields=["ended_at"])
    had = _stored(member)
    step = Step(actor=actor, at=now, organisation_id=member.organisation_id)
    step.record(MEMBER_ENDED, member.user, member=member.pk, roles=had.roles, locations=had.locations)
    return member


@dataclass(frozen=True)
class _Rights:
    """What a member may do and where, each in a fixed order, so that equal ones compare as equal."""

    roles: list[str]
    locations: list[int]


def _locked(member_id: int) -> Member:
    """Return the living membership, its user locked."""
    user_id = Member.objects.filter(pk=member_id).values_list("user_id", flat=True).first()
    if user_id is None:
        raise NotFound
    user = lock_user(user_id)
    member = Member.objects.get(pk=member_id)
    member.user = user
    if member.ended_at is not None:
        raise Conflict(_("This membership has ended. Add a new one."))
    return member


def _checked(organisation_id: int, roles: Collection[str], location_ids: Collection[int]) -> _Rights:
    if set(roles) - set(PARTNER_ROLE_LABELS):
        raise Refused(_("There is no such role."), pointer="/roles")
    strange = Location.objects.filter(pk__in=location_ids).exclude(organisation_id=organisation_id)
    if mpns := sorted(strange.values_list("mpn_id", flat=True)):
        told = _("Not locations of this organisation: %(mpns)s.") % {"mpns": ", ".join(mpns)}
        raise Refused(told, pointer="/locations")
    return _Rights(sorted({str(role) for role in roles}), sorted(set(location_ids)))


def _stored(member: Member) -> _Rights:
    return _Rights(
        sorted(member.roles.values_list("role", flat=True)),
        sorted(member.locations.values_list("pk", flat=True)),
    )


def _store(member: Member, wanted: _Rights) -> None:
    MemberRole.objects.filter(member=member).exclude(role__in=wanted.roles).delete()
    for role in wanted.roles:
        MemberRole.objects.get_or_create(member=member, role=role)
    member.locations.set(wanted.locations)
