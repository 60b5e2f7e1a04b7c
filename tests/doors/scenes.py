"""What a refused act is, and the situations that such acts start from."""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from arbitration.models import Case
from claims.models import Claim
from claims.services import ask_override
from foundation.kernel.actor import DeskRole
from partners.models import DeskSeat, User
from tests.filing import (
    add_proof,
    ask,
    ask_parties,
    at,
    case_of,
    decide_for,
    desk_admin,
    draft,
    file_claim,
    held_and_claimed,
    hold,
    notify,
    pending,
    propose_for,
    sales,
    send_back,
    take_up,
    withdraw,
    workloads,
)
from tests.responses import Response
from tests.world import NOW, TEAMS, World, actor


@dataclass(frozen=True, kw_only=True)
class RefusedAct:
    """One act and its refusal. Doors without the act are left out."""

    code: str
    what: str
    stage: Callable[[World], Any]
    by_service: Callable[[Any], object]
    by_api: Callable[[Any], Response] | None = None
    by_page: Callable[[Any], Response] | None = None
    by_desk: Callable[[Any], Response] | None = None
    moment: Any = NOW

    @property
    def name(self) -> str:
        return f"{self.code} {self.what}"


def _scene(world: World, claim: Claim, user: User | None = None, **more: Any) -> SimpleNamespace:
    """Return a claim with the user who acts on it."""
    user = user or world.ana
    return SimpleNamespace(world=world, claim=claim, id=str(claim.public_id), user=user, **more)


def _case_scene(world: World, theirs: Claim, ours: Claim, case: Case) -> SimpleNamespace:
    return _scene(world, ours, theirs=theirs, case=case)


# --- Situations ---


def a_draft(world: World) -> SimpleNamespace:
    return _scene(world, draft(world, world.ana))


def umas_draft(world: World) -> SimpleNamespace:
    return _scene(world, draft(world, world.uma), world.uma)


def a_claim(world: World) -> SimpleNamespace:
    return _scene(world, file_claim(world, world.ana))


def a_claim_that_uma_reads(world: World) -> SimpleNamespace:
    return _scene(world, file_claim(world, world.ana), world.uma)


def under_review(world: World) -> SimpleNamespace:
    scene = a_claim(world)
    take_up(scene.claim, world.rev1)
    return scene


def asked(world: World) -> SimpleNamespace:
    """Return a claim filed on Friday, so that nothing in it is newer than the question."""
    scene = _scene(world, file_claim(world, world.ana, sales(world.s_b), now=at(3), confirmed=()))
    take_up(scene.claim, world.rev1)
    ask(scene.claim, world.rev1)
    return scene


def uma_is_asked(world: World) -> SimpleNamespace:
    return _scene(world, asked(world).claim, world.uma)


def asked_with_a_rival(world: World) -> SimpleNamespace:
    hold(world, world.ned)
    return asked(world)


def approved(world: World) -> SimpleNamespace:
    return _scene(world, pending(world, world.ana))


def withdrawn(world: World) -> SimpleNamespace:
    scene = a_claim(world)
    withdraw(scene.claim, world.ana)
    return scene


def ten_files(world: World) -> SimpleNamespace:
    scene = a_draft(world)
    for _file in range(9):
        add_proof(scene.claim, world.ana)
    return scene


def contest(world: World) -> SimpleNamespace:
    """Let Northwind hold S-A and Fabrikam claim it; start the review of Fabrikam's claim."""
    theirs, ours, case = held_and_claimed(world)
    take_up(ours, world.rev1)
    return _case_scene(world, theirs, ours, case)


def exception_asked(world: World) -> SimpleNamespace:
    """Let the reviewer Rita ask a second person to allow a text that names the rival."""
    scene = contest(world)
    override = ask_override(
        public_id=scene.id,
        text="Northwind has signed it as well.",
        reason="The partner wrote so itself.",
        actor=actor(world.rev1),
        now=NOW,
    )
    scene.override = override.pk
    return scene


def noticed(world: World) -> SimpleNamespace:
    scene = contest(world)
    notify(scene.case, world.rev1)
    return scene


def parties_asked(world: World) -> SimpleNamespace:
    scene = noticed(world)
    ask_parties(scene.case, world.arb)
    return scene


def decided(world: World) -> SimpleNamespace:
    scene = noticed(world)
    decide_for(scene.case, world.arb2, world.northwind)
    return scene


def proposed(world: World) -> SimpleNamespace:
    """Let the arbiter Arne propose to decide for Fabrikam, after the notices."""
    scene = noticed(world)
    propose_for(scene.case, world.arb, world.fabrikam)
    return scene


def proposed_by_both(world: World) -> SimpleNamespace:
    """Let Arne's proposal be returned, and Aila propose another decision; `person` is for whom a block is lifted."""
    scene = proposed(world)
    send_back(scene.case, world.arb2)
    propose_for(scene.case, world.arb2, world.northwind)
    scene.person, scene.keeper = world.arb, desk_admin()
    return scene


def proposed_by_the_desk_admin(world: World) -> SimpleNamespace:
    """Let the desk admin, an arbiter as well, have proposed a decision."""
    scene = proposed_by_both(world)
    DeskSeat.objects.create(user=world.arb, role=DeskRole.DESK_ADMIN)
    scene.keeper = world.arb
    return scene


def proposed_and_changed(world: World) -> SimpleNamespace:
    """Let the arbiter Aila propose a decision, and Northwind add proof afterwards."""
    scene = noticed(world)
    propose_for(scene.case, world.arb2, world.fabrikam)
    add_proof(scene.theirs, world.ned)
    return scene


def another_is_pending(world: World) -> SimpleNamespace:
    """Let Tailspin win Teams and wait for consent; put Fabrikam's later claim under review."""
    theirs = pending(world, world.tom, *workloads(TEAMS))
    ours = file_claim(world, world.ana, *workloads(TEAMS))
    take_up(ours, world.rev1)
    return _case_scene(world, theirs, ours, case_of(ours))
