"""`manage.py import_directory`: arguments, output and exit codes."""

import csv
import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from cpor.documents import directory_import
from tenants.models import DirectoryImport, Domain, Subscription, Tenant
from tests.directory_files import SAMPLES, write_csv

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
HEADER = "tenant_id,name,country"
ROW = "1316cd1f-b0c7-4253-a7f3-ccc9041aaab9,Contoso,US"


def run(*arguments: str | Path, **options: Any) -> str:
    out = io.StringIO()
    call_command("import_directory", *(str(argument) for argument in arguments), stdout=out, **options)
    return out.getvalue()


def refused(*arguments: str | Path) -> tuple[str, str, int]:
    """Return the command's output, its error message and its exit code."""
    out = io.StringIO()
    with pytest.raises(CommandError) as error:
        call_command("import_directory", *(str(argument) for argument in arguments), stdout=out)
    return out.getvalue(), str(error.value), error.value.returncode


def test_files_are_imported_in_the_order_in_which_they_refer_to_each_other() -> None:
    printed = run(*sorted(SAMPLES.glob("*.csv")))

    assert printed.splitlines() == [
        "tenants.csv (tenants): 2 created, 0 updated, 0 unchanged, 0 refused",
        "domains.csv (domains): 3 created, 0 updated, 0 unchanged, 0 refused",
        "products.csv (products): 23 created, 0 updated, 0 unchanged, 0 refused",
        "subscriptions.csv (subscriptions): 8 created, 0 updated, 0 unchanged, 0 refused",
        "organisations.csv (organisations): 3 created, 0 updated, 0 unchanged, 0 refused",
        "locations.csv (locations): 5 created, 0 updated, 0 unchanged, 0 refused",
        "enrolments.csv (enrolments): 24 created, 0 updated, 0 unchanged, 0 refused",
    ]


def test_a_dry_run_of_several_files_sees_their_rows_and_rolls_them_back() -> None:
    printed = run(*SAMPLES.glob("*.jsonl"), "--dry-run")

    assert "subscriptions.jsonl (subscriptions): 8 created, 0 updated, 0 unchanged, 0 refused" in printed
    assert printed.splitlines()[-1] == "This was a dry run: nothing was changed."
    assert (Tenant.objects.count(), Subscription.objects.count(), DirectoryImport.objects.count()) == (
        0,
        0,
        0,
    )


def test_refused_rows_are_reported_and_end_with_exit_code_1(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "tenants.csv", HEADER, ROW, "x,\x1b[31mRed,USA")

    assert refused(path) == (
        (
            "tenants.csv (tenants): 1 created, 0 updated, 0 unchanged, 1 refused\n"
            "  line 3, column tenant_id, “x”: This is not a GUID.\n"
            "  line 3, column name, “\\x1b[31mRed”: It contains a line break or another control character.\n"
            "  line 3, column country, “USA”: A country is two letters, such as US.\n"
        ),
        "Rows refused: 1.",
        1,
    )
    assert Tenant.objects.count() == 1


def test_the_screen_shows_twenty_refusals_and_the_report_all(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "tenants.csv", HEADER, *(f"=cmd|{i},Contoso,US" for i in range(130)))
    report = tmp_path / "refused.csv"

    printed, _told, code = refused(path, "--report", report)

    assert len(printed.splitlines()) == 22
    assert printed.splitlines()[-1] == "  ... and 110 more; --report FILE writes all of them."
    assert code == 1
    with report.open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["file", "line", "column", "value", "reason"]
    assert rows[1] == ["tenants.csv", "2", "tenant_id", "'=cmd|0", "This is not a GUID."]
    assert len(rows) == 131


def test_an_unreadable_file_ends_with_exit_code_2_without_stopping_the_others(tmp_path: Path) -> None:
    spoiled = write_csv(tmp_path / "domains.csv", "domain,tenant")
    nameless = write_csv(tmp_path / "export.csv", HEADER, ROW)
    good = write_csv(tmp_path / "tenants.csv", HEADER, ROW)

    printed, told, code = refused(nameless, spoiled, good)

    assert printed == "tenants.csv (tenants): 1 created, 0 updated, 0 unchanged, 0 refused\n"
    assert told.splitlines() == [
        "domains.csv, line 1: columns missing: tenant_id. unknown columns: tenant.",
        (
            "export.csv: its name does not begin with a kind of file (tenants, domains, products, subscriptions, "
            "organisations, locations, enrolments); rename it or use --kind."
        ),
    ]
    assert code == 2
    assert (Tenant.objects.count(), Domain.objects.count()) == (1, 0)


def test_the_kind_can_be_given(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "export.csv", HEADER, ROW)

    printed = run(path, "--kind", "tenants")

    assert printed == "export.csv (tenants): 1 created, 0 updated, 0 unchanged, 0 refused\n"


def test_the_as_of_time_is_utc_unless_it_has_an_offset(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "tenants.csv", HEADER, ROW)

    run(path, "--as-of", "2020-07-06T06:00")
    run(path, "--as-of", "2020-07-06T06:00+02:00")

    assert [entry.as_of.isoformat() for entry in DirectoryImport.objects.order_by("id")] == [
        "2020-07-06T06:00:00+00:00",
        "2020-07-06T04:00:00+00:00",
    ]


@pytest.mark.parametrize("time", ["yesterday", "2020-13-01", "9999-12-31T00:00"])
def test_an_impossible_as_of_time_is_refused(tmp_path: Path, time: str) -> None:
    path = write_csv(tmp_path / "tenants.csv", HEADER, ROW)

    refused(path, "--as-of", time)

    assert Tenant.objects.count() == 0


@pytest.mark.parametrize("report", ["tenants.csv", "missing/refused.csv"])
def test_an_unwritable_report_stops_the_import(tmp_path: Path, report: str) -> None:
    path = write_csv(tmp_path / "tenants.csv", HEADER, ROW)

    _printed, _told, code = refused(path, "--report", tmp_path / report)

    assert code == 2
    assert Tenant.objects.count() == 0
    assert path.read_text() == f"{HEADER}\n{ROW}\n"


def test_the_document_has_the_current_column_reference() -> None:
    assert directory_import.render() in (ROOT / "docs" / "directory-import.md").read_text()


def test_a_terminal_gets_a_progress_bar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)

    run(write_csv(tmp_path / "tenants.csv", HEADER, ROW))

    assert "tenants.csv: 100%" in screen.getvalue()


def test_without_a_terminal_nothing_is_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(write_csv(tmp_path / "tenants.csv", HEADER, ROW))

    assert capsys.readouterr().err == ""


@pytest.mark.processes
def test_the_exit_codes_reach_the_shell(tmp_path: Path) -> None:
    spoiled = tmp_path / "tenants.csv"
    spoiled.write_bytes(b"")

    done = subprocess.run(
        [sys.executable, "manage.py", "import_directory", str(spoiled)],
        cwd=ROOT,
        env={"CPOR_DATA_DIR": str(tmp_path / "data"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].endswith("tenants.csv: the file is empty.")
