"""Going back in one tab and saving again; another tab is still told about the change."""

import re

import pytest
from django.test import Client

from claims.models import Claim
from tests.portal.conftest import SignIn
from tests.portal.filed import complete_draft
from tests.portal.pages import path_of
from tests.responses import Response
from tests.world import World

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
    first = page_of(ana.get("/claims/new/"))
    ana.post("/claims/new/", {**customer("Once"), **first})

    again = ana.post("/claims/new/", {**customer("Twice"), **first})

    assert again.status_code == 302
    assert list(Claim.objects.values_list("name", flat=True)) == ["Twice"]


def test_two_first_pages_make_two_drafts(ana: Client) -> None:
    pages = [page_of(ana.get("/claims/new/")) for _tab in range(2)]

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
