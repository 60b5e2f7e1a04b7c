"""One actor has one name at every door, and histories tell times to the second, as an auditor of a case needs them."""

import re
from collections.abc import Callable
from functools import partial

import pytest
import time_machine
from django.test import Client

from claims.models import Claim
from tests.api.client import ApiClient
from tests.desk.decisions import TEXTS
from tests.desk.desk import Desk, address
from tests.filing import (
    DAY,
    answer,
    ask,
    ask_parties,
    at,
    file_claim,
    notify,
    take_up,
    time_passes,
    workload_rivals,
)
from tests.portal.pages import path_of
from tests.responses import Response
from tests.world import World

pytestmark = pytest.mark.django_db

DECIDED = at(6, 10, 5).replace(second=7)


def cells(page: Response, row: str) -> list[str]:
    """Return each row of the page in words."""
    found = re.findall(row, page.content.decode(), re.S)
    return [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in found]


def at_each_door(world: World, claim: Claim) -> dict[str, Callable[[str], list[str]]]:
    """Return, by door, how to read what it says of the events with this summary: instant, summary, actor, channel."""
    browser = Client()
    browser.force_login(world.ana, backend="django.contrib.auth.backends.ModelBackend")
    entries = ApiClient(world.ana).get(f"claims/{claim.public_id}/history/?page_size=200").json()["results"]
    told = [
        f"{each['at']} {each['summary']} {each['actor']['kind']} {each['actor']['name']} {each['channel']}"
        for each in entries
    ]
    page = cells(browser.get(path_of(claim, "history/")), r'<li class="\w+">.*?</li>')
    desk = cells(Desk(world.sup).get(address(claim)), r"<tr>.*?</tr>")
    return {name: partial(_with, rows) for name, rows in (("api", told), ("page", page), ("desk", desk))}


def _with(rows: list[str], summary: str) -> list[str]:
    return [row for row in rows if summary in row]


def test_an_arbiter_is_the_claim_desk_to_partners_and_has_one_name_at_the_desk(world: World) -> None:
    _theirs, ours, case = workload_rivals(world)
    notify(case, world.rev1)
    with time_machine.travel(DECIDED, tick=False):
        decided = Desk(world.arb).act(case, "decide_case", winner=str(world.fabrikam.pk), **TEXTS)
        read = at_each_door(world, ours)

    assert decided.status_code == 302
    [api], [page], [desk] = (read[door]("Item approved") for door in ("api", "page", "desk"))
    assert api == "2020-07-06T10:05:07Z Item approved desk Claim desk desk"
    assert page.startswith("Item approved 6 July 2020, 10:05:07 UTC Claim desk Status Pending → Approved")
    assert desk == "6 July 2020, 10:05:07 UTC Item approved Pending → Approved Arne Arbiter Desk"


def test_what_the_system_does_is_the_systems_at_every_door(world: World) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    ask(claim, world.rev1)
    time_passes(at(14))
    with time_machine.travel(at(14), tick=False):
        read = at_each_door(world, claim)

    [api], [page], [desk] = (read[door]("Claim settled") for door in ("api", "page", "desk"))
    assert api == "2020-07-14T09:00:00Z Claim settled system Claim desk (automatic) system"
    assert page.startswith("Claim settled 14 July 2020, 09:00:00 UTC Claim desk (automatic)")
    assert desk.endswith("Claim desk (automatic) By itself")


def test_the_page_of_a_case_tells_who_did_what_in_it_and_when_sealed_answers_were_opened(
    world: World,
) -> None:
    theirs, ours, case = workload_rivals(world)
    notify(case, world.rev1)
    ask_parties(case, world.arb, now=at(6, 10))
    answer(ours, world.ana, now=at(7))
    answer(theirs, world.ned, now=DECIDED + DAY)

    with time_machine.travel(at(8), tick=False):
        history = Desk(world.sup).read(case).partition("History of the case, newest first")[2]

    assert history.startswith(
        " When What Who "
        "7 July 2020, 10:05:07 UTC Sealed answers opened to the desk "
        "Text: The signed page is attached. Text: The signed page is attached. Claim desk (automatic) By itself "
        "6 July 2020, 10:00:00 UTC Parties asked for information Arne Arbiter Pages "
        "6 July 2020, 09:00:00 UTC Notice posted Rita Reviewer Pages "
    )
