"""Rows that a test needs besides the world, and claims as input.

The directory and people have no lifecycle. The bare rows of claims and associations are for tests of reads below the
services (facts, rules, selectors). All other tests reach such states through the services.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import factory
from factory.django import DjangoModelFactory

from associations.enums import Activity, AssociationState, Lane
from associations.models import Association, ConsentRequest, Grant, Scope
from claims.enums import ClaimStatus, ItemOutcome
from claims.inputs import ClaimInput, ContactInput, Entry, ProofInput, RevenueInput
from claims.models import Claim, ClaimItem, ItemActivity
from foundation.kernel.actor import PartnerRole
from partners.models import Location, Member, MemberRole, Organisation, User
from tenants.enums import Channel, ProductKind, Provisioning, SolutionArea, SubscriptionState
from tenants.models import Domain, Product, Subscription, SubscriptionProduct, Tenant
from tests.world import NOW, SALES, TEAMS, World


class UserFactory(DjangoModelFactory[User]):
    username = factory.Sequence(lambda number: f"user{number}")
    first_name = "Some"
    last_name = factory.Sequence(lambda number: f"Person {number}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@partner.example")

    class Meta:
        model = User


class OrganisationFactory(DjangoModelFactory[Organisation]):
    code = factory.Sequence(lambda number: f"partner-{number}")
    name = factory.Sequence(lambda number: f"Partner {number}")

    class Meta:
        model = Organisation


class LocationFactory(DjangoModelFactory[Location]):
    organisation = factory.SubFactory(OrganisationFactory)
    mpn_id = factory.Sequence(lambda number: str(7_000_000 + number))
    country = "US"

    class Meta:
        model = Location


class MemberFactory(DjangoModelFactory[Member]):
    """Create a member with one role: `MemberFactory(role=PartnerRole.GLOBAL_ADMIN)`."""

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)

    class Meta:
        model = Member
        skip_postgeneration_save = True

    @factory.post_generation
    def role(self: Member, create: bool, extracted: PartnerRole | None, **kwargs: object) -> None:
        MemberRole.objects.create(member=self, role=extracted or PartnerRole.INCENTIVES_ADMIN)


class TenantFactory(DjangoModelFactory[Tenant]):
    """Create a customer with one domain: `TenantFactory(domain="litware.com")`."""

    guid = factory.LazyFunction(uuid4)
    name = factory.Sequence(lambda number: f"Customer {number}")
    country = "US"

    class Meta:
        model = Tenant
        skip_postgeneration_save = True

    @factory.post_generation
    def domain(self: Tenant, create: bool, extracted: str | None, **kwargs: object) -> None:
        Domain.objects.create(tenant=self, name=extracted or f"customer{self.pk}.onmicrosoft.com")


class ProductFactory(DjangoModelFactory[Product]):
    code = factory.Sequence(lambda number: f"dynamics-365-product-{number}")
    name = factory.Sequence(lambda number: f"Dynamics 365 Product {number}")
    solution_area = SolutionArea.BUSINESS_APPLICATIONS
    kind = ProductKind.DYNAMICS

    class Meta:
        model = Product


class WorkloadFactory(ProductFactory):
    code = factory.Sequence(lambda number: f"workload-{number}")
    name = factory.Sequence(lambda number: f"Workload {number}")
    solution_area = SolutionArea.MICROSOFT_365
    kind = ProductKind.WORKLOAD


class SubscriptionFactory(DjangoModelFactory[Subscription]):
    """Create a subscription that can be claimed: `SubscriptionFactory(tenant=..., products=[...])`."""

    guid = factory.LazyFunction(uuid4)
    tenant = factory.SubFactory(TenantFactory)
    channel = Channel.VOLUME_LICENSING
    state = SubscriptionState.ACTIVE
    provisioning = Provisioning.SUCCESS

    class Meta:
        model = Subscription
        skip_postgeneration_save = True

    @factory.post_generation
    def products(
        self: Subscription, create: bool, extracted: Iterable[Product] | None, **kwargs: object
    ) -> None:
        SubscriptionProduct.objects.bulk_create(
            SubscriptionProduct(subscription=self, product=product) for product in extracted or ()
        )


def scope_of(
    thing: Subscription | Product, *, tenant: Tenant | None = None, lane: Lane = Lane.INCENTIVE
) -> Scope:
    """Return the scope of a subscription, or of a workload on `tenant`."""
    if isinstance(thing, Subscription):
        return Scope.objects.get_or_create(subscription=thing, lane=lane, defaults={"tenant": thing.tenant})[
            0
        ]
    return Scope.objects.get_or_create(tenant=tenant, workload=thing, lane=lane)[0]


def item_row(
    scope: Scope,
    location: Location,
    user: User,
    *activities: Activity,
    outcome: ItemOutcome = ItemOutcome.PENDING,
    status: ClaimStatus = ClaimStatus.SUBMITTED,
    at: datetime = NOW,
) -> ClaimItem:
    """Create an item of a submitted claim as bare rows."""
    claim = Claim.objects.create(
        reference=f"CPOR-2020-{Claim.objects.count() + 1:06d}",
        organisation=location.organisation,
        created_by=user,
        created_at=at,
        touched_at=at,
        updated_at=at,
        submitted_at=at,
        status=status,
        location=location,
        tenant=scope.tenant,
        lane=scope.lane,
        solution_area=SolutionArea.MICROSOFT_365 if scope.workload_id else SolutionArea.BUSINESS_APPLICATIONS,
        seller_name="Seller",
        customer_name="Customer",
        solution_name="Solution",
    )
    item = ClaimItem.objects.create(
        claim=claim,
        scope=scope,
        outcome=outcome,
        decided_at=None if outcome == ItemOutcome.PENDING else at,
        reason_code="NOT_ELIGIBLE" if outcome == ItemOutcome.DECLINED else "",
    )
    ItemActivity.objects.bulk_create(
        ItemActivity(
            item=item,
            organisation=location.organisation,
            scope=scope,
            lane=scope.lane,
            activity=activity,
            is_open=outcome == ItemOutcome.PENDING,
        )
        for activity in activities or (Activity.USAGE,)
    )
    return item


def association_row(
    item: ClaimItem, *, state: AssociationState = AssociationState.ACTIVE, at: datetime = NOW
) -> Association:
    """Create the association that grants an approved item's activities, as bare rows."""
    association = Association.objects.create(
        scope=item.scope,
        organisation=item.claim.organisation,
        state=state,
        created_at=at,
        ended_at=at if state == AssociationState.ENDED else None,
    )
    request = ConsentRequest.objects.create(claim_id=item.claim_id, created_at=at)
    for row in item.activities.all():
        row.grant = Grant.objects.create(
            association=association,
            consent_request=request,
            activity=row.activity,
            state=state,
            earns_incentive=item.scope.lane == Lane.INCENTIVE,
            created_at=at,
        )
        row.save(update_fields=["grant"])
    return association


# --- Claims as input ---


def person(name: str, domain: str) -> ContactInput:
    """Return a complete contact."""
    return ContactInput(
        first_name=name, last_name="Example", title="Manager", email=f"{name.lower()}@{domain}"
    )


def claim_input(world: World, **changes: Any) -> ClaimInput:
    """Return a faultless claim of Fabrikam for usage on Contoso's S-A; `changes` replace fields."""
    complete = ClaimInput(
        organisation_id=world.fabrikam.pk,
        mpn_id="4391507",
        tenant_guid=str(world.contoso.guid),
        domain="contoso",
        solution_area=SolutionArea.BUSINESS_APPLICATIONS.value,
        activities=(Activity.USAGE.value,),
        items=(Entry(product=SALES, subscription_id=str(world.s_a.guid)),),
        contacts={
            "customer": person("Cora", "contoso.com"),
            "partner": person("Paul", "fabrikam.example"),
            "technical": person("Tess", "fabrikam.example"),
        },
        revenue_details=RevenueInput(
            seller_name="Sam Seller", customer_name="Contoso", solution_name="Fabrikam Flow"
        ),
        evidence=(ProofInput(signed_on=world.today - timedelta(days=30)),),
        acknowledged=True,
    )
    return replace(complete, **changes)


def workload_input(world: World, *codes: str, **changes: Any) -> ClaimInput:
    """Return the same for workloads (by default Teams)."""
    items = tuple(Entry(product=code) for code in codes or (TEAMS,))
    return claim_input(
        world, **{"solution_area": SolutionArea.MICROSOFT_365.value, "items": items, **changes}
    )


def entries(*pairs: tuple[str, object]) -> tuple[Entry, ...]:
    """Return entries from pairs of a product code and a subscription, a text or None."""
    return tuple(
        Entry(product=code, subscription_id=str(getattr(what, "guid", what)) if what else "")
        for code, what in pairs
    )


def utc(day: date, hour: int = 9) -> datetime:
    """Return the instant of that hour on that day, in UTC."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
