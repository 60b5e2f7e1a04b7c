"""Unreadable files: one clear sentence that names file and line, and no change."""

import codecs
import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from cpor.directory import kind_of
from foundation.imports.sources import UnreadableFile
from tenants.models import DirectoryImport, Tenant
from tests.directory_files import counts, take, told, write_csv, write_jsonl

pytestmark = pytest.mark.django_db

HEADER = "tenant_id,name,country"
ROW = "1316cd1f-b0c7-4253-a7f3-ccc9041aaab9,Contoso,US"
OTHER = "0c39d6d5-c70d-4c55-bc02-f620844f3fd1,Adatum,US"
TEXT = f"{HEADER}\n{ROW}\n{OTHER}\n"
LINE = '{"tenant_id": "1316cd1f-b0c7-4253-a7f3-ccc9041aaab9", "name": "Contoso", "country": "US"}'


def zipped() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("xl/workbook.xml", TEXT)
    return archive.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("tenants.csv", b"", "tenants.csv: the file is empty."),
        ("tenants.jsonl", b"", "tenants.jsonl: the file is empty."),
        ("tenants.csv", b"\n \n"[:1], "tenants.csv: there is no header, only blank lines."),
        ("tenants.jsonl", b"\n \n", "tenants.jsonl: there are only blank lines."),
        (
            "tenants.csv",
            TEXT.encode("utf-16")[:-1],
            "tenants.csv, line 3: the UTF-16 text is damaged or breaks off; save it as UTF-8.",
        ),
        (
            "tenants.csv",
            TEXT.encode("utf-16-be"),
            "tenants.csv, line 1: it contains a zero byte; the file is binary, damaged or not in UTF-8.",
        ),
        (
            "tenants.csv",
            TEXT.encode("utf-32"),
            "tenants.csv, line 1: this is UTF-32 text; save it as UTF-8.",
        ),
        (
            "tenants.csv",
            TEXT.replace("Adatum", "Ädatum").encode("latin-1"),
            "tenants.csv, line 3: byte 38 is not UTF-8 (but perhaps Windows-1252); save the file as UTF-8.",
        ),
        (
            "tenants.jsonl",
            f"{LINE}\n{LINE.replace('Contoso', 'Söhne')}\n".encode("latin-1"),
            "tenants.jsonl, line 2: byte 65 is not UTF-8 (but perhaps Windows-1252); save the file as UTF-8.",
        ),
        (
            "tenants.csv",
            TEXT.replace("Adatum", "Ada\0tum").encode(),
            "tenants.csv, line 3: it contains a zero byte; the file is binary, damaged or not in UTF-8.",
        ),
        (
            "tenants.csv",
            gzip.compress(TEXT.encode()),
            "tenants.csv, line 1: this is not text but a gzip file; give the CSV or JSON Lines file itself.",
        ),
        (
            "tenants.csv.gz",
            gzip.compress(TEXT.encode()),
            "tenants.csv.gz, line 1: this is not text but a gzip file; give the CSV or JSON Lines file itself.",
        ),
        (
            "tenants.csv",
            zipped(),
            "tenants.csv, line 1: this is not text but a ZIP/Excel file; give the CSV or JSON Lines file itself.",
        ),
        (
            "tenants.xlsx",
            zipped(),
            "tenants.xlsx, line 1: this is not text but a ZIP/Excel file; give the CSV or JSON Lines file itself.",
        ),
        (
            "tenants.csv",
            b"%PDF-1.7\n",
            "tenants.csv, line 1: this is not text but a PDF file; give the CSV or JSON Lines file itself.",
        ),
        ("tenants.txt", TEXT.encode(), "tenants.txt: its name must end in .csv or .jsonl."),
        (
            "tenants.csv",
            b"tenant_id,title,tenant_id\n",
            (
                "tenants.csv, line 1: columns missing: name, country. columns named twice: tenant_id. "
                "unknown columns: title."
            ),
        ),
        (
            "tenants.csv",
            b"tenant_id|name|country\n",
            "tenants.csv, line 1: the columns must be separated by commas, semicolons or tabs.",
        ),
        (
            "tenants.csv",
            b"sep=|\ntenant_id|name|country\n",
            "tenants.csv, line 1: the columns must be separated by commas, semicolons or tabs.",
        ),
        (
            "tenants.csv",
            b"tenant_id,,name,country,\n",
            "tenants.csv, line 1: unknown columns: (without a name).",
        ),
        (
            "tenants.csv",
            f"{HEADER}\n{ROW}\n{OTHER.replace('Adatum', chr(34) + 'Adatum')}\n".encode(),
            ("tenants.csv, line 3: a value begins with a quotation mark here, and no other one ends it."),
        ),
        (
            "tenants.csv",
            f"{HEADER}\n{ROW.replace('Contoso', chr(34) + 'Con' + chr(34) + 'toso')}\n{OTHER}\n".encode(),
            (
                "tenants.csv, line 2: a quotation mark ends a value, but no separator follows it; "
                "double those within a value."
            ),
        ),
        (
            "tenants.csv",
            TEXT.encode()[:-12],
            "tenants.csv, line 3: the file breaks off in the middle of this line.",
        ),
        (
            "tenants.csv",
            TEXT.encode()[:-2],
            (
                "tenants.csv, line 3: the file ends here without a line break, so the value may be cut off; "
                "if it is whole, add the line break."
            ),
        ),
        (
            "tenants.csv",
            TEXT.encode()[:-3],
            (
                "tenants.csv, line 3: the file ends here without a line break, so the value may be cut off; "
                "if it is whole, add the line break."
            ),
        ),
        (
            "tenants.csv",
            f'{HEADER}\n{ROW[:36]},"Conto'.encode(),
            "tenants.csv, line 2: the file breaks off in the middle of this line.",
        ),
        (
            "tenants.csv",
            f"tenant_id,country,name\n{ROW[:36]},US,Contoso".encode(),
            (
                "tenants.csv, line 2: the file ends here without a line break, so the value may be cut off; "
                "if it is whole, add the line break."
            ),
        ),
        (
            "tenants.jsonl",
            f"{LINE}\n{LINE[:40]}".encode(),
            "tenants.jsonl, line 2: the file breaks off in the middle of this line.",
        ),
        (
            "tenants.jsonl",
            f"[{LINE}]\n".encode(),
            "tenants.jsonl, line 1: this is not JSON Lines: every line must hold one JSON object.",
        ),
        (
            "tenants.jsonl",
            TEXT.encode(),
            "tenants.jsonl, line 1: this is not JSON Lines: every line must hold one JSON object.",
        ),
        (
            "tenants.csv",
            f"{HEADER}\n{ROW}\n{'x' * 1_000_001}\n".encode(),
            "tenants.csv, line 3: the line is longer than 1000000 bytes; this is not a file of rows.",
        ),
    ],
)
def test_an_unreadable_file_gets_one_sentence_and_changes_nothing(
    tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(UnreadableFile) as error:
        take(path)

    assert str(error.value) == sentence
    assert Tenant.objects.count() == 0
    assert DirectoryImport.objects.count() == 0


def test_a_file_that_is_unreadable_at_its_end_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "tenants.csv"
    rows = "".join(f"00000000-0000-4000-8000-{number:012x},Tenant,US\n" for number in range(4_500))
    path.write_bytes(f"{HEADER}\n{rows}".encode() + b"caf\xe9")

    with pytest.raises(UnreadableFile, match=r"^tenants.csv, line 4502: byte 4 is not UTF-8"):
        take(path)

    assert Tenant.objects.count() == 0


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda path: None, "tenants.csv: there is no such file."),
        (Path.mkdir, "tenants.csv: this is not a file."),
    ],
)
def test_a_path_that_is_not_a_file_gets_one_sentence(
    tmp_path: Path, make: Callable[[Path], None], sentence: str
) -> None:
    path = tmp_path / "tenants.csv"
    make(path)

    with pytest.raises(UnreadableFile) as error:
        take(path)

    assert str(error.value) == sentence


def test_the_kind_is_the_first_word_of_the_file_name(tmp_path: Path) -> None:
    names = ["tenants.csv", "Subscriptions-2026-11.CSV", "domains_eu.jsonl", "enrolments.2026.ndjson"]

    assert [kind_of(tmp_path / name).name for name in names] == [
        "tenants",
        "subscriptions",
        "domains",
        "enrolments",
    ]
    assert kind_of(tmp_path / "export.csv", named="locations").name == "locations"


@pytest.mark.parametrize("name", ["export.csv", "tenantsextra.csv", "2026-tenants.csv", ".csv"])
def test_a_name_without_a_kind_is_refused_with_the_list_of_kinds(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableFile) as error:
        kind_of(tmp_path / name)

    assert str(error.value) == (
        f"{name}: its name does not begin with a kind of file (tenants, domains, products, subscriptions, "
        "organisations, locations, enrolments); rename it or use --kind."
    )


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.rstrip().encode(),
        f"\n{HEADER}\n\n{ROW}\n\n\n{OTHER}\n\n".encode(),
        f"Country , NAME,tenant_id\nUS,Contoso,{ROW[:36]}\nUS,Adatum,{OTHER[:36]}\n".encode(),
        f'"tenant_id","name","country"\n{ROW}\n"{OTHER[:36]}","Adatum",US\n'.encode(),
        TEXT.encode() + b",,\n" * 3,
        f"{HEADER},,\n{ROW},,\n,,,,\n{OTHER}, ,\n".encode(),
        f"{HEADER}\n{ROW},,\n{OTHER}\n".encode(),
        b"sep=,\r\n" + TEXT.encode(),
        b"\xef\xbb\xbfsep=;\r\n" + TEXT.replace(",", ";").encode(),
        b'"sep=;"\n' + TEXT.replace(",", ";").encode(),
        TEXT.replace(",", ";").encode(),
        TEXT.replace(",", "\t").encode(),
        TEXT.encode() + b"\x1a",
        TEXT.encode() + b"\x1a\r\n",
        TEXT.rstrip().encode() + b"\x1a",
        TEXT.replace("\n", "\r").encode(),
        TEXT.rstrip().replace("\n", "\r").encode(),
        TEXT.replace(",", "\t").replace("\n", "\r\n").encode("utf-16"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        codecs.BOM_UTF8 * 2 + TEXT.encode(),
        codecs.BOM_UTF8 * 2 + b"sep=,\n" + f'"tenant_id","name","country"\n{ROW}\n{OTHER}\n'.encode(),
        f'{HEADER}\n\ufeff"{ROW[:36]}",Contoso,US\n\ufeff{OTHER}\n'.encode(),
        f"Tenant ID,\u200bName,ｃｏｕｎｔｒｙ\n{ROW}\n{OTHER}\n".encode(),
        f"tenant-id,\u00a0NAME ,Country\n{ROW}\n{OTHER}\n".encode(),
        b"Sep = ;;;\r\n" + TEXT.replace(",", ";").encode(),
        b"sep=\t\t\t\r\n" + TEXT.replace(",", "\t").encode(),
        b"sep=,,,\r\n\r\n" + TEXT.encode(),
        TEXT.replace(",", ";").replace("\n", ";;\r\n").encode(),
        TEXT.replace(",", "\t").replace("\n", "\t\t\n").encode(),
        TEXT.replace("\n", "\r\r\n").encode(),
        TEXT.replace("\n", "\r").encode() + b"\x1a",
        f"{HEADER}\r\n{ROW}\n{OTHER}\r".encode(),
        f"{HEADER}\n{ROW}\n\x1a\n{OTHER}\n\x1a\x1a".encode(),
        f"{HEADER}\n{{{ROW[:36].upper()}}},Contoso,ｕｓ\nurn:uuid:{OTHER}\n".encode(),
    ],
    ids=[
        "byte order mark",
        "CRLF",
        "no last line break",
        "blank lines",
        "other order",
        "quoted",
        "emptied rows",
        "emptied columns",
        "emptied cells",
        "sep=,",
        "sep=; after a byte order mark",
        "quoted sep=",
        "semicolons",
        "tabs",
        "Ctrl-Z",
        "Ctrl-Z and a line break",
        "Ctrl-Z for the last line break",
        "CR",
        "CR without a last one",
        "Unicode text of Excel",
        "UTF-16 big-endian",
        "two byte order marks",
        "two byte order marks, sep= and quotation marks",
        "byte order marks of joined files",
        "header as a person writes it",
        "header with hyphens and blanks",
        "sep= with blanks and the separators of empty cells",
        "sep= with tabs",
        "sep= and a blank line",
        "emptied columns with semicolons",
        "emptied columns with tabs",
        "CR CR LF",
        "CR and Ctrl-Z",
        "all line ends mixed",
        "Ctrl-Z of joined files",
        "values as pasted",
    ],
)
def test_harmless_variants_of_csv_are_read(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "tenants.csv"
    path.write_bytes(content)

    result = take(path)

    assert counts(result) == (2, 0, 0, 0)
    assert set(Tenant.objects.values_list("name", "country")) == {("Contoso", "US"), ("Adatum", "US")}


def test_a_header_alone_is_a_file_without_rows(tmp_path: Path) -> None:
    result = take(write_csv(tmp_path / "tenants.csv", HEADER))

    assert counts(result) == (0, 0, 0, 0)
    assert DirectoryImport.objects.count() == 1


def test_rows_of_the_wrong_width_and_values_with_line_breaks_are_refused_with_their_line(
    tmp_path: Path,
) -> None:
    path = write_csv(
        tmp_path / "tenants.csv",
        HEADER,
        f"{ROW},extra",
        "short,row",
        '0c39d6d5-c70d-4c55-bc02-f620844f3fd1,"Ada',
        'tum",US',
        ROW,
    )

    result = take(path)

    assert counts(result) == (1, 0, 0, 3)
    assert told(result) == [
        (2, "", f"{ROW},extra", "4 values where the header names 3 columns."),
        (3, "", "short,row", "2 values where the header names 3 columns."),
        (4, "name", "Ada\\ntum", "It contains a line break or another control character."),
    ]


def test_a_json_line_that_is_not_a_row_is_refused_without_stopping_the_others(tmp_path: Path) -> None:
    deep = '{"name": ' + "[" * 5_000 + "]" * 5_000 + "}"
    path = write_jsonl(
        tmp_path / "tenants.jsonl",
        LINE[:40],
        "[1, 2]",
        '{"tenant_id": "x", "tenant_id": "y"}',
        '{"Tenant_ID": "x", "tenant_id": "y"}',
        '{"tenant_id": "x", "title": "y"}',
        deep,
        "null",
        "",
        LINE,
    )

    result = take(path)

    assert counts(result) == (1, 0, 0, 7)
    assert [(line, reason) for line, _column, _value, reason in told(result)] == [
        (1, "This is not a JSON object."),
        (2, "This is not a JSON object."),
        (3, "tenant_id is named twice."),
        (4, "A column is named twice."),
        (5, "columns missing: name, country. unknown columns: title."),
        (6, "This is not a JSON object."),
        (7, "This is not a JSON object."),
    ]
