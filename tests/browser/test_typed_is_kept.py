"""Point 18 in a real browser: a long comment, the session lost, signed in again, and the comment is there."""

from datetime import datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, Page, expect

from claims.models import Comment
from tests.desk.desk import address
from tests.portal.filed import filed_claim
from tests.world import World

# Only PostgreSQL lets a test empty tables of which history forbids to delete anything.
pytestmark = [pytest.mark.browser, pytest.mark.postgres]

LONG = "We began on 3 March. The statement of work names “Sales” & <Marketing>.\n\n" * 40


def _sign_in(page: Page, who: str) -> None:
    page.get_by_label("User name").fill(who)
    page.get_by_label("Password").fill("demo")
    page.get_by_role("button", name="Sign in").click()


def _objections(page: Page) -> list[str]:
    return [each["id"] for each in Axe().run(page).response["violations"]]


def test_a_long_comment_survives_the_loss_of_the_session(
    live_server: object, browser: Browser, world: World, now: datetime
) -> None:
    claim = filed_claim(world, world.ana, now=now)
    page = browser.new_page()
    page.goto(f"{live_server}/claims/{claim.public_id}/")
    _sign_in(page, "ana")
    page.get_by_label("Your comment").fill(LONG)
    Session.objects.all().delete()

    page.get_by_role("button", name="Post the comment").click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    signed_out = _objections(page)
    page.get_by_role("link", name="Sign in").click()
    _sign_in(page, "ana")

    expect(page.get_by_role("heading", name="Nothing was sent yet")).to_be_visible()
    expect(page.get_by_label("Your comment")).to_have_value(LONG)
    assert (signed_out, _objections(page), Comment.objects.count()) == ([], [], 0)
    page.get_by_role("button", name="Post the comment").click()
    expect(page.get_by_text("Your comment was posted.")).to_be_visible()
    expect(page.get_by_role("heading", name="Nothing was sent yet")).to_have_count(0)
    assert Comment.objects.get().text == LONG.strip()


def test_an_internal_note_survives_it_and_can_be_discarded(
    live_server: object, browser: Browser, world: World, now: datetime
) -> None:
    claim = filed_claim(world, world.ana, now=now)
    page = browser.new_page()
    page.goto(f"{live_server}{address(claim)}")
    _sign_in(page, "rev1")
    page.get_by_role("textbox", name="Note", exact=True).fill(LONG)
    Session.objects.all().delete()

    page.get_by_role("button", name="Save internal note").click()
    page.get_by_role("link", name="Sign in").click()
    _sign_in(page, "rev1")

    expect(page.get_by_role("heading", name="Nothing was sent yet")).to_be_visible()
    expect(page.get_by_role("textbox", name="Note", exact=True)).to_have_value(LONG)
    assert _objections(page) == []
    page.get_by_role("button", name="Discard what I typed").click()
    expect(page.get_by_text("What you had typed was discarded.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Note", exact=True)).to_have_value("")
