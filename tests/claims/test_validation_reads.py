"""A check takes a fixed number of queries, writes nothing, and never passes silently if it cannot read."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from associations.enums import Activity
from claims.inputs import ClaimInput, Purpose
from claims.models import Claim
from claims.validation import check
from foundation.kernel.errors import Unavailable
from tenants.models import Subscription, SubscriptionProduct
from tests.factories import (
    ProductFactory,
    SubscriptionFactory,
    WorkloadFactory,
    association_row,
    claim_input,
    entries,
    item_row,
    scope_of,
    workload_input,
)
from tests.tampering import without_triggers
from tests.world import MARKETING, NOW, SALES, TEAMS, World, actor, build_world


@pytest.fixture
def world(db: None) -> World:
    return build_world()


def queries(claim: ClaimInput, world: World) -> int:
    who = actor(world.ana)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        check(claim, actor=who, now=NOW, purpose=Purpose.SUBMISSION)
    return len([query for query in captured.captured_queries if "SAVEPOINT" not in query["sql"]])


def test_one_entry_and_twenty_five_take_the_same_queries(world: World) -> None:
    products = ProductFactory.create_batch(25)
    held = [SubscriptionFactory.create(tenant=world.contoso, products=[product]) for product in products]
    typed = [(product.code, one) for product, one in zip(products, held, strict=True)]
    for one in held:
        association_row(item_row(scope_of(one), world.locations["5120001"], world.ned))

    one_entry = queries(claim_input(world, items=entries(*typed[:1])), world)
    many_entries = queries(claim_input(world, items=entries(*typed)), world)
    all_attached = queries(claim_input(world, items=entries(*((code, None) for code, _one in typed))), world)

    assert one_entry == many_entries == all_attached == 15


def test_one_workload_and_twenty_five_take_the_same_queries(world: World) -> None:
    workloads = WorkloadFactory.create_batch(25)
    SubscriptionFactory.create(tenant=world.contoso, products=workloads)
    codes = [workload.code for workload in workloads]

    assert (
        queries(workload_input(world, *codes[:1]), world)
        == queries(workload_input(world, *codes), world)
        == 13
    )


def test_a_directory_of_ten_thousand_subscriptions_takes_the_same_queries(world: World) -> None:
    claim = claim_input(world, items=entries((SALES, world.s_a), (MARKETING, None)))
    small = queries(claim, world)

    subscriptions = Subscription.objects.bulk_create(
        Subscription(
            guid=uuid4(),
            tenant=world.contoso if number % 2 else world.adatum,
            channel="volume_licensing",
            state="active",
            provisioning="success",
        )
        for number in range(10_000)
    )
    SubscriptionProduct.objects.bulk_create(
        SubscriptionProduct(subscription=one, product=world.products[SALES]) for one in subscriptions
    )

    assert queries(claim, world) == small


def test_no_result_of_a_query_grows_with_the_customers_subscriptions(world: World) -> None:
    """The database counts thousands of subscriptions of one product; the check does not read them."""
    claim = claim_input(world, items=entries((SALES, None)))
    with CaptureQueriesContext(connection) as captured:
        check(claim, actor=actor(world.ana), now=NOW, purpose=Purpose.CHECK)

    reading = [
        query["sql"] for query in captured.captured_queries if "tenants_subscriptionproduct" in query["sql"]
    ]
    assert [("COUNT(" in sql) for sql in reading] == [True]


def test_nothing_about_a_tenant_is_read_before_id_and_domain_match(world: World) -> None:
    with CaptureQueriesContext(connection) as captured:
        check(
            claim_input(world, domain="adatum"), actor=actor(world.ana), now=NOW, purpose=Purpose.SUBMISSION
        )

    read = " ".join(query["sql"] for query in captured.captured_queries)
    assert "tenants_subscription" not in read
    assert "associations_" not in read


def test_16_a_malformed_tenant_id_does_not_query_the_catalogue_of_tenants(world: World) -> None:
    with CaptureQueriesContext(connection) as captured:
        check(
            claim_input(world, tenant_guid="contoso"), actor=actor(world.ana), now=NOW, purpose=Purpose.CHECK
        )

    assert "tenants_tenant" not in " ".join(query["sql"] for query in captured.captured_queries)


def contents() -> dict[str, list[dict[str, Any]]]:
    """Return every row of our own tables."""
    ours = (
        "associations",
        "claims",
        "partners",
        "tenants",
        "journal",
        "arbitration",
        "clocks",
        "notifications",
    )
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values())
        for model in apps.get_models()
        if model._meta.app_label in ours
    }


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_check_writes_nothing(world: World, purpose: Purpose) -> None:
    item_row(scope_of(world.s_a), world.locations["5120001"], world.ned, Activity.USAGE)
    who = actor(world.rev1 if purpose is Purpose.APPROVAL else world.ana)
    claims = (
        claim_input(world),
        claim_input(world, items=entries((MARKETING, None))),
        workload_input(world),
        ClaimInput(organisation_id=world.fabrikam.pk),
    )
    before = contents()

    with CaptureQueriesContext(connection) as captured:
        for claim in claims:
            check(claim, actor=who, now=NOW, purpose=purpose)

    assert contents() == before
    assert {query["sql"].lstrip("(").split()[0] for query in captured.captured_queries} <= {
        "SELECT",
        "SAVEPOINT",
        "RELEASE",
    }


# --- 46: the directory is down ---

BREAKABLE = ("tenants_tenant", "tenants_subscriptionproduct", "tenants_product", "tenants_directoryimport")


@pytest.fixture
def without(world: World) -> Callable[[str], None]:
    """Take a table away, inside the test's own transaction."""

    def rename(table: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} RENAME TO {table}_gone")

    return rename


@pytest.mark.parametrize("table", BREAKABLE)
@pytest.mark.parametrize("purpose", [Purpose.CHECK, Purpose.SUBMISSION])
def test_46_nothing_passes_if_the_directory_cannot_be_read(
    world: World, without: Callable[[str], None], table: str, purpose: Purpose
) -> None:
    who = actor(world.ana)
    without(table)

    with pytest.raises(Unavailable) as refusal:
        check(claim_input(world), actor=who, now=NOW, purpose=purpose)

    assert (refusal.value.code, refusal.value.http_status) == ("VALIDATION_UNAVAILABLE", 503)
    assert "nothing was accepted" in str(refusal.value.message)


def test_46_the_surrounding_transaction_stays_usable_and_keeps_its_draft(
    world: World, without: Callable[[str], None]
) -> None:
    who = actor(world.ana)
    without("tenants_subscriptionproduct")

    with transaction.atomic():
        draft = Claim.objects.create(
            organisation=world.fabrikam,
            created_by=world.ana,
            created_at=NOW,
            touched_at=NOW,
            updated_at=NOW,
            mpn_id="4391507",
        )
        with pytest.raises(Unavailable):
            check(claim_input(world), actor=who, now=NOW, purpose=Purpose.CHECK)

    assert Claim.objects.get(pk=draft.pk).mpn_id == "4391507"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_46_a_directory_that_times_out_is_unavailable() -> None:
    """Another connection locks the table; the server's own statement timeout ends the wait."""
    world = build_world()
    who = actor(world.ana)
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("LOCK TABLE tenants_subscription IN ACCESS EXCLUSIVE MODE")
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = '200ms'")

        with pytest.raises(Unavailable):
            check(claim_input(world), actor=who, now=NOW, purpose=Purpose.SUBMISSION)
    finally:
        other.rollback()
        other.close()
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
    report = check(claim_input(world), actor=who, now=NOW, purpose=Purpose.SUBMISSION)
    assert report.errors == ()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_46_a_cut_connection_is_unavailable() -> None:
    world = build_world()
    who = actor(world.ana)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [backend])

        with pytest.raises(Unavailable):
            check(claim_input(world), actor=who, now=NOW, purpose=Purpose.SUBMISSION)
    finally:
        other.close()
        connection.close()
    assert check(claim_input(world), actor=who, now=NOW, purpose=Purpose.SUBMISSION).errors == ()


def test_the_report_names_the_rules_and_the_import_it_is_based_on(world: World) -> None:
    report = check(claim_input(world), actor=actor(world.ana), now=NOW, purpose=Purpose.CHECK)

    assert report.directory_as_of == world.directory_import.as_of
    assert report.as_dict()["directory_as_of"] == "2020-07-06T06:00:00Z"
    assert set(report.as_dict()) == {"findings", "items", "directory_as_of"}
    assert report.as_record() == {**report.as_dict(), "ruleset_version": report.ruleset_version}


def test_before_the_first_import_there_is_no_as_of_time(world: World) -> None:
    with without_triggers("tenants_directoryimport"):
        world.directory_import.delete()

    report = check(claim_input(world), actor=actor(world.ana), now=NOW, purpose=Purpose.CHECK)

    assert (report.directory_as_of, report.as_dict()["directory_as_of"]) == (None, None)


def test_the_report_counts_the_entries_whose_availability_it_reveals(world: World) -> None:
    who = actor(world.ana)
    told = entries((SALES, world.s_a), (MARKETING, None), (SALES, "ORDER-1"))

    mixed = check(claim_input(world, items=told), actor=who, now=NOW, purpose=Purpose.CHECK)
    elsewhere = check(claim_input(world, domain="adatum"), actor=who, now=NOW, purpose=Purpose.CHECK)
    workloads = check(workload_input(world, TEAMS), actor=who, now=NOW, purpose=Purpose.CHECK)

    assert [report.availability_answers for report in (mixed, elsewhere, workloads)] == [2, 0, 1]
