"""Pages and admin share one sign-in, which locks after repeated wrong passwords; there is no sign-up."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

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


@pytest.mark.usefixtures("ana")
def test_after_five_wrong_passwords_even_the_right_one_is_refused(client: Client) -> None:
    attempts = [_sign_in(client, "a wrong password") for _ in range(5)]

    assert attempts == [False] * 5
    assert not _sign_in(client, "a right password")


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
