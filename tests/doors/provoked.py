"""For each code of the rules an arrangement that causes it: the typed values, the prior state, and where a page shows
it. `typed` is the body of the API; `claim_input`, `changes` and `fields_of` are the same for the other doors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from claims.inputs import ClaimInput, ContactInput, DraftChanges, Entry, RevenueInput
from partners.enums import Programme
from partners.models import Enrolment
from tests.api.client import claim_body
from tests.filing import file_claim, hold, sales, workloads
from tests.portal.pages import activity, rows
from tests.world import (
    COMMERCE,
    CUSTOMER_SERVICE,
    EXCHANGE,
    FABRIKAM_OWN_GUID,
    FIELD_SERVICE,
    FINANCE,
    MARKETING,
    POWER_BI,
    SALES,
    TEAMS,
    YAMMER,
    World,
)

Body = dict[str, Any]
CHECKED = ("mpn_id", "tenant_id", "domain", "solution_area", "activities", "items")
"""The fields of a check; a claim has more."""
FIELDS_OF_STEP = {
    "customer": ("tenant_id", "domain"),
    "activity": ("solution_area", "activities"),
    "products": ("items",),
    "location": ("mpn_id",),
    "contacts": ("contacts",),
    "revenue": ("revenue_details",),
}


def nothing(_world: World) -> None:
    """Do nothing: the default prior state."""


@dataclass(frozen=True, kw_only=True)
class Provocation:
    """The cause of `code`. `step` and `beside` name the page and its field; "" if no page of a step shows it.

    `typed` replaces fields of a claim without a fault. `between` happens after the draft was saved and before it is
    submitted. `said_by` are the acts to which the code is an answer at all.
    """

    code: str
    typed: Callable[[World], Body] = field(default=lambda _world: {})
    before: Callable[[World], object] = nothing
    between: Callable[[World], object] = nothing
    step: str = ""
    beside: str = ""
    severity: str = "error"
    has_proof: bool = True
    said_by: frozenset[str] = frozenset({"check", "draft", "submission"})
    note: str = ""

    @property
    def name(self) -> str:
        return f"{self.code} {self.note}".strip()

    def body(self, world: World) -> Body:
        return claim_body(world) | self.typed(world)


def _items(*pairs: tuple[str, str]) -> Body:
    return {
        "items": [
            {"product": product, "subscription_id": typed} if typed else {"product": product}
            for product, typed in pairs
        ]
    }


def _on(product: str, subscription: str) -> Callable[[World], Body]:
    """Return items of the product with a subscription of the fixture."""
    return lambda world: _items((product, str(getattr(world, subscription).guid)))


def _is(**fields: Any) -> Callable[[World], Body]:
    return lambda _world: fields


def _microsoft_365(*codes: str) -> Body:
    return {"solution_area": "microsoft_365", **_items(*((code, "") for code in codes))}


def _contact(kind: str, **changes: str) -> Callable[[World], Body]:
    def typed(world: World) -> Body:
        contacts = claim_body(world)["contacts"]
        return {"contacts": contacts | {kind: contacts[kind] | changes}}

    return typed


def _revenue(**blank: str) -> Body:
    details = {"seller_name": "Sam", "customer_name": "Contoso", "solution_name": "Flow"}
    return {"activities": ["revenue_association"], "revenue_details": details | blank}


def _paris_is_enrolled(world: World) -> None:
    Enrolment.objects.bulk_create(
        Enrolment(location=world.locations["4391508"], programme=programme, year=world.today.year)
        for programme in Programme
    )


def _other_channel(world: World) -> None:
    world.s_a.channel = "other"
    world.s_a.save()


def _boston_is_sold(world: World) -> None:
    boston = world.locations["4391509"]
    boston.organisation = world.northwind
    boston.save()


NOT_CHECKED = frozenset({"draft", "submission"})
"""A check takes no contacts, revenue details, proof or acknowledgement."""
AT_SUBMISSION = frozenset({"submission"})

PROVOCATIONS = (
    Provocation(
        code="MPN_FORMAT",
        typed=_is(mpn_id="43915O7"),
        step="location",
        beside="mpn_id",
    ),
    Provocation(
        code="MPN_NOT_YOURS",
        typed=_is(mpn_id="5120001"),
        step="location",
        beside="mpn_id",
        said_by=frozenset({"check", "draft"}),
        note="of another company",
    ),
    Provocation(
        code="MPN_NOT_YOURS",
        typed=_is(mpn_id="4391509"),
        between=_boston_is_sold,
        said_by=AT_SUBMISSION,
        note="no more",
    ),
    Provocation(
        code="MPN_NOT_ENROLLED",
        typed=_is(mpn_id="4391508"),
        step="location",
        beside="mpn_id",
    ),
    Provocation(
        code="MPN_NOT_ENROLLED",
        typed=lambda _world: {"mpn_id": "4391508", **_revenue()},
        step="location",
        beside="mpn_id",
        severity="warning",
        note="in any programme",
    ),
    Provocation(
        code="MPN_TYPE_NOT_SHOWN",
        step="location",
        severity="info",
        has_proof=False,
    ),
    Provocation(
        code="MPN_REGION",
        typed=_is(mpn_id="4391508"),
        before=_paris_is_enrolled,
        step="location",
        beside="mpn_id",
        severity="warning",
    ),
    Provocation(
        code="TENANT_ID_FORMAT",
        typed=_is(tenant_id="contoso"),
        step="customer",
        beside="tenant_id",
    ),
    Provocation(
        code="SUBDOMAIN_FORMAT",
        typed=_is(domain="con toso"),
        step="customer",
        beside="domain",
    ),
    Provocation(
        code="DOMAIN_TENANT_MISMATCH",
        typed=_is(domain="adatum"),
        step="customer",
        beside="domain",
    ),
    Provocation(
        code="OWN_TENANT",
        typed=_is(tenant_id=str(FABRIKAM_OWN_GUID)),
        step="customer",
        beside="tenant_id",
    ),
    Provocation(
        code="ACTIVITY_NOT_FOR_AREA",
        typed=_is(solution_area="microsoft_365", activities=["presales"]),
        step="activity",
        beside="microsoft_365",
    ),
    Provocation(
        code="ACTIVITY_COMBINATION",
        typed=_is(activities=["usage", "revenue_association"]),
        step="activity",
        beside="business_applications",
    ),
    Provocation(
        code="ACTIVITY_CHECK",
        step="activity",
        severity="info",
        has_proof=False,
    ),
    Provocation(code="PRODUCT_REQUIRED", typed=_is(items=[]), step="products", beside="product_0"),
    Provocation(
        code="PRODUCT_NOT_FOR_AREA",
        typed=lambda _world: _items((TEAMS, "")),
        step="products",
        beside="product_0",
    ),
    Provocation(
        code="PRODUCT_NOT_CLAIMABLE",
        typed=lambda _world: _items((POWER_BI, "")),
        step="products",
        beside="product_0",
    ),
    Provocation(
        code="ITEM_DUPLICATE",
        typed=lambda world: _items(*[(SALES, str(world.s_a.guid))] * 2),
        step="products",
        beside="product_1",
    ),
    Provocation(
        code="ITEM_DUPLICATE",
        typed=lambda _world: _items((MARKETING, ""), (MARKETING, "")),
        step="products",
        beside="product_1",
        note="attached",
    ),
    Provocation(
        code="NOT_A_SUBSCRIPTION_ID",
        typed=lambda _world: _items((SALES, "ORDER-12345")),
        step="products",
        beside="subscription_id_0",
        note="an order",
    ),
    Provocation(
        code="NOT_A_SUBSCRIPTION_ID",
        typed=lambda world: _items((SALES, str(world.contoso.guid))),
        step="products",
        beside="subscription_id_0",
        note="the tenant",
    ),
    Provocation(
        code="SUBSCRIPTION_NOT_ON_TENANT",
        typed=_on(SALES, "s_x"),
        step="products",
        beside="subscription_id_0",
    ),
    Provocation(
        code="PRODUCT_NOT_ON_TENANT",
        typed=lambda _world: _items((COMMERCE, "")),
        step="products",
        beside="product_0",
    ),
    Provocation(
        code="PRODUCT_NOT_ON_TENANT",
        typed=lambda _world: _microsoft_365(YAMMER),
        step="products",
        beside="workloads",
        note="a workload",
    ),
    Provocation(
        code="SUBSCRIPTION_REQUIRED",
        typed=lambda _world: _items((SALES, "")),
        step="products",
        beside="subscription_id_0",
    ),
    Provocation(
        code="SUBSCRIPTION_NOT_DYNAMICS",
        typed=_on(SALES, "s_f"),
        step="products",
        beside="subscription_id_0",
    ),
    Provocation(
        code="SUBSCRIPTION_PRODUCT_MISMATCH",
        typed=_on(MARKETING, "s_a"),
        step="products",
        beside="subscription_id_0",
    ),
    Provocation(
        code="SUBSCRIPTION_IS_CSP",
        typed=_on(CUSTOMER_SERVICE, "s_c"),
        step="products",
        beside="subscription_id_0",
    ),
    Provocation(
        code="CHANNEL_NOT_ELIGIBLE",
        typed=_on(SALES, "s_a"),
        before=_other_channel,
        step="products",
        beside="subscription_id_0",
    ),
    Provocation(
        code="SUBSCRIPTION_NOT_PROVISIONED",
        typed=_on(FINANCE, "s_d"),
        step="products",
        beside="subscription_id_0",
    ),
    Provocation(
        code="SUBSCRIPTION_NOT_ACTIVE",
        typed=_on(FIELD_SERVICE, "s_e"),
        step="products",
        beside="subscription_id_0",
    ),
    Provocation(
        code="SUBSCRIPTION_NOT_ACTIVE",
        typed=lambda _world: _items((FIELD_SERVICE, "")),
        step="products",
        beside="product_0",
        note="attached",
    ),
    Provocation(
        code="SUBSCRIPTION_ALREADY_CLAIMED",
        typed=_on(SALES, "s_a"),
        before=lambda world: file_claim(world, world.ana, sales(world.s_a)),
        step="products",
        beside="subscription_id_0",
    ),
    Provocation(
        code="WORKLOAD_ALREADY_CLAIMED",
        typed=lambda _world: _microsoft_365(TEAMS),
        before=lambda world: file_claim(world, world.ana, *workloads(TEAMS)),
        step="products",
        beside="workloads",
    ),
    Provocation(
        code="COMPETING_CLAIM",
        typed=_on(SALES, "s_a"),
        before=lambda world: hold(world, world.ned, sales(world.s_a)),
        step="products",
        beside="subscription_id_0",
        severity="warning",
        note="a holder",
    ),
    Provocation(
        code="COMPETING_CLAIM",
        typed=lambda _world: _microsoft_365(TEAMS),
        before=lambda world: file_claim(world, world.ned, *workloads(TEAMS)),
        step="products",
        beside="workloads",
        severity="warning",
        note="a rival's workload",
    ),
    Provocation(
        code="CONTACT_REQUIRED",
        typed=_contact("customer", title=""),
        step="contacts",
        beside="customer_title",
        said_by=NOT_CHECKED,
    ),
    Provocation(
        code="CONTACT_REQUIRED",
        typed=_contact("partner", email="nobody"),
        step="contacts",
        beside="partner_email",
        said_by=NOT_CHECKED,
        note="no address",
    ),
    Provocation(
        code="TECH_CONTACT_REQUIRED",
        typed=_contact("technical", last_name=""),
        step="contacts",
        beside="technical_last_name",
        said_by=NOT_CHECKED,
    ),
    Provocation(
        code="REVENUE_DETAILS_REQUIRED",
        typed=lambda _world: _revenue(solution_name=""),
        step="revenue",
        beside="solution_name",
        said_by=NOT_CHECKED,
    ),
    Provocation(
        code="CONTACT_DOMAIN_MISMATCH",
        typed=_contact("customer", email="cora@elsewhere.example"),
        step="contacts",
        beside="customer_email",
        severity="warning",
        said_by=NOT_CHECKED,
    ),
    Provocation(code="POE_REQUIRED", has_proof=False, said_by=AT_SUBMISSION),
    Provocation(code="ACK_REQUIRED", typed=_is(acknowledged=False), said_by=AT_SUBMISSION),
)


# --- The same for the other doors ---


def claim_input(body: Body) -> ClaimInput:
    """Return the service's input for the body of a check."""
    return ClaimInput(
        organisation_id=0,
        mpn_id=body["mpn_id"],
        tenant_guid=body["tenant_id"],
        domain=body["domain"],
        solution_area=body["solution_area"],
        activities=tuple(body["activities"]),
        items=entries(body),
    )


def entries(body: Body) -> tuple[Entry, ...]:
    return tuple(
        Entry(product=item["product"], subscription_id=item.get("subscription_id", ""))
        for item in body["items"]
    )


def changes(body: Body) -> DraftChanges:
    """Return the service's input for the body of a claim."""
    given = claim_input(body)
    revenue = body.get("revenue_details")
    return DraftChanges(
        name=body["name"],
        mpn_id=given.mpn_id,
        tenant_guid=given.tenant_guid,
        domain=given.domain,
        solution_area=given.solution_area,
        activities=given.activities,
        items=given.items,
        contacts={kind: ContactInput(**fields) for kind, fields in body["contacts"].items()},
        revenue_details=RevenueInput(**revenue) if revenue else None,
        acknowledged=body["acknowledged"],
    )


def before_step(world: World, provocation: Provocation) -> Body:
    """Return the body before the faulty step is filled in, without a fault there."""
    body = provocation.body(world)
    right = claim_body(world)
    if body["solution_area"] == "microsoft_365":
        right |= _microsoft_365(EXCHANGE)
    if "revenue_details" in body:
        right |= _revenue()
    return body | {name: right[name] for name in FIELDS_OF_STEP[provocation.step] if name in right}


def fields_of(step: str, body: Body) -> Mapping[str, Any]:
    """Return the form data that a browser sends for this step."""
    match step:
        case "customer":
            return {name: body[name] for name in ("tenant_id", "domain", "name")}
        case "activity":
            return activity(body["solution_area"], *body["activities"])
        case "products" if body["solution_area"] == "microsoft_365":
            return {"workloads": [item["product"] for item in body["items"]]}
        case "products":
            return rows(*((item["product"], item.get("subscription_id", "")) for item in body["items"]))
        case "location":
            return {"mpn_id": body["mpn_id"]}
        case "revenue":
            return dict(body["revenue_details"])
        case "contacts":
            return {
                f"{kind}_{name}": text
                for kind, contact in body["contacts"].items()
                for name, text in ({"phone": ""} | contact).items()
            }
    raise AssertionError(step)
