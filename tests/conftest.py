"""What every test may use. Tests of one subject keep their own fixtures beside them."""

import gc
import os

import pytest
from django.core.cache import cache

pytest_plugins = ["tests.database_only", "tests.not_run", "tests.remembered"]


def pytest_collection_finish() -> None:
    """Spare the collector what lives as long as the process: modules, models, the tests themselves."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)


@pytest.fixture(autouse=True)
def _nothing_counted_before() -> None:
    """Limits that one test has used up are not the next one's."""
    cache.clear()


@pytest.fixture(scope="session")
def redis_url() -> str:
    """The Redis server that was started for the tests, or given to them; for tests marked `redis`."""
    return os.environ["TEST_REDIS_URL"]
