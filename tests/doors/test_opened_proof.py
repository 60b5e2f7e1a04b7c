"""Who opened which file of proof when is recorded at every door, and shown to those who may know (5.9)."""

import pytest
from django.test import Client

from claims.enums import ScanState
from claims.models import Claim, Evidence
from foundation.journal.models import Event
from tests.api.client import ApiClient
from tests.desk.desk import Desk, address, words
from tests.doors.test_files import DOORS
from tests.doors.test_findings import browser_of
from tests.filing import file_claim, happened, held_and_claimed, reloaded, take_up, workload_rivals
from tests.portal.pages import path_of
from tests.world import World

READERS = {"page": ("ana", "partner"), "desk": ("rev1", "desk"), "api": ("ana", "partner")}


def _openings() -> list[tuple[str, str, object]]:
    events = Event.objects.filter(type="claim.proof_opened").order_by("id")
    return [(event.actor_name, event.actor_kind, event.payload) for event in events]


@pytest.mark.parametrize("door", DOORS)
def test_every_door_records_who_opened_a_file(world: World, door: str) -> None:
    claim = file_claim(world, world.ana)
    evidence, reader = claim.evidence.get(), READERS[door]

    answer = DOORS[door](world, claim, evidence.public_id)

    assert answer.status_code == 200
    name, kind = getattr(world, reader[0]).shown_name, reader[1]
    assert _openings() == [(name, kind, {"evidence": evidence.pk, "sha256": evidence.sha256})]


@pytest.mark.parametrize("door", DOORS)
def test_an_opening_changes_nothing_of_the_claim(world: World, door: str) -> None:
    claim = file_claim(world, world.ana)
    before = Claim.objects.filter(pk=claim.pk).values().get()

    DOORS[door](world, claim, claim.evidence.get().public_id)

    assert Claim.objects.filter(pk=claim.pk).values().get() == before


def test_asking_for_the_headers_alone_opens_nothing(world: World) -> None:
    claim = file_claim(world, world.ana)
    file_id = claim.evidence.get().public_id

    desk = Desk(world.rev1)
    desk.sign_in()

    answers = (
        browser_of(world).head(path_of(claim, f"proof/{file_id}/")),
        desk.client.head(f"{address(claim)}proof/{file_id}/"),
        ApiClient(world.ana).send("HEAD", f"claims/{claim.public_id}/evidence/{file_id}/file/", b""),
    )

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert _openings() == []


@pytest.mark.parametrize("asked", [{"Range": "bytes=0-0"}, {"If-None-Match": "*"}])
def test_who_asks_for_a_part_or_has_a_copy_gets_the_file_and_is_recorded(
    world: World, asked: dict[str, str]
) -> None:
    claim = file_claim(world, world.ana)
    evidence = claim.evidence.get()

    answer = ApiClient(world.ana).get(
        f"claims/{claim.public_id}/evidence/{evidence.public_id}/file/", None, **asked
    )

    assert (answer.status_code, len(answer.getvalue())) == (200, evidence.size)
    assert len(_openings()) == 1


@pytest.mark.parametrize("door", DOORS)
def test_a_file_that_is_refused_was_not_opened(world: World, door: str) -> None:
    claim = file_claim(world, world.ana)
    Evidence.objects.filter(claim=claim).update(scan_state=ScanState.INFECTED)

    answer = DOORS[door](world, claim, claim.evidence.get().public_id)

    assert answer.status_code == 404
    assert _openings() == []


@pytest.mark.parametrize("door", DOORS)
def test_a_file_missing_from_storage_was_not_opened(world: World, door: str) -> None:
    claim = file_claim(world, world.ana)
    evidence = claim.evidence.get()
    evidence.file.storage.delete(str(evidence.file.name))

    DOORS[door](world, claim, evidence.public_id)

    assert _openings() == []


def test_the_desk_reads_who_opened_a_file_by_name(world: World) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    file_id = claim.evidence.get().public_id
    unopened = Desk(world.rev2).read(claim)

    DOORS["desk"](world, claim, file_id)
    DOORS["page"](world, claim, file_id)

    assert "No one yet" in unopened
    page = Desk(world.rev2).read(claim)
    assert "Rita Reviewer, " in page
    assert "Ana Alves, " in page
    assert "No one yet" not in page
    assert "Signed by the customer As the partner typed it" in page


def test_the_page_of_a_case_says_which_file_nobody_opened(world: World) -> None:
    theirs, _ours, case = workload_rivals(world)
    unopened = Desk(world.arb).read(case)

    Desk(world.arb).get(f"{address(theirs)}proof/{theirs.evidence.get().public_id}/")

    page = Desk(world.arb).read(case)
    assert unopened.count("Opened by no one yet") == 2
    assert page.count("Opened by no one yet") == 1
    assert page.count("Opened by Arne Arbiter, 6 July 2020, 09:00:00 UTC") == 1
    assert "Latest valid signature The dates are those that the partners typed" in page


def test_a_partner_reads_its_own_people_and_nothing_of_the_desk(world: World) -> None:
    claim = file_claim(world, world.ana)
    file_id = claim.evidence.get().public_id

    for door in DOORS:
        DOORS[door](world, claim, file_id)

    [file] = ApiClient(world.ana).get(f"claims/{claim.public_id}/evidence/").json()["results"]
    assert [(each["by"], each["times"]) for each in file["opened"]] == [("Ana Alves", 2)]
    page = browser_of(world).get(path_of(claim)).content.decode()
    assert "Opened by Ana Alves, 2 times, last " in page
    assert page.count("Opened by ") == 1


def test_a_holder_learns_nothing_of_a_contest_when_the_desk_opens_its_proof(world: World) -> None:
    """Part 9: of a case the holder sees his own view, from his notice on."""
    theirs, _ours, _case = held_and_claimed(world)
    holder = ApiClient(world.ned)
    path, page = f"claims/{theirs.public_id}/evidence/", path_of(theirs)
    browser = Client()
    browser.force_login(world.ned, backend="django.contrib.auth.backends.ModelBackend")
    before = holder.get(path).json(), words(browser.get(page))

    Desk(world.arb).get(f"{address(theirs)}proof/{theirs.evidence.get().public_id}/")

    assert (holder.get(path).json(), words(browser.get(page))) == before


def test_the_partners_history_is_not_filled_with_openings(world: World) -> None:
    claim = file_claim(world, world.ana)

    DOORS["desk"](world, claim, claim.evidence.get().public_id)

    assert happened(claim)[-1] == "claim.proof_opened"
    history = ApiClient(world.ana).get(f"claims/{claim.public_id}/history/").json()["results"]
    assert "claim.proof_opened" not in [event["type"] for event in history]
    assert reloaded(claim).version == claim.version
