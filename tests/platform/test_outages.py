"""A machine that is away, busy or full is said in words at every door, and nothing is left half-done."""

import contextlib
import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client
from pytest_django import Settings

from claims.models import Evidence
from foundation.doors.whole_files import WholeFiles
from foundation.journal.models import Event
from tests.api.client import ApiClient
from tests.filing import draft
from tests.inspection.files import real_pdf
from tests.platform.running import ROOT
from tests.portal.pages import send
from tests.world import build_world

CLOSED_PORT = "redis://127.0.0.1:9/0"
MAKE = """
import django
django.setup()
from partners.models import User
User.objects.create_user("ana", "ana@fabrikam.example", "demo")
"""
ASK = """
import json, sys, django
from django.conf import settings
settings.DATABASES["default"]["OPTIONS"]["timeout"] = 0.1
settings.ALLOWED_HOSTS.append("testserver")
django.setup()
from django.test import Client
from pytest_django import Settings
client = Client(raise_request_exception=False)
method, path = sys.argv[1:]
answer = getattr(client, method)(path, {"login": "ana", "password": "demo"})
print(json.dumps([answer.status_code, answer.headers.get("Retry-After"), answer.content.decode()]))
"""


@pytest.fixture(scope="module")
def data_dir(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the data folder of an embedded installation without data."""
    folder = shutil.copytree(migrated, tmp_path_factory.mktemp("embedded"), dirs_exist_ok=True)
    _python(folder, "-c", MAKE)
    return folder


def _python(folder: Path, *arguments: str, **environ: str) -> str:
    own = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "cpor.settings",
        "CPOR_DATA_DIR": str(folder),
    }
    answer = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=own | environ, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def _asked(folder: Path, method: str, path: str, **environ: str) -> tuple[int, str | None, str]:
    status, wait, content = json.loads(_python(folder, "-c", ASK, method, path, **environ).splitlines()[-1])
    return status, wait, content


@pytest.mark.processes
def test_without_redis_signing_in_is_refused_in_words(data_dir: Path) -> None:
    status, wait, page = _asked(data_dir, "post", "/accounts/login/", REDIS_URL=CLOSED_PORT)

    assert (status, wait) == (503, "30")
    assert "We cannot do this at the moment" in page
    assert "SERVICE_UNAVAILABLE" in page


@pytest.mark.processes
def test_without_redis_readyz_names_the_cache_and_the_broker(data_dir: Path) -> None:
    status, _wait, content = _asked(data_dir, "get", "/readyz", REDIS_URL=CLOSED_PORT)

    findings = json.loads(content)
    assert (status, findings["cache"], findings["broker"]) == (503, "does not answer", "does not answer")


@pytest.mark.processes
def test_signing_in_while_another_program_writes_is_refused_in_words(data_dir: Path) -> None:
    with contextlib.closing(sqlite3.connect(data_dir / "cpor.sqlite3")) as other:
        other.execute("BEGIN EXCLUSIVE")
        status, wait, page = _asked(data_dir, "post", "/accounts/login/")

    assert (status, wait) == (503, "30")
    assert "Nothing was changed. Try again in a moment." in page
    assert _asked(data_dir, "post", "/accounts/login/")[0] == 302


@pytest.mark.processes
def test_signing_in_on_a_full_disk_is_refused_in_words(data_dir: Path) -> None:
    full = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"

    answer = json.loads(_python(data_dir, "-c", full + ASK, "post", "/accounts/login/").splitlines()[-1])

    assert answer[0] in (503, 507)  # SQLite calls a file that may not grow "disk I/O error"
    assert "Nothing was changed." in answer[2]
    assert _asked(data_dir, "post", "/accounts/login/")[0] == 302


@contextlib.contextmanager
def no_file_above(size: int) -> Iterator[None]:
    """Let every file end at this size, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def large_pdf() -> bytes:
    return real_pdf("Signed") + b"\n" + b"%" * 600_000 + b"\n"


@pytest.mark.django_db
@pytest.mark.parametrize("size", [100_000, 300_000])
def test_an_upload_onto_a_full_disk_leaves_neither_row_nor_file(
    settings: Settings, tmp_path: Path, size: int
) -> None:
    settings.MEDIA_ROOT = tmp_path
    world = build_world()
    claim = draft(world, world.ana, proof=False)
    browser, caller = Client(raise_request_exception=False), ApiClient(world.ana)
    caller.client.raise_request_exception = False
    browser.force_login(world.ana)
    events = Event.objects.count()

    with no_file_above(size):
        answer = caller.upload(f"claims/{claim.public_id}/evidence/", large_pdf())
        page = send(
            browser, claim, "proof", {"file": SimpleUploadedFile("sow.pdf", large_pdf()), "kind": "other"}
        )

    assert (answer.status_code, answer.json()["code"], page.status_code) == (507, "DISK_FULL", 507)
    assert "The disk of our server is full. Nothing was changed." in page.content.decode()
    assert (Evidence.objects.count(), Event.objects.count()) == (0, events)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_the_storage_keeps_no_part_of_a_file(tmp_path: Path) -> None:
    storage = WholeFiles(tmp_path)

    with no_file_above(300_000), pytest.raises(OSError, match="File too large"):
        storage.save("proof/whole", ContentFile(large_pdf()))
    storage.save("proof/next", ContentFile(b"small"))

    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["next"]


@pytest.mark.django_db
def test_a_file_goes_when_its_row_cannot_be_stored(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    world = build_world()
    claim = draft(world, world.ana, proof=False)

    def full(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith('INSERT INTO "claims_evidence"'):
            raise OperationalError("database or disk is full")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(full):
        answer = ApiClient(world.ana).upload(f"claims/{claim.public_id}/evidence/", real_pdf())

    assert (answer.status_code, answer.json()["code"]) == (507, "DISK_FULL")
    assert Evidence.objects.count() == 0
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/claims/", "/admin/claims/claim/", "/api/v1/claims/"])
def test_a_database_that_is_locked_is_a_503_in_words_at_every_door(path: str) -> None:
    world = build_world()
    browser = Client(raise_request_exception=False)
    browser.force_login(world.rev1 if "admin" in path else world.ana)

    def locked(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if '"claims_claim"' in sql:
            raise OperationalError("database is locked")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(locked):
        answer = browser.get(path)

    assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
    assert "SERVICE_UNAVAILABLE" in answer.content.decode()
