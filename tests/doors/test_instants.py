"""Every instant that a partner's program can read ends in Z, whatever zone the desk works in (point 29)."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from claims.models import Claim
from clocks.services import publish_calendar
from foundation.journal.relay import drain
from foundation.kernel.actor import SYSTEM
from tests.api.client import ApiClient, check_body, claim_body
from tests.api.routes import readable_routes
from tests.doors.crawling import pages_of
from tests.filing import (
    DAY,
    add_proof,
    approve,
    ask,
    ask_parties,
    at,
    file_claim,
    held_and_claimed,
    notify,
    sales,
    say,
    take_up,
    time_passes,
    workloads,
)
from tests.responses import Response
from tests.world import INTUNE, NOW, TEAMS, World

INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.]*(?:\w|[+-]\d\d:?\d\d)?")
IN_Z = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z")
DAY_OR_INSTANT = re.compile(rf"{IN_Z.pattern}|\d{{4}}-\d\d-\d\d")


@pytest.fixture
def world(world: World, clock: time_machine.Traveller) -> World:
    """Return the world of a desk in New York, with claims in all that has a date."""
    publish_calendar(zone="America/New_York", actor=SYSTEM, now=NOW - 60 * DAY)
    theirs, ours, case = held_and_claimed(world)
    take_up(ours, world.rev1)
    notify(case, world.rev1)
    ask_parties(case, world.arb)
    asked = file_claim(world, world.ana, *workloads(TEAMS), now=at(3))
    take_up(asked, world.rev1)
    ask(asked, world.rev1)
    agreed = file_claim(world, world.ana, *workloads(INTUNE))
    take_up(agreed, world.rev1)
    approve(agreed, world.rev1)
    drain(now=NOW)
    say(asked, world.ana, "It is on page 4.")
    for claim in (asked, theirs):
        add_proof(claim, world.ana if claim is asked else world.ned)
    file_claim(world, world.ana, sales(world.s_b))
    ApiClient(world.ana).post("claims/", {"name": "Left"})
    clock.shift(timedelta(days=84))
    time_passes(NOW + 84 * DAY)
    return world


def _wrong(text: str) -> list[str]:
    return [found for found in INSTANT.findall(text) if not IN_Z.fullmatch(found)]


def _said(answer: Response) -> tuple[str, list[str]]:
    return answer.request["PATH_INFO"], INSTANT.findall(answer.content.decode())


def _readable(caller: ApiClient, claim: Claim) -> list[Response]:
    """Return every answer of the API that can be read about a claim, by every address there is."""
    return [
        caller.get(route.path(public_id=claim.public_id))
        for route in readable_routes()
        if route.wanted <= {"public_id"}
    ]


def test_every_instant_that_the_api_tells_ends_in_z(world: World) -> None:
    callers = [ApiClient(each) for each in (world.ana, world.ned, world.arb, world.sup)]
    ana = callers[0]
    created = ana.post("claims/", claim_body(world))
    answers = [
        created,
        ana.post("claim-checks/", check_body(world)),
        ana.patch(created.headers["Location"], {"name": "Other"}),
        *(each for caller in callers for claim in Claim.objects.all() for each in _readable(caller, claim)),
    ]

    told = [_said(answer) for answer in answers]

    assert {path: _wrong(" ".join(instants)) for path, instants in told if _wrong(" ".join(instants))} == {}
    assert sum(len(instants) for _path, instants in told) > 100


def test_every_datetime_on_a_page_is_a_day_or_an_instant_in_z(world: World) -> None:
    marked = {}
    for user in (world.ana, world.ned):
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        for address, text in pages_of(client):
            marked[user, address] = re.findall(r'datetime="([^"]*)"', text)

    wrong = {
        address: [each for each in instants if not DAY_OR_INSTANT.fullmatch(each)]
        for address, instants in marked.items()
    }
    assert {address: each for address, each in wrong.items() if each} == {}
    assert sum(map(len, marked.values())) > 20
