"""A claim's version and instant move with every change that its partner can see, and with no other.

Three claims on one product: the holder's (`theirs`), the challenger's (`ours`) and another challenger's (`third`).
"""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from api.documents import claim_document, comment_document, event_document, evidence_document
from arbitration import services as desk
from claims.inputs import ContactInput, DraftChanges
from claims.models import Claim
from claims.selectors import (
    detailed_claim_for,
    history_of,
    own_user_ids,
    visible_comments,
    visible_evidence,
)
from claims.services import flag_suspension, save_claim
from clocks.enums import ClockKind
from clocks.models import Clock
from clocks.selectors import clock_for
from foundation.journal.relay import drain
from foundation.kernel.actor import SYSTEM
from tests.filing import (
    DAY,
    add_proof,
    answer,
    approve,
    ask,
    ask_parties,
    at,
    at_desk,
    case_of,
    consent_passes,
    decide_for,
    decline,
    directory_says,
    draft,
    file_claim,
    hold,
    items_of,
    notify,
    pending,
    refusal,
    reloaded,
    ruling,
    sales,
    say,
    submit,
    take_up,
    time_passes,
    withdraw,
    workloads,
)
from tests.world import INTUNE, NOW, World, actor

Scene = Any


def _scene(world: World, **claims: Claim) -> Scene:
    return SimpleNamespace(world=world, **claims)


def contest(world: World) -> Scene:
    theirs = hold(world, world.ned)
    ours, third = file_claim(world, world.ana), file_claim(world, world.tom)
    return _scene(world, theirs=theirs, ours=ours, third=third)


def noticed(world: World) -> Scene:
    scene = contest(world)
    notify(case_of(scene.ours), world.rev1)
    return scene


def all_asked(world: World) -> Scene:
    scene = noticed(world)
    ask_parties(case_of(scene.ours), world.arb)
    return scene


def one_is_left_to_answer(world: World) -> Scene:
    scene = all_asked(world)
    answer(scene.theirs, world.ned)
    answer(scene.third, world.tom)
    return scene


def won(world: World) -> Scene:
    scene = noticed(world)
    decide_for(case_of(scene.ours), world.arb, world.fabrikam)
    return scene


def last_challenger(world: World) -> Scene:
    scene = noticed(world)
    withdraw(scene.third, world.tom)
    return scene


def alone(world: World) -> Scene:
    scene = _scene(world, ours=file_claim(world, world.ana, *workloads(INTUNE), confirmed=()))
    take_up(scene.ours, world.rev1)
    return scene


def alone_and_asked(world: World) -> Scene:
    scene = alone(world)
    ask(scene.ours, world.rev1)
    return scene


def drafted(world: World) -> Scene:
    return _scene(world, ours=draft(world, world.ana))


def approved(world: World) -> Scene:
    return _scene(world, ours=pending(world, world.ana))


def _note(scene: Scene) -> None:
    desk.add_note(
        public_id=str(scene.ours.public_id), text="Look twice.", actor=at_desk(scene.world.rev1), now=at(7)
    )


def _edit(scene: Scene, **changes: Any) -> None:
    save_claim(
        public_id=str(scene.ours.public_id),
        changes=DraftChanges(**changes),
        actor=actor(scene.world.ana),
        now=at(7),
    )


def _edit_contact(scene: Scene) -> None:
    new = ContactInput(first_name="Kim", last_name="New", title="CTO", email="kim@contoso.com")
    _edit(scene, contacts={"customer": new})


def _extend(scene: Scene, clock: Clock | None) -> None:
    assert clock is not None
    desk.extend_deadline(clock_id=clock.pk, days=1, reason="A strike", actor=SYSTEM, now=at(7))


def _extend_answer(scene: Scene) -> None:
    _extend(scene, Clock.objects.filter(kind=ClockKind.RESPONSE).latest("pk"))


def _flag(scene: Scene) -> None:
    flag_suspension(subscription_id=scene.world.s_a.pk, now=at(7))


def _refused(scene: Scene) -> None:
    assert refusal(lambda: approve(scene.ours, scene.world.rev1)) == "CASE_OPEN"


def _preview(scene: Scene) -> None:
    desk.preview_decision(
        case_id=str(case_of(scene.ours).public_id),
        ruling=ruling(scene.world.fabrikam),
        actor=at_desk(scene.world.arb),
        now=at(7),
    )


Row = tuple[Callable[[World], Scene], Callable[[Scene], object], set[str]]

ACTS: dict[str, Row] = {
    # What the desk does with one claim
    "the desk comments": (contest, lambda s: say(s.ours, s.world.rev1, "Noted.", now=at(7)), {"ours"}),
    "the desk notes something": (contest, _note, set()),
    "a review begins": (contest, lambda s: take_up(s.ours, s.world.rev1, now=at(7)), {"ours"}),
    "the desk asks": (alone, lambda s: ask(s.ours, s.world.rev1, now=at(7)), {"ours"}),
    "the desk approves": (alone, lambda s: approve(s.ours, s.world.rev1, now=at(7)), {"ours"}),
    "the desk declines": (alone, lambda s: decline(s.ours, s.world.rev1, now=at(7)), {"ours"}),
    "an act is refused": (contest, _refused, set()),
    # What its partner does
    "the partner comments": (contest, lambda s: say(s.ours, s.world.ana, "Hello.", now=at(7)), {"ours"}),
    "proof is added": (contest, lambda s: add_proof(s.ours, s.world.ana, now=at(7)), {"ours"}),
    "a contact is changed": (contest, _edit_contact, {"ours"}),
    "a draft is saved": (drafted, lambda s: _edit(s, name="Another name"), {"ours"}),
    "a draft is submitted": (drafted, lambda s: submit(s.ours, s.world.ana, now=at(7)), {"ours"}),
    "a draft is discarded": (drafted, lambda s: withdraw(s.ours, s.world.ana, now=at(7)), {"ours"}),
    "the partner answers": (alone_and_asked, lambda s: answer(s.ours, s.world.ana, now=at(7)), {"ours"}),
    # What happens in a case
    "a rival files": (
        lambda world: _scene(world, theirs=hold(world, world.ned), ours=file_claim(world, world.ana)),
        lambda s: file_claim(s.world, s.world.tom, now=at(7)),
        set(),
    ),
    "a notice is posted": (
        contest,
        lambda s: notify(case_of(s.ours), s.world.rev1, now=at(7)),
        {"ours", "third", "theirs"},
    ),
    "the holder is asked": (
        noticed,
        lambda s: ask_parties(case_of(s.ours), s.world.arb, s.theirs, now=at(7)),
        {"theirs"},
    ),
    "a challenger is asked": (
        noticed,
        lambda s: ask_parties(case_of(s.ours), s.world.arb, s.ours, now=at(7)),
        {"ours"},
    ),
    "a challenger answers under seal": (
        all_asked,
        lambda s: answer(s.ours, s.world.ana, now=at(7)),
        {"ours"},
    ),
    "the last answer opens the seals": (
        one_is_left_to_answer,
        lambda s: answer(s.ours, s.world.ana, now=at(7)),
        {"ours"},
    ),
    "the time to answer ends": (
        one_is_left_to_answer,
        lambda s: time_passes(at(20)),
        {"ours"},
    ),
    "a decision is previewed": (noticed, _preview, set()),
    "a case is decided": (
        noticed,
        lambda s: decide_for(case_of(s.ours), s.world.arb, s.world.fabrikam, now=at(7)),
        {"ours", "third", "theirs"},
    ),
    "one of two challengers withdraws": (
        noticed,
        lambda s: withdraw(s.third, s.world.tom, now=at(7)),
        {"third"},
    ),
    "the last challenger withdraws": (
        last_challenger,
        lambda s: withdraw(s.ours, s.world.ana, now=at(7)),
        {"ours", "theirs"},
    ),
    "the last challenger withdraws before the notice": (
        lambda world: _scene(world, theirs=hold(world, world.ned), ours=file_claim(world, world.ana)),
        lambda s: withdraw(s.ours, s.world.ana, now=at(7)),
        {"ours"},
    ),
    # Consent, the directory, time
    "the consent mail is handed over": (approved, lambda s: drain(now=at(7)), {"ours"}),
    "consent passes over a holder": (
        won,
        lambda s: consent_passes(s.ours, handed_over_at=at(7)),
        {"ours", "theirs"},
    ),
    "a subscription is suspended": (contest, _flag, set()),
    "a subscription ends": (
        contest,
        lambda s: directory_says(s.world.s_a, state="expired", now=at(7)),
        {"ours", "third", "theirs"},
    ),
    "a review is late": (contest, lambda s: time_passes(at(20)), set()),
    "a review gets more time": (
        contest,
        lambda s: _extend(s, clock_for(ClockKind.REVIEW, s.ours.pk)),
        {"ours"},
    ),
    "a case gets more time": (noticed, lambda s: _extend(s, case_of(s.ours).clock), set()),
    "an answer gets more time": (alone_and_asked, _extend_answer, {"ours"}),
    "all parties get more time": (all_asked, _extend_answer, {"ours", "third", "theirs"}),
    "a draft is about to expire": (drafted, lambda s: time_passes(NOW + 84 * DAY), {"ours"}),
    "a draft expires": (
        lambda world: _warned(drafted(world)),
        lambda s: time_passes(NOW + 92 * DAY),
        {"ours"},
    ),
}


def _warned(scene: Scene) -> Scene:
    time_passes(NOW + 84 * DAY)
    return scene


def claims_of(scene: Scene) -> dict[str, Claim]:
    return {
        name: reloaded(getattr(scene, name)) for name in ("ours", "third", "theirs") if hasattr(scene, name)
    }


def seen_by_its_partner(scene: Scene, name: str) -> object:
    """Return all that the claim's partner can read of it, without the version and the instant themselves."""
    users = {"ours": scene.world.ana, "third": scene.world.tom, "theirs": scene.world.ned}
    reader = actor(users[name])
    claim = detailed_claim_for(reader, getattr(scene, name).public_id)
    document = claim_document(claim, reader)
    del document["version"], document["updated_at"]
    items, own = dict(claim.items.values_list("pk", "public_id")), own_user_ids(claim)
    return (
        document,
        [comment_document(comment) for comment in visible_comments(claim, reader)],
        [evidence_document(file, claim.public_id) for file in visible_evidence(claim, reader)],
        [event_document(event, items, own) for event in history_of(claim, reader)],
    )


@pytest.mark.parametrize("act", ACTS)
def test_a_claim_moves_with_what_its_partner_can_see_and_with_nothing_else(world: World, act: str) -> None:
    stage, do, moving = ACTS[act]
    scene = stage(world)
    before = claims_of(scene)
    seen = {name: seen_by_its_partner(scene, name) for name in before}

    do(scene)

    after = claims_of(scene)
    assert {name for name in before if after[name].revision > before[name].revision} == moving
    assert {name for name in before if after[name].updated_at > before[name].updated_at} == moving
    assert {name for name in before if seen_by_its_partner(scene, name) != seen[name]} == moving
    assert all(
        (after[name].revision, after[name].updated_at) == (before[name].revision, before[name].updated_at)
        for name in before.keys() - moving
    )


def test_the_instant_never_runs_backwards_where_clocks_differ(world: World) -> None:
    claim = file_claim(world, world.ana)
    say(claim, world.rev1, "From a machine whose clock is fast.", now=at(8))
    fast = reloaded(claim).updated_at

    say(claim, world.rev1, "From a machine whose clock is right.", now=at(7))

    assert (fast, reloaded(claim).updated_at) == (at(8), at(8) + timedelta(microseconds=1))


def test_one_act_is_one_revision_however_much_it_changes(world: World) -> None:
    claim = draft(world, world.ana, sales(world.s_a), sales(world.s_b))
    before = reloaded(claim).revision

    submit(claim, world.ana, now=at(7))

    claim = reloaded(claim)
    assert len(items_of(claim)) == 2
    assert (claim.revision, claim.updated_at, claim.submitted_at) == (before + 1, at(7), at(7))
