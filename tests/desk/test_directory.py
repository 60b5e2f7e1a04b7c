"""The desk sees the whole customer directory and changes nothing in it."""

import pytest
from django.test import Client

from tests.world import World, build_world

pytestmark = pytest.mark.django_db

MODELS = ("tenant", "subscription", "product", "directoryimport")


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def reviewer(world: World) -> Client:
    client = Client()
    client.force_login(world.rev1)
    return client


@pytest.mark.parametrize("model", MODELS)
def test_the_desk_sees_every_list(reviewer: Client, model: str) -> None:
    assert reviewer.get(f"/admin/tenants/{model}/").status_code == 200
    assert reviewer.get(f"/admin/tenants/{model}/add/").status_code == 403


def test_a_tenant_is_shown_with_its_domains(reviewer: Client, world: World) -> None:
    page = reviewer.get(f"/admin/tenants/tenant/{world.contoso.pk}/change/").content.decode()

    assert "contoso.onmicrosoft.com" in page
    assert "adatum" not in page


def test_a_subscription_is_shown_with_its_products(reviewer: Client, world: World) -> None:
    page = reviewer.get(f"/admin/tenants/subscription/{world.s_f.pk}/change/").content.decode()

    assert "Exchange Online" in page


def test_the_directory_cannot_be_changed_or_deleted(reviewer: Client, world: World) -> None:
    address = f"/admin/tenants/tenant/{world.contoso.pk}"

    assert reviewer.post(f"{address}/change/", {"name": "Other"}).status_code == 403
    assert reviewer.post(f"{address}/delete/", {"post": "yes"}).status_code == 403
    world.contoso.refresh_from_db()
    assert world.contoso.name == "Contoso"


@pytest.mark.parametrize("written", ["{guid}", "{{{guid}}}", " {guid} "])
def test_a_guid_in_any_form_finds_its_row(reviewer: Client, world: World, written: str) -> None:
    term = written.format(guid=str(world.s_a.guid).upper())

    answer = reviewer.get("/admin/tenants/subscription/", {"q": term})

    assert list(answer.context["cl"].queryset) == [world.s_a]


def test_a_part_of_a_domain_finds_the_tenant(reviewer: Client, world: World) -> None:
    answer = reviewer.get("/admin/tenants/tenant/", {"q": "contoso.com"})

    assert list(answer.context["cl"].queryset) == [world.contoso]
