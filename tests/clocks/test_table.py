"""The clock's table, held against a truth table written by hand from the rulebook (part 6)."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from clocks.enums import ClockState
from clocks.lifecycle import CLOCK
from foundation.kernel.actor import SYSTEM, Actor, ActorKind, DeskRole, PartnerRole
from foundation.kernel.errors import Conflict, NotPermitted
from foundation.kernel.lifecycle import Act, Lifecycle
from foundation.kernel.rights import CONSEQUENCE, KEEPING_CLOCKS

STATES = ("running", "paused", "met", "cancelled")
ACTORS = {
    "system": SYSTEM,
    "desk admin": Actor(kind=ActorKind.DESK, name="Dana", desk_roles=frozenset({DeskRole.DESK_ADMIN})),
    "arbiter": Actor(kind=ActorKind.DESK, name="Arno", desk_roles=frozenset({DeskRole.ARBITER})),
    "reviewer": Actor(kind=ActorKind.DESK, name="Rita", desk_roles=frozenset({DeskRole.REVIEWER})),
    "partner": Actor(
        kind=ActorKind.PARTNER, name="Ana", roles=frozenset({PartnerRole.INCENTIVES_ADMIN}), organisation_id=1
    ),
}
EVERYONE = set(ACTORS)
KEEPERS = {"system", "desk admin"}

# act: states it is possible in, states it leads to, actors who may, whether a door offers it
TRUTH: dict[str, tuple[set[str], set[str], set[str], bool]] = {
    "pause": ({"running", "paused"}, {"paused"}, EVERYONE, False),
    "resume": ({"paused"}, {"running", "paused"}, EVERYONE, False),
    "meet": ({"running", "paused"}, {"met"}, EVERYONE, False),
    "cancel": ({"running", "paused"}, {"cancelled"}, EVERYONE, False),
    "extend": ({"running", "paused"}, {"running", "paused"}, KEEPERS, True),
    "pin_calendar": ({"running", "paused"}, {"running", "paused"}, KEEPERS, True),
}


def _disagreements(table: Lifecycle) -> list[str]:
    """Return where a table and the truth differ."""
    found = [f"acts {sorted(set(table.acts) ^ set(TRUTH))}"] if set(table.acts) != set(TRUTH) else []
    for name, (sources, targets, actors, offered) in TRUTH.items():
        act = table.acts.get(name)
        if act is None:
            continue
        for state in STATES:
            for who, actor in ACTORS.items():
                refusal = act.refusal(actor, state)
                right: type[Exception] | type[None] = (
                    NotPermitted if who not in actors else Conflict if state not in sources else type(None)
                )
                if type(refusal) is not right:
                    found.append(f"{name} by {who} while {state}")
                shown = name in table.offered(actor, state)
                if shown != (offered and right is type(None)):
                    found.append(f"{name} offered to {who} while {state}")
        if act.targets != targets:
            found.append(f"{name} leads to {sorted(act.targets)}")
    return found


def test_the_table_is_the_truth() -> None:
    assert set(ClockState.values) == set(STATES)
    assert _disagreements(CLOCK) == []


def _mutants() -> Iterator[tuple[str, list[Act]]]:
    """Yield every table with one row changed: removed, a state more or less, another right."""
    rows = list(CLOCK.acts.values())
    for index, act in enumerate(rows):
        others = [*rows[:index], *rows[index + 1 :]]
        yield f"{act.name} removed", others
        for state in STATES:
            yield (
                f"{act.name}: {state} turned round",
                [*others, replace(act, sources=act.sources ^ {state})],
            )
            yield f"{act.name}: leads to {state}", [*others, replace(act, targets=act.targets ^ {state})]
        other_right = CONSEQUENCE if act.right is KEEPING_CLOCKS else KEEPING_CLOCKS
        yield f"{act.name}: another right", [*others, replace(act, right=other_right)]


@pytest.mark.parametrize(("what", "rows"), list(_mutants()))
def test_a_table_with_one_row_changed_is_not_the_truth(what: str, rows: list[Act]) -> None:
    mutant = Lifecycle(name="clock", field="state", initial="running", label=str, acts=rows)

    assert _disagreements(mutant) != [], what
