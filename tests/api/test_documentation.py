"""The examples of docs/api.md work as written, in their order."""

import json
import re
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import get_resolver

from api.filters import ClaimFilter
from tests.api.client import ApiClient, pdf
from tests.responses import Response

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
EXAMPLE = re.compile(
    r"```http\n(?P<request>.*?)```\n\n```json (?P<status>\d+)\n(?P<answer>.*?)```", re.DOTALL
)


def _call(caller: ApiClient, request: str) -> Response:
    head, _, body = request.strip().partition("\n\n")
    (method, path), *headers = (line.split(" ", 1) for line in head.splitlines())
    sent = {name.rstrip(":"): value for name, value in headers}
    if sent.pop("Content-Type", "") == "multipart/form-data":
        fields = dict(line.split("=", 1) for line in body.splitlines())
        file = SimpleUploadedFile(fields.pop("file").lstrip("@"), pdf())
        return caller.client.post(path, {"file": file, **fields}, headers=caller.headers)
    if method == "GET":
        return caller.get(path)
    return caller.send(method, path, body.encode(), **sent)


def _is_in(shown: object, told: object) -> bool:
    """Return whether the response contains the example; objects may have more fields, lists no more elements."""
    if isinstance(shown, dict) and isinstance(told, dict):
        return all(key in told and _is_in(value, told[key]) for key, value in shown.items())
    if isinstance(shown, list) and isinstance(told, list):
        return len(shown) == len(told) and all(map(_is_in, shown, told))
    return shown == told


def test_every_example_returns_what_the_guide_shows(ana: ApiClient) -> None:
    examples = list(EXAMPLE.finditer(GUIDE.read_text()))
    claim_id = ""

    for example in examples:
        answer = _call(ana, example["request"].replace("{claim}", claim_id))
        document = answer.json()
        claim_id = claim_id or document.get("id", "")
        shown = json.loads(
            example["answer"]
            .replace("{claim}", claim_id)
            .replace("CPOR-2020-7K3QXM", document.get("reference", ""))
        )

        assert answer.status_code == int(example["status"]), example["request"]
        assert _is_in(shown, document), f"{example['request']}\nanswers\n{json.dumps(document, indent=1)}"
    assert len(examples) == 10


def test_every_address_and_every_filter_is_in_the_guide() -> None:
    guide = GUIDE.read_text()
    patterns = get_resolver("api.urls").url_patterns
    addresses = {re.sub(r"<[^>]+>", "{id}", str(pattern.pattern)) for pattern in patterns}

    assert [address for address in sorted(addresses) if f"`{address}`" not in guide] == []
    assert [name for name in ClaimFilter.base_filters if f"`{name}`" not in guide] == []
