"""The fixture of the acceptance scenarios as rows: organisations, people, customers and what they bought.

Directory and people have no lifecycle, so rows are made directly and in bulk. Claims are not made here: tests
reach their states through the services.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password

from foundation.kernel.actor import Actor, Channel, DeskRole, PartnerRole
from partners.actors import desk_actor, partner_actor
from partners.enums import Programme
from partners.models import (
    DeskSeat,
    Enrolment,
    Location,
    Member,
    MemberRole,
    Organisation,
    OwnTenant,
    User,
)
from tenants.catalogue import CATALOGUE
from tenants.enums import Channel as PurchaseChannel
from tenants.enums import Provisioning, SubscriptionState
from tenants.models import DirectoryImport, Domain, Product, Subscription, SubscriptionProduct, Tenant
from tests.remembered import remembered

NOW = datetime(2020, 7, 6, 9, 0, tzinfo=UTC)  # a Monday
TODAY = NOW.date()
PASSWORD = "demo"

CONTOSO_GUID = UUID("1316cd1f-b0c7-4253-a7f3-ccc9041aaab9")
ADATUM_GUID = UUID("0c39d6d5-c70d-4c55-bc02-f620844f3fd1")
FABRIKAM_OWN_GUID = UUID("5f0e1c7a-3a94-4b38-9d0e-6a1d2f8c7b10")
NORTHWIND_OWN_GUID = UUID("8a2d7c54-0b61-4f2e-8c3a-91d4e5f6a722")
TAILSPIN_OWN_GUID = UUID("c41b9f0d-77e3-4a05-b6d8-2e8f1a9c3d34")

SALES, MARKETING, FINANCE = "dynamics-365-sales", "dynamics-365-marketing", "dynamics-365-finance"
CUSTOMER_SERVICE, FIELD_SERVICE = "dynamics-365-customer-service", "dynamics-365-field-service"
COMMERCE, POWER_BI = "dynamics-365-commerce", "power-bi"
TEAMS, INTUNE, EXCHANGE, YAMMER = "microsoft-teams", "intune", "exchange-online", "yammer"

# name, GUID, tenant, products, channel, state, provisioning
_SUBSCRIPTIONS = (
    (
        "s_a",
        "34828c05-c16c-4d6f-9cfc-4d2650ef19a1",
        "contoso",
        (SALES,),
        "volume_licensing",
        "active",
        "success",
    ),
    ("s_b", "4b7c1a52-9d3e-4c06-8f1b-2a5d6e7f8091", "contoso", (SALES,), "web_direct", "in_grace", "success"),
    (
        "s_c",
        "5c8d2b63-ae4f-4d17-902c-3b6e7f8091a2",
        "contoso",
        (CUSTOMER_SERVICE,),
        "csp",
        "active",
        "success",
    ),
    (
        "s_d",
        "6d9e3c74-bf50-4e28-a13d-4c7f8091a2b3",
        "contoso",
        (FINANCE,),
        "volume_licensing",
        "active",
        "pending",
    ),
    (
        "s_e",
        "7eaf4d85-c061-4f39-b24e-5d8091a2b3c4",
        "contoso",
        (FIELD_SERVICE,),
        "volume_licensing",
        "suspended",
        "success",
    ),
    (
        "s_f",
        "8fb05e96-d172-404a-835f-6e91a2b3c4d5",
        "contoso",
        (EXCHANGE, TEAMS, INTUNE),
        "volume_licensing",
        "active",
        "success",
    ),
    (
        "s_g",
        "90c16fa7-e283-415b-9460-7fa2b3c4d5e6",
        "contoso",
        (MARKETING,),
        "volume_licensing",
        "active",
        "success",
    ),
    (
        "s_x",
        "a1d270b8-f394-426c-a571-80b3c4d5e6f7",
        "adatum",
        (SALES,),
        "volume_licensing",
        "active",
        "success",
    ),
)

# name, organisation, role, first name, last name
_MEMBERS = (
    ("ana", "fabrikam", PartnerRole.INCENTIVES_ADMIN, "Ana", "Alves"),
    ("uma", "fabrikam", PartnerRole.INCENTIVES_USER, "Uma", "Unger"),
    ("gil", "fabrikam", PartnerRole.GLOBAL_ADMIN, "Gil", "Garcia"),
    ("bea", "fabrikam", PartnerRole.BILLING_ADMIN, "Bea", "Berg"),
    ("dan", "fabrikam", PartnerRole.DEFAULT_USER, "Dan", "Dorn"),
    ("fre", "fabrikam", PartnerRole.INCENTIVES_ADMIN, "Fre", "Faure"),
    ("ned", "northwind", PartnerRole.INCENTIVES_ADMIN, "Ned", "Nolan"),
    ("tom", "tailspin", PartnerRole.INCENTIVES_ADMIN, "Tom", "Toth"),
)
_DESK = (
    ("rev1", DeskRole.REVIEWER, "Rita", "Reviewer"),
    ("rev2", DeskRole.REVIEWER, "Remy", "Reviewer"),
    ("arb", DeskRole.ARBITER, "Arne", "Arbiter"),
    ("arb2", DeskRole.ARBITER, "Aila", "Arbiter"),
    ("sup", DeskRole.SUPPORT, "Suna", "Support"),
)


@dataclass(frozen=True, kw_only=True)
class World:
    """Everything of the fixture by the name that the scenarios give it; `products` by code, `locations` by
    MPN."""

    today: date
    ana: User
    uma: User
    gil: User
    bea: User
    dan: User
    fre: User
    ned: User
    tom: User
    rev1: User
    rev2: User
    arb: User
    arb2: User
    sup: User
    fabrikam: Organisation
    northwind: Organisation
    tailspin: Organisation
    contoso: Tenant
    adatum: Tenant
    s_a: Subscription
    s_b: Subscription
    s_c: Subscription
    s_d: Subscription
    s_e: Subscription
    s_f: Subscription
    s_g: Subscription
    s_x: Subscription
    directory_import: DirectoryImport
    products: dict[str, Product] = field(default_factory=dict)
    locations: dict[str, Location] = field(default_factory=dict)

    def described(self) -> str:
        """Return its name as an argument: its rows are those of the database."""
        return f"World({self.today})"


@remembered
def build_world(today: date = TODAY) -> World:
    """Return the fixture with dates relative to `today`; the directory is as of that day's 06:00 UTC. Password:
    "demo"."""
    organisations = {
        code: Organisation(code=code, name=name)
        for code, name in (("fabrikam", "Fabrikam"), ("northwind", "Northwind"), ("tailspin", "Tailspin"))
    }
    Organisation.objects.bulk_create(organisations.values())
    OwnTenant.objects.bulk_create(
        OwnTenant(organisation=organisations[code], guid=guid)
        for code, guid in (
            ("fabrikam", FABRIKAM_OWN_GUID),
            ("northwind", NORTHWIND_OWN_GUID),
            ("tailspin", TAILSPIN_OWN_GUID),
        )
    )
    locations = _build_locations(organisations, today)
    people = _build_people(organisations, locations)
    tenants = _build_tenants()
    products = {
        entry.code: Product(
            code=entry.code,
            name=entry.name,
            solution_area=entry.solution_area,
            kind=entry.kind,
            claimable=entry.claimable,
            incentive_eligible=entry.incentive_eligible,
        )
        for entry in CATALOGUE
    }
    Product.objects.bulk_create(products.values())
    subscriptions = _build_subscriptions(tenants, products, today)
    directory_import = DirectoryImport.objects.create(
        file_name="subscriptions.csv",
        kind="subscriptions",
        sha256="0" * 64,
        as_of=datetime.combine(today, time(6), tzinfo=UTC),
        created=len(subscriptions),
    )
    by_name: dict[str, Any] = {**organisations, **people, **tenants, **subscriptions}
    return World(
        today=today,
        directory_import=directory_import,
        products=products,
        locations=locations,
        **by_name,
    )


def actor(user: User, *, channel: Channel = Channel.WEB, organisation: Organisation | None = None) -> Actor:
    """Return the user as a partner if they are a member, otherwise as the desk."""
    found = partner_actor(
        user, channel=channel, organisation_id=None if organisation is None else organisation.pk
    ) or desk_actor(user, channel=channel)
    assert found is not None, f"{user} is neither a member nor at the desk"
    return found


def _build_locations(organisations: dict[str, Organisation], today: date) -> dict[str, Location]:
    locations = {
        mpn: Location(
            organisation=organisations[code],
            mpn_id=mpn,
            country=country,
            label=label,
            programme_type=programme_type,
        )
        for mpn, code, country, label, programme_type in (
            ("4391507", "fabrikam", "US", "Seattle", ""),
            ("4391508", "fabrikam", "FR", "Paris", ""),
            ("4391509", "fabrikam", "US", "Boston", "FRP_FASTTRACK"),
            ("5120001", "northwind", "US", "Chicago", ""),
            ("6230001", "tailspin", "US", "Denver", ""),
        )
    }
    Location.objects.bulk_create(locations.values())
    Enrolment.objects.bulk_create(
        Enrolment(location=location, programme=programme, year=today.year)
        for mpn, location in locations.items()
        if mpn != "4391508"
        for programme in Programme
    )
    return locations


def _build_people(organisations: dict[str, Organisation], locations: dict[str, Location]) -> dict[str, User]:
    password = make_password(PASSWORD)
    names = [(name, first, last, f"{name}@{code}.example") for name, code, _role, first, last in _MEMBERS]
    names += [(name, first, last, f"{name}@desk.example") for name, _role, first, last in _DESK]
    people = {
        name: User(username=name, first_name=first, last_name=last, email=email, password=password)
        for name, first, last, email in names
    }
    for name, _role, _first, _last in _DESK:
        people[name].is_staff = True
    User.objects.bulk_create(people.values())
    members = {
        name: Member(user=people[name], organisation=organisations[code])
        for name, code, _role, _first, _last in _MEMBERS
    }
    Member.objects.bulk_create(members.values())
    MemberRole.objects.bulk_create(
        MemberRole(member=members[name], role=role) for name, _code, role, _first, _last in _MEMBERS
    )
    members["fre"].locations.add(locations["4391508"])
    DeskSeat.objects.bulk_create(
        DeskSeat(user=people[name], role=role) for name, role, _first, _last in _DESK
    )
    return people


def _build_tenants() -> dict[str, Tenant]:
    tenants = {
        "contoso": Tenant(guid=CONTOSO_GUID, name="Contoso", country="US"),
        "adatum": Tenant(guid=ADATUM_GUID, name="Adatum", country="US"),
    }
    Tenant.objects.bulk_create(tenants.values())
    Domain.objects.bulk_create(
        Domain(name=name, tenant=tenants[code])
        for name, code in (
            ("contoso.onmicrosoft.com", "contoso"),
            ("contoso.com", "contoso"),
            ("adatum.onmicrosoft.com", "adatum"),
        )
    )
    return tenants


def _build_subscriptions(
    tenants: dict[str, Tenant], products: dict[str, Product], today: date
) -> dict[str, Subscription]:
    subscriptions = {
        name: Subscription(
            guid=UUID(guid),
            tenant=tenants[tenant],
            channel=PurchaseChannel(channel),
            state=SubscriptionState(state),
            provisioning=Provisioning(provisioning),
            starts_on=today - timedelta(days=200),
            ends_on=today + timedelta(days=165),
        )
        for name, guid, tenant, _codes, channel, state, provisioning in _SUBSCRIPTIONS
    }
    Subscription.objects.bulk_create(subscriptions.values())
    SubscriptionProduct.objects.bulk_create(
        SubscriptionProduct(subscription=subscriptions[name], product=products[code])
        for name, _guid, _tenant, codes, _channel, _state, _provisioning in _SUBSCRIPTIONS
        for code in codes
    )
    return subscriptions
