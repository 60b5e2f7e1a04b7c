"""Damaged files: any damage gives either one clear error or an outcome for every row."""

import csv
import tempfile
from pathlib import Path

import pytest
from django.db.models import Model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.imports.sources import UnreadableFile
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
    text = content.decode("utf-8-sig")
    if name.endswith(".csv"):
        lines = [f"{line}\n" for line in text.split("\n")]
        return sum(1 for cells in csv.reader(lines) if cells) - 1
    return sum(1 for line in text.split("\n") if line.strip())


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
