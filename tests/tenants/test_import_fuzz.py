"""Damaged files: any damage gives either one clear error or an outcome for every row."""

import csv
import io
import re
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db.models import Model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.imports.sources import Record, SourceFile, UnreadableFile
from tenants.models import Domain, Subscription, Tenant
from tests.directory_files import SAMPLES, take

pytestmark = pytest.mark.django_db

KINDS = ("tenants", "domains", "products", "subscriptions", "organisations", "locations", "enrolments")
FRAGMENTS = st.sampled_from(
    [
        b'"',
        b'""',
        b"\n",
        b"\r",
        b"\r\n",
        b",",
        b";",
        b"\x00",
        b"\xff",
        b"\xc3",
        b"\xef\xbb\xbf",
        b"\\u0000",
        b"\\ud800",
        b"{",
        b"}",
        b"[",
        b"]",
        b":",
        b"null",
        b"true",
        b"1e999",
        b"NaN",
        b"9" * 5000,
        b" ",
        "İ".encode(),
        "ß".encode(),
        "\u2028".encode(),
        b"tenant_id",
        b"active",
        b"0" * 36,
        b"-",
    ]
)
CUT = st.tuples(st.just("cut"), st.floats(0, 1), st.integers(1, 60))
INSERT = st.tuples(st.just("insert"), st.floats(0, 1), FRAGMENTS | st.binary(min_size=1, max_size=8))
REPEAT = st.tuples(st.just("repeat"), st.floats(0, 1), st.integers(1, 200))
END = st.tuples(st.just("end"), st.floats(0, 1), st.none())
DAMAGE = st.lists(CUT | INSERT | REPEAT | END, min_size=1, max_size=6)


def damaged(content: bytes, damage: list[tuple[str, float, object]]) -> bytes:
    for what, where, how in damage:
        at = int(where * len(content))
        if what == "cut":
            assert isinstance(how, int)
            content = content[:at] + content[at + how :]
        elif what == "insert":
            assert isinstance(how, bytes)
            content = content[:at] + how + content[at:]
        elif what == "repeat":
            assert isinstance(how, int)
            content = content[: at + how] + content[at:]
        else:
            content = content[:at]
    return content


def rows_in(name: str, content: bytes) -> int:
    """Return the number of rows counted from the whole text, without the importer."""
    ends = re.compile("\r\n|\n|\r")
    lines = [f"{line}\n" for line in ends.split(content.decode("utf-8-sig"))]
    if name.endswith(".csv"):
        header = next(line for line in lines if line.strip(',;\t" \n'))
        rows = csv.reader(lines, delimiter=max(",;\t", key=header.count))
        return sum(1 for cells in rows if any(cell.strip() for cell in cells)) - 1
    return sum(1 for line in lines if line.strip())


def stored() -> list[list[dict[str, object]]]:
    models: tuple[type[Model], ...] = (Tenant, Domain, Subscription)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


@settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(kind=st.sampled_from(KINDS), suffix=st.sampled_from(["csv", "jsonl"]), damage=DAMAGE)
def test_a_damaged_file_gives_one_clear_error_or_an_outcome_for_every_row(
    db: None, kind: str, suffix: str, damage: list[tuple[str, float, object]]
) -> None:
    sample = SAMPLES / f"{kind}.{suffix}"
    content = damaged(sample.read_bytes(), damage)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / sample.name
        path.write_bytes(content)
        before = stored()

        result, error = None, None
        try:
            result = take(path)
        except UnreadableFile as unreadable:
            error = str(unreadable)

        if result is None:
            assert error is not None
            assert error.startswith(sample.name)
            assert "\n" not in error
            assert stored() == before
            return
        assert result.rows == rows_in(sample.name, content)
        assert result.faults >= result.refused
        again = take(path)
        assert (again.created, again.updated, again.refused) == (0, 0, result.refused)


# --- The reader alone: what is written is read back, however a spreadsheet writes it ---

CELLS = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\ufeff")
    | st.sampled_from(',;\t"\n'),
    max_size=12,
)
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=6)


@settings(max_examples=300, deadline=None)
@given(
    rows=ROWS,
    separator=st.sampled_from(",;\t"),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    named=st.booleans(),
    empty_columns=st.integers(0, 3),
    end=st.sampled_from(["", "\x1a", "blank"]),
)
def test_what_a_spreadsheet_writes_is_read_back(
    rows: list[tuple[str, str, str]],
    separator: str,
    line_end: str,
    encoding: str,
    named: bool,
    empty_columns: int,
    end: str,
) -> None:
    text = io.StringIO(newline="")
    text.write(f"sep={separator}{line_end}" if named else "")
    # Where lines end in CR alone, this writer forgets to quote LF.
    writer = csv.writer(text, delimiter=separator, lineterminator=line_end)
    if line_end == "\r":
        writer = csv.writer(text, delimiter=separator, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    for row in (("one", "two", "three"), *rows):
        writer.writerow([*row, *[""] * empty_columns])
    text.write(separator * 2 + line_end if end == "blank" else end)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        path.write_bytes(text.getvalue().encode(encoding))

        records = list(SourceFile(path).records(required=["one"], known=["one", "two", "three"]))

    assert [tuple(record.values.values()) for record in records] == [
        row for row in rows if any(cell.strip() for cell in row)
    ]
    assert {(record.fault, record.cut_in) for record in records} <= {("", "")}


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 200), last=st.sampled_from(["name", "country"]))
def test_a_file_cut_anywhere_never_tells_a_shorter_value(db: None, at: int, last: str) -> None:
    columns = ["tenant_id", *sorted({"name", "country"} - {last}), last]
    whole = {"tenant_id": str(UUID(int=7)), "name": "Contoso Ltd", "country": "US"}
    content = f"{','.join(columns)}\n{','.join(whole[column] for column in columns)}\n".encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tenants.csv"
        path.write_bytes(content[:at])
        Tenant.objects.all().delete()

        with suppress(UnreadableFile):
            take(path)

    assert set(Tenant.objects.values_list("name", "country")) <= {("Contoso Ltd", "US")}


FAULTS: dict[str, tuple[list[list[str]], str]] = {
    "a column named twice": ([["one", "two", "one"], ["1", "2", "3"]], "columns named twice: one."),
    "an unknown column": ([["one", "two", "four"], ["1", "2", "3"]], "unknown columns: four."),
    "a column missing": ([["two", "three"], ["2", "3"]], "columns missing: one."),
    "a column without a name": ([["one", "", "three"], ["1", "2", "3"]], "unknown columns: "),
}


def written(
    rows: list[list[str]], *, separator: str, line_end: str, encoding: str, named: bool, quoted: bool
) -> bytes:
    text = io.StringIO(newline="")
    text.write(f"sep={separator}{line_end}" if named else "")
    writer = csv.writer(text, delimiter=separator, lineterminator=line_end)
    if quoted:
        writer = csv.writer(text, delimiter=separator, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


SPELLED = st.fixed_dictionaries(
    {
        "separator": st.sampled_from(",;\t"),
        "line_end": st.sampled_from(["\n", "\r\n", "\r"]),
        "encoding": st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
        "named": st.booleans(),
        "quoted": st.booleans(),
    }
)


def read(content: bytes) -> list[Record]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        path.write_bytes(content)
        return list(SourceFile(path).records(required=["one"], known=["one", "two", "three"]))


@pytest.mark.parametrize(("rows", "reason"), FAULTS.values(), ids=FAULTS)
@given(spelled=SPELLED)
def test_a_header_that_is_refused_is_refused_in_every_spelling(
    rows: list[list[str]], reason: str, spelled: dict[str, Any]
) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read(written(rows, **spelled))

    assert f"rows.csv, line {1 + spelled['named']}: " in str(refused.value)
    assert reason in str(refused.value)


@given(spelled=SPELLED, wide=st.booleans(), sound=st.integers(0, 3))
def test_a_row_of_the_wrong_width_is_refused_alone_in_every_spelling(
    spelled: dict[str, Any], wide: bool, sound: int
) -> None:
    good = [["1", "2", "3"]] * sound
    bad = ["1", "2", "3", "4"] if wide else ["1", "2"]

    records = read(written([["one", "two", "three"], *good, bad, *good], **spelled))

    found = [tuple(record.values.values()) if not record.fault else record.fault for record in records]
    fault = f"{len(bad)} values where the header names 3 columns."
    assert found == [("1", "2", "3")] * sound + [fault] + [("1", "2", "3")] * sound
    assert records[sound].line == 2 + spelled["named"] + sound


@given(spelled=SPELLED, at=st.integers(1, 60))
def test_a_quotation_mark_that_nothing_ends_refuses_the_file_in_every_spelling(
    spelled: dict[str, Any], at: int
) -> None:
    """A value that was never closed swallows the rows below it: nothing of such a file is taken for a value."""
    rows = written([["one", "two", "three"], ["1", "2", "3"]], **spelled)
    opened = f'"{"x" * at}'.encode(spelled["encoding"].removesuffix("-sig").replace("utf-16", "utf-16-le"))

    with pytest.raises(UnreadableFile) as refused:
        read(rows + opened)

    assert "\n" not in str(refused.value)


@given(spelled=SPELLED, content=st.binary(min_size=1, max_size=40))
def test_any_bytes_give_rows_or_one_sentence(spelled: dict[str, Any], content: bytes) -> None:
    head = written([["one", "two", "three"]], **spelled)
    records, error = [], ""
    try:
        records = read(head + content)
    except UnreadableFile as unreadable:
        error = str(unreadable)

    assert "\n" not in error
    assert not error or error.startswith("rows.csv")
    assert all(set(record.values) == {"one", "two", "three"} or record.fault for record in records)
