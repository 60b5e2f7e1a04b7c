"""Pages and admin share one sign-in, which waits after repeated wrong passwords; there is no sign-up."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY, get_user_model
from django.contrib.sessions.models import Session
from django.test import Client, override_settings
from django.utils import timezone

from cpor.sweeps import sweep
from foundation.doors.request_id import RequestIdFilter
from partners.models import ApiToken
from tests.portal.pages import text_of
from tests.responses import Response
from tests.world import NOW

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"


@pytest.fixture
def ana() -> None:
    get_user_model().objects.create_user("ana", password="a right password")


def _sign_in(client: Client, password: str) -> bool:
    client.post(LOGIN, {"login": "ana", "password": password})
    return "_auth_user_id" in client.session


@pytest.mark.usefixtures("ana")
def test_the_right_password_signs_in(client: Client) -> None:
    assert _sign_in(client, "a right password")


def _attempt(client: Client, password: str, address: str, name: str = "ana") -> Response:
    return client.post(LOGIN, {"login": name, "password": password}, REMOTE_ADDR=address)


@pytest.mark.usefixtures("ana")
def test_after_five_wrong_passwords_this_address_waits_and_is_told_how_long(client: Client) -> None:
    attempts = [_attempt(client, "a wrong password", "192.0.2.1").status_code for _ in range(5)]

    refused = _attempt(client, "a right password", "192.0.2.1")

    assert attempts == [200] * 5
    assert refused.status_code == 429
    assert 240 < int(refused["Retry-After"]) <= 301
    assert "There were too many wrong passwords. Wait 5 minutes, then try again." in text_of(refused)
    assert "_auth_user_id" not in client.session


@pytest.mark.usefixtures("ana")
def test_wrong_passwords_elsewhere_do_not_lock_the_owner_out(client: Client) -> None:
    for _ in range(6):
        _attempt(Client(), "a wrong password", "192.0.2.1")

    _attempt(client, "a right password", "192.0.2.2")

    assert "_auth_user_id" in client.session


@pytest.mark.usefixtures("ana")
def test_wrong_names_at_an_address_do_not_lock_the_office(client: Client) -> None:
    for number in range(30):
        _attempt(Client(), "a wrong password", "192.0.2.1", name=f"nobody{number}")

    _attempt(client, "a right password", "192.0.2.1")

    assert "_auth_user_id" in client.session


@pytest.mark.usefixtures("ana")
def test_an_address_that_tries_many_names_waits(client: Client) -> None:
    for number in range(100):
        _attempt(Client(), "a wrong password", "192.0.2.1", name=f"nobody{number}")

    assert _attempt(client, "a right password", "192.0.2.1").status_code == 429


@pytest.mark.usefixtures("ana")
def test_a_failed_sign_in_is_logged_with_its_reason_and_without_what_was_typed(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    get_user_model().objects.create_user("gone", password="a right password", is_active=False)
    caplog.handler.addFilter(RequestIdFilter())

    for name, password in (
        ("ana", "hunter2-typed"),
        ("ANA", "hunter2-typed"),
        ("hunter2-typed", "x"),
        ("gone", "hunter2-typed"),
        ("gone", "a right password"),
    ):
        _attempt(client, password, "192.0.2.1", name=name)

    lines = [vars(record) for record in caplog.records if record.name == "portal.session.accounts"]
    assert [(line["account"], line["reason"]) for line in lines] == [
        ("ana", "wrong password"),
        ("ana", "wrong password"),
        ("-", "there is no such account"),
        ("gone", "wrong password"),
        ("gone", "the account is closed"),
    ]
    assert lines[0]["message"] == "sign-in refused: wrong password: account ana from 192.0.2.1"
    assert {line["address"] for line in lines} == {"192.0.2.1"}
    assert len({line["request_id"] for line in lines}) == 5
    assert "hunter2" not in caplog.text


@pytest.mark.usefixtures("ana")
def test_a_sign_in_after_too_many_wrong_passwords_is_logged_even_with_the_right_one(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    for password in ["a wrong password"] * 5 + ["a right password"]:
        _attempt(client, password, "192.0.2.1")

    assert [vars(record)["reason"] for record in caplog.records if "account" in vars(record)] == [
        *["wrong password"] * 5,
        "too many wrong passwords",
    ]


@pytest.mark.usefixtures("ana")
@override_settings(SESSION_IDLE_MINUTES=60)
def test_a_session_ends_after_a_time_without_requests_and_after_a_working_day(client: Client) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        _sign_in(client, "a right password")
        seen = []
        for minutes in (0, 59, 59, 61):
            clock.shift(timedelta(minutes=minutes))
            client.get("/support/")
            seen.append("_auth_user_id" in client.session)
        _sign_in(client, "a right password")
        for _hour in range(13):
            clock.shift(timedelta(minutes=59))
            client.get("/support/")
        last = "_auth_user_id" in client.session

    assert seen == [True, True, True, False]
    assert not last


@pytest.mark.usefixtures("ana")
@pytest.mark.parametrize("tokens", [False, True])
def test_signing_out_everywhere_ends_all_sessions_and_the_tokens_if_chosen(tokens: bool) -> None:
    user = get_user_model().objects.get(username="ana")
    own, other, stranger = Client(), Client(), Client()
    own.force_login(user)
    other.force_login(user)
    stranger.force_login(get_user_model().objects.create_user("ned"))
    token, _secret = ApiToken.objects.create(user)

    own.post("/accounts/logout/everywhere/", {"tokens": "on"} if tokens else {})

    assert [SESSION_KEY in client.session for client in (own, other, stranger)] == [False, False, True]
    token.refresh_from_db()
    assert (token.expiry is not None and token.expiry <= timezone.now()) is tokens


@pytest.mark.usefixtures("ana")
def test_a_changed_password_ends_the_other_sessions(client: Client) -> None:
    _sign_in(client, "a right password")
    user = get_user_model().objects.get(username="ana")

    user.set_password("another password")
    user.save()

    assert client.get("/").status_code == 302


def test_the_sweep_removes_expired_sessions() -> None:
    for number, expires_at in enumerate((NOW - timedelta(seconds=1), NOW + timedelta(hours=1))):
        Session.objects.create(session_key=str(number), session_data="", expire_date=expires_at)

    sweep(now=NOW)

    assert list(Session.objects.values_list("session_key", flat=True)) == ["1"]


def test_the_admin_uses_the_same_sign_in(client: Client) -> None:
    first = client.get("/admin/")
    second = client.get(first.headers["Location"])

    assert (first.status_code, second.status_code) == (302, 302)
    assert second.headers["Location"].startswith(LOGIN)


def test_there_is_no_sign_up(client: Client) -> None:
    before = get_user_model().objects.count()

    client.post(
        "/accounts/signup/", {"username": "eve", "password1": "Sup3r-secret", "password2": "Sup3r-secret"}
    )

    assert get_user_model().objects.count() == before
