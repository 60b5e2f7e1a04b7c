"""Who may do what, read from the rows and, apart from them, from the journal: the two must always agree."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import is_password_usable
from django.utils import timezone

from foundation.journal.models import Event
from foundation.kernel.actor import Actor, ActorKind, Channel, DeskRole
from partners.models import ApiToken, DeskSeat, Member, User

Access = dict[str, dict[Any, Any]]
FLAGS = {"is_active": "active", "is_staff": "staff", "is_superuser": "superuser"}
NAMES = ("username", "first_name", "last_name", "email")


def stored() -> Access:
    """Return who may do what, as the rows say it."""
    now = timezone.now()
    users = {user.pk: user for user in User.objects.all()}
    seats: dict[int, list[str]] = {pk: [] for pk in users}
    for seat in DeskSeat.objects.order_by("role"):
        seats[seat.user_id].append(seat.role)
    return {
        "names": {pk: {name: getattr(user, name) for name in NAMES} for pk, user in users.items()},
        "access": {
            pk: [word for flag, word in FLAGS.items() if getattr(user, flag)] for pk, user in users.items()
        },
        "passwords": {
            pk: "set" if is_password_usable(user.password) else "none" for pk, user in users.items()
        },
        "seats": seats,
        "members": {
            member.pk: {
                "user": member.user_id,
                "organisation": member.organisation_id,
                "roles": sorted(role.role for role in member.roles.all()),
                "locations": sorted(location.pk for location in member.locations.all()),
                "ended": member.ended_at is not None,
            }
            for member in Member.objects.prefetch_related("roles", "locations")
        },
        "tokens": {
            (token.user_id, token.created.isoformat()): token.organisation_id
            for token in ApiToken.objects.all()
            if token.expiry is None or token.expiry > now
        },
    }


def replayed(before: Access, events: list[Event]) -> Access:
    """Return what the events make of what was stored before them. Each names what it changes as it finds it."""
    after = deepcopy(before)
    for event in events:
        _replay(after, event)
    return after


def _replay(told: Access, event: Event) -> None:
    kind, payload, user = event.type.removeprefix("partners."), event.payload, event.subject_id
    details = {detail.field: (detail.old, detail.new) for detail in event.details.all()}
    if kind == "account_created":
        told["access"][user], told["passwords"][user] = payload["access"], payload["password"]
        told["seats"][user] = []
        told["names"][user] = {name: new for name, (_old, new) in details.items()}
    elif kind == "account_changed":
        assert {name: told["names"][user][name] for name in details} == {
            name: old for name, (old, _new) in details.items()
        }
        told["names"][user] |= {name: new for name, (_old, new) in details.items()}
    elif kind in ("access_changed", "password_set", "seat_given", "seat_ended"):
        place = {"access_changed": "access", "password_set": "passwords"}.get(kind, "seats")
        assert told[place][user] == payload["before"]
        told[place][user] = payload["after"]
    elif kind == "member_added":
        told["members"][payload["member"]] = {
            "user": user,
            "organisation": event.organisation_id,
            "roles": payload["roles"],
            "locations": payload["locations"],
            "ended": False,
        }
    elif kind == "member_ended":
        told["members"][payload["member"]]["ended"] = True
    elif kind in ("roles_changed", "bounds_changed"):
        place = {"roles_changed": "roles", "bounds_changed": "locations"}[kind]
        member = told["members"][payload["member"]]
        assert (member["user"], member[place]) == (user, payload["before"])
        member[place] = payload["after"]
    elif kind == "token_issued":
        told["tokens"][user, payload["issued_at"]] = event.organisation_id
    elif kind == "token_revoked":
        expires_at = payload["expires_at"]
        if expires_at is None or datetime.fromisoformat(expires_at) > event.at:  # else it had ended before
            told["tokens"].pop((user, payload["issued_at"]))


def access_events(after: int = 0) -> list[Event]:
    """Return the events of access since the one with this key."""
    return list(Event.objects.filter(type__startswith="partners.", pk__gt=after).order_by("pk"))


@contextmanager
def journal_agrees() -> Iterator[None]:
    """Assert afterwards that the events written inside say all that has changed, and nothing else."""
    last, before = Event.objects.order_by("-pk").first(), stored()
    hashes = dict(User.objects.values_list("pk", "password"))
    yield
    events = access_events(last.pk if last else 0)
    assert replayed(before, events) == stored()
    told = {
        event.subject_id
        for event in events
        if event.type in ("partners.password_set", "partners.account_created")
    }
    new = {pk for pk, password in User.objects.values_list("pk", "password") if hashes.get(pk) != password}
    assert told == new


def keeper(user: User | None = None, *, channel: Channel = Channel.ADMIN) -> Actor:
    """Return a desk admin as an actor: the user or, without one, somebody who is no row."""
    return Actor(
        kind=ActorKind.DESK,
        name=user.shown_name if user else "keeper",
        user_id=user.pk if user else 0,
        desk_roles=frozenset({DeskRole.DESK_ADMIN}),
        channel=channel,
    )
