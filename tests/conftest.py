"""What every test may use. Tests of one subject keep their own fixtures beside them."""

import gc
import os

import pytest
from django.core.cache import cache
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.database_only", "tests.installation", "tests.not_run", "tests.remembered"]

# A property holds or does not; how fast the machine happens to be is no part of it.
settings.register_profile("any speed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any speed")

# A file runs whole in one process, where its states are remembered; the longest begin first, so that no process
# is left alone with one at the end.
LONGEST = (
    "platform/test_supervisor",
    "walk/test_random_walk",
    "browser/test_done_when",
    "concurrency/test_races",
    "api/test_lists",
    "api/test_problems",
    "api/test_access",
    "foundation/journal/test_crashes",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Move the longest files to the front."""
    items.sort(
        key=lambda item: next((at for at, name in enumerate(LONGEST) if name in item.nodeid), len(LONGEST))
    )


def pytest_collection_finish() -> None:
    """Freeze modules, models and tests, which live as long as the process, so that the collector skips them."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)


@pytest.fixture(autouse=True)
def _nothing_counted_before() -> None:
    """Clear the counters of limits, so that one test does not use up the limits of the next."""
    cache.clear()


@pytest.fixture(scope="session")
def redis_url() -> str:
    """Return the address of the tests' Redis server, started or given; for tests marked `redis`."""
    return os.environ["TEST_REDIS_URL"]
