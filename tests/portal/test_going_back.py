"""Going back in one tab and saving again; another tab is still told about the change."""

import re

import pytest
from django.test import Client

from arbitration.services import request_information
from claims.enums import RequestReason
from claims.models import Claim
from claims.services import withdraw_claim
from tests.portal.conftest import SignIn
from tests.portal.filed import claim_in, complete_draft
from tests.portal.pages import contacts, path_of, text_of
from tests.responses import Response
from tests.world import MARKETING, NOW, World, actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(world: World, sign_in: SignIn) -> Client:
    return sign_in(world.ana)


def page_of(answer: Response) -> dict[str, str]:
    """Return what the hidden fields of the page's form send."""
    body = answer.content.decode()
    found = re.findall(r'<input type="hidden" name="(version|tab)" value="([^"]*)"', body)
    return dict(found)


def customer(name: str) -> dict[str, str]:
    return {"tenant_id": "", "domain": "contoso", "name": name}


def test_going_back_to_the_first_page_saves_the_same_draft(ana: Client) -> None:
    first = page_of(ana.get("/claims/new/", follow=True))
    ana.post("/claims/new/", {**customer("Once"), **first})

    again = ana.post("/claims/new/", {**customer("Twice"), **first})

    assert again.status_code == 302
    assert list(Claim.objects.values_list("name", flat=True)) == ["Twice"]


def test_two_first_pages_make_two_drafts(ana: Client) -> None:
    pages = [page_of(ana.get("/claims/new/", follow=True)) for _tab in range(2)]

    for number, page in enumerate(pages):
        ana.post("/claims/new/", {**customer(str(number)), **page})

    assert sorted(Claim.objects.values_list("name", flat=True)) == ["0", "1"]


def test_going_back_over_two_pages_of_one_tab_is_no_collision(world: World, ana: Client) -> None:
    claim = complete_draft(world, world.ana)
    address = path_of(claim, "customer/")
    first = page_of(ana.get(address))
    following = ana.post(address, {**customer("First"), **first})["Location"]
    second = page_of(ana.get(following))
    ana.post(following, {"solution_area": claim.solution_area, **second})

    again = ana.post(address, {**customer("Back"), **first})

    assert again.status_code == 302
    assert Claim.objects.get().name == "Back"


def test_a_page_of_another_tab_is_still_refused(world: World, ana: Client) -> None:
    claim = complete_draft(world, world.ana)
    address = path_of(claim, "customer/")
    one, other = page_of(ana.get(address)), page_of(ana.get(address))
    ana.post(address, {**customer("One"), **one})

    refused = ana.post(address, {**customer("Other"), **other})

    assert refused.status_code == 412
    assert Claim.objects.get().name == "One"


def test_a_change_of_somebody_else_is_refused_in_the_same_tab(
    world: World, ana: Client, sign_in: SignIn
) -> None:
    claim = complete_draft(world, world.ana)
    address = path_of(claim, "customer/")
    one = page_of(ana.get(address))
    ana.post(address, {**customer("One"), **one})
    gil = sign_in(world.gil)
    gil.post(address, {**customer("Gil"), **page_of(gil.get(address))})

    refused = ana.post(address, {**customer("Back"), **one})

    assert refused.status_code == 412
    assert Claim.objects.get().name == "Gil"


def test_enter_in_a_subscription_field_saves(world: World, ana: Client) -> None:
    claim = complete_draft(world, world.ana)

    body = ana.get(path_of(claim, "products/")).content.decode()

    form = body[body.rindex("<form", 0, body.index('name="rows"')) :]
    [first, *_others] = re.findall(r"<button[^>]*>", form)
    assert 'type="submit"' in first
    assert "name=" not in first


def linked(answer: Response, path: str) -> str:
    """Return the address by which the page leads to the path."""
    [address, *_others] = re.findall(
        rf'href="({re.escape(path)}\?tab=[0-9a-f]{{16}})"', answer.content.decode()
    )
    return str(address)


def changed_contacts(client: Client, claim: Claim, title: str) -> Response:
    """Change the customer contact of the claim from a page opened for it, and return the answer."""
    address = path_of(claim, "contacts/")
    page = page_of(client.get(address))
    return client.post(address, {**contacts(customer_title=title), **page})


def in_the_same_tab(client: Client, answer: Response, claim: Claim, title: str) -> None:
    """Change the customer contact on the page that a link of the answered page leads to."""
    address = linked(answer, path_of(claim, "contacts/"))
    page = page_of(client.get(address, follow=True))
    assert (
        client.post(path_of(claim, "contacts/"), {**contacts(customer_title=title), **page}).status_code
        == 302
    )


def test_the_first_page_loaded_again_leads_to_the_draft_that_it_made(ana: Client) -> None:
    """Point 17: a browser that loads the page once more on going back gets the draft, not an empty form."""
    opened = ana.get("/claims/new/", follow=True)
    address = opened.redirect_chain[-1][0]
    ana.post(address, {**customer("Once"), **page_of(opened)})

    back = ana.get(address, follow=True)

    claim = Claim.objects.get()
    assert back.redirect_chain[-1][0] == path_of(claim, "customer/")
    assert 'value="Once"' in back.content.decode()


def test_the_first_page_of_a_draft_that_is_over_is_an_empty_one(world: World, ana: Client) -> None:
    opened = ana.get("/claims/new/", follow=True)
    address = opened.redirect_chain[-1][0]
    ana.post(address, {**customer("Once"), **page_of(opened)})
    withdraw_claim(public_id=str(Claim.objects.get().public_id), actor=actor(world.ana), now=NOW)

    back = ana.get(address, follow=True)

    assert back.redirect_chain[-1][0] != address
    assert page_of(back)["tab"] != page_of(opened)["tab"]
    assert 'value="Once"' not in back.content.decode()


@pytest.mark.parametrize("step", ["activity/", "products/", "location/", "contacts/", "proof/", "check/"])
def test_a_step_opened_through_the_side_navigation_belongs_to_the_tab(
    world: World, ana: Client, step: str
) -> None:
    claim = complete_draft(world, world.ana)
    page = ana.get(path_of(claim, "customer/"))

    opened = ana.get(linked(page, path_of(claim, step)), follow=True)

    assert opened.redirect_chain == [(path_of(claim, step), 302)]
    assert page_of(opened)["tab"] == page_of(page)["tab"]


def test_going_back_over_the_side_navigation_is_no_collision(world: World, ana: Client) -> None:
    claim = complete_draft(world, world.ana)
    address = path_of(claim, "customer/")
    first = ana.get(address)
    in_the_same_tab(ana, first, claim, "Head of sales")

    again = ana.post(address, {**customer("Back"), **page_of(first)})

    assert again.status_code == 302
    assert Claim.objects.get().name == "Back"


@pytest.mark.parametrize("by", ["", "customer/", "check/", "proof/"])
def test_a_step_opened_through_the_overview_or_the_check_belongs_to_the_tab(
    world: World, ana: Client, by: str
) -> None:
    claim = complete_draft(world, world.ana)
    page = ana.get(path_of(claim, by))
    tab = page_of(page)["tab"]

    overview = ana.get(linked(page, path_of(claim)), follow=True) if by else page
    step = ana.get(linked(overview, path_of(claim, "contacts/")), follow=True)

    assert page_of(step)["tab"] == tab


def test_an_address_copied_from_a_tab_opens_a_tab_of_its_own(world: World, ana: Client) -> None:
    claim = complete_draft(world, world.ana)
    page = ana.get(path_of(claim, "customer/"))
    opened = ana.get(linked(page, path_of(claim, "contacts/")), follow=True)

    copied = ana.get(opened.redirect_chain[-1][0])

    assert page_of(copied)["tab"] != page_of(opened)["tab"]


@pytest.mark.parametrize("mark", ["", "x", "0" * 17, "%00", "0123456789abcdeg"])
def test_what_is_no_mark_hands_over_nothing(world: World, ana: Client, mark: str) -> None:
    claim = complete_draft(world, world.ana)

    opened = ana.get(f"{path_of(claim, 'customer/')}?tab={mark}")

    assert opened.status_code == 200
    assert re.fullmatch("[0-9a-f]{16}", page_of(opened)["tab"])


ANSWER = {"comment": "The contact is right now."}
ACTS = [("respond/", ANSWER), ("items/", {"rows": "3", "product_0": MARKETING}), ("withdraw/", {})]


@pytest.mark.parametrize(("act", "typed"), ACTS)
def test_an_act_from_a_page_gone_back_to_after_a_change_in_the_same_tab_is_no_collision(
    world: World, ana: Client, act: str, typed: dict[str, str]
) -> None:
    claim = claim_in(world, "partner_action_required")
    overview = ana.get(path_of(claim))
    page = ana.get(linked(overview, path_of(claim, act)), follow=True)
    in_the_same_tab(ana, overview, claim, "Head of sales")

    done = ana.post(path_of(claim, act), {**typed, **page_of(page)})

    assert done.status_code == 302


@pytest.mark.parametrize(("act", "typed"), ACTS)
def test_an_act_from_a_page_is_refused_after_a_change_in_another_tab(
    world: World, ana: Client, act: str, typed: dict[str, str]
) -> None:
    claim = claim_in(world, "partner_action_required")
    page = ana.get(path_of(claim, act))
    changed_contacts(ana, claim, "Head of sales")

    refused = ana.post(path_of(claim, act), {**typed, **page_of(page)})

    assert refused.status_code == 412
    assert "Claim changed" in text_of(refused) or "Draft saved" in text_of(refused)


def test_products_changed_once_are_not_changed_again_from_the_same_page(world: World, ana: Client) -> None:
    """The page of an act shows what was there before it; pressed once more it tells of it instead of doing it twice."""
    claim = claim_in(world, "partner_action_required")
    address = path_of(claim, "items/")
    page = page_of(ana.get(address))
    ana.post(address, {"rows": "3", "product_0": MARKETING, **page})

    again = ana.post(address, {"rows": "3", "product_0": MARKETING, **page})

    assert again.status_code == 412
    assert claim.items.count() == 2


def test_after_a_change_of_products_the_page_of_contacts_gone_back_to_saves(
    world: World, ana: Client
) -> None:
    claim = claim_in(world, "partner_action_required")
    overview = ana.get(path_of(claim))
    page = ana.get(linked(overview, path_of(claim, "contacts/")), follow=True)
    items = page_of(ana.get(linked(overview, path_of(claim, "items/")), follow=True))
    ana.post(path_of(claim, "items/"), {"rows": "3", "product_0": MARKETING, **items})

    saved = ana.post(path_of(claim, "contacts/"), {**contacts(customer_title="CTO"), **page_of(page)})

    assert saved.status_code == 302
    assert claim.contacts.get(kind="customer").title == "CTO"


def test_two_questions_are_answered_from_one_page(world: World, ana: Client) -> None:
    claim = claim_in(world, "partner_action_required")
    second = request_information(
        public_id=str(claim.public_id),
        reason=RequestReason.MISSING_OR_OLD_DATES,
        question="When?",
        actor=actor(world.rev1),
        now=NOW,
    )
    address = path_of(claim, "respond/")
    page = page_of(ana.get(address))
    ana.post(address, {**ANSWER, "request": str(second.public_id), **page})

    answered = ana.post(address, {**ANSWER, **page})

    assert answered.status_code == 302
    assert Claim.objects.get().status == "under_review"


def test_a_check_page_gone_back_to_shows_no_longer_what_would_be_submitted_and_says_so(
    world: World, ana: Client
) -> None:
    """The one page on which a tab's own changes count as well: what is submitted is what it shows."""
    claim = complete_draft(world, world.ana)
    page = ana.get(path_of(claim, "check/"))
    in_the_same_tab(ana, page, claim, "Head of sales")

    refused = ana.post(path_of(claim, "check/"), {"acknowledged": "on", **page_of(page)})

    assert refused.status_code == 412
    assert "Draft saved" in text_of(refused)
    assert Claim.objects.get().status == "draft"
