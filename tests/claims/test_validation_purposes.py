"""What the check judges for each purpose: live checks, drafts, submission, edits and approval."""

from dataclasses import replace
from typing import Any

import pytest

from associations.enums import Activity
from claims.enums import ItemOutcome
from claims.inputs import ClaimInput, ContactInput, Entry, Purpose, RevenueInput
from claims.validation import Report, check
from partners.models import User
from tenants.models import Domain, Subscription
from tests.factories import association_row, claim_input, entries, item_row, scope_of, workload_input
from tests.world import MARKETING, NOW, SALES, TEAMS, World, actor, build_world

EVERYTHING = (
    "mpn_id",
    "tenant_guid",
    "domain",
    "solution_area",
    "activities",
    "items",
    "contacts",
    "revenue_details",
    "evidence",
    "acknowledged",
)


@pytest.fixture
def world(db: None) -> World:
    return build_world()


def ask(claim: ClaimInput, user: User, purpose: Purpose, **more: Any) -> Report:
    return check(claim, actor=actor(user), now=NOW, purpose=purpose, **more)


def said(report: Report) -> list[tuple[str, str]]:
    return [(finding.code, finding.pointer) for finding in report.findings if finding.severity != "info"]


# --- Live checks and drafts ---


def test_a_check_of_nothing_finds_nothing_wrong(world: World) -> None:
    report = ask(ClaimInput(organisation_id=world.fabrikam.pk), world.ana, Purpose.CHECK)

    assert [finding.code for finding in report.findings] == ["MPN_TYPE_NOT_SHOWN"]
    assert report.items == ()


@pytest.mark.parametrize("absent", EVERYTHING)
def test_a_check_does_not_judge_absent_fields(world: World, absent: str) -> None:
    assert said(ask(claim_input(world, **{absent: None}), world.ana, Purpose.CHECK)) == []


@pytest.mark.parametrize(
    ("field", "empty", "expected"),
    [
        ("mpn_id", "", [("MPN_FORMAT", "/mpn_id")]),
        ("tenant_guid", "", [("TENANT_ID_FORMAT", "/tenant_id")]),
        ("domain", "", [("SUBDOMAIN_FORMAT", "/domain")]),
        ("solution_area", "", [("ACTIVITY_NOT_FOR_AREA", "/solution_area")]),
        ("activities", (), [("ACTIVITY_NOT_FOR_AREA", "/activities")]),
        ("items", (), [("PRODUCT_REQUIRED", "/items")]),
        ("evidence", (), [("POE_REQUIRED", "/evidence")]),
        ("acknowledged", False, [("ACK_REQUIRED", "/acknowledged")]),
    ],
)
@pytest.mark.parametrize("purpose", [Purpose.CHECK, Purpose.EDIT, Purpose.SUBMISSION])
def test_a_field_sent_empty_fails_its_own_rule(
    world: World, purpose: Purpose, field: str, empty: object, expected: list[tuple[str, str]]
) -> None:
    assert said(ask(claim_input(world, **{field: empty}), world.ana, purpose)) == expected


def test_an_empty_product_fails_and_an_empty_subscription_id_counts_as_absent(world: World) -> None:
    claim = claim_input(world, items=(Entry(product=""), Entry(product=MARKETING, subscription_id=" ")))

    assert said(ask(claim, world.ana, Purpose.CHECK)) == [("PRODUCT_REQUIRED", "/items/0/product")]


def test_the_first_steps_of_a_draft_are_checked_without_the_rest(world: World) -> None:
    nothing = ClaimInput(organisation_id=world.fabrikam.pk)

    for claim in (
        replace(nothing, mpn_id="4391507"),
        replace(nothing, tenant_guid=str(world.contoso.guid)),
        replace(nothing, tenant_guid=str(world.contoso.guid), domain="contoso"),
        replace(nothing, solution_area="business_applications"),
        replace(nothing, contacts={"partner": (claim_input(world).contacts or {})["partner"]}),
    ):
        assert said(ask(claim, world.uma, Purpose.CHECK)) == []


def test_a_subscription_is_checked_before_area_and_activity_are_chosen(world: World) -> None:
    claim = ClaimInput(
        organisation_id=world.fabrikam.pk,
        tenant_guid=str(world.contoso.guid),
        domain="contoso",
        items=entries((SALES, world.s_f), (SALES, world.s_x), (SALES, world.s_a)),
    )

    report = ask(claim, world.ana, Purpose.CHECK)

    assert said(report) == [
        ("SUBSCRIPTION_NOT_ON_TENANT", "/items/1/subscription_id"),
        ("SUBSCRIPTION_NOT_DYNAMICS", "/items/0/subscription_id"),
    ]
    assert [item.state for item in report.items] == ["active", None, "active"]


def test_one_item_does_not_silence_another(world: World) -> None:
    claim = claim_input(world, items=entries(("abacus", None), (SALES, "ORDER-1"), (MARKETING, world.s_a)))

    assert said(ask(claim, world.ana, Purpose.CHECK)) == [
        ("PRODUCT_NOT_FOR_AREA", "/items/0/product"),
        ("NOT_A_SUBSCRIPTION_ID", "/items/1/subscription_id"),
        ("SUBSCRIPTION_PRODUCT_MISMATCH", "/items/2/subscription_id"),
    ]


# --- Submission ---


def test_missing_fields_count_as_sent_empty_at_submission(world: World) -> None:
    report = ask(ClaimInput(organisation_id=world.fabrikam.pk), world.ana, Purpose.SUBMISSION)

    assert said(report) == [
        ("MPN_FORMAT", "/mpn_id"),
        ("TENANT_ID_FORMAT", "/tenant_id"),
        ("SUBDOMAIN_FORMAT", "/domain"),
        ("ACTIVITY_NOT_FOR_AREA", "/solution_area"),
        ("ACTIVITY_NOT_FOR_AREA", "/activities"),
        ("CONTACT_REQUIRED", "/contacts/customer"),
        ("CONTACT_REQUIRED", "/contacts/partner"),
        ("POE_REQUIRED", "/evidence"),
        ("ACK_REQUIRED", "/acknowledged"),
    ]


def test_revenue_association_needs_all_its_details_at_submission(world: World) -> None:
    claim = claim_input(world, activities=("revenue_association",), revenue_details=None)

    assert said(ask(claim, world.ana, Purpose.SUBMISSION)) == [
        ("REVENUE_DETAILS_REQUIRED", f"/revenue_details/{field}")
        for field in ("seller_name", "customer_name", "solution_name")
    ]
    assert said(ask(replace(claim, revenue_details=RevenueInput()), world.ana, Purpose.CHECK)) == said(
        ask(claim, world.ana, Purpose.SUBMISSION)
    )


def test_submission_stores_resolved_values(world: World) -> None:
    resolved = ask(claim_input(world, mpn_id=" 4391507 "), world.ana, Purpose.SUBMISSION).resolved

    assert resolved.location_id == world.locations["4391507"].pk
    assert resolved.tenant_id == world.contoso.pk
    assert (resolved.mpn_id, resolved.tenant_guid) == ("4391507", world.contoso.guid)
    assert (resolved.domain, resolved.lane) == ("contoso.onmicrosoft.com", "incentive")
    assert [(item.subscription_id, item.workload_id, item.attached) for item in resolved.items] == [
        (world.s_a.pk, None, False)
    ]


# --- Edits after submission ---


def test_an_edit_runs_only_the_rules_whose_inputs_it_changed(world: World) -> None:
    """The tenant's domain is gone and the subscription suspended, but the edit changed neither."""
    claim = claim_input(world)
    Domain.objects.filter(tenant=world.contoso).delete()
    Subscription.objects.update(state="suspended")
    blank = {**(claim.contacts or {}), "partner": ContactInput()}

    unchanged = ask(claim, world.ana, Purpose.EDIT, changed={"contacts"})
    changed = ask(replace(claim, contacts=blank), world.ana, Purpose.EDIT, changed={"contacts"})

    assert said(unchanged) == [("CONTACT_DOMAIN_MISMATCH", "/contacts/customer/email")]
    assert [pointer for code, pointer in said(changed) if code == "CONTACT_REQUIRED"] == [
        "/contacts/partner/last_name",
        "/contacts/partner/title",
        "/contacts/partner/email",
    ]


def test_63_an_edited_mpn_runs_all_rules_that_depend_on_it(world: World) -> None:
    Subscription.objects.update(state="suspended")

    report = ask(claim_input(world, mpn_id="4391508"), world.ana, Purpose.EDIT, changed={"mpn_id"})

    assert said(report) == [("MPN_NOT_ENROLLED", "/mpn_id"), ("MPN_REGION", "/mpn_id")]


def test_edited_items_are_checked_on_the_settled_tenant(world: World) -> None:
    Domain.objects.filter(tenant=world.contoso).delete()
    claim = claim_input(world, items=entries((SALES, world.s_a), (SALES, world.s_x)))

    report = ask(claim, world.ana, Purpose.EDIT, changed={"items"})

    assert said(report) == [("SUBSCRIPTION_NOT_ON_TENANT", "/items/1/subscription_id")]


# --- Approval ---


def approve(world: World, **changes: Any) -> Report:
    return ask(claim_input(world, **changes), world.rev1, Purpose.APPROVAL)


def test_approval_reports_nothing_that_it_does_not_judge(world: World) -> None:
    Domain.objects.filter(tenant=world.contoso).delete()
    world.locations["4391507"].enrolments.all().delete()

    report = approve(world, contacts=None, evidence=None, acknowledged=None)

    assert report.findings == ()


def test_approval_judges_the_directory_even_if_earlier_rules_would_fail(world: World) -> None:
    Domain.objects.filter(tenant=world.contoso).delete()
    world.products[SALES].claimable = False
    world.products[SALES].save()
    Subscription.objects.filter(pk=world.s_a.pk).update(state="expired")

    assert said(approve(world)) == [("SUBSCRIPTION_NOT_ACTIVE", "/items/0/subscription_id")]


def test_approval_finds_what_the_company_gained_elsewhere_since_submission(world: World) -> None:
    item = item_row(scope_of(world.s_a), world.locations["4391507"], world.ana)

    assert said(approve(world)) == [("SUBSCRIPTION_ALREADY_CLAIMED", "/items/0/subscription_id")]
    assert said(approve(world, claim_id=item.claim_id)) == []


def test_approval_never_warns_of_competition(world: World) -> None:
    scope = scope_of(world.s_a)
    association_row(
        item_row(scope, world.locations["5120001"], world.ned, Activity.USAGE, outcome=ItemOutcome.APPROVED)
    )

    assert approve(world).findings == ()


def test_approval_of_a_workload_runs_its_rules(world: World) -> None:
    claim = workload_input(world, TEAMS)
    fine = ask(claim, world.rev1, Purpose.APPROVAL)
    Subscription.objects.filter(pk=world.s_f.pk).update(state="expired")
    gone = ask(claim, world.rev1, Purpose.APPROVAL)

    assert said(fine) == []
    assert said(gone) == [("PRODUCT_NOT_ON_TENANT", "/items/0/product")]


def test_nothing_passes_unchecked_if_the_tenant_is_gone(world: World) -> None:
    report = approve(world, tenant_guid="5d1f4a2b-8e3c-4f70-9a6b-0c1d2e3f4a5b")

    assert [code for code, _pointer in said(report)] == ["NOT_A_SUBSCRIPTION_ID", "PRODUCT_NOT_ON_TENANT"]
