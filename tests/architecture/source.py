"""The product's own source, parsed once, for tests that read it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "api",
    "arbitration",
    "associations",
    "claims",
    "clocks",
    "cpor",
    "desk",
    "foundation",
    "inspection",
    "notifications",
    "partners",
    "portal",
    "tenants",
    "wording",
)

N = TypeVar("N", bound=ast.stmt | ast.expr)


@dataclass(frozen=True)
class Module:
    """One file of the product: `name` is its dotted name."""

    path: Path
    name: str
    tree: ast.Module

    @property
    def place(self) -> str:
        """Return the path relative to the project."""
        return self.path.relative_to(ROOT).as_posix()

    def nodes(self, *kinds: type[N]) -> Iterator[N]:
        """Return every node of these kinds."""
        return (node for node in ast.walk(self.tree) if isinstance(node, kinds))

    def imports(self) -> Iterator[tuple[str, int]]:
        """Return every imported dotted name with its line; `from a import b` gives `a.b`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((alias.name, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)

    def at(self, node: ast.stmt | ast.expr) -> str:
        """Return the place of a node, for the text of a failure."""
        return f"{self.place}:{node.lineno}"


@cache
def modules() -> tuple[Module, ...]:
    """Return all modules of the product except migrations."""
    paths = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return tuple(
        Module(path, ".".join(path.relative_to(ROOT).with_suffix("").parts), ast.parse(path.read_text()))
        for path in paths
        if "migrations" not in path.parts
    )


def rooms(*names: str) -> tuple[Module, ...]:
    """Return the modules that are, or lie in, a room of one of these names: services, rules, ..."""
    return tuple(module for module in modules() if set(names) & set(module.name.split(".")))
