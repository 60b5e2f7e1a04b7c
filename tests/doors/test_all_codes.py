"""Every code of the rules, of the rulebook's refused actions and of the services is in one of the tables of this package.
A new code fails here until a test shows that every door reports it alike."""

import ast
from collections.abc import Iterator
from pathlib import Path

from claims.rules import RULES
from tests.doors.acts import REFUSED_ACTS
from tests.doors.provoked import PROVOCATIONS
from tests.doors.test_proof import UPLOADS

ROOT = Path(__file__).resolve().parents[2]
BY_NAME = {"RATE_LIMITED", "VALIDATION_UNAVAILABLE", "ROLE_NOT_ALLOWED", "POE_DATE_OLD"}
"""Codes with tests of their own: test_everywhere, test_proof."""
REFUSED_ACTIONS = {
    "INVALID_TRANSITION",
    "SCOPE_TAKEN",
    "CASE_OPEN",
    "RESPONSE_LATE",
    "STALE_VERSION",
    "RATE_LIMITED",
    "COMMENT_REQUIRED",
    "REASON_REQUIRED",
    "SECOND_PERSON_REQUIRED",
    "WARNINGS_NOT_CONFIRMED",
    "TEXT_NAMES_OTHER_PARTY",
    "VALIDATION_UNAVAILABLE",
}
"""Part 4's codes of refused actions; those of disputes and conflicts will come with their features."""


def _proved() -> set[str]:
    return (
        {provocation.code for provocation in PROVOCATIONS}
        | {act.code for act in REFUSED_ACTS}
        | {upload.code for upload in UPLOADS}
        | BY_NAME
    )


def test_every_code_of_every_rule_is_tested_at_every_door() -> None:
    stated = {code for rule in RULES for code in rule.codes}

    assert stated - _proved() == set()


def test_every_code_of_a_refused_action_is_tested_at_every_door() -> None:
    assert REFUSED_ACTIONS - _proved() == set()


def test_every_code_that_a_service_raises_is_tested_at_every_door() -> None:
    raised = {
        code
        for app in ("claims", "arbitration", "associations")
        for path in [*(ROOT / app).glob("*.py"), *(ROOT / app).glob("services/*.py")]
        for code in _codes_raised_in(path)
    }

    assert {"RESPONSE_LATE", "SCOPE_TAKEN", "POE_TOO_MANY"} <= raised  # the search finds what there is
    assert raised - _proved() == set()


def test_every_arrangement_has_a_code_of_its_rule() -> None:
    """Compare the table with the rules' codes; other tests prove what a check reports for each arrangement."""
    stated = {code for rule in RULES for code in rule.codes}

    assert {provocation.code for provocation in PROVOCATIONS} <= stated


def test_every_severity_of_a_code_has_an_arrangement() -> None:
    """Expect an arrangement for each severity of a code, since a warning can be confirmed and an error cannot."""
    kinds = {(provocation.code, provocation.severity) for provocation in PROVOCATIONS}

    assert {("MPN_NOT_ENROLLED", "error"), ("MPN_NOT_ENROLLED", "warning")} <= kinds


def _codes_raised_in(path: Path) -> Iterator[str]:
    """Yield the literal codes that a module passes to a refusal or a finding."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.keyword) and node.arg == "code" and isinstance(node.value, ast.Constant):
            yield str(node.value.value)
