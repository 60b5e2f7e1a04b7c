"""No deadlocks: opposite orders, many scopes, everything at once (PostgreSQL)."""

import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection, transaction

from arbitration.models import Case
from associations.models import Scope
from associations.selectors import lock_scopes
from claims.models import Claim
from claims.services import change_items
from cpor.sweeps import sweep
from foundation.kernel.errors import DomainError
from tests.filing import (
    CONFIRMED,
    answer,
    ask,
    ask_parties,
    at,
    at_once,
    case_of,
    codes,
    decide_for,
    draft,
    none_refused,
    notify,
    outcomes,
    parties_in,
    sales,
    submit,
    take_up,
    withdraw,
    workloads,
)
from tests.walk.walker import Walker
from tests.world import EXCHANGE, INTUNE, NOW, TEAMS, World, actor

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

# Steps of the walk that move time, or compare what was before them with what is after them.
ALONE = {
    "time_passes",
    "sweep",
    "directory_repeats_itself",
    "go_on_with_a_draft",
    "send_a_text_with_a_name",
    "preview",
}
FORWARD, BACKWARD = (TEAMS, INTUNE, EXCHANGE), (EXCHANGE, INTUNE, TEAMS)


def claims_in_opposite_orders(world: World) -> tuple[Claim, Claim]:
    return draft(world, world.ana, *workloads(*FORWARD)), draft(world, world.ned, *workloads(*BACKWARD))


def test_scopes_are_locked_in_one_order_however_they_are_named(world: World) -> None:
    submit(draft(world, world.ana, *workloads(*FORWARD)), world.ana)
    submit(draft(world, world.ana, sales(world.s_a), sales(world.s_b)), world.ana)
    scope_ids = list(Scope.objects.values_list("pk", flat=True))

    def lock_many_times(seed: int) -> int:
        dice, locked = random.Random(seed), 0
        for _again in range(80):
            with transaction.atomic():
                locked += len(lock_scopes(dice.sample(scope_ids, 4)))
        return locked

    answers = at_once(*[partial(lock_many_times, seed) for seed in range(8)])

    assert answers == [320] * 8


def test_claims_of_many_scopes_in_opposite_orders_are_submitted_and_withdrawn(world: World) -> None:
    for _again in range(4):
        cache.clear()
        ours, theirs = claims_in_opposite_orders(world)

        submitted = at_once(partial(submit, ours, world.ana), partial(submit, theirs, world.ned))
        withdrawn = at_once(partial(withdraw, ours, world.ana), partial(withdraw, theirs, world.ned))

        assert codes([*submitted, *withdrawn]) == []
        assert outcomes(ours) == outcomes(theirs) == ["withdrawn"] * 3

    assert (Case.objects.count(), Case.objects.filter(state="open").count()) == (12, 0)


def test_the_cases_of_two_claims_are_worked_on_at_the_same_time(world: World) -> None:
    ours, theirs = claims_in_opposite_orders(world)
    submit(ours, world.ana)
    submit(theirs, world.ned)
    first, second, third = Case.objects.order_by("pk")

    noticed = at_once(*[partial(notify, case, world.rev1, now=at(7)) for case in Case.objects.all()])
    asked = at_once(
        lambda: ask_parties(first, world.arb, now=at(8)),
        lambda: ask_parties(second, world.arb2, now=at(8)),
        lambda: sweep(now=at(8)),
    )
    answered = at_once(
        lambda: answer(ours, world.ana, now=at(9)),
        lambda: answer(theirs, world.ned, now=at(9)),
        lambda: sweep(now=at(9)),
    )
    decided = at_once(
        lambda: decide_for(first, world.arb, world.fabrikam, now=at(10)),
        lambda: decide_for(second, world.arb2, world.northwind, now=at(10)),
        lambda: decide_for(third, world.arb, None, now=at(10)),
        lambda: sweep(now=at(10)),
    )

    assert codes([*noticed, *asked, *answered, *decided]) == []
    assert Counter(outcomes(ours) + outcomes(theirs)) == {
        "approved": 2,
        "declined LOST_ARBITRATION": 2,
        "declined INSUFFICIENT_POE": 2,
    }


def test_a_claimant_withdraws_from_three_cases_while_all_are_decided(world: World) -> None:
    ours, theirs = claims_in_opposite_orders(world)
    submit(ours, world.ana)
    submit(theirs, world.ned)
    cases = list(Case.objects.order_by("-pk"))

    answers = at_once(
        lambda: withdraw(ours, world.ana),
        *[partial(decide_for, case, world.arb, world.northwind) for case in cases],
        lambda: sweep(now=NOW),
    )

    assert set(codes(answers)) <= {"INVALID_TRANSITION", "STALE_VERSION"}
    assert set(outcomes(ours)) <= {"withdrawn", "declined LOST_ARBITRATION"}
    assert Case.objects.filter(state="open").count() == 0
    assert set(outcomes(theirs)) <= {"approved", "pending"}


def test_three_claimants_join_and_leave_one_scope(world: World) -> None:
    users = (world.ana, world.ned, world.tom)
    for _again in range(3):
        cache.clear()
        claims = [draft(world, user, *workloads(TEAMS)) for user in users]
        submitted = at_once(
            *[partial(submit, claim, user) for claim, user in zip(claims, users, strict=True)]
        )
        assert codes(submitted) == []
        assert sorted(parties_in(case_of(claims[0]))) == ["fabrikam", "northwind", "tailspin"]

        withdrawn = at_once(
            *[partial(withdraw, claim, user) for claim, user in zip(claims, users, strict=True)]
        )
        assert codes(withdrawn) == []


@pytest.mark.parametrize("seed", range(3))
def test_six_people_act_at_random_at_the_same_time(world: World, seed: int, tmp_path: Path) -> None:
    """Walk at random on six threads. Refusals are fine; a deadlock or a broken constraint is a fault."""
    walkers = [Walker(world, seed * 100 + number, tmp_path / str(number)) for number in range(6)]
    for walker in walkers:
        walker.folder.mkdir()
        walker.steps = [step for step in walker.steps if step[1].__name__ not in ALONE]

    def walk(walker: Walker) -> Counter[str]:
        dice = random.Random(walker.random.random())
        for _step in range(20):
            walker.now = NOW
            step(walker, dice)
        return walker.done

    done = sum(none_refused(at_once(*[partial(walk, walker) for walker in walkers])), Counter[str]())
    sweep(now=NOW)

    assert done["file"] > 0
    assert sum(done.values()) > 20


def step(walker: Walker, dice: random.Random) -> None:
    acts: list[Callable[[], object]] = [walker.step, walker.step, walker.step, lambda: sweep(now=NOW)]
    try:
        dice.choice(acts)()
    except DomainError:
        return


def test_a_case_whose_party_adds_another_product_meanwhile_is_stale(world: World) -> None:
    """Locking that product's scope late and out of order could deadlock with another caller."""
    ours = draft(world, world.ana, *workloads(TEAMS, INTUNE))
    theirs = draft(world, world.ned, *workloads(TEAMS))
    submit(ours, world.ana)
    submit(theirs, world.ned)
    take_up(ours, world.rev1)
    ask(ours, world.rev1)
    case = case_of(ours)

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            lock_scopes([case.scope_id])
            noticed = pool.submit(at_once, partial(notify, case, world.rev1))
            wait_until_a_connection_waits_for_a_lock()
            change_items(
                public_id=str(ours.public_id),
                add=workloads(EXCHANGE),
                remove=(),
                confirmed_warnings=CONFIRMED,
                actor=actor(world.ana),
                now=NOW,
            )
        answers = noticed.result(timeout=30)

    assert codes(answers) == ["STALE_VERSION"]
    assert codes(at_once(partial(notify, case, world.rev1))) == []


def wait_until_a_connection_waits_for_a_lock() -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    raise AssertionError("No connection waited for a lock.")
