"""Files about partners, kind by kind: which rows are created, updated, unchanged or refused (domain.md part 2)."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claims.inputs import Purpose
from claims.validation import check
from partners.models import Enrolment, Location, Organisation, OwnTenant
from partners.selectors import visible_locations
from tenants.models import DirectoryImport
from tenants.selectors import directory_as_of
from tests.directory_files import AS_OF, counts, take, told, write_csv, write_jsonl
from tests.factories import claim_input
from tests.world import FABRIKAM_OWN_GUID, NOW, World, actor, build_world

pytestmark = pytest.mark.django_db

SECOND = "5f0e1c7a-3a94-4b38-9d0e-6a1d2f8c7b11"
THIRD = "5f0e1c7a-3a94-4b38-9d0e-6a1d2f8c7b12"


@pytest.fixture
def world() -> World:
    return build_world()


def own_tenants(organisation: Organisation) -> set[UUID]:
    return set(organisation.own_tenants.values_list("guid", flat=True))


def test_organisations_are_created_updated_unchanged_or_refused(tmp_path: Path, world: World) -> None:
    path = write_csv(
        tmp_path / "organisations.csv",
        "code,name,own_tenant_ids",
        f"Wingtip,Wingtip,{SECOND};{{{THIRD}}}",
        f"fabrikam,Fabrikam Inc.,{FABRIKAM_OWN_GUID}",
        "northwind,Northwind,",
        f"tailspin,Tailspin,{world.tailspin.own_tenants.get().guid}",
        "wing tip,Wingtip,",
        f"wide,,{SECOND};nonsense",
    )

    result = take(path)

    assert counts(result) == (1, 2, 1, 2)
    assert told(result) == [
        (
            6,
            "code",
            "wing tip",
            "A code is up to 64 letters, digits and hyphens, such as dynamics-365-sales.",
        ),
        (7, "name", "", "A value is needed."),
        (7, "own_tenant_ids", f"{SECOND};nonsense", "This is not a GUID."),
    ]
    assert own_tenants(Organisation.objects.get(code="wingtip")) == {UUID(SECOND), UUID(THIRD)}
    world.fabrikam.refresh_from_db()
    assert (world.fabrikam.name, own_tenants(world.fabrikam)) == ("Fabrikam Inc.", {FABRIKAM_OWN_GUID})
    assert own_tenants(world.northwind) == set()


def test_own_tenants_stay_if_the_file_leaves_them_out(tmp_path: Path, world: World) -> None:
    before = list(OwnTenant.objects.order_by("id").values())

    result = take(write_csv(tmp_path / "organisations.csv", "code,name", "fabrikam,Fabrikam", "wide,Wide"))

    assert counts(result) == (1, 0, 1, 0)
    assert list(OwnTenant.objects.order_by("id").values()) == before


def test_a_list_of_own_tenants_replaces_the_stored_one(tmp_path: Path, world: World) -> None:
    path = write_jsonl(
        tmp_path / "organisations.jsonl",
        {"code": "fabrikam", "name": "Fabrikam", "own_tenant_ids": [SECOND, SECOND.upper()]},
    )

    result = take(path)

    assert counts(result) == (0, 1, 0, 0)
    assert own_tenants(world.fabrikam) == {UUID(SECOND)}


def test_locations_are_created_updated_unchanged_or_refused(tmp_path: Path, world: World) -> None:
    path = write_jsonl(
        tmp_path / "locations.jsonl",
        {"mpn_id": 7340001, "organisation": "Tailspin", "country": "de", "label": "Köln"},
        {"mpn_id": "4391507", "organisation": "fabrikam", "country": "CA", "label": "Overwritten"},
        {"mpn_id": "4391509", "organisation": "fabrikam", "country": "US", "programme_type": "FRP_FASTTRACK"},
        {"mpn_id": "43915O7", "organisation": "fabrikam", "country": "US"},
        {"mpn_id": "5120001", "organisation": "fabrikam", "country": "US"},
        {"mpn_id": "7340002", "organisation": "wingtip", "country": "US"},
    )

    result = take(path)

    assert counts(result) == (1, 1, 1, 3)
    assert told(result) == [
        (4, "mpn_id", "43915O7", "An MPN is four to ten digits and does not begin with 0."),
        (5, "organisation", "fabrikam", "This cannot change once it is stored."),
        (
            6,
            "organisation",
            "wingtip",
            "Unknown organisations: wingtip. Import them first.",
        ),
    ]
    fields = ("organisation__code", "country", "label", "programme_type")
    stored = {row[0]: row[1:] for row in Location.objects.values_list("mpn_id", *fields)}
    assert stored == {
        "4391507": ("fabrikam", "CA", "Seattle", ""),
        "4391508": ("fabrikam", "FR", "Paris", ""),
        "4391509": ("fabrikam", "US", "Boston", "FRP_FASTTRACK"),
        "5120001": ("northwind", "US", "Chicago", ""),
        "6230001": ("tailspin", "US", "Denver", ""),
        "7340001": ("tailspin", "DE", "Köln", ""),
    }


def test_a_label_belongs_to_its_organisation_once_the_location_exists(tmp_path: Path, world: World) -> None:
    path = write_csv(
        tmp_path / "locations.csv", "mpn_id,organisation,country,label", "4391507,fabrikam,US,Head office"
    )

    result = take(path)

    assert counts(result) == (0, 0, 1, 0)
    assert Location.objects.get(mpn_id="4391507").label == "Seattle"


def test_enrolments_are_created_unchanged_or_refused(tmp_path: Path, world: World) -> None:
    path = write_csv(
        tmp_path / "enrolments.csv",
        "mpn_id,programme,year",
        "4391508,osu_ba,2020",
        "4391508,OSU_BA,2021",
        "4391507,OSU_BA,2020",
        "4391508,OSU_BA,2020",
        "7340001,OSU_BA,2020",
        "4391508,OSU_XX,1999",
    )

    result = take(path)

    assert counts(result) == (2, 0, 2, 2)
    assert told(result) == [
        (6, "mpn_id", "7340001", "Unknown locations: 7340001. Import them first."),
        (7, "programme", "OSU_XX", "This must be one of OSA_SELL, OSU_BA, OSU_M365."),
        (7, "year", "1999", "This is not a year from 2000 to 2099."),
    ]
    stored = Enrolment.objects.filter(location__mpn_id="4391508").values_list("programme", "year")
    assert set(stored) == {("OSU_BA", 2020), ("OSU_BA", 2021)}


def test_files_about_partners_do_not_set_the_as_of_time_of_the_directory(tmp_path: Path) -> None:
    take(write_csv(tmp_path / "organisations.csv", "code,name", "fabrikam,Fabrikam"))

    assert DirectoryImport.objects.get().kind == "organisations"
    assert directory_as_of() is None


def test_a_batch_costs_the_same_queries_with_one_row_and_with_many(tmp_path: Path) -> None:
    def queries(path: Path) -> int:
        with CaptureQueriesContext(connection) as captured:
            take(path)
        return len(captured)

    def story(number: int, first: int) -> list[int]:
        codes = [str(first + i) for i in range(number)]
        organisations = [{"code": f"o{code}", "name": code, "own_tenant_ids": [SECOND]} for code in codes]
        locations = [{"mpn_id": code, "organisation": f"o{code}", "country": "US"} for code in codes]
        enrolments = [{"mpn_id": code, "programme": "OSU_BA", "year": 2020} for code in codes]
        files = [
            write_jsonl(tmp_path / f"{name}.jsonl", *rows)
            for name, rows in (
                ("organisations", organisations),
                ("locations", locations),
                ("enrolments", enrolments),
            )
        ]
        return [queries(file) for file in (*files, *files)]

    assert story(1, 5_000) == story(100, 6_000)


def test_an_enrolment_ends_by_import_and_an_older_file_does_not_begin_it_again(
    tmp_path: Path, world: World
) -> None:
    enrolment = Enrolment.objects.get(location__mpn_id="4391507", programme="OSU_BA", year=2020)
    header = "mpn_id,programme,year,ended"
    ending = write_csv(tmp_path / "enrolments.csv", header, "4391507,OSU_BA,2020,true")
    older = write_csv(tmp_path / "enrolments-older.csv", "mpn_id,programme,year", "4391507,OSU_BA,2020")

    ended = take(ending)
    again = take(ending)
    undone = take(older, as_of=AS_OF - timedelta(days=1))

    assert [counts(result) for result in (ended, again, undone)] == [
        (0, 1, 0, 0),
        (0, 0, 1, 0),
        (0, 0, 0, 0),
    ]
    assert undone.older == 1
    enrolment.refresh_from_db()
    assert (enrolment.ended, enrolment.said_at) == (True, AS_OF)
    shown = [shown for location in visible_locations(actor(world.ana)) for shown in location.enrolments.all()]
    assert enrolment not in shown


def test_an_ended_enrolment_does_not_enrol(tmp_path: Path, world: World) -> None:
    ended = write_csv(tmp_path / "enrolments.csv", "mpn_id,programme,year,ended", "4391507,OSU_BA,2020,yes")
    claim = claim_input(world)

    before = check(claim, actor=actor(world.ana), now=NOW, purpose=Purpose.CHECK)
    take(ended)
    after = check(claim, actor=actor(world.ana), now=NOW, purpose=Purpose.CHECK)

    assert "MPN_NOT_ENROLLED" not in {finding.code for finding in before.findings}
    assert "MPN_NOT_ENROLLED" in {finding.code for finding in after.findings}


def test_a_newer_file_enrols_again(tmp_path: Path, world: World) -> None:
    take(write_csv(tmp_path / "enrolments.csv", "mpn_id,programme,year,ended", "4391507,OSU_BA,2020,1"))

    result = take(
        write_csv(tmp_path / "enrolments.csv", "mpn_id,programme,year", "4391507,OSU_BA,2020"),
        as_of=AS_OF + timedelta(hours=1),
    )

    assert counts(result) == (0, 1, 0, 0)
    assert not Enrolment.objects.get(location__mpn_id="4391507", programme="OSU_BA", year=2020).ended
