"""A test that lacks a server or a browser is not run: counted apart from the passed, with what it lacks.

`--fail-not-run` (`make check` passes it): a run with such a test, or with any other skipped one, has failed.
"""

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

NEEDS = {"postgres": "PostgreSQL", "redis": "Redis", "browser": "a browser"}
PREFIX = "not run: needs "
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_browser() -> str | None:
    """Chromium on this machine: the one that CHROMIUM names, an installed one, or Playwright's own."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    installed = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if installed:
        return installed
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache/ms-playwright")
    downloaded = sorted(cache.glob("chromium-*/chrome-linux*/chrome"))
    return str(downloaded[-1]) if downloaded else None


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The program that tests marked `browser` drive."""
    path = find_browser()
    assert path is not None
    return path


def missing() -> set[str]:
    """The needs that this run cannot meet."""
    met = {
        "postgres": os.environ.get("TEST_DATABASE_URL", "").startswith("postgres"),
        "redis": bool(os.environ.get("TEST_REDIS_URL")),
        "browser": find_browser() is not None,
    }
    return {need for need in NEEDS if not met[need]}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fail-not-run", action="store_true", help="a test that was not run fails the run")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    lacking = missing()
    for item in items:
        needs = [name for need, name in NEEDS.items() if need in lacking and item.get_closest_marker(need)]
        if needs:
            item.add_marker(pytest.mark.skip(reason=PREFIX + " and ".join(needs)))


def _reasons(config: pytest.Config) -> Counter[str]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    reasons: Counter[str] = Counter()
    for report in reporter.stats.get("skipped", []) if reporter else []:
        text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[text.removeprefix("Skipped: ")] += 1
    return reasons


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.config.option.fail_not_run and _reasons(session.config) and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def summary(reasons: Counter[str]) -> list[str]:
    """The last words of a run: how many were not run, why, and the command that runs them."""
    if not reasons:
        return ["Not run: none."]
    lines = [f"Not run: {reasons.total()} (they are not among those that passed)"]
    lines += [f"  {number} {text.removeprefix('not run: ')}" for text, number in sorted(reasons.items())]
    if any(text.startswith(PREFIX) for text in reasons):
        lines.append(
            "`make test-servers` runs them; the programs it needs (postgresql-15, redis-server, chromium) "
            "are installed by `.ci/run`."
        )
    return lines


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or hasattr(config, "workerinput") or config.option.collectonly:
        return
    for line in summary(_reasons(config)):
        reporter.write_line(line)
