"""Rules A: role, MPN, enrolment, region."""

import pytest

from claims.facts import LocationFacts, TenantFacts
from claims.inputs import Purpose
from foundation.kernel.actor import SYSTEM, Actor, ActorKind, PartnerRole
from tests.claims.rules.stated import facts, judged, partner, report, rule, said

NOWHERE = LocationFacts(id=2, country="FR", programmes=frozenset())


@pytest.mark.parametrize("purpose", [Purpose.CHECK, Purpose.SUBMISSION, Purpose.EDIT])
@pytest.mark.parametrize(
    "role", [PartnerRole.INCENTIVES_ADMIN, PartnerRole.GLOBAL_ADMIN, PartnerRole.BILLING_ADMIN]
)
def test_a1_submitting_roles_can_do_everything(role: PartnerRole, purpose: Purpose) -> None:
    assert said("A1", facts(actor=partner(role), purpose=purpose)) == []


@pytest.mark.parametrize(
    ("purpose", "expected"),
    [
        (Purpose.CHECK, []),
        (Purpose.SUBMISSION, [("ROLE_NOT_ALLOWED", "")]),
        (Purpose.EDIT, [("ROLE_NOT_ALLOWED", "")]),
    ],
)
def test_a1_an_incentives_user_can_only_draft(purpose: Purpose, expected: list[tuple[str, str]]) -> None:
    assert said("A1", facts(actor=partner(PartnerRole.INCENTIVES_USER), purpose=purpose)) == expected


@pytest.mark.parametrize(
    "actor",
    [
        partner(PartnerRole.DEFAULT_USER),
        Actor(kind=ActorKind.DESK, name="Rev", desk_roles=frozenset({"reviewer"})),
        SYSTEM,
    ],
)
def test_a1_no_other_role_files_claims(actor: Actor) -> None:
    assert said("A1", facts(actor=actor, purpose=Purpose.CHECK)) == [("ROLE_NOT_ALLOWED", "")]


def test_a1_names_the_role_needed_and_the_people_to_ask() -> None:
    (finding,) = judged("A1", facts(actor=partner(PartnerRole.DEFAULT_USER), purpose=Purpose.SUBMISSION))

    assert "incentives admin" in str(finding.message)
    assert [str(step) for step in finding.guidance] == ["Your company's global admins: Gil Garcia."]


def test_a2_a_well_formed_mpn_passes() -> None:
    assert said("A2", facts()) == []


def test_a2_anything_else_fails() -> None:
    assert said("A2", facts(mpn_id=None)) == [("MPN_FORMAT", "/mpn_id")]


def test_a2_is_silent_while_no_mpn_was_sent() -> None:
    assert said("A2", facts(given={"mpn_id": None}, mpn_id=None)) == []


def test_a3_a_location_of_the_company_passes() -> None:
    assert said("A3", facts()) == []


def test_a3_an_mpn_without_a_location_fails() -> None:
    assert said("A3", facts(location=None)) == [("MPN_NOT_YOURS", "/mpn_id")]


def test_a3_needs_a2() -> None:
    assert report(facts(mpn_id=None, location=None)) == [("MPN_FORMAT", "/mpn_id")]


@pytest.mark.parametrize(
    ("area", "activity", "programme"),
    [
        ("business_applications", "presales", "OSA_SELL"),
        ("business_applications", "usage", "OSU_BA"),
        ("microsoft_365", "usage", "OSU_M365"),
    ],
)
def test_a4_each_activity_needs_its_own_programme(area: str, activity: str, programme: str) -> None:
    typed = {"solution_area": area, "activities": (activity,)}
    enrolled = LocationFacts(id=1, country="US", programmes=frozenset({programme}))
    elsewhere = LocationFacts(
        id=1, country="US", programmes=frozenset({"OSA_SELL", "OSU_BA", "OSU_M365"} - {programme})
    )

    assert said("A4", facts(given=typed, location=enrolled)) == []
    assert said("A4", facts(given=typed, location=elsewhere)) == [("MPN_NOT_ENROLLED", "/mpn_id")]


def test_a4_reports_each_activity_without_its_programme() -> None:
    stated = facts(given={"activities": ("presales", "usage")}, location=NOWHERE)

    assert said("A4", stated) == [("MPN_NOT_ENROLLED", "/mpn_id")] * 2


def test_a4_warns_about_revenue_association_only_without_any_enrolment() -> None:
    typed = {"activities": ("revenue_association",)}
    any_programme = LocationFacts(id=1, country="US", programmes=frozenset({"OSU_M365"}))

    (warning,) = judged("A4", facts(given=typed, location=NOWHERE))

    assert (warning.code, warning.severity.value) == ("MPN_NOT_ENROLLED", "warning")
    assert judged("A4", facts(given=typed, location=any_programme)) == []


def test_a4_links_to_the_enrolment_page() -> None:
    (finding,) = judged("A4", facts(location=NOWHERE))

    assert [(link.rel, link.href) for link in finding.links] == [
        ("enrolment", "/company/locations/"),
        ("support", "/support/"),
    ]


def test_a4_needs_a3_and_c1() -> None:
    assert rule("A4").needs == ("A3", "C1")
    assert report(facts(location=None)) == [("MPN_NOT_YOURS", "/mpn_id")]
    assert report(
        facts(given={"solution_area": "microsoft_365", "activities": ("presales",)}, location=NOWHERE)
    ) == [
        ("MPN_REGION", "/mpn_id"),
        ("ACTIVITY_NOT_FOR_AREA", "/activities/0"),
    ]


def test_a5_always_reminds_that_the_type_is_not_shown() -> None:
    (finding,) = judged("A5", facts(given={"mpn_id": None}, mpn_id=None, location=None))

    assert (finding.code, finding.severity.value) == ("MPN_TYPE_NOT_SHOWN", "info")
    assert "Gil Garcia" in str(finding.guidance[0])


def test_a6_warns_about_another_country() -> None:
    (finding,) = judged("A6", facts(tenant=TenantFacts(id=1, country="DE")))

    assert (finding.code, finding.severity.value, finding.pointer) == ("MPN_REGION", "warning", "/mpn_id")
    assert judged("A6", facts()) == []


def test_a6_does_not_name_the_customers_country() -> None:
    (finding,) = judged("A6", facts(tenant=TenantFacts(id=1, country="QX")))

    assert "QX" not in str(finding.as_dict())


def test_a6_needs_a3_and_b3() -> None:
    assert rule("A6").needs == ("A3", "B3")
    assert report(facts(location=None, tenant=TenantFacts(id=1, country="DE"))) == [
        ("MPN_NOT_YOURS", "/mpn_id")
    ]
    assert report(facts(tenant=None, location=NOWHERE)) == [
        ("MPN_NOT_ENROLLED", "/mpn_id"),
        ("DOMAIN_TENANT_MISMATCH", "/domain"),
    ]
