"""Every act follows the table: without its row it has no button, and its service refuses."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.test import Client

from arbitration import services as desk
from arbitration.lifecycle import CASE
from arbitration.models import Case
from claims.inputs import DraftChanges
from claims.lifecycle import CLAIM
from claims.models import Claim
from claims.policies import editable_fields
from claims.services import ask_override, change_items, confirm_override, save_claim
from foundation.kernel.errors import Conflict
from foundation.kernel.lifecycle import Lifecycle
from partners.models import User
from tests.api.client import ApiClient
from tests.desk.desk import Desk, address
from tests.filing import (
    add_proof,
    answer,
    approve,
    ask,
    ask_parties,
    confirm,
    contacts_of,
    decide_for,
    desk_admin,
    draft,
    everything_recorded,
    file_claim,
    items_of,
    lift,
    notify,
    propose_for,
    refusal,
    ruling,
    say,
    send_back,
    submit,
    take_up,
    withdraw,
    workload_rivals,
)
from tests.portal.pages import path_of, text_of
from tests.world import NOW, World, actor

Subject = Claim | Case


@dataclass(frozen=True, kw_only=True)
class Ruled:
    """A row, a situation in which its act is possible, and the service call for it."""

    row: str
    button: str
    stage: Callable[[World], Any]
    act: Callable[[World, Any], object]
    table: Lifecycle = CLAIM
    read_by: Callable[[World], User] = lambda world: world.arb


def _draft(world: World) -> Claim:
    return draft(world, world.ana)


def _submitted(world: World) -> Claim:
    return file_claim(world, world.ana)


def _under_review(world: World) -> Claim:
    return take_up(_submitted(world), world.rev1)


def _asked(world: World) -> Claim:
    claim = _under_review(world)
    ask(claim, world.rev1)
    claim.refresh_from_db()
    return claim


def _case(world: World) -> Case:
    return workload_rivals(world)[2]


def _heard_case(world: World) -> Case:
    return notify(_case(world), world.rev1)


def _proposed_by_another(world: World) -> Case:
    return propose_for(_case(world), world.arb2, world.fabrikam)


def _decide_unheard(world: World, case: Case) -> object:
    given = ruling(world.fabrikam, unheard_reason="The customer asked for a decision today.")
    return desk.decide_case(case_id=str(case.public_id), ruling=given, actor=actor(world.arb), now=NOW)


def _edit(claim: Claim, user: User, **changes: Any) -> object:
    public_id = str(claim.public_id)
    return save_claim(public_id=public_id, changes=DraftChanges(**changes), actor=actor(user), now=NOW)


def _other_contacts(world: World, claim: Claim) -> object:
    return _edit(claim, world.ana, contacts=contacts_of(world.uma))


def _give_items_up(world: World, claim: Claim) -> object:
    named = [str(item.public_id) for item in items_of(claim)]
    return change_items(public_id=str(claim.public_id), remove=named, actor=actor(world.ana), now=NOW)


def _note(world: World, claim: Claim) -> object:
    return desk.add_note(public_id=str(claim.public_id), text="Odd.", actor=actor(world.rev1), now=NOW)


def _contested(world: World) -> Claim:
    return workload_rivals(world)[1]


def _ask_override(world: World, claim: Claim, *, by: User | None = None) -> object:
    return ask_override(
        public_id=str(claim.public_id),
        text="Northwind",
        reason="It is on the form.",
        actor=actor(by or world.rev1),
        now=NOW,
    )


def _override_waits(world: World) -> Claim:
    claim = _contested(world)
    _ask_override(world, claim, by=world.rev2)
    return claim


def _confirm_override(world: World, claim: Claim) -> object:
    override = claim.text_overrides.get()
    return confirm_override(
        public_id=str(claim.public_id), override_id=override.pk, actor=actor(world.rev1), now=NOW
    )


RULED = [
    Ruled(row="save", button="edit", stage=_draft, act=lambda w, c: _edit(c, w.ana, name="Other")),
    Ruled(row="correct_contacts", button="edit", stage=_submitted, act=_other_contacts),
    Ruled(row="amend", button="edit", stage=_asked, act=_other_contacts),
    Ruled(row="amend", button="edit", stage=_asked, act=_give_items_up),
    Ruled(row="submit", button="submit", stage=_draft, act=lambda w, c: submit(c, w.ana)),
    Ruled(row="discard", button="withdraw", stage=_draft, act=lambda w, c: withdraw(c, w.ana)),
    Ruled(row="withdraw", button="withdraw", stage=_submitted, act=lambda w, c: withdraw(c, w.ana)),
    Ruled(row="respond", button="respond", stage=_asked, act=lambda w, c: answer(c, w.ana)),
    Ruled(row="add_evidence", button="add_evidence", stage=_submitted, act=lambda w, c: add_proof(c, w.ana)),
    Ruled(row="comment", button="comment", stage=_submitted, act=lambda w, c: say(c, w.ana, "Hello")),
    Ruled(row="start_review", button="start_review", stage=_submitted, act=lambda w, c: take_up(c, w.rev1)),
    Ruled(
        row="request_information",
        button="request_information",
        stage=_under_review,
        act=lambda w, c: ask(c, w.rev1),
    ),
    Ruled(
        row="decide_items", button="decide_items", stage=_under_review, act=lambda w, c: approve(c, w.rev1)
    ),
    Ruled(row="note", button="note", stage=_submitted, act=_note),
    Ruled(row="ask_override", button="ask_override", stage=_contested, act=_ask_override),
    Ruled(row="confirm_override", button="confirm_override", stage=_override_waits, act=_confirm_override),
    Ruled(
        table=CASE, row="post_notice", button="post_notice", stage=_case, act=lambda w, c: notify(c, w.rev1)
    ),
    Ruled(
        table=CASE,
        row="ask_parties",
        button="ask_parties",
        stage=_case,
        act=lambda w, c: ask_parties(c, w.arb),
    ),
    Ruled(
        table=CASE,
        row="decide",
        button="decide_case",
        stage=_heard_case,
        act=lambda w, c: decide_for(c, w.arb, w.fabrikam),
    ),
    Ruled(
        table=CASE,
        row="decide_unheard",
        button="decide_unheard",
        stage=_case,
        act=_decide_unheard,
    ),
    Ruled(
        table=CASE,
        row="confirm_decision",
        button="confirm_decision",
        stage=_proposed_by_another,
        act=lambda w, c: confirm(c, w.arb),
    ),
    Ruled(
        table=CASE,
        row="return_decision",
        button="return_decision",
        stage=_proposed_by_another,
        act=lambda w, c: send_back(c, w.arb),
    ),
    Ruled(
        table=CASE,
        row="lift_block",
        button="lift_block",
        stage=_proposed_by_another,
        act=lambda w, c: lift(c, desk_admin(), w.arb2),
        read_by=lambda _world: desk_admin(),
    ),
]
EACH = pytest.mark.parametrize("ruled", RULED, ids=[f"{each.table.name} {each.row}" for each in RULED])


@EACH
def test_without_its_row_an_act_loses_its_button_and_its_service(
    world: World, monkeypatch: pytest.MonkeyPatch, ruled: Ruled
) -> None:
    subject = ruled.stage(world)
    before, offered = everything_recorded(), _offered(world, subject, ruled.read_by(world))

    _take_away(monkeypatch, ruled.table, ruled.row)
    with pytest.raises((KeyError, Conflict)):
        ruled.act(world, subject)

    assert ruled.button in offered
    assert ruled.button not in _offered(world, subject, ruled.read_by(world))
    assert everything_recorded() == before


@EACH
def test_a_row_without_states_is_refused_by_its_service(
    world: World, monkeypatch: pytest.MonkeyPatch, ruled: Ruled
) -> None:
    subject = ruled.stage(world)
    nowhere = replace(ruled.table[ruled.row], sources=frozenset())

    monkeypatch.setitem(ruled.table.acts, ruled.row, nowhere)

    assert refusal(lambda: ruled.act(world, subject)) == "INVALID_TRANSITION"


def _take_away(monkeypatch: pytest.MonkeyPatch, table: Lifecycle, row: str) -> None:
    monkeypatch.setattr(table, "acts", {name: act for name, act in table.acts.items() if name != row})


def _offered(world: World, subject: Subject, at_the_desk: User) -> set[str]:
    """Return the acts that the API offers a partner, and those that the desk's page has forms for."""
    on_page: set[str] = set()
    if isinstance(subject, Case) or subject.submitted_at is not None:
        on_page = set(Desk(at_the_desk).get(address(subject)).context["page"].forms)
    if isinstance(subject, Case):
        return on_page
    document = ApiClient(world.ana).get(f"claims/{subject.public_id}/").json()
    assert ("edit" in document["allowed_actions"]) == bool(editable_fields(actor(world.ana), subject))
    return on_page - {"comment"} | set(document["allowed_actions"])


def test_the_desk_s_page_has_no_button_for_a_row_that_is_gone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = _submitted(world)
    desk_page = Desk(world.rev1)
    shown = desk_page.get(address(claim)).content

    _take_away(monkeypatch, CLAIM, "start_review")

    assert b'value="start_review"' in shown
    assert b'value="start_review"' not in desk_page.get(address(claim)).content


def test_the_partner_s_page_has_no_button_for_a_row_that_is_gone(
    world: World, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    claim = _draft(world)
    client.force_login(world.ana, backend="django.contrib.auth.backends.ModelBackend")
    shown = text_of(client.get(path_of(claim, "check/")))

    _take_away(monkeypatch, CLAIM, "submit")

    assert "Submit the claim" in shown
    assert "Submit the claim" not in text_of(client.get(path_of(claim, "check/")))
