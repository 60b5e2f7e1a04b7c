"""What one partner reads through every door stays the same, letter for letter, while something happens beside it.

The acts are those of the desk and of rivals that a partner may not know of (parts 5.3, 5.7, 5.9 and 9).
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client

from claims.models import Claim
from claims.services import ask_override, confirm_override
from foundation.journal.relay import drain
from partners.models import User
from tests.api.client import ApiClient
from tests.arbitration.test_in_step import ACTS, Scene, all_asked, contest, noticed
from tests.desk.desk import Desk, address
from tests.filing import (
    add_proof,
    answer,
    at,
    case_of,
    propose_for,
    say,
    send_back,
    withdraw,
)
from tests.portal.pages import path_of
from tests.world import World, actor

READERS = {"ours": "ana", "third": "tom", "theirs": "ned"}
MPNS = {"ours": "4391507", "third": "6230001", "theirs": "5120001"}
PAGES = ("", "history/", "proof/", "withdraw/", "respond/", "contacts/")
LISTS = ("", "evidence/", "comments/", "history/", "items/")
DRAWN_ANEW = re.compile(
    rb'name="csrfmiddlewaretoken" value="[^"]*"|name="tab" value="[^"]*"|[?&]tab=[0-9a-f]+|'
    rb'"request_id": ?"[^"]*"|[0-9a-f]{32}'
)


def _proposed(world: World) -> Scene:
    scene = noticed(world)
    propose_for(case_of(scene.ours), world.arb, world.fabrikam)
    return scene


def _excepted(world: World) -> Scene:
    scene = contest(world)
    scene.override = _ask_exception(scene)
    return scene


def _ask_exception(scene: Scene) -> int:
    return ask_override(
        public_id=str(scene.ours.public_id),
        text="Northwind has signed it.",
        reason="The partner wrote so itself.",
        actor=actor(scene.world.rev1),
        now=at(7),
    ).pk


def _confirm_exception(scene: Scene) -> None:
    confirm_override(
        public_id=str(scene.ours.public_id),
        override_id=scene.override,
        actor=actor(scene.world.arb),
        now=at(7),
    )


def _the_desk_reads(scene: Scene) -> None:
    reader = Desk(scene.world.arb)
    for name in READERS:
        claim = getattr(scene, name)
        reader.get(address(claim))
        reader.get(f"{address(claim)}proof/{claim.evidence.earliest('pk').public_id}/")
    reader.get(address(case_of(scene.ours)))


def _rival_adds(scene: Scene) -> None:
    say(scene.theirs, scene.world.ned, "What only Northwind knows.", now=at(7))
    add_proof(scene.theirs, scene.world.ned, now=at(7))


ALL: dict[str, tuple[Callable[[World], Scene], Callable[[Scene], object], set[str]]] = {
    "a decision is proposed": (
        noticed,
        lambda s: propose_for(case_of(s.ours), s.world.arb, s.world.fabrikam, now=at(7)),
        set(),
    ),
    "a proposed decision is returned": (
        _proposed,
        lambda s: send_back(case_of(s.ours), s.world.arb2, now=at(7)),
        set(),
    ),
    "an exception is asked for": (contest, _ask_exception, set()),
    "an exception is confirmed": (_excepted, _confirm_exception, set()),
    "the desk reads all": (contest, _the_desk_reads, set()),
    "a rival adds": (noticed, _rival_adds, {"theirs"}),
    "a rival adds under seal": (all_asked, _rival_adds, {"theirs"}),
    "a rival answers under seal": (all_asked, lambda s: answer(s.theirs, s.world.ned, now=at(7)), {"theirs"}),
    "a rival withdraws before the notice": (
        contest,
        lambda s: withdraw(s.third, s.world.tom, now=at(7)),
        {"third"},
    ),
    **{
        act: ACTS[act]
        for act in (
            "the desk notes something",
            "a decision is previewed",
            "a challenger is asked",
            "one of two challengers withdraws",
            "a case gets more time",
        )
    },
}


def everything_read_by(scene: Scene, name: str) -> dict[str, object]:
    """Return every page and answer that the claim's partner gets, and all mail to it."""
    user: User = getattr(scene.world, READERS[name])
    claim: Claim = getattr(scene, name)
    cache.clear()  # what this very reading has used up of the meters
    browser, api = Client(), ApiClient(user)
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    read: dict[str, object] = {}
    for path in ("/claims/", *(path_of(claim, page) for page in PAGES)):
        answer = browser.get(path)
        read[path] = answer.status_code, DRAWN_ANEW.sub(b"", answer.content)
    for path in ("claims/", *(f"claims/{claim.public_id}/{each}" for each in LISTS)):
        answer = api.get(path)
        headers = {key: value for key, value in answer.headers.items() if key != "X-Request-ID"}
        read[f"api {path}"] = answer.status_code, headers, DRAWN_ANEW.sub(b"", answer.content)
    check = api.post("claim-checks/", _check(scene, MPNS[name]))
    read["api check"] = check.status_code, check.json()
    company = user.email.partition("@")[2]
    read["mail"] = [
        (each.subject, each.body) for each in mail.outbox if any(to.endswith(company) for to in each.to)
    ]
    return read


def _check(scene: Scene, mpn: str) -> dict[str, Any]:
    return {
        "mpn_id": mpn,
        "tenant_id": str(scene.world.contoso.guid),
        "domain": "contoso",
        "solution_area": "business_applications",
        "activities": ["usage"],
        "items": [{"product": "dynamics-365-sales", "subscription_id": str(scene.world.s_a.guid)}],
    }


@pytest.mark.parametrize("act", ALL)
def test_what_a_partner_may_not_know_of_changes_nothing_that_it_reads(
    world: World, clock: time_machine.Traveller, act: str
) -> None:
    stage, do, touched = ALL[act]
    scene = stage(world)
    drain(now=at(6))
    clock.move_to(at(7, 12))
    names = [name for name in READERS if name not in touched]
    before = {name: everything_read_by(scene, name) for name in names}

    do(scene)
    drain(now=at(7, 12))

    after = {name: everything_read_by(scene, name) for name in names}
    assert {
        (name, place): (before[name][place], after[name][place])
        for name in names
        for place in after[name]
        if after[name][place] != before[name][place]
    } == {}
