"""What the requests name of a seeded database."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from benchmarks.floor.models import FloorClaim
from benchmarks.questions import people
from claims.models import Claim
from foundation.kernel.actor import SYSTEM
from partners.services import issue_token
from tenants.models import Subscription

FLOOR_BATCH = 5_000


@dataclass(frozen=True, kw_only=True)
class Seeded:
    """A partner's token, a customer that nobody has claimed for yet, and a partner's drafts that can be submitted."""

    token: str
    stated: dict[str, Any]
    floor_row: dict[str, Any]
    drafts: list[tuple[str, int]]


def seeded(*, claims: int) -> Seeded:
    """Read it, issue the token, and fill the floor's table with as many rows as there are claims."""
    partner = people()["partner"]
    _token, secret = issue_token(
        username=partner.username, organisation=None, actor=SYSTEM, now=timezone.now()
    )
    withdrawn = Claim.objects.filter(status="withdrawn", items__scope__subscription__isnull=False).latest(
        "id"
    )
    subscription = Subscription.objects.get(scopes__items__claim=withdrawn)
    own = Claim.objects.filter(organisation__members__user=partner)
    location = own.filter(location__isnull=False).latest("id").location
    stated = {
        "mpn_id": own.latest("id").mpn_id,
        "tenant_id": withdrawn.tenant_guid,
        "domain": withdrawn.domain,
        "solution_area": "business_applications",
        "activities": ["usage"],
        "items": [{"product": "dynamics-365-sales", "subscription_id": str(subscription.guid)}],
    }
    row = {
        "name": "Bench",
        "tenant": withdrawn.tenant_id,
        "product": subscription.products.get().pk,
        "subscription": subscription.pk,
        "location": location.pk if location else None,
    }
    columns = {f"{key}_id" if key != "name" else key: value for key, value in row.items()}
    FloorClaim.objects.bulk_create((FloorClaim(**columns) for _n in range(claims)), batch_size=FLOOR_BATCH)
    drafts = (
        own.filter(status="draft", evidence__isnull=False).order_by("id").values_list("public_id", "revision")
    )
    return Seeded(
        token=secret,
        stated=stated,
        floor_row=row,
        drafts=[(str(public_id), revision) for public_id, revision in drafts],
    )
