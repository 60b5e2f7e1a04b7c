"""`make audit` reports what it found, and says so where it could ask no one."""

import json

import pytest

from scripts.audit import UNREACHABLE, verdict

FLAW = {"id": "PYSEC-2026-1", "fix_versions": ["2.1"]}


def _output(*dependencies: dict[str, object]) -> str:
    return json.dumps({"dependencies": list(dependencies), "fixes": []})


@pytest.mark.parametrize(
    "output", ["", "no network", _output({"name": "django", "skip_reason": "not found"}), "[]", "null"]
)
def test_without_a_database_nothing_was_audited(output: str) -> None:
    assert verdict(output) == (2, [UNREACHABLE])


def test_a_vulnerability_is_named_with_its_remedy() -> None:
    output = _output(
        {"name": "one", "version": "1.0", "vulns": []}, {"name": "two", "version": "2.0", "vulns": [FLAW]}
    )

    assert verdict(output) == (
        1,
        ["two 2.0: PYSEC-2026-1, fixed in 2.1", "2 packages audited, 1 vulnerabilities known."],
    )


def test_without_vulnerabilities_all_is_well() -> None:
    assert verdict(_output({"name": "one", "version": "1.0", "vulns": []})) == (
        0,
        ["1 packages audited, 0 vulnerabilities known."],
    )
