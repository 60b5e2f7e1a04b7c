"""A page whose claim was changed meanwhile says what changed and through whom, and goes on only when that was read."""

import re

import pytest
from django.test import Client

from claims.models import Claim
from tests.portal.conftest import SignIn
from tests.portal.filed import complete_draft
from tests.portal.pages import path_of, text_of
from tests.world import World

pytestmark = pytest.mark.django_db

SENT = r'<input type="hidden" name="(version|tab|told)" value="([^"]*)"'


def _opened(client: Client, address: str) -> dict[str, str]:
    return dict(re.findall(SENT, client.get(address).content.decode()))


def test_a_second_press_goes_through_only_when_the_change_was_read(world: World, sign_in: SignIn) -> None:
    claim = complete_draft(world, world.ana)
    ana, gil, address = sign_in(world.ana), sign_in(world.gil), path_of(claim, "customer/")
    typed = {"tenant_id": claim.tenant_guid, "domain": "contoso.com", "name": "Mine"}
    mine, theirs = _opened(ana, address), _opened(gil, address)
    gil.post(address, {**typed, "name": "Theirs", **theirs})

    refused = ana.post(address, {**typed, **mine})
    shown = dict(re.findall(SENT, refused.content.decode()))
    pressed_again = ana.post(address, {**typed, **shown})
    kept = Claim.objects.get().name
    [over] = re.findall(r'name="over" value="([^"]*)"', pressed_again.content.decode())
    read = ana.post(address, {**typed, **shown, "over": over})

    said = text_of(refused)
    assert [refused.status_code, pressed_again.status_code, read.status_code] == [412, 412, 302]
    assert said.count("Draft saved") == 1
    assert world.gil.get_full_name() in said
    assert "Name of the claim, as it is stored now Theirs" in said
    assert 'value="Mine"' in refused.content.decode()
    assert (kept, Claim.objects.get().name) == ("Theirs", "Mine")


def test_a_later_change_is_told_before_it_is_overwritten(world: World, sign_in: SignIn) -> None:
    claim = complete_draft(world, world.ana)
    ana, gil, address = sign_in(world.ana), sign_in(world.gil), path_of(claim, "customer/")
    typed = {"tenant_id": claim.tenant_guid, "domain": "contoso.com", "name": "Mine"}
    mine = _opened(ana, address)
    gil.post(address, {**typed, "name": "First", **_opened(gil, address)})
    refused = ana.post(address, {**typed, **mine}).content.decode()
    [over] = re.findall(r'name="over" value="([^"]*)"', refused)
    gil.post(address, {**typed, "name": "Second", **_opened(gil, address)})

    again = ana.post(address, {**typed, **dict(re.findall(SENT, refused)), "over": over})

    assert again.status_code == 412
    assert text_of(again).count("Draft saved") == 2
    assert Claim.objects.get().name == "Second"
