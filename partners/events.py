"""Event types of who may do what: accounts, seats, members, roles and tokens. Each is about the user it concerns.

`before` and `after` are the whole of what changed: all roles, flags or locations. No event has a secret.
"""

from django.utils.translation import gettext_lazy as _

from foundation.journal.enums import Audience
from foundation.journal.routing import EventType

_CHANGE = ("before", "after")

ACCOUNT_CREATED = EventType(
    name="partners.account_created",
    summary=_("Account created"),
    audience=Audience.DESK,
    fields=("access", "password", "personal"),
)
ACCOUNT_CHANGED = EventType(
    name="partners.account_changed",
    summary=_("Account changed"),
    audience=Audience.DESK,
    fields=("fields", "personal"),
)
ACCESS_CHANGED = EventType(
    name="partners.access_changed",
    summary=_("Access of an account changed"),
    audience=Audience.DESK,
    fields=_CHANGE,
)
PASSWORD_SET = EventType(
    name="partners.password_set",
    summary=_("Password set by another person"),
    audience=Audience.DESK,
    fields=_CHANGE,
)
SEAT_GIVEN = EventType(
    name="partners.seat_given",
    summary=_("Desk seat given"),
    audience=Audience.DESK,
    fields=("role", *_CHANGE),
)
SEAT_ENDED = EventType(
    name="partners.seat_ended",
    summary=_("Desk seat ended"),
    audience=Audience.DESK,
    fields=("role", *_CHANGE),
)
MEMBER_ADDED = EventType(
    name="partners.member_added",
    summary=_("Membership began"),
    audience=Audience.DESK,
    fields=("member", "roles", "locations"),
)
MEMBER_ENDED = EventType(
    name="partners.member_ended",
    summary=_("Membership ended"),
    audience=Audience.DESK,
    fields=("member", "roles", "locations"),
)
ROLES_CHANGED = EventType(
    name="partners.roles_changed",
    summary=_("Roles of a member changed"),
    audience=Audience.DESK,
    fields=("member", *_CHANGE),
)
BOUNDS_CHANGED = EventType(
    name="partners.bounds_changed",
    summary=_("Bounds of a member changed"),
    audience=Audience.DESK,
    fields=("member", *_CHANGE),
)
TOKEN_ISSUED = EventType(
    name="partners.token_issued",
    summary=_("API token issued"),
    audience=Audience.DESK,
    fields=("issued_at", "expires_at"),
)
TOKEN_REVOKED = EventType(
    name="partners.token_revoked",
    summary=_("API token revoked"),
    audience=Audience.DESK,
    fields=("issued_at", "expires_at"),
)

EVENT_TYPES = (
    ACCOUNT_CREATED,
    ACCOUNT_CHANGED,
    ACCESS_CHANGED,
    PASSWORD_SET,
    SEAT_GIVEN,
    SEAT_ENDED,
    MEMBER_ADDED,
    MEMBER_ENDED,
    ROLES_CHANGED,
    BOUNDS_CHANGED,
    TOKEN_ISSUED,
    TOKEN_REVOKED,
)
