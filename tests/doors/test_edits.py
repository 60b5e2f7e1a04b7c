"""While the desk waits for an answer, items, location and contacts can change under the same rules and messages."""

from typing import Any

import pytest

from claims.inputs import DraftChanges
from claims.models import Claim
from claims.services import change_items, save_claim
from foundation.kernel.errors import Refused
from tests.api.client import ApiClient
from tests.doors.provoked import PROVOCATIONS, Body, Provocation, changes, entries, fields_of
from tests.doors.saying import says
from tests.doors.test_findings import browser_of, dicts, the_one
from tests.filing import ask, everything_recorded, file_claim, sales, take_up
from tests.portal.pages import send
from tests.responses import Response
from tests.world import NOW, World, actor

UNASKED = {"PRODUCT_REQUIRED"}
"""An empty addition is not an edit."""


def _can_be_typed(provocation: Provocation) -> bool:
    """Return whether the fault is in a field that a claim with an open request accepts, and is refused there."""
    return (
        provocation.step in ("products", "location", "contacts")
        and provocation.beside != "workloads"
        and provocation.severity == "error"
        and provocation.code not in UNASKED
    )


EDITS = [each for each in PROVOCATIONS if _can_be_typed(each)]


@pytest.mark.parametrize("provocation", [pytest.param(each, id=each.name) for each in EDITS])
def test_every_door_reports_a_refused_edit_alike(world: World, provocation: Provocation) -> None:
    provocation.before(world)
    claim = file_claim(world, world.ana, sales(world.s_b))
    take_up(claim, world.rev1)
    ask(claim, world.rev1)
    body = provocation.body(world)
    before = everything_recorded()

    with pytest.raises(Refused) as refused:
        _by_service(world, claim, provocation.step, body)
    answer = _by_api(world, claim, provocation.step, body)
    page = _by_page(world, claim, provocation.step, body)

    finding = the_one(provocation, refused.value.findings)
    assert everything_recorded() == before
    assert (answer.status_code, answer.json()["code"]) == (422, refused.value.code)
    assert answer.json()["detail"] == str(refused.value.message)
    assert answer.json()["findings"] == dicts(refused.value.findings)
    assert page.status_code == 422
    assert says(page, finding.code, finding.message, beside=provocation.beside)


def _by_service(world: World, claim: Claim, step: str, body: Body) -> object:
    given: dict[str, Any] = {"public_id": str(claim.public_id), "actor": actor(world.ana), "now": NOW}
    if step == "products":
        return change_items(add=entries(body), **given)
    typed = changes(body)
    wanted = (
        DraftChanges(mpn_id=typed.mpn_id) if step == "location" else DraftChanges(contacts=typed.contacts)
    )
    return save_claim(changes=wanted, **given)


def _by_api(world: World, claim: Claim, step: str, body: Body) -> Response:
    ana = ApiClient(world.ana)
    if step == "products":
        return ana.post(f"claims/{claim.public_id}/items/", {"add": body["items"]})
    name = {"location": "mpn_id", "contacts": "contacts"}[step]
    return ana.patch(f"claims/{claim.public_id}/", {name: body[name]})


def _by_page(world: World, claim: Claim, step: str, body: Body) -> Response:
    page = {"products": "items"}.get(step, step)
    return send(browser_of(world), claim, page, dict(fields_of(step, body)))
