"""What was measured, said while it is measured and written down afterwards."""

import json
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.goals import BY_NAME

RESULTS = Path(__file__).with_name("results.md")


@dataclass
class Report:
    """Figures with their goals, and every round behind them, by number of claims."""

    facts: dict[str, str]
    began: float = field(default_factory=time.monotonic)
    claims: int = 0
    figures: list[tuple[int, str, float, str]] = field(default_factory=list)
    behind: list[tuple[int, str, dict[str, list[float]]]] = field(default_factory=list)

    def tell(self, text: str) -> None:
        """Say what is going on."""
        sys.stderr.write(f"{time.monotonic() - self.began:7.1f} s  {text}\n")
        sys.stderr.flush()

    def figure(self, name: str, measured: float, note: str) -> None:
        """Take down one figure of the table of goals."""
        self.figures.append((self.claims, name, measured, note))
        self.tell(f"{name}: {measured:.2f}")

    def rounds(self, name: str, p50: list[float], p99: list[float]) -> None:
        """Take down every round of a case."""
        self.behind.append((self.claims, name, {"p50": p50, "p99": p99}))

    def text(self) -> str:
        """Return the report in Markdown."""
        lines = [
            "# Speed against what it must reach",
            "",
            *(f"- {name}: {value}" for name, value in self.facts.items()),
            "",
            "| claims | figure | must | goal | measured | | |",
            "|---|---|---|---|---|---|---|",
        ]
        for claims, name, measured, note in self.figures:
            goal = BY_NAME[name]
            lines.append(
                f"| {claims:,} | {name} | {goal.must:g} | {goal.goal:g} | {measured:.2f} "
                f"| {goal.verdict(measured)} | {note} |"
            )
        lines += ["", "Every round, milliseconds:", "", "| claims | case | p50 | p99 |", "|---|---|---|---|"]
        for claims, name, values in self.behind:
            told = " | ".join(" ".join(f"{value:.1f}" for value in values[key]) for key in ("p50", "p99"))
            lines.append(f"| {claims:,} | {name} | {told} |")
        return "\n".join(lines) + "\n"

    def write(self) -> None:
        """Write the report, and the same as JSON beside it."""
        RESULTS.write_text(self.text(), encoding="utf-8")
        told = {"facts": self.facts, "figures": self.figures, "rounds": self.behind}
        RESULTS.with_suffix(".json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
