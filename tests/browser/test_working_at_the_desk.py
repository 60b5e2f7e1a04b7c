"""Take a contested claim from the queue to the decision, and look at each page as assistive technology does."""

import re
from datetime import datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize, expect

from arbitration.models import Case
from claims.models import Claim, Comment
from tests.filing import (
    add_proof,
    answer,
    approve,
    ask,
    consent_passes,
    file_claim,
    reloaded,
    take_up,
    workloads,
)
from tests.world import EXCHANGE, INTUNE, TEAMS, World

# Only PostgreSQL can empty the tables of history after a test: nothing may be deleted from them.
pytestmark = [pytest.mark.browser, pytest.mark.postgres]

WIDE: ViewportSize = {"width": 1366, "height": 900}
NARROW: ViewportSize = {"width": 320, "height": 640}  # 1280 pixels at a zoom of 400 %
LOOKS = {"light": WIDE, "dark": WIDE, "narrow": NARROW}


class Looker:
    """One desk user's browser. It notes what axe and the content security policy object to."""

    def __init__(self, browser: Browser, address: str, who: str, look: str = "light") -> None:
        self.address = address
        self.context: BrowserContext = browser.new_context(
            viewport=LOOKS[look], color_scheme="dark" if look == "dark" else "light"
        )
        self.page: Page = self.context.new_page()
        self.objections: list[str] = []
        self.page.on("console", self._note)
        self.page.goto(f"{address}/admin/")
        self.page.get_by_label("User name").fill(who)
        self.page.get_by_label("Password").fill("demo")
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page).to_have_title("Claim desk · CPOR claim desk")

    def _note(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.objections.append(message.text)

    def look(self, title: str = "") -> None:
        """Check the page that is open; its title begins with `title`."""
        expect(self.page).to_have_title(re.compile(f"^{re.escape(title)}.* · CPOR claim desk$"))
        self.page.wait_for_load_state()
        assert self.objections == []
        found = Axe().run(self.page).response["violations"]
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
        self.objections.clear()  # axe puts styles of its own on the page
        wider = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not self.page.evaluate(wider), "the page scrolls sideways"

    def open(self, path: str) -> None:
        self.page.goto(f"{self.address}{path}")
        self.look()


@pytest.fixture
def contested(world: World, now: datetime) -> tuple[Claim, Claim, Case]:
    """Let Northwind hold S-A for a month, and Fabrikam claim it an hour ago."""
    month_ago = now - timedelta(days=31)
    held = file_claim(world, world.ned, now=month_ago)
    take_up(held, world.rev2, now=month_ago)
    approve(held, world.rev2, now=month_ago)
    consent_passes(held, handed_over_at=month_ago)
    claimed = file_claim(world, world.ana, now=now - timedelta(hours=1))
    return held, claimed, Case.objects.get()


def test_a_contested_claim_goes_from_the_queue_to_a_decision(
    live_server: object,
    browser: Browser,
    world: World,
    now: datetime,
    contested: tuple[Claim, Claim, Case],
) -> None:
    held, claimed, case = contested
    rev1 = Looker(browser, str(live_server), "rev1")
    rev1.page.get_by_role("navigation", name="Claim desk").get_by_role("link", name="Queue").click()
    rev1.look("Queue")
    rev1.page.get_by_role("link", name=str(claimed.reference)).click()
    rev1.page.get_by_text("Why this date?").first.click()
    expect(rev1.page.get_by_text("Five business days are counted from the day after").first).to_be_visible()
    rev1.look(str(claimed.reference))
    rev1.page.get_by_role("button", name="Start the review").click()
    expect(rev1.page.get_by_text("You have started the review. The claim is yours.")).to_be_visible()
    rev1.page.get_by_role("link", name=str(case)).first.click()
    rev1.look(str(case))
    rev1.page.get_by_label("Text to the holder").fill("Please bring your proof up to date.")
    rev1.page.get_by_role("button", name="Post the notice").click()
    expect(rev1.page.get_by_text("You have posted the notice")).to_be_visible()

    arb = Looker(browser, str(live_server), "arb")
    arb.page.get_by_role("navigation", name="Claim desk").get_by_role("link", name="Cases").click()
    arb.look("Cases")
    arb.page.get_by_role("link", name=str(case)).click()
    arb.page.get_by_role("group", name="Ask").get_by_label("Northwind (holder)").uncheck()
    arb.page.get_by_role("group", name="Ask").get_by_label("Northwind (holder)").check()
    arb.page.get_by_label("Reason", exact=True).select_option(label="Something else (see the text)")
    arb.page.get_by_label("Question").fill("Is Northwind faster?")
    arb.page.get_by_role("button", name="Send to the chosen parties").click()
    expect(arb.page.get_by_text("TEXT_NAMES_OTHER_PARTY")).to_have_count(2)
    arb.look("Error: ")
    arb.page.get_by_label("Question").fill("When did your work begin?")
    arb.page.get_by_role("button", name="Send to the chosen parties").click()
    expect(arb.page.get_by_text("You have asked the parties.")).to_be_visible()

    answer(held, world.ned, now=datetime.now(now.tzinfo), comment="In May.")
    arb.page.reload()
    expect(arb.page.get_by_text("In May.")).to_have_count(0)
    expect(arb.page.get_by_text("Sealed until all have answered or the time is up")).to_have_count(2)
    arb.look()
    add_proof(claimed, world.ana, now=datetime.now(now.tzinfo), signed_on=(now - timedelta(days=2)).date())
    answer(claimed, world.ana, now=datetime.now(now.tzinfo), comment="In April.")
    arb.page.reload()
    expect(arb.page.get_by_text("In May.", exact=True)).to_be_visible()
    expect(arb.page.get_by_text("In April.", exact=True)).to_be_visible()

    arb.page.get_by_label("Fabrikam (challenger)").last.check()
    arb.page.get_by_label("Rationale for the file").fill("The later signature.")
    arb.page.get_by_label("Text to the winner").fill("Your proof was decisive.")
    arb.page.get_by_label("Text to the others").fill("Other proof was decisive.")
    arb.look()
    arb.page.get_by_role("button", name="See what each party receives").click()
    expect(arb.page.get_by_role("heading", name="To Northwind")).to_be_visible()
    arb.look("Check the decision")
    arb.page.get_by_role("button", name="Change the texts").click()
    expect(arb.page.get_by_label("Text to the winner")).to_have_value("Your proof was decisive.")
    arb.page.get_by_role("button", name="See what each party receives").click()
    arb.look("Check the decision")
    for tick in (
        arb.page.get_by_role("group", name="You have not opened these files").get_by_role("checkbox").all()
    ):
        tick.check()
    arb.page.get_by_role("button", name="Confirm and send").click()
    expect(arb.page.get_by_text("Decided. Each party reads its own text in its claim.")).to_be_visible()
    arb.look()

    assert (reloaded(claimed).status, reloaded(held).status) == ("approved", "approved")
    assert Comment.objects.filter(claim=claimed).latest("pk").text == "Your proof was decisive."
    assert Comment.objects.filter(claim=held).latest("pk").text == "Other proof was decisive."


@pytest.mark.parametrize("look", list(LOOKS))
def test_the_pages_of_the_desk_are_accessible(
    live_server: object,
    browser: Browser,
    world: World,
    now: datetime,
    contested: tuple[Claim, Claim, Case],
    look: str,
) -> None:
    _held, claimed, case = contested
    long_ago = now - timedelta(days=20)
    late = file_claim(world, world.ana, *workloads(TEAMS, EXCHANGE), now=long_ago)
    take_up(late, world.arb, now=long_ago)
    waiting = file_claim(world, world.tom, *workloads(INTUNE), now=now)
    take_up(waiting, world.arb, now=now)
    ask(waiting, world.arb, now=now)
    arb = Looker(browser, str(live_server), "arb", look)

    for path in (
        "/admin/",
        "/admin/claims/claim/",
        "/admin/claims/claim/?status=all&q=nobody",
        "/admin/arbitration/case/",
        "/admin/associations/association/",
        f"/admin/claims/claim/{late.public_id}/",
        f"/admin/claims/claim/{waiting.public_id}/",
        f"/admin/claims/claim/{claimed.public_id}/",
        f"/admin/arbitration/case/{case.public_id}/",
    ):
        arb.open(path)
    arb.open(f"/admin/claims/claim/{late.public_id}/")
    arb.page.get_by_role("group", name="Outcome of Exchange Online").get_by_label("Decline").check()
    arb.page.get_by_role("button", name="Record decisions").click()
    expect(arb.page.get_by_role("alert")).to_contain_text("REASON_REQUIRED")
    arb.look()
