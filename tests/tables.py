"""Truth tables, written out by hand from domain.md parts 3, 5 and 9, and their comparison with the code's tables.

A line is an act: the button under which doors offer it (none: it is not offered), the facts it needs, the states it
leads to, and for each state the callers that may do it there. A caller that may do it in no state lacks the right (403);
one that may do it only in other states comes at the wrong time (409).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from foundation.kernel.actor import SYSTEM, Actor, ActorKind, DeskRole, PartnerRole
from foundation.kernel.lifecycle import Act, Lifecycle
from foundation.kernel.rights import (
    ARBITRATING,
    CONSEQUENCE,
    DECIDING,
    DRAFTING,
    KEEPING_CLOCKS,
    LIFTING,
    READING,
    REVIEWING,
    SUBMITTING,
    UNATTENDED,
)


def _partner(*roles: PartnerRole) -> Actor:
    return Actor(kind=ActorKind.PARTNER, name="Ana", organisation_id=1, roles=frozenset(roles))


def _desk(*roles: DeskRole) -> Actor:
    return Actor(kind=ActorKind.DESK, name="Rita", desk_roles=frozenset(roles))


CALLERS = {
    "incentives admin": _partner(PartnerRole.INCENTIVES_ADMIN),
    "incentives user": _partner(PartnerRole.INCENTIVES_USER),
    "global admin": _partner(PartnerRole.GLOBAL_ADMIN),
    "billing admin": _partner(PartnerRole.BILLING_ADMIN),
    "default user": _partner(PartnerRole.DEFAULT_USER),
    "reviewer": _desk(DeskRole.REVIEWER),
    "arbiter": _desk(DeskRole.ARBITER),
    "support": _desk(DeskRole.SUPPORT),
    "desk admin": _desk(DeskRole.DESK_ADMIN),
    "no seat": _desk(),
    "customer": Actor(kind=ActorKind.CUSTOMER, name="Cora"),
    "system": SYSTEM,
}
SUBMITTERS = {"incentives admin", "global admin", "billing admin"}
DRAFTERS = SUBMITTERS | {"incentives user"}
DESK = {"reviewer", "arbiter", "support", "desk admin"}
WHO = {
    "S": SUBMITTERS,
    "D": DRAFTERS,
    "K": DESK,
    "R": {"reviewer", "arbiter"},
    "A": {"arbiter"},
    "M": {"desk admin"},
    "X": {"system"},
    "*": set(CALLERS),  # follows from another act, by any caller
}
RIGHTS = (
    ARBITRATING,
    CONSEQUENCE,
    DECIDING,
    DRAFTING,
    KEEPING_CLOCKS,
    LIFTING,
    READING,
    REVIEWING,
    SUBMITTING,
    UNATTENDED,
)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line: `who` lists, for each state, the callers that may do it there."""

    button: str
    needs: frozenset[str]
    leads_to: frozenset[str]
    who: Mapping[str, frozenset[str]]

    def code(self, caller: str, state: str) -> str:
        """Return the code of the refusal; empty where the act is allowed."""
        if caller in self.who[state]:
            return ""
        has_right = any(caller in callers for callers in self.who.values())
        return "INVALID_TRANSITION" if has_right else "ROLE_NOT_ALLOWED"


@dataclass(frozen=True, kw_only=True)
class TruthTable:
    """The lines by act; `states` and `facts` are all that there are, by the words that the lines use for them."""

    lines: Mapping[str, Line]
    states: Mapping[str, str]
    facts: Mapping[str, str]

    @classmethod
    def written(
        cls, text: str, *, states: Mapping[str, str], facts: Mapping[str, str] | None = None
    ) -> "TruthTable":
        """Read a table as it is written: a head that names the states, then one line for each act."""
        facts = facts or {}
        head, *rows = [
            [cell.strip() for cell in row.split("|")] for row in text.strip().splitlines() if set(row) - {"-"}
        ]
        assert head[:4] == ["act", "button", "needs", "leads to"]
        assert head[4:] == list(states), "the head names the states in their order"
        lines = {
            name: Line(
                button=button,
                needs=frozenset(facts[word] for word in needs.split()),
                leads_to=frozenset(states[word] for word in targets.split()),
                who={
                    state: frozenset().union(*(WHO[letter] for letter in cell))
                    for state, cell in zip(states.values(), cells, strict=True)
                },
            )
            for name, button, needs, targets, *cells in rows
        }
        return cls(lines=lines, states=states, facts=facts)

    def disagreements(self, lifecycle: Lifecycle) -> Iterator[str]:
        """Yield where the code's table refuses, leads or offers differently from this one."""
        if list(lifecycle.acts) != list(self.lines):
            yield f"the acts are {list(lifecycle.acts)}"
        for name in lifecycle.acts.keys() & self.lines.keys():
            act, line = lifecycle[name], self.lines[name]
            if act.targets != line.leads_to:
                yield f"{name} leads to {sorted(act.targets)}"
            for state in self.states.values():
                for caller, actor in CALLERS.items():
                    refusal = act.refusal(actor, state)
                    code = refusal.code if refusal else ""
                    if code != line.code(caller, state):
                        yield f"{name}, {state}, {caller}: {code or 'allowed'}"
        for facts in self._some_facts():
            for state in self.states.values():
                for caller, actor in CALLERS.items():
                    offered = lifecycle.offered(actor, state, facts)
                    if offered != self.offered(caller, state, facts):
                        yield f"{state}, {caller}, {sorted(facts)}: {offered} is offered"

    def offered(self, caller: str, state: str, facts: Iterable[str]) -> tuple[str, ...]:
        """Return the buttons that this table gives the caller in this state."""
        given = set(facts)
        possible = [
            line.button
            for line in self.lines.values()
            if line.button and line.needs <= given and caller in line.who[state]
        ]
        return tuple(dict.fromkeys(possible))

    def survivors(self, lifecycle: Lifecycle) -> list[str]:
        """Return the mutants of single rows that this table does not notice."""
        found = []
        for name, act in lifecycle.acts.items():
            alone = replace(self, lines={name: self.lines[name]})
            for what, rows in self._mutants(act):
                mutant = Lifecycle(
                    name=lifecycle.name,
                    initial=lifecycle.initial,
                    acts=rows,
                    label=act.label,
                    field=act.field,
                )
                if next(alone.disagreements(mutant), None) is None:
                    found.append(f"{name}: {what}")
        return found

    def _mutants(self, act: Act) -> Iterator[tuple[str, list[Act]]]:
        """Yield the row with one mistake at a time."""
        yield "removed", []
        for state in self.states.values():
            yield f"source {state} turned", [replace(act, sources=act.sources ^ {state})]
            yield f"target {state} turned", [replace(act, targets=act.targets ^ {state})]
        for right in RIGHTS:
            if right is not act.right:
                yield f"right {right.name}", [replace(act, right=right)]
        if act.right.is_offered:
            yield "another button", [replace(act, offered_as="another")]
            for fact in self.facts.values():
                yield f"need of “{fact}” turned", [replace(act, needs=act.needs ^ {fact})]

    def _some_facts(self) -> Iterator[set[str]]:
        """Yield all facts, then all but one, which shows each need of each act."""
        every = set(self.facts.values())
        yield every
        for fact in every:
            yield every - {fact}
