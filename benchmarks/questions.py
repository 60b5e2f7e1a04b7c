"""Every list that a door offers, with each of its filters, sorts and searches, as addresses to ask for.

Filters and sorts are read from the doors' own declarations, so that a new one is asked for without being named here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.contrib.admin import ModelAdmin, site
from django.db.models import QuerySet
from django.test import RequestFactory
from django.urls import reverse

from api.filters import ClaimFilter
from arbitration.models import Case
from associations.enums import Activity
from claims.enums import ClaimStatus
from claims.models import Claim, ClaimItem
from foundation.journal.models import Event
from foundation.kernel.actor import DeskRole
from partners.models import DeskSeat, User
from tenants.enums import SolutionArea


@dataclass(frozen=True)
class Question:
    """One GET by one person. Its name says what is asked, whatever is stored."""

    name: str
    path: str
    who: User


def questions(*, partner: User, reviewer: User, admin: User) -> Iterator[Question]:
    """Yield everything that the partner, the reviewer and the desk admin can ask of a list, and the pages it leads to."""
    own = Claim.objects.filter(organisation__members__user=partner)
    yield from _of_portal(partner, own)
    yield from _of_api(partner, own)
    yield from _of_desk(reviewer, admin)


def _of_portal(partner: User, own: QuerySet[Claim]) -> Iterator[Question]:
    address = reverse("claims:list")
    yield Question("portal: dashboard", address, partner)
    for status in ClaimStatus.values:
        yield Question(f"portal: dashboard, status {status}", f"{address}?status={status}", partner)
    middle = own.order_by("-created_at", "-id")[own.count() // 2]
    yield Question("portal: dashboard, from the middle", f"{address}?after={middle.public_id}", partner)
    for status in (ClaimStatus.DRAFT, ClaimStatus.APPROVED, ClaimStatus.REJECTED):
        claim = own.filter(status=status).latest("id")
        yield Question(f"portal: claim, {status}", reverse("claims:claim", args=[claim.public_id]), partner)
        yield Question(
            f"portal: history, {status}", reverse("claims:history", args=[claim.public_id]), partner
        )


def _of_api(partner: User, own: QuerySet[Claim]) -> Iterator[Question]:
    address = reverse("claims-api:claims")
    count = own.count()
    newest = own.order_by("-created_at", "-id")
    yield Question("api: list", f"{address}?page_size=25", partner)
    for place, at in (("middle", count // 2), ("end", count - 26)):
        cursor = f"n{newest[at].public_id}"
        yield Question(f"api: list, {place}", f"{address}?page_size=25&cursor={cursor}", partner)
    some, old = newest.filter(submitted_at__isnull=False)[0], newest[count - 26]
    recent = (datetime.now(UTC) - timedelta(days=4)).isoformat()
    long_ago = old.created_at.isoformat()
    values: dict[str, list[str]] = {
        "status": [*ClaimStatus.values, "draft,submitted,under_review"],
        "solution_area": SolutionArea.values,
        "activity": Activity.values,
        "mpn_id": [some.mpn_id, "7654321"],
        "tenant_id": [some.tenant_guid, "11111111-2222-4333-8444-555555555555"],
        "reference": [str(some.reference), "CPOR-2020-000000"],
    }
    for name in ClaimFilter.base_filters:
        asked = values.get(name, [recent, long_ago])
        for number, value in enumerate(asked):
            query = urlencode({name: value, "page_size": 25})
            told = value if name in {"status", "solution_area", "activity"} else ("some", "other")[number]
            yield Question(f"api: list, {name} {told}", f"{address}?{query}", partner)
    yield Question("api: claim", reverse("claims-api:claim", args=[some.public_id]), partner)
    yield Question("api: history", reverse("claims-api:history", args=[some.public_id]), partner)


def _of_desk(reviewer: User, admin: User) -> Iterator[Question]:
    for model, of_model in sorted(site._registry.items(), key=lambda pair: pair[0]._meta.label_lower):
        who = reviewer if model in (Claim, Case) else admin
        request = RequestFactory().get("/")
        request.user = who
        if not of_model.has_view_permission(request):
            continue
        address = reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist")
        name = f"desk: {model._meta.label_lower}"
        yield Question(name, address, who)
        for told, query in _choices(of_model, address, who):
            yield Question(f"{name}, {told}", f"{address}{query}", who)
        if of_model.search_fields:
            for told, term in _terms(model._meta.label_lower):
                yield Question(f"{name}, search {told}", f"{address}?{urlencode({'q': term})}", who)
    for status in (ClaimStatus.UNDER_REVIEW, ClaimStatus.APPROVED):
        claim = Claim.objects.filter(status=status).latest("id")
        yield Question(
            f"desk: claim, {status}", reverse("admin:claims_claim_change", args=[claim.public_id]), reviewer
        )
    case = Case.objects.filter(state="open").latest("id")
    yield Question("desk: case", reverse("admin:arbitration_case_change", args=[case.public_id]), reviewer)


def _choices(of_model: ModelAdmin, address: str, who: User) -> Iterator[tuple[str, str]]:  # type: ignore[type-arg] # takes none at run time
    """Yield the filters and sorts that the list itself offers, by name, as queries."""
    request = RequestFactory().get(address)
    request.user = who
    offered = of_model.get_changelist_instance(request)
    for spec in offered.filter_specs:
        for choice in spec.choices(offered):
            query = str(choice["query_string"])
            if not choice["selected"] and "=" in query:
                yield f"{spec.title} {choice['display']}", query
    for place, column in enumerate(offered.list_display):
        if column in (offered.sortable_by or ()) and offered.get_ordering_field(column) is not None:
            yield f"by {column}", f"?o={place}"
            yield f"by {column} reversed", f"?o=-{place}"


def _terms(label: str) -> Iterator[tuple[str, str]]:
    """Yield what people search for: what there is once, often, and never."""
    item = ClaimItem.objects.filter(scope__subscription__isnull=False).latest("id")
    claim = item.claim
    terms = {
        "nothing": "no such thing",
        "a name": str(claim.tenant),
        "part of many names": "logistics",
        "two letters": "wa",
        "a tenant": claim.tenant_guid,
        "a subscription": str(item.scope.subscription.guid) if item.scope.subscription else "",
        "a reference": str(claim.reference),
        "a large partner's MPN": "1000000",
    }
    if label == "tenants.tenant":
        terms["a domain"] = claim.domain
    if label == "journal.event":
        terms["an event type"] = Event.objects.latest("id").type
    if label == "arbitration.case":
        terms["a case"] = str(Case.objects.latest("id"))
    yield from terms.items()


def people() -> dict[str, User]:
    """Return those who ask in a seeded database; the desk admin's seat is made if it is missing."""
    admin, _made = User.objects.get_or_create(
        username="admin", defaults={"is_staff": True, "first_name": "Ada", "last_name": "Arden"}
    )
    DeskSeat.objects.get_or_create(user=admin, role=DeskRole.DESK_ADMIN)
    return {
        "partner": User.objects.get(username="partner0"),
        "reviewer": User.objects.get(username="reviewer"),
        "admin": admin,
    }
