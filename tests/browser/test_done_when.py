"""The main job from end to end, as new users try it on the demo, through the pages alone (issue: "Done when").

Ana files a competing claim for the Sales subscription that Northwind holds; rev1 sees when it is due and why, and posts
the notice; arb asks both, reads both answers once both are in, and decides; both read their outcome in their comments.
Neither learns the identity of the other: every page that either of them sees is searched for the other's words, and so
is every mail that is sent.
"""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.db import connection
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from claims.models import Claim, Contact
from cpor.demo.claims import SUBSCRIPTION_A
from cpor.demo.loading import load_demo
from cpor.sweeps import sweep
from partners.models import Location, Organisation, User
from tests.filing import reference_of
from tests.inspection.files import real_pdf

# Only PostgreSQL lets a test empty tables of which history forbids to delete anything.
pytestmark = [pytest.mark.browser, pytest.mark.postgres]

CONTOSO = "1316cd1f-b0c7-4253-a7f3-ccc9041aaab9"
QUESTION = "Since when do you drive the use of the product, and who at the customer can confirm it?"
ANAS_ANSWER = "We have been training the sales teams since spring; Cora Coe can confirm it."
NEDS_ANSWER = "Our consultants rolled it out last year and support it to this day."
TO_THE_WINNER = "Your proof is the most recent one and names the work. Your claim is approved."
TO_THE_OTHERS = "More recent proof of execution was decisive this time."


class Person:
    """A user with a browser, which must never show the words of another company."""

    def __init__(self, browser: Browser, server: LiveServer, name: str, *, never: frozenset[str]) -> None:
        self.page: Page = browser.new_context().new_page()
        self.server = server
        self.never = never
        self.open("/")
        self.page.get_by_label("User name").fill(name)
        self.page.get_by_label("Password").fill("demo")
        self.press("Sign in")

    def open(self, path: str) -> None:
        self.page.goto(path if path.startswith("http") else f"{self.server}{path}")
        self.look()

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()
        self.page.wait_for_load_state()
        self.look()

    def follow(self, link: str | re.Pattern[str]) -> None:
        self.page.get_by_role("link", name=link).first.click()
        self.page.wait_for_load_state()
        self.look()

    def reads(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.locator("main, #content").first).to_contain_text(text)

    def look(self) -> None:
        """Check that the page, its markup included, has none of the words that this user must not see."""
        assert words_in(self.page.content(), self.never) == [], self.page.url


def words_in(text: str, words: frozenset[str]) -> list[str]:
    """Return which of the words the text contains as whole words, in any case."""
    return sorted(
        word for word in words if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, flags=re.IGNORECASE)
    )


def words_of(company: Organisation, claims: list[Claim]) -> frozenset[str]:
    """Return the words that identify a company: its names, MPNs, users, contacts and claims."""
    words = {company.name, company.code}
    words |= set(Location.objects.filter(organisation=company).values_list("mpn_id", flat=True))
    for user in User.objects.filter(memberships__organisation=company):
        words |= {user.username, user.first_name, user.last_name, user.email}
    for claim in claims:
        words |= {reference_of(claim), str(claim.public_id)}
    for contact in Contact.objects.filter(claim__in=claims):
        words |= {contact.first_name, contact.last_name, contact.email}
    return frozenset(words)


@pytest.fixture
def today() -> date:
    return datetime.now(UTC).date()


@pytest.fixture
def demo(transactional_db: None, today: date, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo as of today; the server's threads keep no connection, so that the database can be dropped."""
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    load_demo(today=today)
    mail.outbox.clear()


@pytest.fixture
def proof(tmp_path: Path, today: date) -> Path:
    """Return the file that the customer signed three weeks ago."""
    path = tmp_path / "Signed statement of work.pdf"
    path.write_bytes(real_pdf(f"Contoso accepts the adoption of Sales. Signed {today - timedelta(days=21)}"))
    return path


def test_two_partners_contend_and_neither_learns_the_identity_of_the_other(
    live_server: LiveServer, browser: Browser, demo: None, today: date, proof: Path
) -> None:
    northwind, fabrikam = (Organisation.objects.get(code=code) for code in ("northwind", "fabrikam"))
    held = Claim.objects.get(organisation=northwind, items__scope__subscription__guid=SUBSCRIPTION_A)
    northwinds = words_of(northwind, [held])
    fabrikams = words_of(fabrikam, []) | {"Cora", "Coe", "cora@contoso.com", "Tess", "tess@fabrikam.example"}

    ana = Person(browser, live_server, "ana", never=northwinds)
    claim = ana_files_a_competing_claim(ana, proof, today)
    ned = Person(browser, live_server, "ned", never=fabrikams | {reference_of(claim), str(claim.public_id)})
    letters = Letters({"fabrikam": ana.never, "northwind": ned.never})
    letters.go_out()
    the_holder_learns_nothing_yet(ned, held)

    rev1 = Person(browser, live_server, "rev1", never=frozenset())
    rev1_sees_the_due_date_and_posts_the_notice(rev1, claim, today)
    letters.go_out()
    ana.open(address(claim))
    ana.reads("In arbitration")
    ana.reads("It may stay under review longer than five business days while we hear others.")
    ned.open(address(held))
    ned.reads("invite you to bring your proof of execution up to date.")

    arb = Person(browser, live_server, "arb", never=frozenset())
    arb_asks_both(arb, claim)
    letters.go_out()
    answers(ana, claim, ANAS_ANSWER)
    letters.go_out()
    case_page = arb.page.url
    arb.open(case_page)
    arb.reads("Sealed")
    assert ANAS_ANSWER not in arb.page.content()
    arb.open(f"/admin/claims/claim/{claim.public_id}/")
    assert ANAS_ANSWER not in arb.page.content()
    answers(ned, held, NEDS_ANSWER)
    letters.go_out()
    arb.open(case_page)
    arb.reads(ANAS_ANSWER)
    arb.reads(NEDS_ANSWER)
    assert words_in(arb.page.content(), northwinds)  # the search finds them where they are
    assert words_in(arb.page.content(), fabrikams)

    arb_decides_for_fabrikam(arb)
    letters.go_out()

    reads_the_outcome(ana, claim, TO_THE_WINNER, TO_THE_OTHERS)
    ana.reads("An approval is not a payout")
    reads_the_outcome(ned, held, TO_THE_OTHERS, TO_THE_WINNER)
    expect(ned.page.locator(".pill").first).to_have_text(
        "Approved"
    )  # until the customer's consent takes effect
    assert letters.read >= 6


def address(claim: Claim) -> str:
    return f"/claims/{claim.public_id}/"


def ana_files_a_competing_claim(ana: Person, proof: Path, today: date) -> Claim:
    """Go from the start page to a submitted claim, with the warning of competition confirmed."""
    page = ana.page
    ana.follow("Customer association")
    page.get_by_label("Tenant ID").fill(CONTOSO)
    page.get_by_label("Subdomain or domain").fill("contoso")
    page.get_by_label("Name of the claim").fill("Contoso Sales adoption")
    ana.press("Save and continue")
    page.get_by_label("Business Applications").first.check()
    page.get_by_role("checkbox", name="Usage").first.check()
    ana.press("Save and continue")
    row = page.get_by_role("group", name="Product 1")
    row.get_by_label("Product").select_option(label="Dynamics 365 Sales")
    row.get_by_label("Subscription ID").fill(SUBSCRIPTION_A)
    ana.press("Save and continue")
    page.get_by_role("radio", name="4391507").check()
    ana.press("Save and continue")
    for kind, first, last, email in (
        ("Customer", "Cora", "Coe", "cora@contoso.com"),
        ("Partner", "Ana", "Alves", "ana@fabrikam.example"),
        ("Technical", "Tess", "Tran", "tess@fabrikam.example"),
    ):
        person = page.get_by_role("group", name=f"{kind} contact")
        person.get_by_label("First name").fill(first)
        person.get_by_label("Last name").fill(last)
        person.get_by_label("Title").fill("Manager")
        person.get_by_label("Email address").fill(email)
    ana.press("Save and continue")
    page.get_by_label("File").set_input_files(proof)
    page.get_by_label("What kind of document is it?").select_option(label="Signed statement of work")
    page.get_by_label("Date of the customer's signature").fill(str(today - timedelta(days=21)))
    ana.press("Upload")
    ana.follow("Continue to Check and submit")

    page.get_by_label("What this claim says is true").check()
    ana.press("Submit the claim")
    ana.reads("WARNINGS_NOT_CONFIRMED")
    ana.reads("At least one other partner has claimed Dynamics 365 Sales at this customer, or is associated")
    page.get_by_label("I have read this and want to continue").check()
    ana.press("Submit the claim")
    ana.reads("was submitted")
    return Claim.objects.get(name="Contoso Sales adoption")


def the_holder_learns_nothing_yet(ned: Person, held: Claim) -> None:
    """Check that before the notice the holder's claim looks as if nothing had happened."""
    ned.open(address(held))
    assert "arbitration" not in ned.page.content().lower()
    ned.follow("History")
    assert "arbitration" not in ned.page.content().lower()


def rev1_sees_the_due_date_and_posts_the_notice(rev1: Person, claim: Claim, today: date) -> None:
    due_on = fifth_business_day_after(today)
    rev1.open("/admin/")
    rev1.follow("Queue")
    rev1.follow(reference_of(claim))
    rev1.reads(f"{due_on:%A} {due_on.day} {due_on:%B %Y}, 24:00 UTC")
    rev1.page.get_by_text("Why this date?").first.click()
    explained = rev1.page.locator(".desk-why").first
    expect(explained).to_contain_text("Five business days are counted from the day after")
    expect(explained.get_by_role("row").last).to_contain_text("Business day 5")
    rev1.follow(re.compile(r"^CASE-"))
    rev1.press("Post the notice")
    rev1.reads("You have posted the notice")


def fifth_business_day_after(start: date) -> date:
    """Count day by day, Monday to Friday, from the day after."""
    day, counted = start, 0
    while counted < 5:
        day += timedelta(days=1)
        counted += day.weekday() < 5
    return day


def arb_asks_both(arb: Person, claim: Claim) -> None:
    arb.open(f"/admin/claims/claim/{claim.public_id}/")
    arb.follow(re.compile(r"^CASE-"))
    for party in ("Fabrikam (challenger)", "Northwind (holder)"):
        expect(arb.page.get_by_role("checkbox", name=party)).to_be_checked()
    arb.page.get_by_label("Reason").select_option("OTHER")
    arb.page.get_by_label("Question").fill(QUESTION)
    arb.press("Send to the chosen parties")
    arb.reads("You have asked the parties. Their answers stay sealed until all are in.")


def answers(person: Person, claim: Claim, answer: str) -> None:
    person.open("/claims/")
    person.open(address(claim))
    person.reads(QUESTION)
    person.follow("Answer the desk")
    person.page.get_by_label("Your answer").fill(answer)
    person.press("Send to the claim desk")
    person.reads("Your answer was sent to the claim desk.")
    person.reads(answer)


def arb_decides_for_fabrikam(arb: Person) -> None:
    arb.page.get_by_label("Fabrikam (challenger)").last.check()
    arb.page.get_by_label("Rationale for the file").fill("Fabrikam's signature is newer than Northwind's.")
    arb.page.get_by_label("Text to the winner").fill(TO_THE_WINNER)
    arb.page.get_by_label("Text to the others").fill(TO_THE_OTHERS)
    arb.press("See what each party receives")
    arb.reads("Nothing has been sent yet. This is exactly what each party will read:")
    for tick in (
        arb.page.get_by_role("group", name="You have not opened these files").get_by_role("checkbox").all()
    ):
        tick.check()
    arb.press("Confirm and send")
    arb.reads("Decided. Each party reads its own text in its claim.")


def reads_the_outcome(person: Person, claim: Claim, own: str, others: str) -> None:
    """Check that the comments of the claim show its own text, and no page shows the other's."""
    person.open(f"{address(claim)}history/")
    assert others not in person.page.content()
    person.open("/claims/")
    person.follow(reference_of(claim))
    expect(person.page.locator("ol.timeline li").last).to_contain_text(own)
    assert others not in person.page.content()


class Letters:
    """The mails. Whenever the sweep has sent some, those to a company are searched for the other's words."""

    def __init__(self, never: dict[str, frozenset[str]]) -> None:
        self.never = never
        self.read = 0

    def go_out(self) -> None:
        report = sweep(now=datetime.now(UTC))
        assert report.failed == 0
        for letter in mail.outbox:
            for company, words in self.never.items():
                if any(address.endswith(f"@{company}.example") for address in letter.to):
                    assert words_in(f"{letter.subject}\n{letter.body}", words) == []
                    self.read += 1
        mail.outbox.clear()
