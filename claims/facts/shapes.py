"""The frozen facts. What a rule must not reveal has no field here."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from associations.enums import Activity, Lane
from claims.areas import Area, area_of
from claims.inputs import ClaimInput, Purpose
from foundation.kernel.actor import Actor


@dataclass(frozen=True, kw_only=True)
class LocationFacts:
    """The MPN's location and its programmes of this year. Its partner type is never read (S38)."""

    id: int
    country: str
    programmes: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class TenantFacts:
    """The customer's tenant, known once tenant ID and domain match."""

    id: int
    country: str


@dataclass(frozen=True, kw_only=True)
class ProductFacts:
    id: int
    name: str
    solution_area: str
    is_workload: bool
    is_claimable: bool  # today


@dataclass(frozen=True, kw_only=True)
class SubscriptionFacts:
    """A subscription of this tenant. There are none of other tenants."""

    id: int
    channel: str
    state: str
    provisioning: str
    product_ids: frozenset[int]
    has_claimable_kind: bool  # of the kinds that are claimed on subscriptions in the claim's area


@dataclass(frozen=True, kw_only=True)
class OwnClaim:
    """A claim of the same organisation that the caller may see."""

    public_id: UUID
    reference: str


@dataclass(frozen=True, kw_only=True)
class ItemFacts:
    """One entry of the claim. `subscription` is the typed one if it is this tenant's, or the attached one."""

    index: int
    product_code: str
    typed_id: str  # empty if none was given
    product: ProductFacts | None = None
    is_workload: bool = False
    guid: UUID | None = None
    is_subscription_id: bool = False
    subscription: SubscriptionFacts | None = None
    attached: bool = False
    is_repeated: bool = False
    subscriptions_known: int = 0  # with the product, on the tenant, in any state
    is_carried: bool = False  # a subscription that is active, in grace or suspended contains the workload
    already_claimed: bool = False
    own_claims: tuple[OwnClaim, ...] = ()
    is_contested: bool = False

    @property
    def product_pointer(self) -> str:
        return f"/items/{self.index}/product"

    @property
    def subscription_pointer(self) -> str:
        return f"/items/{self.index}/subscription_id"

    @property
    def pointer(self) -> str:
        """Return the field for findings about the item's subscription: the one that was filled in."""
        return self.subscription_pointer if self.typed_id and not self.is_workload else self.product_pointer

    @property
    def product_name(self) -> str:
        return self.product.name if self.product else self.product_code


@dataclass(frozen=True, kw_only=True)
class ClaimFacts:
    """Everything about one claim that a rule can look at."""

    given: ClaimInput
    actor: Actor
    purpose: Purpose
    today: date
    oldest_signature_on: date
    activities: tuple[Activity, ...] = ()  # the known ones, each once
    global_admins: tuple[str, ...] = ()
    mpn_id: str | None = None
    location: LocationFacts | None = None
    tenant_guid: UUID | None = None
    domain: str | None = None
    tenant: TenantFacts | None = None
    is_own_tenant: bool = False
    customer_mail_domain: str | None = None  # of a well-formed address
    customer_mail_is_tenants: bool = False
    customer_mail_is_own: bool = False  # of a member, or in a domain, of the claim's own organisation
    items: tuple[ItemFacts, ...] = ()
    directory_as_of: datetime | None = None

    @property
    def area(self) -> Area | None:
        return area_of(self.given.solution_area)

    @property
    def lanes(self) -> frozenset[Lane]:
        return frozenset(activity.lane for activity in self.activities)

    @property
    def lane(self) -> Lane | None:
        """Return the claim's lane, or None unless there is exactly one."""
        return next(iter(self.lanes)) if len(self.lanes) == 1 else None
