"""A directory of the wanted size, one partner with claims, and what the requests need to know of them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.utils import timezone

from benchmarks.floor.models import FloorClaim
from claims.models import Claim
from foundation.kernel.actor import SYSTEM, PartnerRole
from partners.enums import Programme
from partners.models import Enrolment, Location, Member, MemberRole, Organisation, User
from partners.services import issue_token
from tenants.catalogue import CATALOGUE
from tenants.models import DirectoryImport, Domain, Product, Subscription, SubscriptionProduct, Tenant

BATCH = 5_000
PRODUCT = "dynamics-365-sales"


@dataclass(frozen=True)
class Seeded:
    """What a request names: the rows of the middle of the directory."""

    token: str
    mpn_id: str
    tenant_guid: str
    domain: str
    subscription_guid: str
    floor_row: dict[str, object]


def seed(*, subscriptions: int, claims: int) -> Seeded:
    """Fill an empty database: as many tenants as subscriptions, and drafts on both sides for the lists."""
    products = [Product(**vars(entry)) for entry in CATALOGUE]
    Product.objects.bulk_create(products)
    sales = next(product for product in products if product.code == PRODUCT)
    for start in range(0, subscriptions, BATCH):
        _customers(range(start, min(start + BATCH, subscriptions)), sales)
    now = timezone.now()
    DirectoryImport.objects.create(file_name="bench.csv", kind="subscriptions", sha256="0" * 64, as_of=now)
    user, location = _partner()
    middle = Subscription.objects.select_related("tenant").get(guid=_guid(2, subscriptions // 2))
    row = {
        "name": "Bench",
        "tenant": middle.tenant_id,
        "product": sales.pk,
        "subscription": middle.pk,
        "location": location.pk,
    }
    _claims(claims, user, location, row)
    _token, secret = issue_token(username=user.username, organisation=None, actor=SYSTEM, now=now)
    return Seeded(
        token=secret,
        mpn_id=location.mpn_id,
        tenant_guid=str(middle.tenant.guid),
        domain=f"customer{subscriptions // 2}",
        subscription_guid=str(middle.guid),
        floor_row=row,
    )


def _guid(kind: int, number: int) -> UUID:
    return UUID(int=(kind << 96) + number + 1)


def _customers(numbers: range, sales: Product) -> None:
    tenants = [Tenant(guid=_guid(1, n), name=f"Customer {n}", country="US") for n in numbers]
    Tenant.objects.bulk_create(tenants)
    Domain.objects.bulk_create(
        Domain(name=f"customer{n}.onmicrosoft.com", tenant=tenant)
        for n, tenant in zip(numbers, tenants, strict=True)
    )
    bought = [
        Subscription(
            guid=_guid(2, n),
            tenant=tenant,
            channel="volume_licensing",
            state="active",
            provisioning="success",
        )
        for n, tenant in zip(numbers, tenants, strict=True)
    ]
    Subscription.objects.bulk_create(bought)
    SubscriptionProduct.objects.bulk_create(
        SubscriptionProduct(subscription=subscription, product=sales) for subscription in bought
    )


def _partner() -> tuple[User, Location]:
    organisation = Organisation.objects.create(code="fabrikam", name="Fabrikam")
    location = Location.objects.create(organisation=organisation, mpn_id="4391507", country="US")
    year = datetime.now(UTC).year
    Enrolment.objects.bulk_create(
        Enrolment(location=location, programme=programme, year=year) for programme in Programme
    )
    user = User.objects.create(username="ana", email="ana@fabrikam.example")
    member = Member.objects.create(user=user, organisation=organisation)
    MemberRole.objects.create(member=member, role=PartnerRole.INCENTIVES_ADMIN)
    return user, location


def _claims(number: int, user: User, location: Location, row: dict[str, object]) -> None:
    now = timezone.now()
    Claim.objects.bulk_create(
        (
            Claim(
                organisation_id=location.organisation_id,
                created_by=user,
                created_at=now,
                touched_at=now,
                updated_at=now,
                reference=f"BENCH-{n}",
                location=location,
                mpn_id=location.mpn_id,
                name="Bench",
            )
            for n in range(number)
        ),
        batch_size=BATCH,
    )
    columns = {f"{key}_id" if key != "name" else key: value for key, value in row.items()}
    FloorClaim.objects.bulk_create((FloorClaim(**columns) for _n in range(number)), batch_size=BATCH)
