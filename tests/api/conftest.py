"""The API as a client sees it: bearer tokens, JSON, and the clock of the scenarios."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from partners.models import User
from tests.api.client import ApiClient
from tests.world import NOW, World, build_world


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Stop the clock at Monday 6 July 2020, 09:00 UTC, until a test moves it."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.fixture
def ana(world: World) -> ApiClient:
    return ApiClient(world.ana)


@pytest.fixture
def ned(world: World) -> ApiClient:
    return ApiClient(world.ned)


@pytest.fixture
def session(world: World, client: Client) -> Client:
    """Return a client with Ana's browser session."""
    client.force_login(User.objects.get(pk=world.ana.pk))
    return client
