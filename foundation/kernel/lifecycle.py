"""The table of an aggregate: everything that can be done with it, in which states, by whom, and where that leads.

Services enforce the table, buttons and allowed actions are read from it, the documents print it, and
`foundation.journal.services.advance` is the only code that moves a state along it.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.kernel.actor import Actor
from foundation.kernel.errors import Conflict, DomainError, enforce
from foundation.kernel.rights import Right


@dataclass(frozen=True, kw_only=True)
class Act:
    """One row of a table.

    `sources` are the states in which the act is possible, `targets` the states it can lead to; without targets the state
    stays. `needs` names facts about the aggregate that must hold as well; the service refuses in its own words where one
    does not. Doors offer the act as `offered_as`, by default its own name, so that two rows can share a button.
    """

    name: str
    sources: frozenset[str]
    targets: frozenset[str] = frozenset()
    right: Right
    summary: str | Promise
    needs: frozenset[str] = frozenset()
    offered_as: str = ""
    field: str = "status"
    label: Callable[[str], str | Promise] = str

    def refusal(self, actor: Actor, state: str) -> DomainError | None:
        """Return why the actor cannot do this in this state, its right first; None where the table allows it."""
        return self.right.refusal(actor) or self.state_refusal(state)

    def state_refusal(self, state: str) -> Conflict | None:
        """Return Conflict INVALID_TRANSITION unless the act is possible in this state."""
        if state in self.sources:
            return None
        return Conflict(
            _("This is not possible while it is “%(state)s”. Reload the page to see what is possible now.")
            % {"state": self.label(state)}
        )

    def enforce(self, actor: Actor, state: str) -> None:
        """Raise NotPermitted or Conflict INVALID_TRANSITION unless the table allows the act."""
        enforce(self.refusal(actor, state))

    @property
    def button(self) -> str:
        """Return the name under which doors offer the act."""
        return self.offered_as or self.name


class Lifecycle:
    """The acts of one aggregate over one field of states."""

    def __init__(
        self,
        *,
        name: str,
        initial: str,
        acts: Iterable[Act],
        label: Callable[[str], str | Promise],
        field: str = "status",
    ) -> None:
        self.name = name
        self.initial = initial
        self.acts = {act.name: replace(act, field=field, label=label) for act in acts}

    def __getitem__(self, name: str) -> Act:
        return self.acts[name]

    def sources(self, name: str) -> frozenset[str]:
        """Return the states in which the act is possible: none without its row."""
        act = self.acts.get(name)
        return frozenset(act.sources) if act else frozenset()

    def offered(self, actor: Actor, state: str, facts: Collection[str] = ()) -> tuple[str, ...]:
        """Return what doors offer this actor now, in table order: right, state and needed `facts` all hold."""
        possible = (
            act.button
            for act in self.acts.values()
            if act.right.is_offered and act.needs <= set(facts) and act.refusal(actor, state) is None
        )
        return tuple(dict.fromkeys(possible))

    def mermaid(self) -> str:
        """Return the diagram of the table in Mermaid's state notation, stable from run to run."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        for act in self.acts.values():
            for source in sorted(act.sources):
                for target in sorted(act.targets):
                    if source != target:
                        lines.append(f"    {source} --> {target}: {act.name}")
        return "\n".join(lines)
