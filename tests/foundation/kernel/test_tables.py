"""A table defines what can be done, by whom and in which states; services and doors read nothing else."""

import pytest

from foundation.kernel.errors import Conflict, DomainError, NotPermitted
from foundation.kernel.lifecycle import Act, Lifecycle
from foundation.kernel.rights import (
    ARBITRATING,
    CONSEQUENCE,
    DECIDING,
    DRAFTING,
    KEEPING_CLOCKS,
    READING,
    REVIEWING,
    SUBMITTING,
    UNATTENDED,
    Right,
)
from tests.tables import CALLERS, DESK, DRAFTERS, SUBMITTERS

# domain.md part 9, written out by hand.
HOLDERS = [
    (DRAFTING, DRAFTERS),
    (SUBMITTING, SUBMITTERS),
    (READING, DRAFTERS | DESK),
    (REVIEWING, {"reviewer", "arbiter"}),
    (DECIDING, {"reviewer", "arbiter", "system"}),
    (ARBITRATING, {"arbiter"}),
    (KEEPING_CLOCKS, {"desk admin", "system"}),
    (UNATTENDED, {"system"}),
    (CONSEQUENCE, set(CALLERS)),
]


@pytest.mark.parametrize(("right", "holders"), HOLDERS, ids=[right.name for right, _holders in HOLDERS])
def test_a_right_is_held_by_these_callers_and_no_others(right: Right, holders: set[str]) -> None:
    held = {name for name, caller in CALLERS.items() if right.refusal(caller) is None}

    assert held == holders


@pytest.mark.parametrize("name", sorted(set(CALLERS) - {"arbiter"}))
def test_a_caller_without_the_right_is_refused_in_the_words_of_the_right(name: str) -> None:
    refusal = ARBITRATING.refusal(CALLERS[name])

    assert isinstance(refusal, NotPermitted)
    assert (refusal.code, refusal.message) == ("ROLE_NOT_ALLOWED", ARBITRATING.otherwise)


DOOR = Lifecycle(
    name="door",
    initial="shut",
    label=str.upper,
    acts=[
        Act(
            name="open",
            sources=frozenset({"shut"}),
            targets=frozenset({"ajar"}),
            right=REVIEWING,
            summary="It opens.",
            needs=frozenset({"unlocked"}),
        ),
        Act(name="knock", sources=frozenset({"shut"}), right=READING, summary="Nothing moves."),
        Act(
            name="tap", sources=frozenset({"ajar"}), right=READING, summary="As knocking.", offered_as="knock"
        ),
        Act(
            name="slam",
            sources=frozenset({"ajar"}),
            targets=frozenset({"shut"}),
            right=CONSEQUENCE,
            summary="The wind.",
        ),
    ],
)


@pytest.mark.parametrize(
    ("caller", "state", "facts", "offered"),
    [
        ("reviewer", "shut", {"unlocked"}, ("open", "knock")),
        ("reviewer", "shut", set(), ("knock",)),
        ("support", "shut", {"unlocked"}, ("knock",)),
        ("reviewer", "ajar", {"unlocked"}, ("knock",)),
        ("default user", "shut", {"unlocked"}, ()),
        ("system", "ajar", {"unlocked"}, ()),
    ],
)
def test_doors_offer_what_right_state_and_facts_allow(
    caller: str, state: str, facts: set[str], offered: tuple[str, ...]
) -> None:
    assert DOOR.offered(CALLERS[caller], state, facts) == offered


def test_a_missing_right_is_refused_before_the_state() -> None:
    refused: list[DomainError | None] = [
        DOOR["open"].refusal(CALLERS["support"], "ajar"),
        DOOR["open"].refusal(CALLERS["reviewer"], "ajar"),
        DOOR["open"].refusal(CALLERS["reviewer"], "shut"),
    ]

    assert [type(refusal) for refusal in refused] == [NotPermitted, Conflict, type(None)]


def test_a_refused_state_is_named_by_its_label() -> None:
    with pytest.raises(Conflict, match="not possible while it is “AJAR”"):
        DOOR["open"].enforce(CALLERS["reviewer"], "ajar")


def test_the_diagram_shows_only_changes_of_state() -> None:
    assert DOOR.mermaid().splitlines() == [
        "stateDiagram-v2",
        "    [*] --> shut",
        "    shut --> ajar: open",
        "    ajar --> shut: slam",
    ]
