"""An older statement never changes what a newer one said (domain.md part 2)."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command

from associations.models import Association
from cpor.directory import KINDS
from foundation.journal.models import Event
from foundation.journal.relay import drain
from foundation.kernel.actor import SYSTEM
from tenants.importing.services import ImportResult, import_file
from tenants.models import Subscription, Tenant
from tests.directory_files import write_csv
from tests.filing import hold
from tests.world import NOW, World, build_world

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
HEADER = "subscription_id,tenant_id,products,channel,state,provisioning"


@pytest.fixture
def world() -> World:
    return build_world()


def says(path: Path, world: World, state: str, *, hours: int, correction: str = "") -> ImportResult:
    """Import that S-A is in this state as of `hours` after now, at a later moment."""
    row = f"{world.s_a.guid},{world.contoso.guid},dynamics-365-sales,volume_licensing,{state},success"
    file = write_csv(path / "subscriptions.csv", HEADER, row)
    return import_file(
        path=file,
        kind=KINDS["subscriptions"],
        as_of=NOW + hours * HOUR,
        dry_run=False,
        actor=SYSTEM,
        now=NOW + 24 * HOUR,
        correction=correction,
    )


def state_of(world: World) -> str:
    return Subscription.objects.get(pk=world.s_a.pk).state


def test_an_older_file_changes_nothing_and_ends_no_association(world: World, tmp_path: Path) -> None:
    hold(world, world.ned)
    says(tmp_path, world, "active", hours=3)

    late = says(tmp_path, world, "expired", hours=1)
    drain(now=NOW + 24 * HOUR)

    assert (late.older, late.updated, late.rows) == (1, 0, 1)
    assert (state_of(world), Association.objects.get().state) == ("active", "active")
    assert not Event.objects.filter(type="directory.subscription_ended").exists()


def test_a_statement_that_repeats_what_is_stored_is_still_the_newest(world: World, tmp_path: Path) -> None:
    for hours in (1, 3):
        assert says(tmp_path, world, "active", hours=hours).unchanged == 1

    assert says(tmp_path, world, "suspended", hours=2).older == 1
    assert says(tmp_path, world, "suspended", hours=3).updated == 1
    assert state_of(world) == "suspended"


def test_a_correction_goes_back_and_is_in_the_journal(world: World, tmp_path: Path) -> None:
    says(tmp_path, world, "suspended", hours=3)

    back = says(tmp_path, world, "active", hours=1, correction="The export of noon was of another month.")
    after = says(tmp_path, world, "in_grace", hours=2)

    assert (back.updated, after.updated, state_of(world)) == (1, 1, "in_grace")
    said = [event.payload for event in Event.objects.filter(type="directory.imported").order_by("id")]
    assert [payload.get("correction") for payload in said] == [
        None,
        "The export of noon was of another month.",
        None,
    ]
    assert [payload["as_of"][11:13] for payload in said] == ["12", "10", "11"]


def test_each_row_has_a_time_of_its_own(world: World, tmp_path: Path) -> None:
    header = "tenant_id,name,country"
    newer = write_csv(tmp_path / "tenants-new.csv", header, f"{world.contoso.guid},Contoso Ltd,US")
    older = write_csv(
        tmp_path / "tenants-old.csv",
        header,
        f"{world.contoso.guid},Contoso GmbH,DE",
        f"{world.adatum.guid},Adatum Corporation,US",
    )

    for path, hours in ((newer, 2), (older, 1)):
        import_file(
            path=path,
            kind=KINDS["tenants"],
            as_of=NOW + hours * HOUR,
            dry_run=False,
            actor=SYSTEM,
            now=NOW + 24 * HOUR,
        )

    assert dict(Tenant.objects.values_list("name", "country")) == {
        "Contoso Ltd": "US",
        "Adatum Corporation": "US",
    }


def test_the_command_says_what_was_older_and_how_to_go_back(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_csv(tmp_path / "tenants.csv", "tenant_id,name,country", f"{world.contoso.guid},Other,US")
    call_command("import_directory", str(path), as_of=NOW)
    path.write_text(path.read_text().replace("Other", "Former"))
    capsys.readouterr()

    call_command("import_directory", str(path), as_of=NOW - HOUR)
    call_command("import_directory", str(path), as_of=NOW - HOUR, correct="The newer file was wrong.")

    printed = capsys.readouterr().out.splitlines()
    assert printed == [
        "tenants.csv (tenants): 0 created, 0 updated, 0 unchanged, 0 refused",
        "  1 older than what is stored: they changed nothing; --correct REASON goes back to them.",
        "tenants.csv (tenants): 0 created, 1 updated, 0 unchanged, 0 refused",
    ]
