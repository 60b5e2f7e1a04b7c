"""A desk user who opens pages, sends forms, and reads what they show."""

import html
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from arbitration.models import Case
from claims.models import Claim, ClaimItem, Evidence
from partners.models import User
from tests.responses import Response

QUEUE = "/admin/claims/claim/"
CASES = "/admin/arbitration/case/"
DECIDING = {"decide_items", "decide_case", "decide_unheard", "confirm_decision"}


class Desk:
    """One user's browser at the desk."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.client = Client()

    def sign_in(self) -> None:
        """Sign in again, since sessions end while the tests' clock runs over days."""
        self.client.force_login(self.user, backend="django.contrib.auth.backends.ModelBackend")

    def get(self, address: str, **query: str) -> Response:
        self.sign_in()
        return self.client.get(address, query)

    def read(self, page: Claim | Case | str, **query: str) -> str:
        """Return the page's text, without tags."""
        answer = self.get(page if isinstance(page, str) else address(page), **query)
        assert answer.status_code == 200, answer.status_code
        return words(answer)

    def post(self, address: str, data: Mapping[str, object]) -> Response:
        self.sign_in()
        return self.client.post(address, data)

    def act(self, on: Claim | Case, action: str, **data: object) -> Response:
        """Press a button of the page; decide without opening any file, unless the test says what was ticked."""
        if action in DECIDING:
            data = {"unopened": [str(file.public_id) for file in Evidence.objects.all()], **data}
        return self.post(address(on), {"action": action, **data})

    def queue(self, **query: str) -> list[str]:
        """Return the references in the queue, from top to bottom."""
        answer = self.get(QUEUE, **query)
        assert answer.status_code == 200
        return [row.claim.reference for row in answer.context["cl"].result_list]


def address(of: Claim | Case) -> str:
    name = "claims_claim" if isinstance(of, Claim) else "arbitration_case"
    return reverse(f"admin:{name}_change", args=[of.public_id])


def words(answer: Response) -> str:
    """Return what a person reads, with single spaces."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", answer.content.decode(), flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def refusals(answer: Response) -> list[tuple[str, str]]:
    """Return code and field of each refusal in the summary on top."""
    return [(said.code, said.anchor) for said in answer.context["said"]]


def buttons(answer: Response) -> list[str]:
    """Return the names that the page's buttons post, from top to bottom."""
    return re.findall(r'<button [^>]*name="action" value="(\w+)"', answer.content.decode())


def known_by(answer: Response) -> dict[str, str]:
    """Return what the page's first form sends about what its reader knows."""
    return dict(re.findall(_KNOWN, answer.content.decode())[:2])


def sent(answer: Response, action: str) -> dict[str, str]:
    """Return what the form with this button sends about what its reader knows, its tick included."""
    [form] = [part for part in answer.content.decode().split("<form ")[1:] if f'value="{action}"' in part]
    return dict(re.findall(_KNOWN, form)) | dict(re.findall(_TICK, form))


_KNOWN = r'<input type="hidden" name="(version|seen_to)" value="(\d*)"'
_TICK = r'<input type="checkbox" name="(over)" value="(\d+)"'


def outcome(item: ClaimItem, choice: str, reason: str = "", text: str = "") -> dict[str, str]:
    """Return the fields of the decision about one item."""
    return {f"outcome_{item.pk}": choice, f"reason_{item.pk}": reason, f"text_{item.pk}": text}


def items(*chosen: ClaimItem) -> list[str]:
    return [str(item.public_id) for item in chosen]


@contextmanager
def moment(now: datetime) -> Iterator[None]:
    """Stop the clock that the pages read at `now`."""
    with time_machine.travel(now, tick=False):
        yield


def queries_for(desk: Desk, page: str, **query: str) -> int:
    """Return how many statements a page takes once caches are filled."""
    desk.get(page, **query)
    return queries_of(lambda: desk.client.get(page, query), 200)


def queries_of(call: Callable[[], Response], status_code: int) -> int:
    """Return how many statements a request takes; check the status of its response."""
    with CaptureQueriesContext(connection) as captured:
        assert call().status_code == status_code
    return len(captured)
