"""In the embedded mode an import of many rows lets others write in between."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.directory_files import write_csv
from tests.platform.running import ROOT

ROWS = 8_500
"""Five turns to write."""


def _command(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    own = {"PATH": os.environ["PATH"], "CPOR_DATA_DIR": str(folder)}
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=own,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _tenants(path: Path, *more: str) -> Path:
    rows = [f"{0x4000_8000_0000_0000_0000 + number:032x},Customer {number},US" for number in range(ROWS)]
    return write_csv(path, "tenant_id,name,country", *rows, *more)


@pytest.mark.processes
def test_others_write_while_many_rows_are_imported(migrated: Path, tmp_path: Path) -> None:
    data_dir = shutil.copytree(migrated, tmp_path / "data")
    path = _tenants(tmp_path / "tenants.csv")

    counts: list[int] = []
    running = _command(data_dir, "import_directory", str(path), "--as-of", "2026-01-01T00:00:00Z")
    with contextlib.closing(
        sqlite3.connect(data_dir / "cpor.sqlite3", timeout=20, isolation_level=None)
    ) as other:
        while running.poll() is None:
            other.execute("BEGIN IMMEDIATE")
            counts.append(other.execute("SELECT count(*) FROM tenants_tenant").fetchone()[0])
            other.execute("COMMIT")
        stored = other.execute("SELECT count(*) FROM tenants_tenant").fetchone()[0]
        imports = other.execute("SELECT count(*) FROM tenants_directoryimport").fetchone()[0]

    assert (running.returncode, stored, imports) == (0, ROWS, 1)
    assert {0 < count < ROWS for count in counts} == {False, True}


@pytest.mark.processes
def test_a_file_that_is_cut_off_still_changes_nothing(migrated: Path, tmp_path: Path) -> None:
    data_dir = shutil.copytree(migrated, tmp_path / "data")
    path = _tenants(tmp_path / "tenants.csv", '"cut off in the')

    importing = _command(data_dir, "import_directory", str(path), "--as-of", "2026-01-01T00:00:00Z")
    said = importing.communicate()[0]

    with contextlib.closing(sqlite3.connect(data_dir / "cpor.sqlite3")) as other:
        stored = other.execute("SELECT count(*) FROM tenants_tenant").fetchone()[0]
    assert importing.returncode != 0
    assert "tenants.csv, line" in said
    assert stored == 0
