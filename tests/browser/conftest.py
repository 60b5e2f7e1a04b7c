"""A real browser against the real server, at today's date."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection
from playwright.sync_api import Browser, sync_playwright

from tests.world import World, build_world


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    # Playwright runs an event loop in this thread, which Django would take for asynchronous code of ours.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def world(transactional_db: None, now: datetime, monkeypatch: pytest.MonkeyPatch) -> World:
    """The fixture, as of today; the server's threads keep no connection, so that the database can be dropped."""
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    return build_world(now.date())
