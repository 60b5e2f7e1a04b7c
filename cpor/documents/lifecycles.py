"""docs/lifecycle.md: all transition tables, as diagrams and in words."""

from collections.abc import Iterator

from arbitration.lifecycle import CASE, PROPOSAL
from associations.lifecycle import ASSOCIATION, GRANT
from claims.lifecycle import CLAIM, ITEM, REQUEST
from clocks.lifecycle import CLOCK
from foundation.kernel.lifecycle import Lifecycle

LIFECYCLES = (CLAIM, ITEM, REQUEST, ASSOCIATION, GRANT, CASE, PROPOSAL, CLOCK)


def render_lifecycles() -> str:
    parts = [
        "# Lifecycles",
        "",
        "States change only as these tables allow. Every change records its event in the same transaction.",
    ]
    for lifecycle in LIFECYCLES:
        parts += ["", f"## {lifecycle.name.capitalize()}", "", "```mermaid", lifecycle.mermaid(), "```", ""]
        parts += [
            "| Act | From | To | Who | Needs | What happens |",
            "|---|---|---|---|---|---|",
            *_rows(lifecycle),
        ]
    return "\n".join(parts) + "\n"


def _rows(lifecycle: Lifecycle) -> Iterator[str]:
    for act in lifecycle.acts.values():
        sources, targets = ", ".join(sorted(act.sources)), ", ".join(sorted(act.targets)) or "same"
        needs = "; ".join(sorted(act.needs)) or "-"
        yield f"| {act.name} | {sources} | {targets} | {act.right.name} | {needs} | {act.summary} |"
