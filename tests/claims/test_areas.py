"""The table of solution areas: its rows decide what is asked, offered and refused."""

from dataclasses import replace
from typing import cast

import pytest
from django.db import models
from django.test import Client

from associations.enums import Activity
from claims.areas import (
    AREAS,
    Area,
    AreaActivity,
    ClaimedPer,
    area_label,
    contacts_of,
    kinds_on_subscriptions,
    programme_of,
)
from claims.enums import ContactKind
from claims.services import check_claim
from partners.enums import Programme
from tenants.enums import ProductKind, SolutionArea
from tests.claims.rules.stated import PERSON, SUBSCRIPTION, TEAMS, facts, item, judged, report, workload
from tests.factories import claim_input
from tests.filing import draft
from tests.portal.pages import path_of
from tests.world import NOW, World, actor, build_world

# domain.md parts 2 and 4 (S26-S33), written out by hand.
ROWS = [
    ("business_applications", "subscription", ["presales", "usage", "revenue_association"], 3),
    ("microsoft_365", "workload", ["usage"], 2),
]
PROGRAMMES = [
    ("business_applications", "presales", "OSA_SELL"),
    ("business_applications", "usage", "OSU_BA"),
    ("business_applications", "revenue_association", None),
    ("microsoft_365", "usage", "OSU_M365"),
    ("microsoft_365", "presales", None),
    ("", "usage", None),
    ("business_applications", "resale", None),
]


class Family(models.TextChoices):
    """A third member of the solution areas."""

    SECURITY = "security", "Security"


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.fixture
def third_area(monkeypatch: pytest.MonkeyPatch) -> Area:
    """Add a third family of products to the table and return its row."""
    row = Area(
        code=cast(SolutionArea, Family.SECURITY),
        claimed_per=ClaimedPer.WORKLOAD,
        product_kind=ProductKind.WORKLOAD,
        activities={
            Activity.USAGE: AreaActivity(
                description=AREAS["microsoft_365"].activities[Activity.USAGE].description,
                condition=AREAS["microsoft_365"].activities[Activity.USAGE].condition,
                programme=Programme.OSU_BA,
            ),
            Activity.PRESALES: AREAS["business_applications"].activities[Activity.PRESALES],
        },
        contacts=(ContactKind.CUSTOMER, ContactKind.PARTNER),
        activities_hint=AREAS["business_applications"].activities_hint,
    )
    monkeypatch.setitem(AREAS, "security", row)
    return row


def test_the_rows_are_those_of_the_rules() -> None:
    assert [
        (code, area.claimed_per.value, [each.value for each in area.activities], len(area.contacts))
        for code, area in AREAS.items()
    ] == ROWS


@pytest.mark.parametrize(("area", "activity", "programme"), PROGRAMMES)
def test_each_activity_of_an_area_has_its_programme(area: str, activity: str, programme: str | None) -> None:
    assert programme_of(area, activity) == programme


@pytest.mark.parametrize(
    ("area", "technical"), [("business_applications", True), ("microsoft_365", False), ("", True)]
)
def test_a_technical_contact_is_asked_for_where_the_row_names_one(area: str, technical: bool) -> None:
    assert (ContactKind.TECHNICAL in contacts_of(area)) is technical


def test_an_unknown_area_is_shown_as_typed() -> None:
    assert (area_label("microsoft_365"), area_label("gaming")) == ("Microsoft 365", "gaming")


def test_a_third_family_of_products_is_one_row(world: World, third_area: Area) -> None:
    given = claim_input(world, solution_area="security", activities=("usage", "presales"), items=None)

    findings = check_claim(claim_input=given, actor=actor(world.ana), now=NOW).findings

    assert "ACTIVITY_NOT_FOR_AREA" not in {finding.code for finding in findings}
    assert "TECH_CONTACT_REQUIRED" not in {finding.code for finding in findings}


def test_a_claim_of_a_third_family_is_checked_like_any_other(third_area: Area) -> None:
    sentinel = replace(TEAMS, solution_area="security", name="Sentinel")
    given = {
        "solution_area": "security",
        "activities": ("presales", "usage"),
        "contacts": {"customer": PERSON, "partner": PERSON},
    }

    assert report(facts(workload(product=sentinel), given=given)) == []
    assert report(facts(workload(product=TEAMS), given=given)) == [
        ("PRODUCT_NOT_FOR_AREA", "/items/0/product")
    ]
    assert report(facts(workload(product=sentinel, is_carried=False), given=given)) == [
        ("PRODUCT_NOT_ON_TENANT", "/items/0/product")
    ]


def test_a_third_family_claimed_per_subscription_has_a_kind_of_its_own(
    monkeypatch: pytest.MonkeyPatch, third_area: Area
) -> None:
    row = replace(third_area, claimed_per=ClaimedPer.SUBSCRIPTION, product_kind=ProductKind.OTHER)
    monkeypatch.setitem(AREAS, "security", row)

    assert kinds_on_subscriptions(row) == (ProductKind.OTHER,)
    assert kinds_on_subscriptions(AREAS["business_applications"]) == (ProductKind.DYNAMICS,)
    assert kinds_on_subscriptions(None) == (ProductKind.DYNAMICS, ProductKind.OTHER)
    (finding,) = judged(
        "D5",
        facts(
            item(subscription=replace(SUBSCRIPTION, has_claimable_kind=False)),
            given={"solution_area": "security"},
        ),
    )
    assert finding.message == "This subscription contains no Other product."


def test_the_page_offers_every_row_with_its_activities(
    world: World, third_area: Area, client: Client
) -> None:
    claim = draft(world, world.ana)
    client.force_login(world.ana, backend="django.contrib.auth.backends.ModelBackend")

    client.post(path_of(claim, "activity/"), {"solution_area": "security", "security": ["presales"]})

    claim.refresh_from_db()
    assert (claim.solution_area, claim.activities) == ("security", ["presales"])
    page = client.get(path_of(claim, "activity/")).content.decode()
    assert 'name="security" id="security-usage" value="usage"' in page
    assert 'name="microsoft_365" id="microsoft_365-usage" value="usage"' in page
