"""Rules C1 to C3: solution area and activities."""

from typing import Any

import pytest

from tests.claims.rules.stated import facts, judged, report, rule, said, workload

BA = "business_applications"
M365 = "microsoft_365"


@pytest.mark.parametrize(
    ("area", "activities"),
    [
        (BA, ("presales",)),
        (BA, ("usage",)),
        (BA, ("revenue_association",)),
        (BA, ("presales", "usage")),
        (M365, ("usage",)),
    ],
)
def test_c1_activities_of_the_area_pass(area: str, activities: tuple[str, ...]) -> None:
    assert said("C1", facts(given={"solution_area": area, "activities": activities})) == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"solution_area": M365, "activities": ("presales",)}, ["/activities/0"]),
        ({"solution_area": M365, "activities": ("usage", "revenue_association")}, ["/activities/1"]),
        ({"solution_area": BA, "activities": ("selling", "usage", "")}, ["/activities/0", "/activities/2"]),
        ({"solution_area": BA, "activities": ()}, ["/activities"]),
        ({"solution_area": "", "activities": ("usage",)}, ["/solution_area"]),
        ({"solution_area": "azure", "activities": ("usage",)}, ["/solution_area"]),
        ({"solution_area": "", "activities": ()}, ["/solution_area", "/activities"]),
        ({"solution_area": "", "activities": None}, ["/solution_area"]),
        ({"solution_area": None, "activities": ()}, ["/activities"]),
    ],
)
def test_c1_a_wrong_or_empty_value_fails_at_its_own_field(given: dict[str, Any], expected: list[str]) -> None:
    assert said("C1", facts(given=given)) == [("ACTIVITY_NOT_FOR_AREA", pointer) for pointer in expected]


@pytest.mark.parametrize("given", [{"activities": None}, {"solution_area": None}])
def test_c1_waits_until_both_are_there(given: dict[str, Any]) -> None:
    assert said("C1", facts(given=given)) == []


def test_c2_presales_and_usage_can_share_a_claim() -> None:
    assert said("C2", facts(given={"activities": ("presales", "usage")})) == []


@pytest.mark.parametrize("other", ["presales", "usage"])
def test_c2_revenue_association_needs_a_claim_of_its_own(other: str) -> None:
    stated = facts(given={"activities": (other, "revenue_association")})

    assert said("C2", stated) == [("ACTIVITY_COMBINATION", "/activities")]


def test_c2_needs_c1() -> None:
    assert rule("C2").needs == ("C1",)
    stated = facts(workload(), given={"solution_area": M365, "activities": ("usage", "revenue_association")})

    assert report(stated) == [("ACTIVITY_NOT_FOR_AREA", "/activities/1")]


def test_c3_explains_each_chosen_activity_once() -> None:
    findings = judged("C3", facts(given={"activities": ("usage", "presales", "usage")}))

    assert [(finding.code, finding.severity.value, finding.pointer) for finding in findings] == [
        ("ACTIVITY_CHECK", "info", "/activities/0"),
        ("ACTIVITY_CHECK", "info", "/activities/1"),
    ]


def test_c3_explains_even_an_activity_that_does_not_fit_the_area() -> None:
    findings = judged("C3", facts(given={"solution_area": M365, "activities": ("presales",)}))

    assert [finding.code for finding in findings] == ["ACTIVITY_CHECK"]


def test_c3_says_that_revenue_association_pays_nothing() -> None:
    (finding,) = judged("C3", facts(given={"activities": ("revenue_association",)}))

    assert "never pays an incentive" in str(finding.message)
    assert "eligibility and earnings" in str(finding.cause)
