"""What every test may use. Tests of one subject keep their own fixtures beside them."""

import gc
import os

import pytest
from django.core.cache import cache

pytest_plugins = ["tests.database_only", "tests.not_run", "tests.remembered"]

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
