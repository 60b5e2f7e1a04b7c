"""Every door serves a file of proof with the same headers: as an attachment, never sniffed, run or cached (part 7)."""

from collections.abc import Callable

import pytest

from claims.models import Claim
from tests.api.client import ApiClient
from tests.desk.desk import Desk, address
from tests.doors.test_findings import browser_of
from tests.filing import file_claim
from tests.portal.pages import path_of
from tests.responses import Response
from tests.world import World

Fetch = Callable[[World, Claim, object], Response]

DOORS: dict[str, Fetch] = {
    "page": lambda world, claim, file_id: browser_of(world).get(path_of(claim, f"proof/{file_id}/")),
    "desk": lambda world, claim, file_id: Desk(world.rev1).get(f"{address(claim)}proof/{file_id}/"),
    "api": lambda world, claim, file_id: ApiClient(world.ana).get(
        f"claims/{claim.public_id}/evidence/{file_id}/file/"
    ),
}


@pytest.mark.parametrize("door", DOORS)
def test_every_door_serves_proof_with_the_same_headers(world: World, door: str) -> None:
    claim = file_claim(world, world.ana)

    answer = DOORS[door](world, claim, claim.evidence.get().public_id)

    assert answer.status_code == 200
    assert {
        name: answer.headers[name]
        for name in (
            "Content-Type",
            "Content-Disposition",
            "X-Content-Type-Options",
            "Content-Security-Policy",
        )
    } == {
        "Content-Type": "application/pdf",
        "Content-Disposition": 'attachment; filename="work-1-of-ana.pdf"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    assert {"private", "no-store"} <= set(answer.headers["Cache-Control"].split(", "))


@pytest.mark.parametrize("door", DOORS)
def test_every_door_returns_not_found_for_a_file_missing_from_storage(world: World, door: str) -> None:
    claim = file_claim(world, world.ana)
    evidence = claim.evidence.get()
    evidence.file.storage.delete(str(evidence.file.name))

    answer = DOORS[door](world, claim, evidence.public_id)

    assert answer.status_code == 404
