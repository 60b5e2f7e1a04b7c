"""Signed-in clients, with the clock at the time of the scenarios."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client

from partners.models import User
from tests.world import NOW, World, build_world

SignIn = Callable[[User], Client]


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Stop the clock at Monday 6 July 2020, 09:00 UTC, until a test moves it."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def sign_in(clock: time_machine.Traveller) -> SignIn:
    """Return a function that signs a user in and returns the client, at the time of the scenarios."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in
