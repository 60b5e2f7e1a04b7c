"""What one browser tab has saved itself, so that going back in it and saving again is no collision with its own change.

Each page of a step carries a mark, which the page that a save leads to inherits. A page that was opened otherwise, in
another tab for instance, has a mark of its own and is refused if the claim was changed since.
"""

import secrets
from typing import Any

from django.http import HttpRequest

TABS, NEXT = "tabs", "tab_next"
MOST_TABS, MOST_SAVES = 20, 60
NOT_YET_STORED = 0
"""The version that the first page of a claim shows, before there is one."""


def tab_of(request: HttpRequest, claim_id: object, version: int) -> str:
    """Return the mark of the page: that of the save that led here, or a new one."""
    led_here: dict[str, Any] = request.session.pop(NEXT, {})
    if (led_here.get("claim"), led_here.get("version")) == (str(claim_id), version):
        return str(led_here["tab"])
    return new_tab()


def new_tab() -> str:
    return secrets.token_hex(8)


def claim_made_in(request: HttpRequest, tab: str) -> str | None:
    """Return the claim whose first save was made from the page with this mark."""
    made: dict[str, Any] = request.session.get(TABS, {}).get(tab, {})
    return made["claim"] if str(NOT_YET_STORED) in made.get("saves", {}) else None


def version_in(request: HttpRequest, tab: str, claim_id: object, seen: int | None) -> int | None:
    """Return the version to which the tab's own saves have led from the one that its page shows."""
    own: dict[str, Any] = request.session.get(TABS, {}).get(tab, {})
    if seen is None or own.get("claim") != str(claim_id):
        return seen
    saves: dict[str, int] = own["saves"]
    while str(seen) in saves:
        seen = saves[str(seen)]
    return seen


def note_save(request: HttpRequest, tab: str, claim_id: object, before: int | None, after: int) -> None:
    """Note that a page of the tab led from one version to the next, and that the next page belongs to it."""
    if not tab or before is None or before >= after:
        return
    tabs: dict[str, Any] = request.session.get(TABS, {})
    own = tabs.pop(tab, {})
    saves = own.get("saves", {}) if own.get("claim") == str(claim_id) else {}
    kept = dict([*saves.items(), (str(before), after)][-MOST_SAVES:])
    request.session[TABS] = dict([*tabs.items(), (tab, {"claim": str(claim_id), "saves": kept})][-MOST_TABS:])
    request.session[NEXT] = {"claim": str(claim_id), "version": after, "tab": tab}
