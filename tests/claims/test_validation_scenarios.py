"""The acceptance scenarios that the check decides, through the one function that every door calls."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from associations.enums import Activity
from claims.enums import ClaimStatus, ItemOutcome
from claims.inputs import ClaimInput, Entry, ProofInput, Purpose, RevenueInput
from claims.validation import Report, check
from foundation.kernel.errors import NotPermitted
from foundation.kernel.findings import Finding
from partners.models import User
from tenants.enums import Provisioning, SubscriptionState
from tenants.models import Subscription
from tests.factories import claim_input, entries, item_row, scope_of, workload_input
from tests.world import (
    COMMERCE,
    CUSTOMER_SERVICE,
    FIELD_SERVICE,
    FINANCE,
    INTUNE,
    MARKETING,
    NOW,
    POWER_BI,
    SALES,
    TEAMS,
    YAMMER,
    World,
    actor,
    build_world,
)

AT_ID = "/items/0/subscription_id"
AT_PRODUCT = "/items/0/product"
NO_SUBSCRIPTION = "5d1f4a2b-8e3c-4f70-9a6b-0c1d2e3f4a5b"


@pytest.fixture
def world(db: None) -> World:
    return build_world()


def ask(
    claim: ClaimInput, user: User, *, purpose: Purpose = Purpose.SUBMISSION, channel: Any = None
) -> Report:
    return check(claim, actor=actor(user), now=NOW, purpose=purpose)


def said(report: Report) -> list[tuple[str, str]]:
    """Return the findings that do more than inform, as (code, pointer)."""
    return [(finding.code, finding.pointer) for finding in (*report.findings,) if finding.severity != "info"]


def only(report: Report) -> Finding:
    (finding,) = (finding for finding in report.findings if finding.severity != "info")
    return finding


def test_a_complete_claim_has_no_errors_and_no_warnings(world: World) -> None:
    report = ask(claim_input(world), world.ana)

    assert [finding.code for finding in report.findings] == ["MPN_TYPE_NOT_SHOWN", "ACTIVITY_CHECK"]
    assert (report.errors, report.warnings) == ((), ())


# --- A. Access and MPN ---


@pytest.mark.parametrize("name", ["ana", "gil", "bea", "uma"])
def test_1_members_who_can_draft_can_check(world: World, name: str) -> None:
    assert said(ask(claim_input(world), getattr(world, name), purpose=Purpose.CHECK)) == []


@pytest.mark.parametrize("purpose", list(Purpose)[:3])
def test_2_dan_reads_which_role_to_ask_for(world: World, purpose: Purpose) -> None:
    with pytest.raises(NotPermitted) as refusal:
        ask(claim_input(world), world.dan, purpose=purpose)

    assert (refusal.value.code, refusal.value.http_status) == ("ROLE_NOT_ALLOWED", 403)
    assert "incentives admin" in str(refusal.value.message)
    assert "Gil Garcia" in str(refusal.value.message)


def test_5_no_report_contains_the_partner_type(world: World) -> None:
    report = ask(claim_input(world, mpn_id="4391509"), world.ana)

    assert said(report) == []
    assert "MPN_TYPE_NOT_SHOWN" in {finding.code for finding in report.findings}
    assert "FASTTRACK" not in str(report.as_dict())


def test_6_a_location_that_is_not_enrolled_is_refused(world: World) -> None:
    report = ask(claim_input(world, mpn_id="4391508", activities=("presales",)), world.ana)

    assert said(report) == [("MPN_NOT_ENROLLED", "/mpn_id"), ("MPN_REGION", "/mpn_id")]
    assert ("enrolment", "/company/locations/") in [(link.rel, link.href) for link in report.errors[0].links]


def test_6_enrolment_counts_for_the_year_of_the_check(world: World) -> None:
    report = check(
        claim_input(world), actor=actor(world.ana), now=NOW + timedelta(days=180), purpose=Purpose.CHECK
    )

    assert said(report) == [("MPN_NOT_ENROLLED", "/mpn_id")]


def test_7_findings_about_mpns_name_the_global_admin(world: World) -> None:
    finding = only(ask(claim_input(world, mpn_id="4391599"), world.ana))

    assert "Gil Garcia" in str(finding.guidance[1])


@pytest.mark.parametrize("mpn_id", ["5120001", "9999999"])
def test_8_another_companys_mpn_is_refused_like_one_that_does_not_exist(world: World, mpn_id: str) -> None:
    report = ask(claim_input(world, mpn_id=mpn_id), world.ana)
    nowhere = ask(claim_input(world, mpn_id="8888888"), world.ana)

    assert said(report) == [("MPN_NOT_YOURS", "/mpn_id")]
    assert report.as_dict() == nowhere.as_dict()


def test_8_an_mpn_outside_the_members_bounds_is_refused_the_same_way(world: World) -> None:
    outside = ask(claim_input(world, mpn_id="4391507"), world.fre)
    nowhere = ask(claim_input(world, mpn_id="8888888"), world.fre)

    assert said(outside) == [("MPN_NOT_YOURS", "/mpn_id")]
    assert outside.as_dict() == nowhere.as_dict()


@pytest.mark.parametrize("mpn_id", ["43915O7", "", "0391507", "123", "12345678901", "4391507\x00"])
def test_9_a_malformed_mpn_is_refused(world: World, mpn_id: str) -> None:
    assert said(ask(claim_input(world, mpn_id=mpn_id), world.ana)) == [("MPN_FORMAT", "/mpn_id")]


# --- B. Tenant and subdomain ---


def test_11_a_bare_label_means_the_onmicrosoft_domain(world: World) -> None:
    report = ask(claim_input(world, domain="contoso"), world.ana)

    assert said(report) == []
    assert report.resolved.domain == "contoso.onmicrosoft.com"


@pytest.mark.parametrize(
    "domain", ["contoso.com", "https://Contoso.com/shop", "cora@contoso.com", "CONTOSO.COM."]
)
def test_13_a_verified_custom_domain_passes(world: World, domain: str) -> None:
    report = ask(claim_input(world, domain=domain), world.ana)

    assert said(report) == []
    assert report.resolved.domain == "contoso.com"


def test_14_a_tenant_and_a_domain_of_two_customers_are_refused(world: World) -> None:
    finding = only(ask(claim_input(world, domain="adatum"), world.ana))

    assert (finding.code, finding.pointer) == ("DOMAIN_TENANT_MISMATCH", "/domain")
    assert "Ask the customer to confirm both" in str(finding.guidance[0])


def test_16_a_name_instead_of_the_tenant_id_is_refused(world: World) -> None:
    assert said(ask(claim_input(world, tenant_guid="contoso"), world.ana)) == [
        ("TENANT_ID_FORMAT", "/tenant_id")
    ]


@pytest.mark.parametrize("domain", ["", "con toso", "-contoso", "contoso..com", "127.0.0.1", "\x00"])
def test_17_a_malformed_domain_is_refused(world: World, domain: str) -> None:
    assert said(ask(claim_input(world, domain=domain), world.ana)) == [("SUBDOMAIN_FORMAT", "/domain")]


def test_the_companys_own_tenant_is_refused(world: World) -> None:
    own = str(world.fabrikam.own_tenants.get().guid)

    assert said(ask(claim_input(world, tenant_guid=own), world.ana)) == [
        ("DOMAIN_TENANT_MISMATCH", "/domain"),
        ("OWN_TENANT", "/tenant_id"),
    ]


# --- C. Solution area, activity, product ---


@pytest.mark.parametrize("activity", Activity.values)
def test_19_business_applications_has_three_activities(world: World, activity: str) -> None:
    assert said(ask(claim_input(world, activities=(activity,)), world.ana)) == []


def test_19_20_microsoft_365_has_usage_only(world: World) -> None:
    forged = ask(workload_input(world, activities=("presales",)), world.ana)

    assert said(ask(workload_input(world), world.ana)) == []
    assert said(forged) == [("ACTIVITY_NOT_FOR_AREA", "/activities/0")]


@pytest.mark.parametrize("activity", Activity.values)
def test_21_each_activity_is_explained_with_its_cost(world: World, activity: str) -> None:
    report = ask(claim_input(world, activities=(activity,)), world.ana)

    (finding,) = (finding for finding in report.findings if finding.code == "ACTIVITY_CHECK")
    assert "eligibility and earnings" in str(finding.cause)
    assert "Volume Licensing or Web Direct" in str(finding.guidance[0])
    assert ("never pays" in str(finding.message)) == (activity == "revenue_association")


def test_22_presales_and_usage_can_share_a_claim(world: World) -> None:
    report = ask(claim_input(world, activities=("presales", "usage")), world.ana)

    assert said(report) == []
    assert (report.resolved.lane, report.resolved.activities) == ("incentive", ("presales", "usage"))


def test_23_usage_and_revenue_association_cannot_share_a_claim(world: World) -> None:
    report = ask(claim_input(world, activities=("usage", "revenue_association")), world.ana)

    assert said(report) == [("ACTIVITY_COMBINATION", "/activities")]
    assert report.resolved.lane is None


def test_24_revenue_association_asks_for_its_details(world: World) -> None:
    blank = RevenueInput(seller_name="Sam", customer_name="", solution_name="Flow")

    revenue = ask(claim_input(world, activities=("revenue_association",), revenue_details=blank), world.ana)
    usage = ask(claim_input(world, revenue_details=None), world.ana)

    assert said(revenue) == [("REVENUE_DETAILS_REQUIRED", "/revenue_details/customer_name")]
    assert said(usage) == []


def test_25_a_claim_needs_a_product(world: World) -> None:
    assert said(ask(claim_input(world, items=()), world.ana)) == [("PRODUCT_REQUIRED", "/items")]
    assert said(ask(claim_input(world, items=None), world.ana)) == [("PRODUCT_REQUIRED", "/items")]


def test_27_a_product_or_workload_that_is_not_on_the_tenant_is_refused(world: World) -> None:
    commerce = ask(claim_input(world, items=entries((COMMERCE, None))), world.ana)
    yammer = ask(workload_input(world, YAMMER), world.ana)

    assert said(commerce) == said(yammer) == [("PRODUCT_NOT_ON_TENANT", AT_PRODUCT)]


def test_28_two_workloads_are_two_items_without_a_subscription(world: World) -> None:
    report = ask(workload_input(world, TEAMS, INTUNE), world.ana)

    assert said(report) == []
    assert [(item.subscription_id, item.workload_id, item.attached) for item in report.resolved.items] == [
        (None, world.products[TEAMS].pk, False),
        (None, world.products[INTUNE].pk, False),
    ]
    assert [item.as_dict() for item in report.items] == [
        {"product": TEAMS, "state": None, "channel": None},
        {"product": INTUNE, "state": None, "channel": None},
    ]


def test_life_16_a_workload_bought_through_csp_can_be_claimed(world: World) -> None:
    Subscription.objects.filter(pk=world.s_f.pk).update(channel="csp")

    assert said(ask(workload_input(world), world.ana)) == []


def test_life_17_power_bi_cannot_be_claimed(world: World) -> None:
    assert said(ask(claim_input(world, items=entries((POWER_BI, None))), world.ana)) == [
        ("PRODUCT_NOT_CLAIMABLE", AT_PRODUCT)
    ]


def test_a_product_can_be_claimed_on_its_valid_days_only(world: World) -> None:
    product = world.products[SALES]
    for valid_from, valid_until, expected in (
        (world.today, world.today, []),
        (world.today + timedelta(days=1), None, [("PRODUCT_NOT_CLAIMABLE", AT_PRODUCT)]),
        (None, world.today - timedelta(days=1), [("PRODUCT_NOT_CLAIMABLE", AT_PRODUCT)]),
    ):
        product.valid_from, product.valid_until = valid_from, valid_until
        product.save()
        assert said(ask(claim_input(world), world.ana)) == expected


@pytest.mark.parametrize("code", ["abacus", TEAMS, "Dynamics 365 Sales", "\x00", "\ud800", "x" * 500])
def test_a_product_of_another_area_is_refused(world: World, code: str) -> None:
    assert said(ask(claim_input(world, items=entries((code, None))), world.ana)) == [
        ("PRODUCT_NOT_FOR_AREA", AT_PRODUCT)
    ]


# --- D. Subscription checks ---


def test_29_an_active_subscription_passes(world: World) -> None:
    report = ask(claim_input(world), world.ana)

    assert [item.as_dict() for item in report.items] == [
        {
            "product": SALES,
            "subscription_id": str(world.s_a.guid),
            "state": "active",
            "channel": "volume_licensing",
        }
    ]


def test_30_a_subscription_in_grace_passes(world: World) -> None:
    report = ask(claim_input(world, items=entries((SALES, world.s_b))), world.ana)

    assert said(report) == []
    assert [(item.state, item.channel) for item in report.items] == [("in_grace", "web_direct")]


@pytest.mark.parametrize(
    "typed", ["ORDER-12345", NO_SUBSCRIPTION, "00000000-0000-0000-0000-000000000000", "x\x00", "S-A"]
)
def test_31_32_anything_but_a_subscription_id_is_refused(world: World, typed: str) -> None:
    report = ask(claim_input(world, items=entries((SALES, typed))), world.ana)

    assert said(report) == [("NOT_A_SUBSCRIPTION_ID", AT_ID)]
    assert [(item.subscription_id, item.state, item.channel) for item in report.items] == [
        (typed, None, None)
    ]


def test_32_the_tenant_id_is_refused_as_a_subscription_id(world: World) -> None:
    report = ask(claim_input(world, items=entries((SALES, world.contoso))), world.ana)

    assert said(report) == [("NOT_A_SUBSCRIPTION_ID", AT_ID)]


def test_33_another_customers_subscription_is_refused(world: World) -> None:
    report = ask(claim_input(world, items=entries((SALES, world.s_x))), world.ana)

    assert said(report) == [("SUBSCRIPTION_NOT_ON_TENANT", AT_ID)]
    assert [(item.state, item.channel) for item in report.items] == [(None, None)]


def test_34_an_office_subscription_is_refused(world: World) -> None:
    report = ask(claim_input(world, items=entries((SALES, world.s_f))), world.ana)

    assert said(report) == [("SUBSCRIPTION_NOT_DYNAMICS", AT_ID)]


def test_35_the_subscription_of_another_product_is_refused(world: World) -> None:
    report = ask(claim_input(world, items=entries((MARKETING, world.s_a))), world.ana)

    assert said(report) == [("SUBSCRIPTION_PRODUCT_MISMATCH", AT_ID)]


@pytest.mark.parametrize("activity", Activity.values)
def test_36_a_subscription_bought_through_csp_is_refused(world: World, activity: str) -> None:
    claim = claim_input(world, activities=(activity,), items=entries((CUSTOMER_SERVICE, world.s_c)))

    assert said(ask(claim, world.ana)) == [("SUBSCRIPTION_IS_CSP", AT_ID)]


def test_37_38_a_subscription_can_be_claimed_once_it_is_provisioned(world: World) -> None:
    claim = claim_input(world, items=entries((FINANCE, world.s_d)))

    finding = only(ask(claim, world.ana))
    Subscription.objects.filter(pk=world.s_d.pk).update(provisioning=Provisioning.SUCCESS)
    again = ask(claim, world.ana)

    assert (finding.code, finding.pointer) == ("SUBSCRIPTION_NOT_PROVISIONED", AT_ID)
    assert "Ask the customer whether the subscription is activated and provisioned" in str(
        finding.guidance[0]
    )
    assert "contact support" in str(finding.guidance[-1])
    assert [link.rel for link in finding.links] == ["support"]
    assert said(again) == []


@pytest.mark.parametrize("state", ["pending", "suspended", "disabled", "expired", "deleted"])
@pytest.mark.parametrize("typed", [True, False])
def test_39_a_subscription_neither_active_nor_in_grace_is_refused(
    world: World, state: str, typed: bool
) -> None:
    Subscription.objects.filter(pk=world.s_e.pk).update(state=state)
    claim = claim_input(world, items=entries((FIELD_SERVICE, world.s_e if typed else None)))

    assert said(ask(claim, world.ana)) == [("SUBSCRIPTION_NOT_ACTIVE", AT_ID if typed else AT_PRODUCT)]


D_ERRORS = {
    "NOT_A_SUBSCRIPTION_ID": (SALES, "ORDER-12345"),
    "SUBSCRIPTION_NOT_ON_TENANT": (SALES, "s_x"),
    "PRODUCT_NOT_ON_TENANT": (COMMERCE, None),
    "SUBSCRIPTION_REQUIRED": (SALES, None),
    "SUBSCRIPTION_NOT_DYNAMICS": (SALES, "s_f"),
    "SUBSCRIPTION_PRODUCT_MISMATCH": (MARKETING, "s_a"),
    "SUBSCRIPTION_IS_CSP": (CUSTOMER_SERVICE, "s_c"),
    "CHANNEL_NOT_ELIGIBLE": (MARKETING, "s_g"),
    "SUBSCRIPTION_NOT_PROVISIONED": (FINANCE, "s_d"),
    "SUBSCRIPTION_NOT_ACTIVE": (FIELD_SERVICE, "s_e"),
    "SUBSCRIPTION_ALREADY_CLAIMED": (SALES, "s_b"),
}


@pytest.mark.parametrize("code", D_ERRORS)
def test_41_every_error_of_rules_d_names_what_to_confirm_and_links_to_support(
    world: World, code: str
) -> None:
    Subscription.objects.filter(pk=world.s_g.pk).update(channel="other")
    item_row(scope_of(world.s_b), world.locations["4391507"], world.ana)
    product, typed = D_ERRORS[code]
    claim = claim_input(world, items=entries((product, getattr(world, typed or "", typed))))

    finding = only(ask(claim, world.ana))

    assert finding.code == code
    steps = [str(step) for step in finding.guidance]
    assert "the customer" in steps[0]
    assert "subscription" in steps[0]
    assert "tenant ID" in steps[0]
    assert "contact support" in steps[-1]
    assert ("support", "/support/") in [(link.rel, link.href) for link in finding.links]
    assert str(finding.message)
    assert str(finding.cause)


def test_41_so_does_every_error_about_a_workload(world: World) -> None:
    item_row(scope_of(world.products[TEAMS], tenant=world.contoso), world.locations["4391507"], world.ana)

    for finding in (only(ask(workload_input(world, code), world.ana)) for code in (TEAMS, YAMMER)):
        assert "the customer" in str(finding.guidance[0])
        assert "tenant ID" in str(finding.guidance[0])
        assert [link.rel for link in finding.links if link.rel == "support"] == ["support"]


def test_42_the_only_subscription_is_attached_and_its_id_is_not_shown(world: World) -> None:
    report = ask(claim_input(world, items=entries((MARKETING, None))), world.ana)

    assert said(report) == []
    (item,) = report.resolved.items
    assert (item.subscription_id, item.attached) == (world.s_g.pk, True)
    assert [item.as_dict() for item in report.items] == [
        {"product": MARKETING, "state": None, "channel": None}
    ]
    assert str(world.s_g.guid) not in str(report.as_record())


def test_42_an_id_is_needed_if_there_are_several_subscriptions(world: World) -> None:
    report = ask(claim_input(world, items=entries((SALES, "  "))), world.ana)

    assert said(report) == [("SUBSCRIPTION_REQUIRED", AT_ID)]


def test_42_all_subscriptions_of_the_product_count_eligible_or_not(world: World) -> None:
    Subscription.objects.filter(pk=world.s_b.pk).update(state=SubscriptionState.DELETED, channel="csp")

    report = ask(claim_input(world, items=entries((SALES, None))), world.ana)

    assert said(report) == [("SUBSCRIPTION_REQUIRED", AT_ID)]


def test_43_a_subscription_that_the_company_has_claimed_is_refused(world: World) -> None:
    earlier = item_row(scope_of(world.s_a), world.locations["4391507"], world.ana).claim

    finding = only(ask(claim_input(world, mpn_id="4391509"), world.ana))

    assert (finding.code, finding.pointer) == ("SUBSCRIPTION_ALREADY_CLAIMED", AT_ID)
    assert [(link.rel, link.href) for link in finding.links] == [
        ("claim", f"/claims/{earlier.public_id}/"),
        ("support", "/support/"),
    ]


def test_43_a_member_who_cannot_see_that_claim_gets_no_link(world: World) -> None:
    item_row(scope_of(world.products[TEAMS], tenant=world.contoso), world.locations["4391507"], world.ana)

    report = ask(workload_input(world, mpn_id="4391508"), world.fre)

    (finding,) = (finding for finding in report.errors if finding.code == "WORKLOAD_ALREADY_CLAIMED")
    assert [link.rel for link in finding.links] == ["support"]
    assert "CPOR-2020" not in str(finding.as_dict())


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (ItemOutcome.DECLINED, ClaimStatus.REJECTED),
        (ItemOutcome.DECLINED, ClaimStatus.REJECTED_FINAL),
        (ItemOutcome.WITHDRAWN, ClaimStatus.WITHDRAWN),
    ],
)
def test_44_a_rejected_or_withdrawn_subscription_can_be_claimed_again(
    world: World, outcome: ItemOutcome, status: ClaimStatus
) -> None:
    item_row(scope_of(world.s_a), world.locations["4391507"], world.ana, outcome=outcome, status=status)

    assert said(ask(claim_input(world), world.ana)) == []


# --- E. Contacts, proof, acknowledgement ---


def test_48_a_claim_without_proof_is_refused(world: World) -> None:
    assert said(ask(claim_input(world, evidence=None), world.ana)) == [("POE_REQUIRED", "/evidence")]


def test_49_the_contacts_must_be_complete(world: World) -> None:
    full = dict(claim_input(world).contacts or {})
    untitled = {**full, "customer": replace(full["customer"], title="")}
    two = {kind: full[kind] for kind in ("customer", "partner")}

    assert said(ask(claim_input(world, contacts=untitled), world.ana)) == [
        ("CONTACT_REQUIRED", "/contacts/customer/title")
    ]
    assert said(ask(claim_input(world, contacts=two), world.ana)) == [
        ("TECH_CONTACT_REQUIRED", "/contacts/technical")
    ]
    assert said(ask(workload_input(world, contacts=two), world.ana)) == []


def test_51_signature_dates_must_be_plausible(world: World) -> None:
    old, future = world.today.replace(year=2019, month=6), world.today + timedelta(days=1)
    claim = claim_input(world, evidence=(ProofInput(signed_on=old), ProofInput(signed_on=future)))

    report = ask(claim, world.ana)

    assert [(finding.code, finding.severity.value) for finding in (*report.warnings, *report.errors)] == [
        ("POE_DATE_OLD", "warning"),
        ("POE_DATE_FUTURE", "error"),
    ]


def test_54_a_subscription_suspended_after_the_check_is_refused(world: World) -> None:
    before = ask(claim_input(world), world.ana, purpose=Purpose.CHECK)
    Subscription.objects.filter(pk=world.s_a.pk).update(state=SubscriptionState.SUSPENDED)
    at_submission = ask(claim_input(world), world.ana)

    assert said(before) == []
    assert said(at_submission) == [("SUBSCRIPTION_NOT_ACTIVE", AT_ID)]


def test_56_uma_can_draft_but_not_submit(world: World) -> None:
    assert said(ask(claim_input(world), world.uma, purpose=Purpose.CHECK)) == []
    for purpose in (Purpose.SUBMISSION, Purpose.EDIT):
        with pytest.raises(NotPermitted):
            ask(claim_input(world), world.uma, purpose=purpose)


def test_a_customers_address_outside_the_tenant_only_warns(world: World) -> None:
    contacts = dict(claim_input(world).contacts or {})
    elsewhere = {**contacts, "customer": replace(contacts["customer"], email="cora@gmail.example")}
    at_home = {**contacts, "customer": replace(contacts["customer"], email="Cora@CONTOSO.onmicrosoft.com")}

    assert said(ask(claim_input(world, contacts=elsewhere), world.ana)) == [
        ("CONTACT_DOMAIN_MISMATCH", "/contacts/customer/email")
    ]
    assert said(ask(claim_input(world, contacts=at_home), world.ana)) == []


# --- Items that belong together ---


def test_entries_of_one_subscription_with_different_products_form_one_item(world: World) -> None:
    world.s_a.contents.create(product=world.products[CUSTOMER_SERVICE])
    claim = claim_input(
        world, items=entries((SALES, world.s_a), (MARKETING, None), (CUSTOMER_SERVICE, world.s_a))
    )

    report = ask(claim, world.ana)

    assert said(report) == []
    assert [(item.subscription_id, item.product_ids, item.entries) for item in report.resolved.items] == [
        (world.s_a.pk, (world.products[SALES].pk, world.products[CUSTOMER_SERVICE].pk), (0, 2)),
        (world.s_g.pk, (world.products[MARKETING].pk,), (1,)),
    ]


def test_a_repeated_pair_points_at_the_second_entry(world: World) -> None:
    typed = claim_input(world, items=entries((SALES, world.s_a), (SALES, str(world.s_a.guid).upper())))
    once_attached = claim_input(world, items=entries((MARKETING, None), (MARKETING, world.s_g)))

    assert said(ask(typed, world.ana)) == [("ITEM_DUPLICATE", "/items/1")]
    assert said(ask(once_attached, world.ana)) == [("ITEM_DUPLICATE", "/items/1")]
    assert said(ask(workload_input(world, TEAMS, INTUNE, TEAMS), world.ana)) == [
        ("ITEM_DUPLICATE", "/items/2")
    ]


def test_the_same_product_with_two_subscriptions_is_two_items(world: World) -> None:
    report = ask(claim_input(world, items=entries((SALES, world.s_a), (SALES, world.s_b))), world.ana)

    assert said(report) == []
    assert len(report.resolved.items) == 2


def test_a_subscription_id_beside_a_workload_is_ignored(world: World) -> None:
    report = ask(workload_input(world, items=(Entry(product=TEAMS, subscription_id="anything"),)), world.ana)

    assert said(report) == []
    assert [item.as_dict() for item in report.items] == [{"product": TEAMS, "state": None, "channel": None}]
