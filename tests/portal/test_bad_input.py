"""No input to a partner's page causes a server error."""

import random
import re

import pytest
from django.test import Client

from claims.models import Claim
from tests.filing import ask, draft, everything_recorded, file_claim, sales, take_up
from tests.portal.conftest import SignIn
from tests.world import World

PAGES = (
    "customer",
    "activity",
    "revenue",
    "products",
    "location",
    "contacts",
    "proof",
    "check",
    "items",
    "respond",
)
OTHER_PAGES = ("comments", "withdraw")
FIELD = re.compile(r'<(?:input|select|textarea)[^>]*\bname="([^"]+)"')
JUNK = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "x" * 20_000,
    "<script>alert(1)</script>",
    "9" * 400,
    "-1",
    "💥",
    "ﷺ",
    "[]",
    "nil",
)


@pytest.fixture
def claims(world: World, sign_in: SignIn) -> list[Claim]:
    """Return a draft, a submitted claim, and a claim with an open request."""
    unfinished = draft(world, world.ana, sales(world.s_b))
    submitted = file_claim(world, world.ana, sales(world.s_a))
    asked = file_claim(world, world.ana, sales(world.s_b))
    take_up(asked, world.rev1)
    ask(asked, world.rev1)
    return [unfinished, submitted, asked]


def fields_of(client: Client, address: str) -> list[str]:
    page = client.get(address)
    return sorted(set(FIELD.findall(page.content.decode())) - {"csrfmiddlewaretoken"})


@pytest.mark.parametrize("page", [*PAGES, *OTHER_PAGES])
@pytest.mark.parametrize("seed", range(3))
def test_junk_in_every_field_of_a_page_causes_no_server_error(
    page: str, seed: int, world: World, claims: list[Claim], sign_in: SignIn
) -> None:
    client, chance = sign_in(world.ana), random.Random(f"{page} {seed}")

    answers = []
    for claim in claims:
        address = f"/claims/{claim.public_id}/{page}/"
        known = fields_of(client, address) or ["text", "comment", "version"]
        sent = {field: [chance.choice(JUNK) for _value in range(chance.randint(1, 2))] for field in known}
        answers.append(client.post(address, sent))

    assert [answer.status_code for answer in answers if answer.status_code >= 500] == []


@pytest.mark.parametrize(
    "address",
    [
        "/claims/?status=nonsense",
        "/claims/?after=%00",
        "/claims/?cursor=xxx&before=yyy",
        "/support/?claim=%FF",
    ],
)
def test_an_impossible_address_causes_no_server_error(address: str, world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.ana).get(address)

    assert answer.status_code < 500


def test_refused_input_leaves_a_submitted_claim_unchanged(
    world: World, claims: list[Claim], sign_in: SignIn
) -> None:
    client, before = sign_in(world.ana), everything_recorded()
    submitted = claims[1]

    for page in ("customer", "activity", "products"):
        client.post(
            f"/claims/{submitted.public_id}/{page}/", {"tenant_id": "x", "domain": "y", "version": "1"}
        )

    assert everything_recorded() == before
