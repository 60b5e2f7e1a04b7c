"""Every installed package is locked by version and hash, and no lock file contains an address."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
ENTRY = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.M)


def _locked(name: str) -> dict[str, str]:
    return dict(ENTRY.findall((ROOT / name).read_text()))


def _canonical(requirement: str) -> str:
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name is not None
    return re.sub(r"[-_.]+", "-", name.group()).lower()


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_files_contain_no_addresses(lock: str) -> None:
    assert re.findall(r"[a-z]+://\S+", (ROOT / lock).read_text()) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_a_hash(lock: str) -> None:
    entries = re.split(r"^(?=[A-Za-z0-9])", (ROOT / lock).read_text(), flags=re.M)[1:]

    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_every_declared_package_is_locked() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime = {_canonical(line) for line in declared["project"]["dependencies"]}
    development = {_canonical(line) for line in declared["dependency-groups"]["dev"]}

    assert runtime - set(_locked("requirements.lock")) == set()
    assert development - set(_locked("requirements-dev.lock")) == set()


def test_development_has_the_same_versions_as_the_product() -> None:
    runtime = _locked("requirements.lock").items()

    assert set(runtime) - set(_locked("requirements-dev.lock").items()) == set()
