"""Facts for tests of rules, without a database: complete and without a fault unless the test changes them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from associations.enums import Activity
from claims.facts import (
    ClaimFacts,
    ItemFacts,
    LocationFacts,
    ProductFacts,
    SubscriptionFacts,
    TenantFacts,
    months_before,
)
from claims.inputs import ClaimInput, ContactInput, Entry, ProofInput, Purpose, RevenueInput
from claims.rules import RULES, AnyRule, ItemView, evaluate
from foundation.kernel.actor import Actor, ActorKind, PartnerRole
from foundation.kernel.findings import Finding

TODAY = date(2020, 7, 6)
GUID = UUID("34828c05-c16c-4d6f-9cfc-4d2650ef19a1")
TENANT_GUID = UUID("1316cd1f-b0c7-4253-a7f3-ccc9041aaab9")

PERSON = ContactInput(first_name="Cora", last_name="Example", title="Manager", email="cora@contoso.com")
SALES = ProductFacts(
    id=1,
    name="Dynamics 365 Sales",
    solution_area="business_applications",
    is_workload=False,
    is_claimable=True,
)
TEAMS = ProductFacts(
    id=2, name="Microsoft Teams", solution_area="microsoft_365", is_workload=True, is_claimable=True
)
SUBSCRIPTION = SubscriptionFacts(
    id=10,
    channel="volume_licensing",
    state="active",
    provisioning="success",
    product_ids=frozenset({SALES.id}),
    has_claimable_kind=True,
)


def partner(*roles: PartnerRole) -> Actor:
    return Actor(
        kind=ActorKind.PARTNER,
        name="Ana",
        user_id=1,
        organisation_id=1,
        roles=frozenset(roles or (PartnerRole.INCENTIVES_ADMIN,)),
    )


def item(**changes: Any) -> ItemFacts:
    """Return Sales on a typed subscription that can be claimed."""
    good = ItemFacts(
        index=0,
        product_code="dynamics-365-sales",
        typed_id=str(GUID),
        product=SALES,
        guid=GUID,
        is_subscription_id=True,
        subscription=SUBSCRIPTION,
        subscriptions_known=2,
    )
    return replace(good, **changes)


def attached(**changes: Any) -> ItemFacts:
    """Return Sales on the tenant's only subscription, attached by the system."""
    return item(
        **{
            "typed_id": "",
            "guid": None,
            "is_subscription_id": False,
            "attached": True,
            "subscriptions_known": 1,
            **changes,
        }
    )


def workload(**changes: Any) -> ItemFacts:
    good = ItemFacts(
        index=0, product_code="microsoft-teams", typed_id="", product=TEAMS, is_workload=True, is_carried=True
    )
    return replace(good, **changes)


def facts(*items: ItemFacts, given: dict[str, Any] | None = None, **changes: Any) -> ClaimFacts:
    """Return a claim of usage with these items (by default one of Sales); `given` replaces typed fields."""
    stated = ClaimInput(
        organisation_id=1,
        mpn_id="4391507",
        tenant_guid=str(TENANT_GUID),
        domain="contoso.com",
        solution_area="business_applications",
        activities=("usage",),
        items=tuple(Entry(product="typed") for _item in items) or (Entry(product="typed"),),
        contacts={"customer": PERSON, "partner": PERSON, "technical": PERSON},
        revenue_details=RevenueInput(
            seller_name="Sam", customer_name="Contoso", solution_name="Fabrikam Flow"
        ),
        evidence=(ProofInput(signed_on=date(2020, 6, 1)),),
        acknowledged=True,
    )
    stated = replace(stated, **(given or {}))
    good = ClaimFacts(
        given=stated,
        actor=partner(),
        purpose=Purpose.SUBMISSION,
        today=TODAY,
        oldest_signature_on=months_before(TODAY, 12),
        activities=tuple(
            dict.fromkeys(Activity(code) for code in stated.activities or () if code in Activity.values)
        ),
        global_admins=("Gil Garcia",),
        mpn_id="4391507",
        location=LocationFacts(id=1, country="US", programmes=frozenset({"OSA_SELL", "OSU_BA", "OSU_M365"})),
        tenant_guid=TENANT_GUID,
        domain="contoso.com",
        tenant=TenantFacts(id=1, country="US"),
        customer_mail_domain="contoso.com",
        customer_mail_is_tenants=True,
        items=items or (item(),),
        directory_as_of=datetime(2020, 7, 6, 6, tzinfo=UTC),
    )
    return replace(good, **changes)


def rule(rule_id: str) -> AnyRule:
    return next(rule for rule in RULES if rule.id == rule_id)


def judged(rule_id: str, stated: ClaimFacts) -> list[Finding]:
    """Return the findings of this rule alone, without the rules that it needs."""
    chosen = rule(rule_id)
    subjects: list[Any] = [stated]
    if rule_id in {"C4", "C5"} or rule_id.startswith("D"):
        subjects = [ItemView(claim=stated, item=one) for one in stated.items]
    return [finding for subject in subjects if chosen.present(subject) for finding in chosen.judge(subject)]


def said(rule_id: str, stated: ClaimFacts) -> list[tuple[str, str]]:
    """Return the same as (code, pointer)."""
    return [(finding.code, finding.pointer) for finding in judged(rule_id, stated)]


def report(stated: ClaimFacts) -> list[tuple[str, str]]:
    """Return the findings of all rules as (code, pointer), without those that only inform."""
    findings = evaluate(RULES, stated).findings
    return [(finding.code, finding.pointer) for finding in findings if finding.severity != "info"]
