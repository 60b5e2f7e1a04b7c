"""Rules F: proof and acknowledgement."""

from datetime import UTC, date, datetime

import pytest

from claims.facts import ClaimFacts, months_before
from claims.inputs import ProofInput
from claims.rules.proof import date_refusal, duplicate_refusal, proof_refusal
from inspection import Detail, Problem, Verdict
from tests.claims.rules.stated import facts, judged, rule, said


def dated(*days: date | None) -> ClaimFacts:
    return facts(given={"evidence": tuple(ProofInput(signed_on=day) for day in days)})


def test_f1_asks_for_proof() -> None:
    assert said("F1", facts()) == []
    assert said("F1", facts(given={"evidence": ()})) == [("POE_REQUIRED", "/evidence")]
    assert said("F1", facts(given={"evidence": None})) == []


def test_f3_judges_every_file_by_its_own_date() -> None:
    stated = dated(date(2020, 7, 7), None, date(2019, 7, 5), date(2020, 7, 6), date(2019, 7, 6))

    assert said("F3", stated) == [
        ("POE_DATE_FUTURE", "/evidence/0/signed_on"),
        ("POE_DATE_OLD", "/evidence/2/signed_on"),
    ]


def test_f3_a_future_date_blocks_and_an_old_one_warns() -> None:
    severities = [
        finding.severity.value for finding in judged("F3", dated(date(2020, 7, 7), date(2018, 1, 1)))
    ]

    assert severities == ["error", "warning"]


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2020, 7, 6), 12, date(2019, 7, 6)),
        (date(2020, 2, 29), 12, date(2019, 2, 28)),
        (date(2020, 3, 31), 1, date(2020, 2, 29)),
        (date(2020, 1, 15), 1, date(2019, 12, 15)),
        (date(2020, 12, 31), 24, date(2018, 12, 31)),
    ],
)
def test_months_are_calendar_months(day: date, months: int, expected: date) -> None:
    assert months_before(day, months) == expected


def test_f4_asks_for_the_acknowledgement() -> None:
    assert said("F4", facts()) == []
    assert said("F4", facts(given={"acknowledged": False})) == [("ACK_REQUIRED", "/acknowledged")]
    assert said("F4", facts(given={"acknowledged": None})) == []


def test_f2_is_documented_and_runs_at_upload() -> None:
    assert rule("F2").codes == (
        "POE_FILE_TYPE",
        "POE_FILE_SIZE",
        "POE_FILE_EMPTY",
        "POE_FILE_UNSAFE",
        "POE_DUPLICATE",
    )
    assert said("F2", facts()) == []


@pytest.mark.parametrize("detail", list(Detail))
def test_f2_refuses_a_file_with_its_own_code_and_reason(detail: Detail) -> None:
    refusal = proof_refusal(Verdict(problem=Problem.UNSAFE, detail=detail))

    assert refusal is not None
    assert (refusal.code, refusal.http_status, refusal.pointer) == ("POE_FILE_UNSAFE", 422, "/file")
    assert [finding.code for finding in refusal.findings] == ["POE_FILE_UNSAFE"]
    assert str(refusal.message)


def test_f2_an_acceptable_file_is_not_refused() -> None:
    assert proof_refusal(Verdict()) is None


def test_f2_a_repeated_file_points_at_the_first_copy() -> None:
    refusal = duplicate_refusal(first_index=2, first_name="signed.pdf")

    assert (refusal.code, refusal.pointer) == ("POE_DUPLICATE", "/evidence/2")
    assert "signed.pdf" in str(refusal.message)


def test_a_future_date_is_refused_at_upload_too() -> None:
    now = datetime(2020, 7, 6, 9, tzinfo=UTC)

    refusal = date_refusal(date(2020, 7, 7), now=now)

    assert refusal is not None
    assert (refusal.code, refusal.pointer) == ("POE_DATE_FUTURE", "/signed_on")
    assert date_refusal(date(2020, 7, 6), now=now) is None
