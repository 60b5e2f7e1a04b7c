"""What every test may use. Tests of one subject keep their own fixtures beside them."""

import os

import pytest
from django.core.cache import cache

pytest_plugins = ["tests.database_only", "tests.not_run", "tests.remembered"]


@pytest.fixture(autouse=True)
def _nothing_counted_before() -> None:
    """Limits that one test has used up are not the next one's."""
    cache.clear()


@pytest.fixture(scope="session")
def redis_url() -> str:
    """The Redis server that was started for the tests, or given to them; for tests marked `redis`."""
    return os.environ["TEST_REDIS_URL"]
