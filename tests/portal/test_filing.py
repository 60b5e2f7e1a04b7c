"""Scenarios of groups B to D on the pages: the steps of a draft, and the findings about their input."""

import re

import pytest
import time_machine
from django.test import Client

from claims.enums import ClaimStatus, ContactKind
from claims.models import Claim
from foundation.journal.models import Event
from foundation.kernel.references import parse_reference
from tenants.enums import Provisioning
from tenants.models import Subscription
from tests.filing import reference_of
from tests.portal.conftest import SignIn
from tests.portal.filed import filed_claim
from tests.portal.pages import AREA, activity, contacts, path_of, rows, send, start, text_of, title_of
from tests.world import (
    COMMERCE,
    CUSTOMER_SERVICE,
    FIELD_SERVICE,
    FINANCE,
    INTUNE,
    MARKETING,
    POWER_BI,
    SALES,
    TEAMS,
    YAMMER,
    World,
)

FIELD_OF = {
    "TENANT_ID_FORMAT": "id_tenant_id",
    "SUBDOMAIN_FORMAT": "id_domain",
    "DOMAIN_TENANT_MISMATCH": "id_domain",
}


@pytest.fixture
def ana(world: World, sign_in: SignIn) -> Client:
    return sign_in(world.ana)


@pytest.mark.parametrize(
    ("domain", "stored"), [("contoso", "contoso.onmicrosoft.com"), ("contoso.com", "contoso.com")]
)
def test_11_13_a_domain_of_the_tenant_is_accepted(
    world: World, ana: Client, domain: str, stored: str
) -> None:
    response = ana.post("/claims/new/", {"tenant_id": str(world.contoso.guid), "domain": domain})

    claim = Claim.objects.get()
    assert claim.domain == stored
    assert response["Location"] == path_of(claim, "activity/")


@pytest.mark.parametrize(
    ("tenant_id", "domain", "codes"),
    [
        ("1316cd1f-b0c7-4253-a7f3-ccc9041aaab9", "adatum", ["DOMAIN_TENANT_MISMATCH"]),  # 14
        ("contoso", "contoso.com", ["TENANT_ID_FORMAT"]),  # 16
        ("1316cd1f-b0c7-4253-a7f3-ccc9041aaab9", "", ["SUBDOMAIN_FORMAT"]),  # 17
        ("1316cd1f-b0c7-4253-a7f3-ccc9041aaab9", "con toso", ["SUBDOMAIN_FORMAT"]),  # 17
        ("1316cd1f-b0c7-4253-a7f3-ccc9041aaab9", "-contoso", ["SUBDOMAIN_FORMAT"]),  # 17
        ("", "", ["TENANT_ID_FORMAT", "SUBDOMAIN_FORMAT"]),
    ],
)
def test_14_16_17_invalid_input_is_kept_and_reported_at_the_top_and_beside_its_field(
    world: World, ana: Client, tenant_id: str, domain: str, codes: list[str]
) -> None:
    page = ana.post("/claims/new/", {"tenant_id": tenant_id, "domain": domain}, follow=True)

    claim = Claim.objects.get()
    body = page.content.decode()
    assert page.redirect_chain == [(path_of(claim, "customer/"), 302)]
    assert title_of(page).startswith("Error:")
    for code in codes:
        assert text_of(page).count(code) == 2
        assert f'href="#{FIELD_OF[code]}"' in body
        assert f'aria-describedby="{FIELD_OF[code]}_helptext {FIELD_OF[code]}_error"' in body
    assert 'aria-invalid="true"' in body
    assert f'value="{tenant_id}"' in body or tenant_id == ""
    assert claim.domain == ("adatum.onmicrosoft.com" if domain == "adatum" else domain)


def test_14_a_mismatch_says_to_ask_the_customer_and_links_to_support(world: World, ana: Client) -> None:
    page = ana.post("/claims/new/", {"tenant_id": str(world.contoso.guid), "domain": "adatum"}, follow=True)

    claim = Claim.objects.get()
    assert "Ask the customer to confirm both" in text_of(page)
    assert f"/support/?claim={claim.public_id}&amp;code=DOMAIN_TENANT_MISMATCH" in page.content.decode()


def test_18_after_thirty_mismatches_in_a_minute_the_draft_is_saved_and_the_page_asks_the_user_to_wait(
    world: World, ana: Client
) -> None:
    claim = start(ana, world)
    for _attempt in range(30):
        send(ana, claim, "customer", {"tenant_id": str(world.contoso.guid), "domain": "adatum"})

    typed = {"tenant_id": str(world.contoso.guid), "domain": "fabrikam.com"}
    page = send(ana, claim, "customer", typed, follow=True)

    assert page.status_code == 200
    assert "Your entries are saved. Not everything was checked" in text_of(page)
    assert "DOMAIN_TENANT_MISMATCH" not in text_of(page)
    claim.refresh_from_db()
    assert claim.domain == "fabrikam.com"


def test_19_each_area_is_offered_with_its_activities(world: World, ana: Client) -> None:
    claim = start(ana, world)

    body = ana.get(path_of(claim, "activity/")).content.decode()

    assert body.count('name="solution_area"') == 2
    assert body.count('name="business_applications"') == 3
    assert body.count('name="microsoft_365"') == 1
    assert 'name="microsoft_365" id="microsoft_365-usage"' in body


def test_20_a_forged_activity_is_refused_by_the_rule(world: World, ana: Client) -> None:
    claim = start(ana, world)

    page = send(ana, claim, "activity", activity("microsoft_365", "presales"), follow=True)

    assert "ACTIVITY_NOT_FOR_AREA" in text_of(page)
    assert page.redirect_chain == [(path_of(claim, "activity/"), 302)]


def test_21_each_activity_is_described_with_its_condition_and_the_cost_of_a_wrong_choice(
    world: World, ana: Client
) -> None:
    claim = start(ana, world)

    page = text_of(ana.get(path_of(claim, "activity/")))

    assert (
        "If the activity is wrong, you have to file the claim again and may lose eligibility and earnings."
        in page
    )
    assert "you influenced the customer's decision to buy" in page
    assert page.count("Only for subscriptions bought through Volume Licensing or Web Direct.") == 3
    assert page.count("However the customer bought the workload.") == 1
    assert "It is recorded and never pays an incentive." in page


def test_22_presales_and_usage_can_share_a_claim(world: World, ana: Client) -> None:
    claim = start(ana, world)

    response = send(ana, claim, "activity", activity(AREA, "presales", "usage"))

    claim.refresh_from_db()
    assert response["Location"] == path_of(claim, "products/")
    assert claim.activities == ["presales", "usage"]


def test_23_usage_and_revenue_association_cannot_share_a_claim(world: World, ana: Client) -> None:
    claim = start(ana, world)

    page = send(ana, claim, "activity", activity(AREA, "usage", "revenue_association"), follow=True)

    assert "ACTIVITY_COMBINATION" in text_of(page)


def test_24_revenue_details_are_asked_for_only_with_revenue_association(world: World, ana: Client) -> None:
    claim = start(ana, world)
    for_usage = send(ana, claim, "activity", activity())
    without = text_of(ana.get(path_of(claim)))
    for_revenue = send(ana, claim, "activity", activity(AREA, "revenue_association"))
    details = {"seller_name": "Sam", "customer_name": "Contoso", "solution_name": ""}

    page = send(ana, claim, "revenue", details, follow=True)

    assert for_usage["Location"] == path_of(claim, "products/")
    assert "Revenue details" not in without
    assert for_revenue["Location"] == path_of(claim, "revenue/")
    assert "REVENUE_DETAILS_REQUIRED" in text_of(page)
    assert 'href="#id_solution_name"' in page.content.decode()
    assert 'value="Sam"' in page.content.decode()


def test_25_a_claim_without_a_product_is_reported(world: World, ana: Client) -> None:
    claim = start(ana, world)
    send(ana, claim, "activity", activity())

    page = send(ana, claim, "products", rows(), follow=True)

    assert "PRODUCT_REQUIRED" in text_of(page)
    assert page.redirect_chain == [(path_of(claim, "products/"), 302)]


def test_products_cannot_be_chosen_before_the_solution_area(world: World, ana: Client) -> None:
    claim = start(ana, world)

    page = ana.get(path_of(claim, "products/"))
    overview = text_of(ana.get(path_of(claim)))

    assert "Choose the solution area first" in text_of(page)
    assert 'name="product_0"' not in page.content.decode()
    assert "Cannot start yet" in overview


@pytest.mark.parametrize(("area", "product"), [(AREA, COMMERCE), ("microsoft_365", YAMMER)])
def test_27_a_product_that_the_tenant_does_not_have_is_reported(
    world: World, ana: Client, area: str, product: str
) -> None:
    claim = start(ana, world)
    send(ana, claim, "activity", activity(area))
    data = rows((product, "")) if area == AREA else {"workloads": [product]}

    page = send(ana, claim, "products", data, follow=True)

    assert "PRODUCT_NOT_ON_TENANT" in text_of(page)


def test_28_workloads_have_no_subscription(world: World, ana: Client) -> None:
    claim = start(ana, world)
    send(ana, claim, "activity", activity("microsoft_365"))

    shown = ana.get(path_of(claim, "products/")).content.decode()
    send(ana, claim, "products", {"workloads": [TEAMS, INTUNE], "subscription_id_0": str(world.s_f.guid)})

    claim.refresh_from_db()
    assert "subscription" not in shown.lower()
    assert claim.entries == [
        {"product": TEAMS, "subscription_id": ""},
        {"product": INTUNE, "subscription_id": ""},
    ]


@pytest.mark.parametrize(
    ("product", "subscription", "code"),
    [
        (SALES, "ORDER-12345", "NOT_A_SUBSCRIPTION_ID"),  # 31
        (SALES, "1316cd1f-b0c7-4253-a7f3-ccc9041aaab9", "NOT_A_SUBSCRIPTION_ID"),  # 32
        (SALES, "a1d270b8-f394-426c-a571-80b3c4d5e6f7", "SUBSCRIPTION_NOT_ON_TENANT"),
        (SALES, "8fb05e96-d172-404a-835f-6e91a2b3c4d5", "SUBSCRIPTION_NOT_DYNAMICS"),  # 34
        (MARKETING, "34828c05-c16c-4d6f-9cfc-4d2650ef19a1", "SUBSCRIPTION_PRODUCT_MISMATCH"),  # 35
        (CUSTOMER_SERVICE, "5c8d2b63-ae4f-4d17-902c-3b6e7f8091a2", "SUBSCRIPTION_IS_CSP"),  # 36
        (FINANCE, "6d9e3c74-bf50-4e28-a13d-4c7f8091a2b3", "SUBSCRIPTION_NOT_PROVISIONED"),  # 37
        (FIELD_SERVICE, "7eaf4d85-c061-4f39-b24e-5d8091a2b3c4", "SUBSCRIPTION_NOT_ACTIVE"),  # 39
        (SALES, "", "SUBSCRIPTION_REQUIRED"),  # 42
    ],
)
def test_31_to_42_subscription_errors_are_shown_beside_the_id_with_guidance_and_a_support_link(
    world: World, ana: Client, product: str, subscription: str, code: str
) -> None:
    claim = start(ana, world)
    send(ana, claim, "activity", activity())

    page = send(ana, claim, "products", rows((product, subscription)), follow=True)

    assert text_of(page).count(code) == 2
    assert 'href="#id_subscription_id_0"' in page.content.decode()
    assert re.search(r"confirm the subscription ID and the tenant ID", text_of(page))
    assert f"/support/?claim={claim.public_id}&amp;code={code}" in page.content.decode()
    assert f'value="{subscription}"' in page.content.decode() or subscription == ""


def test_power_bi_is_not_offered_and_is_refused_when_forged(world: World, ana: Client) -> None:
    claim = start(ana, world)
    send(ana, claim, "activity", activity())

    offered = ana.get(path_of(claim, "products/")).content.decode()
    page = send(ana, claim, "products", rows((POWER_BI, "")), follow=True)

    assert "power-bi" not in offered
    assert "PRODUCT_NOT_CLAIMABLE" in text_of(page)


def test_38_a_subscription_that_becomes_provisioned_is_accepted_without_retyping(
    world: World, ana: Client
) -> None:
    claim = start(ana, world)
    send(ana, claim, "activity", activity())
    send(ana, claim, "products", rows((FINANCE, world.s_d)), follow=True)
    Subscription.objects.filter(pk=world.s_d.pk).update(provisioning=Provisioning.SUCCESS)

    page = ana.get(path_of(claim, "products/"))

    assert "SUBSCRIPTION_NOT_PROVISIONED" not in text_of(page)
    assert f'value="{world.s_d.guid}"' in page.content.decode()


def test_42_an_attached_subscription_is_not_shown_before_approval(world: World, ana: Client) -> None:
    claim = start(ana, world)
    send(ana, claim, "activity", activity())

    saved = send(ana, claim, "products", rows((MARKETING, "")))

    pages = [ana.get(path_of(claim, step)) for step in ("", "products/", "check/", "history/")]
    pages.append(ana.get(f"/support/?claim={claim.public_id}"))
    assert saved["Location"] == path_of(claim, "location/")
    assert all(str(world.s_g.guid) not in page.content.decode() for page in pages)


def test_43_the_page_links_to_the_claim_that_has_the_subscription(world: World, ana: Client) -> None:
    first = filed_claim(world, world.ana)
    claim = start(ana, world)
    send(ana, claim, "activity", activity())

    page = send(ana, claim, "products", rows((SALES, world.s_a)), follow=True)

    assert "SUBSCRIPTION_ALREADY_CLAIMED" in text_of(page)
    assert f'<a href="/claims/{first.public_id}/">Open claim {first.reference}</a>' in page.content.decode()


def test_47_the_first_saved_step_creates_a_draft_with_a_reference(world: World, ana: Client) -> None:
    claim = start(ana, world)

    history = text_of(ana.get(path_of(claim, "history/")))
    assert (claim.status, claim.reference) == (ClaimStatus.DRAFT, parse_reference(reference_of(claim)))
    assert "Draft created" in history
    assert "Ana Alves" in history


def test_adding_rows_saves_nothing(world: World, ana: Client) -> None:
    claim = start(ana, world)
    send(ana, claim, "activity", activity())
    claim.refresh_from_db()

    page = send(ana, claim, "products", {**rows((SALES, "typed")), "more": "1"})

    version = claim.version
    claim.refresh_from_db()
    assert page.content.decode().count('<fieldset class="row-card">') == 4
    assert 'value="typed"' in page.content.decode()
    assert (claim.version, claim.entries) == (version, [])


def test_a_product_can_be_claimed_on_two_subscriptions_beside_another_without_one(
    world: World, ana: Client
) -> None:
    claim = start(ana, world)
    send(ana, claim, "activity", activity())

    response = send(ana, claim, "products", rows((SALES, world.s_a), (SALES, world.s_b), (MARKETING, "")))

    claim.refresh_from_db()
    assert response["Location"] == path_of(claim, "location/")
    assert [entry["subscription_id"] for entry in claim.entries] == [
        str(world.s_a.guid),
        str(world.s_b.guid),
        "",
    ]


def test_49_a_missing_title_is_reported_beside_its_own_field(world: World, ana: Client) -> None:
    claim = start(ana, world)
    send(ana, claim, "activity", activity())

    page = send(ana, claim, "contacts", contacts(customer_title=""), follow=True)

    assert "CONTACT_REQUIRED" in text_of(page)
    assert 'href="#id_customer_title"' in page.content.decode()


def test_a_contact_without_first_name_is_complete_and_shown_by_the_name_there_is(
    world: World, ana: Client
) -> None:
    """Part 2: a first name where the person has one."""
    claim = start(ana, world)
    send(ana, claim, "activity", activity())
    form = text_of(ana.get(path_of(claim, "contacts/")))

    send(ana, claim, "contacts", contacts(**{f"{kind.value}_first_name": " " for kind in ContactKind}))
    check = ana.get(path_of(claim, "check/")).content.decode()

    assert form.count("First name (optional)") == 3
    assert "except the phone number, and the first name of people who have none" in form
    assert "CONTACT_REQUIRED" not in check
    assert check.count("<div>Coe, Manager</div>") == 3


def test_49_only_business_applications_need_a_technical_contact(world: World, ana: Client) -> None:
    claim = start(ana, world)
    send(ana, claim, "activity", activity())
    empty = {f"technical_{name}": "" for name in ("first_name", "last_name", "title", "email", "phone")}

    page = send(ana, claim, "contacts", contacts(**empty), follow=True)
    send(ana, claim, "activity", activity("microsoft_365"))
    workloads = ana.get(path_of(claim, "contacts/"))

    assert text_of(page).count("TECH_CONTACT_REQUIRED") == 6
    assert 'name="technical_email"' not in workloads.content.decode()


def test_56_an_incentives_user_can_draft_but_is_not_offered_to_submit(world: World, sign_in: SignIn) -> None:
    uma = sign_in(world.uma)

    claim = start(uma, world)
    response = send(uma, claim, "activity", activity())
    page = text_of(uma.get(path_of(claim, "check/")))

    assert response["Location"] == path_of(claim, "products/")
    assert "Your role lets you prepare claims but not submit them." in page
    assert "Submit the claim" not in page


def test_saving_an_outdated_page_reports_the_change_and_keeps_the_input(world: World, ana: Client) -> None:
    claim = start(ana, world)
    stale = claim.version
    send(ana, claim, "customer", {"tenant_id": str(world.contoso.guid), "domain": "contoso.com"})
    data = {"tenant_id": str(world.contoso.guid), "domain": "adatum", "name": "Mine", "version": stale}

    refused = ana.post(path_of(claim, "customer/"), data)

    claim.refresh_from_db()
    body = refused.content.decode()
    assert refused.status_code == 412
    assert "STALE_VERSION" in text_of(refused)
    assert 'value="adatum"' in body
    assert 'value="Mine"' in body
    assert f'name="version" value="{stale}"' in body
    assert f'name="over" value="{claim.version}"' in body
    assert claim.domain == "contoso.com"


def test_situation_19_losing_a_role_while_a_page_is_open_loses_no_text(world: World, ana: Client) -> None:
    claim = start(ana, world)
    world.ana.memberships.get().roles.all().delete()

    refused = send(ana, claim, "customer", {"tenant_id": "typed id", "domain": "typed domain"})

    assert refused.status_code == 403
    assert "ROLE_NOT_ALLOWED" in text_of(refused)
    assert "typed id" in text_of(refused)
    assert "typed domain" in text_of(refused)


def test_a_user_whose_session_has_ended_loses_no_text(world: World, ana: Client) -> None:
    claim = start(ana, world)

    refused = send(Client(), claim, "customer", {"tenant_id": "typed id", "domain": "typed domain"})

    assert refused.status_code == 403
    assert "You are signed out" in text_of(refused)
    assert "typed domain" in text_of(refused)
    assert f"/accounts/login/?next={path_of(claim, 'customer/')}" in refused.content.decode()


@pytest.mark.parametrize(
    ("step", "data"),
    [
        ("customer", {"tenant_id": "x" * 201, "domain": "contoso"}),
        ("customer", {"tenant_id": "a\x00b", "domain": "contoso"}),
        ("customer", {"tenant_id": "x", "domain": "contoso", "version": "abc"}),
        ("customer", {"tenant_id": "x", "domain": "contoso", "version": "9" * 40}),
        ("activity", {"solution_area": "y\x00", "y": ["usage"]}),
        ("activity", {"solution_area": "microsoft_365", "microsoft_365": ["x" * 65]}),
        ("activity", {"solution_area": "microsoft_365", "microsoft_365": ["a\x00b"]}),
        ("products", {"rows": "1", "product_0": "x" * 65}),
        ("products", {"rows": "99999", "product_0": SALES}),
        ("products", {"rows": "1", "product_0": SALES, "subscription_id_0": "x" * 201}),
        ("location", {"mpn_id": "1" * 201}),
        ("location", {"mpn_id": "4391507\x00"}),
        ("contacts", contacts(customer_email="x" * 255)),
    ],
)
def test_bad_input_is_refused_with_an_error_and_not_saved(
    world: World, ana: Client, step: str, data: dict[str, object]
) -> None:
    claim = start(ana, world)
    if step == "products":
        send(ana, claim, "activity", activity())
    claim.refresh_from_db()
    version = claim.version

    response = ana.post(path_of(claim, f"{step}/"), {"version": version, **data})

    claim.refresh_from_db()
    assert response.status_code == 422
    assert title_of(response).startswith("Error:")
    assert claim.version == version


def test_history_lists_each_save(world: World, ana: Client, clock: time_machine.Traveller) -> None:
    claim = start(ana, world)
    send(ana, claim, "activity", activity())

    page = text_of(ana.get(path_of(claim, "history/")))

    assert page.count("Draft saved") == 2
    assert "activities, solution area" in page
    assert "6 July 2020, 09:00:00 UTC" in page
    assert Event.objects.filter(claim_id=claim.pk).count() == 3
