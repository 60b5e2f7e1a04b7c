"""Every address of the API that answers a GET, so that a new one is held by the tests of all."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.urls import get_resolver, reverse


@dataclass(frozen=True)
class Route:
    """One address: `wanted` are the identifiers in it, `parameters` what may stand behind its question mark."""

    name: str
    wanted: frozenset[str]
    parameters: frozenset[str]

    def path(self, **identifiers: Any) -> str:
        """Return the path with the identifiers that it wants."""
        return reverse(f"claims-api:{self.name}", kwargs={each: identifiers[each] for each in self.wanted})


def readable_routes() -> list[Route]:
    """Return the addresses that can be read."""
    assert get_resolver().url_patterns  # which registers what addresses are made of
    found = []
    for pattern in import_module("api.urls").urlpatterns:
        view = pattern.callback.cls
        if hasattr(view, "get"):
            wanted = frozenset(pattern.pattern.converters)
            found.append(Route(pattern.name, wanted, frozenset(view.parameters)))
    return found
