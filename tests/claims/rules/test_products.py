"""Rules C4 and C5: products and workloads."""

from dataclasses import replace

from tests.claims.rules.stated import SALES, TEAMS, facts, item, report, rule, said, workload


def test_c4_a_claimable_product_of_the_area_passes() -> None:
    assert said("C4", facts()) == []
    assert said("C4", facts(workload(), given={"solution_area": "microsoft_365"})) == []


def test_c4_asks_for_at_least_one_product() -> None:
    assert report(replace(facts(given={"items": ()}), items=())) == [("PRODUCT_REQUIRED", "/items")]


def test_c4_is_silent_while_no_list_was_sent() -> None:
    assert report(replace(facts(given={"items": None}), items=())) == []


def test_c4_an_entry_without_a_product_fails_alone() -> None:
    stated = facts(item(), item(index=1, product_code="", product=None))

    assert said("C4", stated) == [("PRODUCT_REQUIRED", "/items/1/product")]


def test_c4_an_unknown_product_is_not_for_the_area() -> None:
    assert said("C4", facts(item(product_code="abacus", product=None))) == [
        ("PRODUCT_NOT_FOR_AREA", "/items/0/product")
    ]


def test_c4_a_product_of_the_other_area_is_not_for_the_area() -> None:
    assert said("C4", facts(item(product=TEAMS))) == [("PRODUCT_NOT_FOR_AREA", "/items/0/product")]


def test_c4_refuses_a_product_that_cannot_be_claimed_today() -> None:
    assert said("C4", facts(item(product=replace(SALES, is_claimable=False)))) == [
        ("PRODUCT_NOT_CLAIMABLE", "/items/0/product")
    ]


def test_c4_needs_c1() -> None:
    assert rule("C4").needs == ("C1",)
    assert report(facts(item(product=None), given={"activities": ()})) == [
        ("ACTIVITY_NOT_FOR_AREA", "/activities")
    ]


def test_c4_of_one_item_does_not_silence_another() -> None:
    stated = facts(
        item(product=None),
        item(index=1, subscriptions_known=0),
    )

    assert report(stated) == [
        ("PRODUCT_NOT_FOR_AREA", "/items/0/product"),
        ("PRODUCT_NOT_ON_TENANT", "/items/1/product"),
    ]


def test_c5_points_at_every_repetition() -> None:
    stated = facts(item(), item(index=1, is_repeated=True), item(index=2, is_repeated=True))

    assert said("C5", stated) == [("ITEM_DUPLICATE", "/items/1"), ("ITEM_DUPLICATE", "/items/2")]


def test_c5_needs_nothing() -> None:
    stated = facts(item(product=None), item(index=1, product=None, is_repeated=True))

    assert report(stated) == [
        ("PRODUCT_NOT_FOR_AREA", "/items/0/product"),
        ("PRODUCT_NOT_FOR_AREA", "/items/1/product"),
        ("ITEM_DUPLICATE", "/items/1"),
    ]
