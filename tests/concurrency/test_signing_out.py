"""Signing out everywhere leaves no session of before, whatever happens in the same moment."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from partners.models import ApiToken, User
from portal.session.ending import end_sessions
from tests.filing import at_once, overtaken
from tests.world import PASSWORD, World

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def everywhere(user: User) -> None:
    end_sessions(user, tokens=True, now=timezone.now())


def is_let_in(client: Client) -> bool:
    return client.get("/claims/").status_code == 200


@pytest.mark.parametrize("first", ["sign in", "sign out"])
def test_a_sign_in_that_had_begun_when_all_was_signed_out_is_signed_out_too(world: World, first: str) -> None:
    browser = Client()
    acts: dict[str, Callable[[], object]] = {
        "sign in": lambda: browser.post("/accounts/login/", {"login": "ana", "password": PASSWORD}),
        "sign out": lambda: everywhere(world.ana),
    }

    overtaken(acts[first], acts["sign out" if first == "sign in" else "sign in"])

    assert "sessionid" in browser.cookies
    assert not is_let_in(browser)
    assert browser.post("/accounts/login/", {"login": "ana", "password": PASSWORD}).status_code == 302
    assert is_let_in(browser)


@pytest.mark.parametrize("first", ["renew", "sign out"])
def test_a_session_that_gets_a_new_key_when_all_is_signed_out_is_signed_out_too(
    world: World, first: str
) -> None:
    browser = Client()
    browser.force_login(world.ana)
    session = browser.session

    def renew() -> None:
        session.cycle_key()
        session.save()

    acts: dict[str, Callable[[], object]] = {"renew": renew, "sign out": lambda: everywhere(world.ana)}

    overtaken(acts[first], acts["sign out" if first == "renew" else "renew"])
    assert session.session_key is not None
    browser.cookies["sessionid"] = session.session_key

    assert not is_let_in(browser)


def test_a_request_that_writes_into_its_session_while_all_is_signed_out_brings_it_not_back(
    world: World,
) -> None:
    browser = Client(raise_request_exception=False)
    browser.force_login(world.ana)

    overtaken(lambda: everywhere(world.ana), lambda: browser.get("/claims/"))

    assert not is_let_in(browser)
    assert Session.objects.count() == 0


def test_of_many_requests_and_sign_outs_at_once_no_session_and_no_token_lives(world: World) -> None:
    browsers = [Client(raise_request_exception=False) for _ in range(8)]
    for browser in browsers:
        browser.force_login(world.ana)
    ApiToken.objects.create(world.ana)
    ApiToken.objects.create(world.ana, expiry=None)
    stranger = Client()
    stranger.force_login(world.ned)

    def visit(browser: Client) -> Callable[[], object]:
        return lambda: browser.get("/claims/")

    def leave() -> None:
        everywhere(world.ana)

    at_once(*map(visit, browsers), leave, leave, leave)

    assert [SESSION_KEY in browser.session for browser in browsers] == [False] * 8
    assert [is_let_in(browser) for browser in browsers] == [False] * 8
    assert is_let_in(stranger)
    assert not ApiToken.objects.filter(expiry=None).exists()
    assert not ApiToken.objects.filter(expiry__gt=timezone.now() + timedelta(seconds=1)).exists()
    world.ana.refresh_from_db()
    assert world.ana.sign_outs == 3
