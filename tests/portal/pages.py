"""Filling in steps and reading pages, for all tests of the portal."""

import re
from html import unescape
from typing import Any

from django.test import Client

from claims.models import Claim
from tests.responses import Response
from tests.world import SALES, World

AREA = "business_applications"
PERSON = {"first_name": "Cora", "last_name": "Coe", "title": "Manager", "phone": ""}


def text_of(response: Response) -> str:
    """Return the text of the page on one line, without markup."""
    body = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def title_of(response: Response) -> str:
    match = re.search(r"<title>(.*?)</title>", response.content.decode(), re.S)
    assert match is not None
    return unescape(match.group(1))


def path_of(claim: Claim, step: str = "") -> str:
    return f"/claims/{claim.public_id}/{step}"


def contacts(**changes: str) -> dict[str, str]:
    """Return complete data for the contacts step."""
    data = {
        f"{kind}_{name}": text
        for kind, domain in (
            ("customer", "contoso.com"),
            ("partner", "fabrikam.example"),
            ("technical", "fabrikam.example"),
        )
        for name, text in {**PERSON, "email": f"{kind}@{domain}"}.items()
    }
    return {**data, **changes}


def start(client: Client, world: World, **changes: str) -> Claim:
    """Send the first step, for Contoso, and return the draft."""
    data = {"tenant_id": str(world.contoso.guid), "domain": "contoso", "name": "", **changes}
    client.post("/claims/new/", data)
    return Claim.objects.latest("pk")


def send(client: Client, claim: Claim, step: str, data: dict[str, Any], **options: Any) -> Response:
    """Send one step as a browser does, with the version that the page showed."""
    claim.refresh_from_db()
    return client.post(path_of(claim, f"{step}/"), {"version": claim.version, **data}, **options)


def activity(area: str = AREA, *activities: str) -> dict[str, Any]:
    return {"solution_area": area, area: list(activities or ("usage",))}


def rows(*pairs: tuple[str, object]) -> dict[str, Any]:
    """Return data for the products step, with a row for each product and subscription."""
    data: dict[str, Any] = {"rows": max(3, len(pairs))}
    for number, (product, subscription) in enumerate(pairs):
        data[f"product_{number}"] = product
        data[f"subscription_id_{number}"] = str(getattr(subscription, "guid", subscription) or "")
    return data


def complete(client: Client, world: World, claim: Claim, proof: bytes | None = None) -> None:
    """Send every step after the first except the proof: usage of Sales on S-A with MPN 4391507."""
    send(client, claim, "activity", activity())
    send(client, claim, "products", rows((SALES, world.s_a)))
    send(client, claim, "location", {"mpn_id": "4391507"})
    send(client, claim, "contacts", contacts())
