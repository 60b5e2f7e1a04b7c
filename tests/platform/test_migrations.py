"""A database of an earlier version goes on: it migrates, and what it held is there afterwards."""

from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from claims.models import Claim
from clocks.models import CalendarVersion
from partners.models import User
from tenants.models import Tenant
from tests.filing import file_claim
from tests.world import build_world


@pytest.mark.postgres  # a test that commits cannot take its events back on SQLite: they never change
@pytest.mark.django_db(transaction=True)
def test_the_typed_tenant_guid_survives_the_renaming_of_its_column() -> None:
    world = build_world()
    claim = file_claim(world, world.ana)
    try:
        call_command("migrate", "claims", "0003", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("SELECT tenant_id_text FROM claims_claim WHERE id = %s", [claim.pk])
            earlier = cursor.fetchone()
    finally:
        call_command("migrate", verbosity=0)

    assert earlier == (str(world.contoso.guid),)
    assert Claim.objects.get().tenant_guid == str(world.contoso.guid)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_earlier_calendar_is_published_for_the_years_of_its_holidays() -> None:
    published = datetime(2026, 6, 1, tzinfo=UTC)
    days = [{"date": "2026-12-30", "name": "Desk closed"}, {"date": "2027-01-01", "name": "New Year"}]
    CalendarVersion.objects.create(
        name="desk", number=1, zone="UTC", holidays=days, country="DE", years=[2030], published_at=published
    )
    CalendarVersion.objects.create(name="plain", number=1, zone="UTC", published_at=published)
    try:
        call_command("migrate", "clocks", "0002", verbosity=0)
    finally:
        call_command("migrate", verbosity=0)

    assert list(CalendarVersion.objects.values_list("name", "country", "years", "holidays")) == [
        ("desk", "", [2026, 2027], days),
        ("plain", "", [], []),
    ]
    with pytest.raises(IntegrityError, match="never changes"):
        CalendarVersion.objects.update(zone="Asia/Tokyo")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_claim_goes_on_counting_from_the_version_that_was_told() -> None:
    world = build_world()
    claim = file_claim(world, world.ana)
    try:
        call_command("migrate", "claims", "0004", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE claims_claim SET version = 7 WHERE id = %s", [claim.pk])
    finally:
        call_command("migrate", verbosity=0)

    claim = Claim.objects.get()
    assert (claim.revision, claim.updated_at) == (7, claim.touched_at)


@pytest.mark.django_db
def test_the_tables_keep_their_triggers_on_both_databases() -> None:
    world = build_world()
    claim = file_claim(world, world.ana)

    with (
        pytest.raises(IntegrityError, match=r"never changes? (after submission|from what was submitted)"),
        transaction.atomic(),
    ):
        Claim.objects.filter(pk=claim.pk).update(activities=["presales"])


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_names_that_were_there_are_found_after_the_migration() -> None:
    world = build_world()
    Tenant.objects.filter(pk=world.contoso.pk).update(name="РОМАШКА")
    User.objects.filter(pk=world.ana.pk).update(first_name="Zoe\u0308", last_name="GRÖSSE")
    try:
        call_command("migrate", "tenants", "0003", verbosity=0)
        call_command("migrate", "partners", "0003", verbosity=0)
    finally:
        call_command("migrate", verbosity=0)

    assert Tenant.objects.get(names_folded="ромашка").pk == world.contoso.pk
    assert User.objects.get(names_folded="ana zoë grösse").pk == world.ana.pk
