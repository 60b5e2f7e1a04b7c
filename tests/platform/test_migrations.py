"""A database of an earlier version goes on: it migrates, and what it held is there afterwards."""

import pytest
from django.core.management import call_command
from django.db import connection

from claims.models import Claim
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
