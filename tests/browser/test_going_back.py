"""Back, forward and second tabs in a real browser, with what it keeps of a page that was left (point 17)."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from arbitration.services import request_information, start_review
from claims.enums import ClaimStatus, RequestReason
from claims.models import Claim
from tests.browser.test_filing_a_claim import sign_in
from tests.portal.filed import complete_draft, filed_claim
from tests.world import INTUNE, TEAMS, World, actor

# Only PostgreSQL lets a test empty tables of which history forbids to delete anything.
pytestmark = [pytest.mark.browser, pytest.mark.postgres]


@pytest.fixture
def page(browser: Browser) -> Page:
    return browser.new_context(java_script_enabled=False).new_page()


@pytest.fixture
def asked(world: World, now: datetime) -> Claim:
    """Return a claim of a workload whose partner the desk waits for."""
    claim = filed_claim(world, world.ana, workloads=[INTUNE], now=now - timedelta(hours=1))
    reviewer = actor(world.rev1)
    start_review(public_id=str(claim.public_id), actor=reviewer, now=now)
    request_information(
        public_id=str(claim.public_id),
        reason=RequestReason.MISSING_OR_OLD_DATES,
        question="When did the customer sign?",
        actor=reviewer,
        now=now,
    )
    return claim


def save(page: Page) -> None:
    page.get_by_role("button", name="Save and continue").click()


def test_back_to_the_first_page_and_save_makes_no_second_draft(
    live_server: object, page: Page, world: World
) -> None:
    sign_in(page, str(live_server), "/claims/new/")
    page.get_by_label("Tenant ID").fill(str(world.contoso.guid))
    page.get_by_label("Subdomain or domain").fill("contoso")
    page.get_by_label("Name of the claim").fill("Once")
    save(page)
    page.go_back()
    page.get_by_label("Name of the claim").fill("Twice")
    save(page)

    expect(page).to_have_title(re.compile("^Activity"))
    assert list(Claim.objects.values_list("name", flat=True)) == ["Twice"]


def test_back_over_saves_and_side_navigation_in_one_tab_saves(
    live_server: object, page: Page, world: World, now: datetime
) -> None:
    claim = complete_draft(world, world.ana, now=now)
    sign_in(page, str(live_server), f"/claims/{claim.public_id}/customer/")
    page.get_by_label("Name of the claim").fill("First")
    save(page)
    save(page)
    page.get_by_role("navigation", name="Steps").get_by_role("link", name="Contacts").click()
    assert page.url == f"{live_server}/claims/{claim.public_id}/contacts/"
    page.get_by_role("group", name="Customer contact").get_by_label("Title").fill("Head of sales")
    save(page)

    page.go_back()
    page.go_back()
    page.go_back()
    page.go_back()
    expect(page).to_have_title(re.compile("^Customer"))
    page.get_by_label("Name of the claim").fill("Back")
    save(page)

    expect(page).to_have_title(re.compile("^Activity"))
    claim.refresh_from_db()
    assert claim.name == "Back"
    assert claim.contacts.get(kind="customer").title == "Head of sales"


def test_a_second_tab_with_older_data_is_told_what_changed_and_keeps_what_was_typed(
    live_server: object, page: Page, world: World, now: datetime
) -> None:
    claim = complete_draft(world, world.ana, now=now)
    sign_in(page, str(live_server), f"/claims/{claim.public_id}/customer/")
    page.get_by_role("navigation", name="Steps").get_by_role("link", name="Contacts").click()
    page.get_by_role("navigation", name="Steps").get_by_role("link", name="Customer").click()
    second = page.context.new_page()
    second.goto(page.url)  # the address as it stands in the first tab
    page.get_by_label("Name of the claim").fill("One")
    save(page)

    second.get_by_label("Name of the claim").fill("Other")
    save(second)

    told = second.get_by_role("region", name="What changed since you opened this page")
    expect(told).to_contain_text("Draft saved")
    expect(told.locator("dd")).to_have_text("One")
    expect(second.locator(".summary")).to_contain_text("STALE_VERSION")
    expect(second.get_by_label("Name of the claim")).to_have_value("Other")
    assert Claim.objects.get().name == "One"
    second.get_by_label("I have read what changed").check()
    save(second)
    expect(second).to_have_title(re.compile("^Activity"))
    assert Claim.objects.get().name == "Other"


def test_enter_in_a_subscription_field_saves_and_adds_no_row(
    live_server: object, page: Page, world: World, now: datetime
) -> None:
    claim = complete_draft(world, world.ana, now=now)
    sign_in(page, str(live_server), f"/claims/{claim.public_id}/products/")
    rows = page.get_by_role("group", name=re.compile(r"^Product \d")).count()
    field = page.get_by_role("group", name="Product 1").get_by_label("Subscription ID")
    field.fill(str(world.s_b.guid))

    field.press("Enter")

    expect(page).to_have_title(re.compile("^Location"))
    claim.refresh_from_db()
    assert [entry["subscription_id"] for entry in claim.entries] == [str(world.s_b.guid)]
    page.go_back()
    assert page.get_by_role("group", name=re.compile(r"^Product \d")).count() == rows


def test_an_answer_is_typed_the_contacts_are_changed_and_the_answer_is_sent_from_the_page_gone_back_to(
    live_server: object, page: Page, asked: Claim
) -> None:
    sign_in(page, str(live_server), f"/claims/{asked.public_id}/respond/")
    page.get_by_role("link", name="Change contacts").click()
    page.get_by_role("group", name="Customer contact").get_by_label("Title").fill("Head of sales")
    page.get_by_role("button", name="Save").last.click()
    page.go_back()
    page.go_back()
    page.get_by_label("Your answer").fill("The contact is right now.")

    page.get_by_role("button", name="Send to the claim desk").click()

    expect(page.get_by_role("status")).to_contain_text("Your answer was sent")
    asked.refresh_from_db()
    assert asked.status == ClaimStatus.UNDER_REVIEW


def test_products_changed_once_are_not_changed_again_from_the_page_gone_back_to(
    live_server: object, page: Page, asked: Claim
) -> None:
    sign_in(page, str(live_server), f"/claims/{asked.public_id}/items/")
    page.locator("select[name=product_0]").select_option(value=TEAMS)
    page.get_by_role("button", name="Save the change").last.click()
    expect(page.get_by_role("status")).to_contain_text("were changed")
    page.go_back()

    page.locator("select[name=product_0]").select_option(value=TEAMS)
    page.get_by_role("button", name="Save the change").last.click()

    expect(page.locator(".summary")).to_contain_text("The claim already has an item on this product.")
    assert asked.items.count() == 2
