"""How a request's body arrives: in chunks, in its announced length, or too short."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.handlers.wsgi import WSGIHandler

from claims.models import Claim
from foundation.doors.framing import with_whole_bodies
from partners.models import ApiToken
from tests.world import NOW, World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Iterator[World]:
    with time_machine.travel(NOW, tick=False):
        yield build_world()


def call(
    path: str, body: bytes, *, user: Any = None, method: str = "POST", **environ: Any
) -> tuple[int, dict[str, str], bytes]:
    """Send a request through the entry point of the WSGI server; return status, headers and body."""
    if user is not None:
        _token, secret = ApiToken.objects.create(user, organisation=user.memberships.get().organisation)
        environ["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    answered: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]]) -> None:
        answered.update(status=int(status.split()[0]), headers=dict(headers))

    given = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "CONTENT_TYPE": "application/json",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        **environ,
    }
    content = b"".join(with_whole_bodies(WSGIHandler())(given, start_response))
    return answered["status"], answered["headers"], content


CHUNKED: dict[str, Any] = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}


def test_a_body_that_comes_in_chunks_is_read(world: World) -> None:
    status, _headers, content = call("/api/v1/claims/", b'{"name":"In chunks"}', user=world.ana, **CHUNKED)

    assert (status, json.loads(content)["name"]) == (201, "In chunks")
    assert Claim.objects.get().name == "In chunks"


def test_a_file_that_comes_in_chunks_is_read(world: World) -> None:
    status, _headers, content = call("/api/v1/claims/", b"{}", user=world.ana, **CHUNKED)
    claim_id = json.loads(content)["id"]
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="sow.exe"\r\n\r\nMZ\r\n--x--\r\n'

    refused = call(
        f"/api/v1/claims/{claim_id}/evidence/",
        part,
        user=world.ana,
        CONTENT_TYPE="multipart/form-data; boundary=x",
        **CHUNKED,
    )

    assert status == 201
    assert b"POE_FILE_TYPE" in refused[2]


def test_chunks_are_refused_beyond_the_size_limit_and_the_connection_closes(world: World) -> None:
    status, headers, content = call("/api/v1/claims/", b" " * 2_500_002, user=world.ana, **CHUNKED)

    assert (status, headers["Connection"]) == (413, "close")
    assert json.loads(content)["code"] == "REQUEST_TOO_LARGE"
    assert not Claim.objects.exists()


def test_chunks_that_the_server_cannot_read_are_refused_for_lack_of_a_length(world: World) -> None:
    for path in ("/api/v1/claims/", "/claims/new/"):
        status, _headers, content = call(
            path, b'{"name":"In chunks"}', user=world.ana, HTTP_TRANSFER_ENCODING="chunked"
        )

        assert status == 411
        assert b"Send the length of the body" in content
    assert not Claim.objects.exists()


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=x"])
def test_a_body_shorter_than_promised_changes_nothing(world: World, content_type: str) -> None:
    status, _headers, content = call(
        "/api/v1/claims/", b'{"name":"Cut"}', user=world.ana, CONTENT_LENGTH="400", CONTENT_TYPE=content_type
    )

    assert status == (400 if content_type == "application/json" else 415)
    assert content_type != "application/json" or b"The body ended before its announced length." in content
    assert not Claim.objects.exists()


def test_a_refusal_that_leaves_the_body_unread_closes_the_connection(world: World) -> None:
    body = b'{"name":"Who is asking?"}'

    status, headers, _content = call("/api/v1/claims/", body, CONTENT_LENGTH=str(len(body)))
    accepted = call("/api/v1/claims/", body, user=world.ana, CONTENT_LENGTH=str(len(body)))

    assert (status, headers["Connection"]) == (401, "close")
    assert (accepted[0], "Connection" in accepted[1]) == (201, False)
