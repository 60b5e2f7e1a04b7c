"""What one browser tab has saved itself, so that going back in it and saving again is no collision with its own change.

Each page with a form about a claim carries a mark. The page that a save leads to inherits it, and so does the page that
one of its links leads to: the link hands the mark over and the address shows nothing of it. A page that was opened
otherwise, in another tab for instance, has a mark of its own and is refused if the claim was changed since.
"""

import re
import secrets
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

TABS, NEXT = "tabs", "tab_next"
HANDED_OVER = "tab"
"""The parameter by which a link hands over the mark of its page."""
MOST_TABS, MOST_SAVES = 20, 60
NOT_YET_STORED = 0
"""The version that the first page of a claim shows, before there is one."""
MARK = re.compile(r"[0-9a-f]{16}")


def tab_of(request: HttpRequest) -> str:
    """Return the mark of the page: that of the page which led here by a save or a link, or a new one."""
    led_here: dict[str, str] = request.session.pop(NEXT, {})
    return led_here["tab"] if led_here.get("path") == request.path else new_tab()


def hand_on(request: HttpRequest, tab: str, path: str) -> None:
    """Let the page at the path, if it is the next one that is opened, belong to the tab."""
    if MARK.fullmatch(tab):
        request.session[NEXT] = {"path": path, "tab": tab}


def new_tab() -> str:
    return secrets.token_hex(8)


def handing_over(tab: str) -> str:
    """Return what a link appends to its address so that the page there belongs to the same tab."""
    return f"?{urlencode({HANDED_OVER: tab})}" if MARK.fullmatch(tab) else ""


def tab_handed_over(request: HttpRequest) -> str:
    """Return the mark that the address hands over; empty if there is none."""
    tab = request.GET.get(HANDED_OVER, "")
    return tab if MARK.fullmatch(tab) else ""


def taken_over(request: HttpRequest) -> HttpResponseBase | None:
    """Keep the mark that a link hands over and go to the plain address; None if the address hands none over.

    The plain address is what somebody copies, keeps or opens in a second tab, which then has a mark of its own.
    """
    tab = tab_handed_over(request)
    if request.method != "GET" or not tab:
        return None
    hand_on(request, tab, request.path)
    rest = request.GET.copy()
    del rest[HANDED_OVER]
    return redirect(f"{request.path}?{rest.urlencode()}" if rest else request.path)


def claim_made_in(request: HttpRequest, tab: str) -> str | None:
    """Return the claim whose first save was made from the page with this mark."""
    made: dict[str, Any] = request.session.get(TABS, {}).get(tab, {})
    return made["claim"] if str(NOT_YET_STORED) in made.get("saves", {}) else None


def version_in(
    request: HttpRequest, tab: str, claim_id: object, seen: int | None, *, but_by: str = ""
) -> int | None:
    """Return the version to which the tab's own saves have led from the one that its page shows.

    Saves `but_by` one page count as changes made elsewhere: what that page does is not done twice by going back to it.
    """
    own: dict[str, Any] = request.session.get(TABS, {}).get(tab, {})
    if seen is None or own.get("claim") != str(claim_id):
        return seen
    saves: dict[str, tuple[int, str]] = own["saves"]
    while str(seen) in saves:
        after, by = saves[str(seen)]
        if but_by and by == but_by:
            break
        seen = after
    return seen


def note_save(
    request: HttpRequest, tab: str, claim_id: object, before: int | None, after: int, *, by: str = ""
) -> None:
    """Note that a page of the tab led from one version to the next."""
    if not MARK.fullmatch(tab) or before is None or before >= after:
        return
    tabs: dict[str, Any] = request.session.get(TABS, {})
    own = tabs.pop(tab, {})
    saves = own.get("saves", {}) if own.get("claim") == str(claim_id) else {}
    kept = dict([*saves.items(), (str(before), (after, by))][-MOST_SAVES:])
    request.session[TABS] = dict([*tabs.items(), (tab, {"claim": str(claim_id), "saves": kept})][-MOST_TABS:])
