"""A client of the API and the bodies that it sends."""

import io
import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from reportlab.pdfgen import canvas

from partners.models import ApiToken, Organisation, User
from tests.responses import Response
from tests.world import CONTOSO_GUID, MARKETING, SALES, TEAMS, World

JSON = "application/json"
PROBLEM = "application/problem+json"


class ApiClient:
    """Calls the API with one user's bearer token, for its first organisation or else the desk; no user, no token."""

    def __init__(
        self,
        user: User | None = None,
        *,
        organisation: Organisation | None = None,
        for_the_desk: bool = False,
    ) -> None:
        self.client = Client(raise_request_exception=True)
        self.headers: dict[str, str] = {}
        if user is not None:
            membership = None if for_the_desk else user.memberships.first()
            own = organisation or (membership.organisation if membership else None)
            self.token, secret = ApiToken.objects.create(user, organisation=own)
            self.headers["Authorization"] = f"Bearer {secret}"

    def get(self, path: str, query: dict[str, Any] | None = None, **headers: str) -> Response:
        return self.client.get(api(path), query or {}, headers=self._with(headers))

    def post(self, path: str, body: object = None, **headers: str) -> Response:
        return self.send("POST", path, json.dumps(body or {}).encode(), **headers)

    def patch(self, path: str, body: object, **headers: str) -> Response:
        return self.send("PATCH", path, json.dumps(body).encode(), **headers)

    def send(self, method: str, path: str, body: bytes, content_type: str = JSON, **headers: str) -> Response:
        return self.client.generic(method, api(path), body, content_type, headers=self._with(headers))

    def upload(self, path: str, content: bytes, name: str = "sow.pdf", **fields: Any) -> Response:
        body = {"file": SimpleUploadedFile(name, content), **fields}
        return self.client.post(api(path), body, headers=self.headers)

    def _with(self, headers: dict[str, str]) -> dict[str, str]:
        return self.headers | {name.replace("_", "-"): value for name, value in headers.items()}


def api(path: str) -> str:
    return path if path.startswith(("/", "http")) else f"/api/v1/{path}"


def pdf(text: str = "Statement of work") -> bytes:
    """Return a real PDF of one page with `text` on it."""
    target = io.BytesIO()
    page = canvas.Canvas(target, invariant=True)
    page.drawString(100, 700, text)
    page.save()
    return target.getvalue()


def person(name: str, domain: str) -> dict[str, str]:
    return {
        "first_name": name,
        "last_name": "Example",
        "title": "Manager",
        "email": f"{name.lower()}@{domain}",
    }


def check_body(world: World, **changes: object) -> dict[str, Any]:
    """Return a faultless check of Fabrikam's usage claim for Contoso's S-A; `changes` replace fields."""
    return {
        "mpn_id": "4391507",
        "tenant_id": str(CONTOSO_GUID),
        "domain": "contoso",
        "solution_area": "business_applications",
        "activities": ["usage"],
        "items": [{"product": SALES, "subscription_id": str(world.s_a.guid)}],
    } | changes


def claim_body(world: World, **changes: object) -> dict[str, Any]:
    """Return the same as a claim, with contacts and acknowledgement."""
    contacts = {
        "customer": person("Cora", "contoso.com"),
        "partner": person("Paul", "fabrikam.example"),
        "technical": person("Tess", "fabrikam.example"),
    }
    return check_body(world, name="Contoso Sales", contacts=contacts, acknowledged=True) | changes


def teams_body(world: World, **changes: object) -> dict[str, Any]:
    return claim_body(world, solution_area="microsoft_365", items=[{"product": TEAMS}]) | changes


def marketing_body(world: World, **changes: object) -> dict[str, Any]:
    return claim_body(world, items=[{"product": MARKETING}]) | changes


def drafted(caller: ApiClient, body: dict[str, Any]) -> str:
    """Create a draft with proof that can be submitted, and return its id."""
    created = caller.post("claims/", body)
    assert created.status_code == 201, created.content
    claim_id = created.json()["id"]
    uploaded = caller.upload(f"claims/{claim_id}/evidence/", pdf(claim_id), signed_on="2020-06-01")
    assert uploaded.status_code == 201, uploaded.content
    return str(claim_id)


def submitted(caller: ApiClient, body: dict[str, Any], *confirmed: str) -> str:
    """Submit a claim and return its id."""
    claim_id = drafted(caller, body)
    answer = caller.post(f"claims/{claim_id}/submit/", {"confirmed_warnings": list(confirmed)})
    assert answer.status_code == 200, answer.content
    return claim_id


def codes(answer: Response, severity: str = "error") -> list[str]:
    return [finding["code"] for finding in answer.json()["findings"] if finding["severity"] == severity]


def refused(answer: Response) -> tuple[int, str]:
    """Return status and code of a problem document. Fail if the response is none."""
    assert answer.headers["Content-Type"] == PROBLEM, answer.content
    document = answer.json()
    assert set(document) == {
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "code",
        "request_id",
        "findings",
        "errors",
    }
    assert document["status"] == answer.status_code
    assert document["request_id"] == answer.headers["X-Request-ID"]
    assert document["detail"]
    return answer.status_code, document["code"]
