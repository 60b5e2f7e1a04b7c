"""The transition table of an aggregate: its whole story, readable in one place.

Buttons, allowed actions and the diagram in the documents come from the table; `foundation.journal.services.advance` is
the only code that moves a state along it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.kernel.errors import Conflict


@dataclass(frozen=True, kw_only=True)
class Transition:
    """One row of a table: what may happen in which states, who does it, where it leads."""

    name: str
    sources: frozenset[str]
    targets: frozenset[str]
    who: str
    summary: str | Promise

    def check(self, source: str, target: str) -> None:
        """Raise Conflict INVALID_TRANSITION unless the table allows this step."""
        if source not in self.sources:
            raise Conflict(
                _("This cannot be done while it is “%(state)s”. Reload the page to see what is possible now.")
                % {"state": source.replace("_", " ")}
            )
        if target not in self.targets:
            raise AssertionError(f"{self.name} does not lead to {target}")


class Lifecycle:
    """A named set of transitions over one field."""

    def __init__(self, *, name: str, initial: str, transitions: Iterable[Transition]) -> None:
        self.name = name
        self.initial = initial
        self.transitions = {transition.name: transition for transition in transitions}

    def __getitem__(self, name: str) -> Transition:
        return self.transitions[name]

    def possible_from(self, state: str) -> list[str]:
        """Names of the transitions that the table offers in `state`, in table order."""
        return [name for name, transition in self.transitions.items() if state in transition.sources]

    def mermaid(self) -> str:
        """The diagram of the table in Mermaid's state notation, stable from run to run."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        for transition in self.transitions.values():
            for source in sorted(transition.sources):
                for target in sorted(transition.targets):
                    if source != target:
                        lines.append(f"    {source} --> {target}: {transition.name}")
        return "\n".join(lines)
