"""The actor: the caller of a service, with its rights and the door it came through."""

from dataclasses import dataclass, field, replace
from enum import StrEnum


class ActorKind(StrEnum):
    """The side a caller acts for. The same person may be a partner at one door and a reviewer at another."""

    PARTNER = "partner"
    DESK = "desk"
    CUSTOMER = "customer"
    SYSTEM = "system"


class Channel(StrEnum):
    """The door a call came through; every event stores it."""

    WEB = "web"
    API = "api"
    ADMIN = "admin"
    COMMAND = "command"
    SYSTEM = "system"


class PartnerRole(StrEnum):
    """Roles of a member in a partner organisation (S2, domain.md part 9)."""

    INCENTIVES_ADMIN = "incentives_admin"
    INCENTIVES_USER = "incentives_user"
    GLOBAL_ADMIN = "global_admin"
    BILLING_ADMIN = "billing_admin"
    DEFAULT_USER = "default_user"


class DeskRole(StrEnum):
    """Roles of people at the desk (domain.md part 9)."""

    REVIEWER = "reviewer"
    ARBITER = "arbiter"
    SUPPORT = "support"
    DESK_ADMIN = "desk_admin"


SUBMITTING_ROLES = frozenset(
    {PartnerRole.INCENTIVES_ADMIN, PartnerRole.GLOBAL_ADMIN, PartnerRole.BILLING_ADMIN}
)
DRAFTING_ROLES = SUBMITTING_ROLES | {PartnerRole.INCENTIVES_USER}
REVIEWING_ROLES = frozenset({DeskRole.REVIEWER, DeskRole.ARBITER})


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A caller with everything that decides what it may see and do.

    `location_ids` limits everything a member sees and does; None means no limit. `conflicted_organisation_ids` are the
    organisations that a desk actor belongs or belonged to (domain.md 5.9).
    """

    kind: ActorKind
    name: str
    user_id: int | None = None
    organisation_id: int | None = None
    roles: frozenset[str] = field(default_factory=frozenset)
    location_ids: frozenset[int] | None = None
    desk_roles: frozenset[str] = field(default_factory=frozenset)
    conflicted_organisation_ids: frozenset[int] = field(default_factory=frozenset)
    channel: Channel = Channel.SYSTEM
    request_id: str = ""

    @property
    def is_partner(self) -> bool:
        return self.kind is ActorKind.PARTNER

    @property
    def is_desk(self) -> bool:
        return self.kind is ActorKind.DESK

    @property
    def may_draft(self) -> bool:
        return self.is_partner and bool(self.roles & DRAFTING_ROLES)

    @property
    def may_submit(self) -> bool:
        return self.is_partner and bool(self.roles & SUBMITTING_ROLES)

    @property
    def may_review(self) -> bool:
        return self.is_desk and bool(self.desk_roles & REVIEWING_ROLES)

    @property
    def may_arbitrate(self) -> bool:
        return self.is_desk and DeskRole.ARBITER in self.desk_roles

    @property
    def person_id(self) -> int:
        """Return the ID of the acting user. Raises AssertionError if the actor is not a person."""
        if self.user_id is None:
            raise AssertionError(f"{self.name} is not a person and cannot sign this")
        return self.user_id

    @property
    def company_id(self) -> int:
        """Return the ID of the actor's organisation. Raises AssertionError if there is none."""
        if self.organisation_id is None:
            raise AssertionError(f"{self.name} acts for no organisation")
        return self.organisation_id

    def through(self, channel: Channel, request_id: str = "") -> "Actor":
        """Return the same caller at another door."""
        return replace(self, channel=channel, request_id=request_id)


SYSTEM = Actor(kind=ActorKind.SYSTEM, name="system")
