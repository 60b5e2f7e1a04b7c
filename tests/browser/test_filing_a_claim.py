"""The whole way from signing in to a submitted claim, and the accessibility of its pages."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, expect

from arbitration.models import Case
from arbitration.services import Decision, decide_items, post_notice, request_information, start_review
from claims.enums import ClaimStatus, DeclineReason, RequestReason
from claims.inputs import DraftChanges, Entry
from claims.models import Claim
from claims.services import create_draft
from tests.inspection.files import real_pdf
from tests.portal.filed import complete_draft, filed_claim
from tests.world import EXCHANGE, INTUNE, MARKETING, SALES, TEAMS, World, actor

# Only PostgreSQL lets a test empty tables of which history forbids to delete anything.
pytestmark = [pytest.mark.browser, pytest.mark.postgres]

NARROW: ViewportSize = {"width": 320, "height": 640}  # 1280 pixels at a zoom of 400 %


def sign_in(page: Page, address: str, path: str = "/claims/") -> None:
    page.goto(f"{address}{path}")
    page.get_by_label("User name").fill("ana")
    page.get_by_label("Password").fill("demo")
    page.get_by_role("button", name="Sign in").click()


def test_a_claim_is_filed_from_signing_in_to_submission_without_a_script(
    live_server: object, browser: Browser, world: World, now: datetime, tmp_path: Path
) -> None:
    proof = tmp_path / "Signed statement of work.pdf"
    proof.write_bytes(real_pdf("Accepted by Contoso: Dynamics 365 Sales, by Fabrikam"))
    page = browser.new_context(java_script_enabled=False).new_page()
    sign_in(page, str(live_server))

    page.get_by_role("link", name="Customer association", exact=True).click()
    page.get_by_label("Tenant ID").fill("contoso")
    page.get_by_label("Subdomain or domain").fill("contoso")
    page.get_by_role("button", name="Save and continue").click()
    expect(page).to_have_title(re.compile(r"^Error: Customer · CPOR-\d{4}-[0-9A-Z]{6} – CPOR claim desk$"))
    page.get_by_role("link", name="This is not a tenant ID").click()
    assert page.url.endswith("#id_tenant_id")
    page.get_by_label("Tenant ID").fill(str(world.contoso.guid))
    page.get_by_role("button", name="Save and continue").click()

    page.get_by_label("Business Applications").first.check()
    page.get_by_role("checkbox", name="Usage").first.check()
    page.get_by_role("button", name="Save and continue").click()

    first = page.get_by_role("group", name="Product 1")
    first.get_by_label("Product").select_option(label="Dynamics 365 Sales")
    first.get_by_label("Subscription ID").fill(str(world.s_a.guid).upper())
    second = page.get_by_role("group", name="Product 2")
    second.get_by_label("Product").select_option(label="Dynamics 365 Marketing")
    page.get_by_role("button", name="Add another row").click()
    expect(page.get_by_role("group", name="Product 4")).to_be_visible()
    page.get_by_role("button", name="Save and continue").click()

    page.get_by_role("radio", name="4391507").check()
    page.get_by_role("button", name="Save and continue").click()

    for who, domain in (
        ("Customer", "contoso.com"),
        ("Partner", "fabrikam.example"),
        ("Technical", "fabrikam.example"),
    ):
        person = page.get_by_role("group", name=f"{who} contact")
        person.get_by_label("First name").fill(who)
        person.get_by_label("Last name").fill("Example")
        person.get_by_label("Title").fill("Manager")
        person.get_by_label("Email address").fill(f"{who.lower()}@{domain}")
    page.get_by_role("button", name="Save and continue").click()

    page.get_by_label("File").set_input_files(proof)
    page.get_by_label("What kind of document is it?").select_option(label="Signed statement of work")
    page.get_by_label("Date of the customer's signature").fill(str(now.date() - timedelta(days=20)))
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("status")).to_contain_text("was added as proof")
    page.get_by_role("link", name="Continue to Check and submit").click()

    page.get_by_label("What this claim says is true").check()
    page.get_by_role("button", name="Submit the claim").click()

    expect(page.get_by_role("status")).to_contain_text("was submitted")
    expect(page.locator(".statusline")).to_contain_text("The claim desk")
    claim = Claim.objects.get()
    assert claim.status == ClaimStatus.SUBMITTED
    assert claim.items.count() == 2
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "Signed statement of work.pdf"
    assert Path(download.value.path()).read_bytes() == proof.read_bytes()


def test_every_page_is_accessible_in_light_and_dark_and_at_400_percent(
    live_server: object, browser: Browser, world: World, now: datetime
) -> None:
    paths = pages_of_claims(world, now)
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    blocked: list[str] = []
    page.on(
        "console",
        lambda message: blocked.append(message.text) if "Content Security" in message.text else None,
    )
    page.goto(f"{live_server}/accounts/login/")
    found = {"/accounts/login/": violations(page)}
    sign_in(page, str(live_server))

    for path in paths:
        page.goto(f"{live_server}{path}")
        found[path] = violations(page)
        page.emulate_media(color_scheme="dark")
        found[f"{path} (dark)"] = violations(page, runOnly=["color-contrast"])
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(NARROW)
        width = page.evaluate("document.documentElement.scrollWidth")
        found[f"{path} (narrow)"] = [] if width <= NARROW["width"] else [f"{width} pixels wide"]
        page.set_viewport_size({"width": 1280, "height": 900})

    assert {where: what for where, what in found.items() if what} == {}
    assert blocked == []


def test_the_error_summary_takes_the_focus_and_leads_to_the_field(
    live_server: object, browser: Browser, world: World
) -> None:
    page = browser.new_context().new_page()
    sign_in(page, str(live_server), "/claims/new/")
    page.get_by_label("Tenant ID").fill("contoso")
    page.get_by_role("button", name="Save and continue").click()

    expect(page.locator(".summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("End")
    page.keyboard.type("x")

    expect(page.get_by_label("Tenant ID")).to_have_value("contosox")


def violations(page: Page, **options: object) -> list[str]:
    """Return the violations that axe reports, each with its first element."""
    found = Axe().run(page, options=options or None).response["violations"]
    return [f"{rule['id']}: {rule['nodes'][0]['html'][:200]}" for rule in found]


def pages_of_claims(world: World, now: datetime) -> list[str]:
    """Return the address of every kind of page, with claims in every status."""
    reviewer, earlier = actor(world.rev1), now - timedelta(hours=1)
    sales = Entry(product=SALES, subscription_id=str(world.s_b.guid))
    wrong = create_draft(
        changes=DraftChanges(
            tenant_guid="contoso", domain="con toso", mpn_id="43915O7", solution_area="business_applications",
            activities=("usage", "revenue_association"), items=(Entry(product="x", subscription_id="y"),),
        ),
        actor=actor(world.ana),
        now=earlier,
    ).claim  # fmt: skip
    workloads = complete_draft(world, world.ana, workloads=[TEAMS], now=earlier)
    full = complete_draft(world, world.ana, mpn="4391508", now=earlier)
    filed_claim(world, world.ned, workloads=[TEAMS], now=earlier)
    contested = filed_claim(world, world.ana, workloads=[TEAMS, INTUNE], now=earlier)
    asked = filed_claim(world, world.ana, Entry(product=MARKETING), now=earlier)
    approved = filed_claim(world, world.ana, sales, now=earlier)
    rejected = filed_claim(world, world.ana, workloads=[EXCHANGE], now=earlier)
    for claim in (contested, asked, approved, rejected):
        start_review(public_id=str(claim.public_id), actor=reviewer, now=now)
    post_notice(case_id=str(Case.objects.get().public_id), actor=reviewer, now=now)
    request_information(
        public_id=str(asked.public_id),
        reason=RequestReason.MISSING_OR_OLD_DATES,
        question="When did the customer sign?",
        actor=reviewer,
        now=now,
    )
    declined: dict[str, Any] = {
        "approve": False,
        "reason": DeclineReason.INSUFFICIENT_POE,
        "text": "It is not signed.",
    }
    for claim, outcome in ((approved, {"approve": True}), (rejected, declined)):
        (item,) = claim.items.all()
        decide_items(
            public_id=str(claim.public_id),
            decisions=[Decision(item_id=item.pk, **outcome)],
            actor=reviewer,
            now=now,
        )
    steps = ("customer", "activity", "products", "location", "contacts", "proof", "check")
    return [
        "/claims/",
        "/claims/?status=disputed",
        "/claims/new/",
        "/claims/nothing/",
        "/company/locations/",
        "/support/",
        f"/support/?claim={full.public_id}",
        *(f"/claims/{wrong.public_id}/{step}/" for step in (*steps, "revenue")),
        *(f"/claims/{full.public_id}/{step}/" for step in steps),
        *(f"/claims/{workloads.public_id}/{step}/" for step in ("products", "check")),
        *(f"/claims/{claim.public_id}/" for claim in (wrong, full, contested, asked, approved, rejected)),
        *(
            f"/claims/{asked.public_id}/{page}/"
            for page in ("respond", "items", "location", "contacts", "proof", "withdraw", "history")
        ),
        f"/claims/{contested.public_id}/products/",
        f"/claims/{full.public_id}/withdraw/",
    ]
