"""A body is received whole, in chunks or with its length, or refused in words before anything is written."""

import contextlib
import http.client
import io
import json
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from wsgiref.handlers import SimpleHandler

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from foundation.doors.connections import telling_the_server_to_close
from foundation.doors.whole_bodies import WholeBodyMiddleware
from scripts.servers import free_port
from tests.api.client import pdf
from tests.platform.running import fetch, program
from tests.portal.pages import text_of

FORM = "application/x-www-form-urlencoded"
TOO_LARGE = "This request is too large: at most 2500000 bytes are accepted."
INCOMPLETE = "The body of this request ended before it was complete. Nothing was changed. Send it again."
TOO_MANY = "This request is larger than is accepted: too much text, too many fields or too many files."


def _echo(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.body)


def _request(path: str, kind: str, body: io.BytesIO, **environ: Any) -> HttpRequest:
    known = {"CONTENT_TYPE": kind, "wsgi.input": body, **environ}
    return RequestFactory().generic("POST", path, **known)


def _sent(
    body: bytes, *, path: str = "/api/v1/claims/", kind: str = "application/json", **environ: Any
) -> Any:
    """Return the answer to a request whose body is what the server has to offer, whatever was promised."""
    request = _request(path, kind, io.BytesIO(body), **environ)
    return WholeBodyMiddleware(_echo)(request)


CHUNKED: dict[str, Any] = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}


def test_a_body_in_chunks_is_read() -> None:
    answer = _sent(b'{"name": "After"}', **CHUNKED)

    assert (answer.status_code, answer.content) == (200, b'{"name": "After"}')


def test_a_form_in_chunks_is_read_with_its_file() -> None:
    form = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF\r\n--x--\r\n'
    seen: list[object] = []

    def page(request: HttpRequest) -> HttpResponse:
        upload = request.FILES["file"]
        assert isinstance(upload, UploadedFile)
        seen.append((upload.name, upload.read()))
        return HttpResponse()

    request = _request("/claims/", "multipart/form-data; boundary=x", io.BytesIO(form), **CHUNKED)
    WholeBodyMiddleware(page)(request)

    assert seen == [("a.pdf", b"%PDF")]


def test_a_server_that_cannot_read_chunks_asks_for_the_length() -> None:
    answer = _sent(b"", HTTP_TRANSFER_ENCODING="chunked")

    assert (answer.status_code, json.loads(answer.content)["code"]) == (411, "LENGTH_REQUIRED")
    assert answer["Connection"] == "close"


@pytest.mark.parametrize("kind", ["application/json", FORM, "multipart/form-data; boundary=x"])
@pytest.mark.parametrize("path", ["/api/v1/claims/", "/claims/new/", "/admin/"])
def test_a_body_shorter_than_promised_is_refused(path: str, kind: str) -> None:
    answer = _sent(b"text=the+first+half", path=path, kind=kind, CONTENT_LENGTH="40")

    assert answer.status_code == 400
    assert INCOMPLETE in answer.content.decode()
    assert answer["Connection"] == "close"


@pytest.mark.parametrize(
    ("size", "kind", "status"),
    [
        (2_500_000, "application/json", 200),
        (2_500_001, "application/json", 413),
        (26_000_000, "multipart/form-data; boundary=x", 200),  # refused by the rule for proofs, in words
        (100_000_001, "multipart/form-data; boundary=x", 413),
    ],
)
def test_a_body_has_a_size_limit_in_chunks_or_not(size: int, kind: str, status: int) -> None:
    def answered(_request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    for how in (CHUNKED, {"CONTENT_LENGTH": str(size)}):
        request = _request("/api/v1/claims/", kind, io.BytesIO(b"x" * size), **how)
        answer = WholeBodyMiddleware(answered)(request)

        assert (answer.status_code, answer.headers.get("Connection")) == (
            (status, "close") if status == 413 else (status, None)
        )


def test_the_size_limit_is_a_problem_for_a_program_and_a_page_for_a_user() -> None:
    to_program = _sent(b"", CONTENT_LENGTH="3000000")
    to_person = _sent(b"", path="/claims/", kind=FORM, CONTENT_LENGTH="3000000")

    assert to_program["Content-Type"] == "application/problem+json"
    assert json.loads(to_program.content) == {
        "type": "urn:cpor:problem:request-too-large",
        "title": "The request is too large",
        "status": 413,
        "detail": TOO_LARGE,
        "instance": "/api/v1/claims/",
        "code": "REQUEST_TOO_LARGE",
        "request_id": "",
        "findings": [],
        "errors": [],
    }
    assert TOO_LARGE in text_of(to_person)


ADDRESSES = ("/nowhere/", "/accounts/login/", "/admin/", "/admin/nowhere/", "/claims/new/")


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES)
def test_too_many_files_or_fields_are_refused_in_words_at_every_address(client: Client, address: str) -> None:
    files = {f"file{number}": SimpleUploadedFile(f"{number}.pdf", b"%PDF") for number in range(21)}
    fields = {f"field{number}": "x" for number in range(1_001)}

    answers = [client.post(address, files), client.post(address, fields), client.get(address, fields)]

    assert [answer.status_code for answer in answers] == [413, 413, 413]
    assert [TOO_MANY in text_of(answer) for answer in answers] == [True, True, True]


@pytest.mark.django_db
def test_too_many_parameters_are_a_problem_for_a_program(client: Client) -> None:
    answers = [
        client.get("/api/v1/claims/", {f"field{number}": "x" for number in range(1_001)}),
        client.get("/api/nowhere/", {f"field{number}": "x" for number in range(1_001)}),
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (413, "REQUEST_TOO_LARGE")
    ] * 2


def test_the_development_server_is_told_to_close_the_connection() -> None:
    class Handler(SimpleHandler):
        http_version = "1.1"

    def refusing(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("413 Too Large", [("Connection", "close"), ("Content-Length", "2")])
        return [b"no"]

    written = io.BytesIO()
    Handler(io.BytesIO(), written, io.StringIO(), {"SERVER_PROTOCOL": "HTTP/1.1"}).run(
        telling_the_server_to_close(refusing)
    )

    assert b"\r\nConnection: close\r\n" in written.getvalue()


# --- Behind the real servers ---


@dataclass(frozen=True)
class Site:
    """The product in real servers, with a draft of Ana's and her token."""

    ports: dict[str, int]
    secret: str
    draft: str

    def send(
        self, server: str, head: str, body: bytes = b"", *, half_closes: bool = False
    ) -> tuple[int, str, str]:
        """Send a request as it stands; return status, headers and body of the answer."""
        method, path, *headers = head.splitlines()
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.ports[server]}",
            f"Authorization: Bearer {self.secret}",
            *headers,
        ]
        with socket.create_connection(("127.0.0.1", self.ports[server]), timeout=20) as connection:
            connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
            if half_closes:
                connection.shutdown(socket.SHUT_WR)
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            return answer.status, answer.headers.get("Connection", ""), answer.read().decode()

    def name(self) -> str:
        _status, _connection, body = self.send("gunicorn", f"GET\n/api/v1/claims/{self.draft}/")
        return str(json.loads(body)["name"])


def chunks(body: bytes, size: int = 7) -> bytes:
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in [*parts, b""])


def _is_up(port: int) -> bool:
    return fetch(port, "/healthz")[0] == 200


@pytest.fixture(scope="module")
def site(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = shutil.copytree(migrated, tmp_path_factory.mktemp("site"), dirs_exist_ok=True)
    ports = {"gunicorn": free_port(), "runserver": free_port()}
    environ = {"CPOR_DATA_DIR": str(folder)}

    def managed(*words: str) -> str:
        log = folder / f"{words[0]}.log"
        with program([sys.executable, "manage.py", *words], environ, log) as run:
            assert run.ended() == 0, run.output()
            return run.output()

    managed("load_demo")
    secret = managed("issue_token", "ana").strip().splitlines()[-1]
    commands = {
        "gunicorn": [sys.executable, "-m", "gunicorn", "cpor.wsgi:application"],
        "runserver": [sys.executable, "manage.py", "runserver", "--noreload", str(ports["runserver"])],
    }
    with contextlib.ExitStack() as running:
        for name, command in commands.items():
            own = {**environ, "PORT": str(ports[name])}
            started = running.enter_context(program(command, own, folder / f"{name}.log"))
            started.until(partial(_is_up, ports[name]), "answer")
        created = Site(ports, secret, "").send(
            "gunicorn", f"POST\n/api/v1/claims/\n{JSON}\nContent-Length: 18", b'{"name": "Before"}'
        )
        yield Site(ports, secret, json.loads(created[2])["id"])


JSON = "Content-Type: application/json"
CHUNKS = "Transfer-Encoding: chunked"


@pytest.mark.processes
def test_gunicorn_reads_a_json_body_in_chunks(site: Site) -> None:
    head = f"PATCH\n/api/v1/claims/{site.draft}/\n{JSON}\n{CHUNKS}"

    status, _connection, body = site.send("gunicorn", head, chunks(b'{"name": "In chunks"}'))

    assert (status, json.loads(body)["name"], site.name()) == (200, "In chunks", "In chunks")


@pytest.mark.processes
def test_gunicorn_reads_a_file_in_chunks(site: Site) -> None:
    form = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="sow.pdf"\r\n\r\n'
        + pdf()
        + b"\r\n--x--\r\n"
    )
    head = f"POST\n/api/v1/claims/{site.draft}/evidence/\nContent-Type: multipart/form-data; boundary=x\n{CHUNKS}"

    status, _connection, body = site.send("gunicorn", head, chunks(form, 1_000))

    assert (status, json.loads(body)["name"]) == (201, "sow.pdf")


@pytest.mark.processes
def test_the_development_server_asks_for_the_length_and_closes(site: Site) -> None:
    head, before = f"PATCH\n/api/v1/claims/{site.draft}/\n{JSON}\n{CHUNKS}", site.name()

    status, connection, body = site.send("runserver", head, chunks(b'{"name": "Lost"}'))

    assert (status, connection, json.loads(body)["code"]) == (411, "close", "LENGTH_REQUIRED")
    assert site.name() == before


BROKEN = {
    "shorter than promised": (f"{JSON}\nContent-Length: 40", b'{"name": "Half"}'),
    "a last chunk that never comes": (f"{JSON}\n{CHUNKS}", chunks(b'{"name": "Half"}')[:-5]),
    "a chunk shorter than its size": (f"{JSON}\n{CHUNKS}", b'20\r\n{"name": "Half"}'),
    "a size that is no number": (f"{JSON}\n{CHUNKS}", b'zz\r\n{"name": "Half"}\r\n0\r\n\r\n'),
}


@pytest.mark.processes
@pytest.mark.parametrize("fault", BROKEN)
def test_a_body_promised_and_not_sent_changes_nothing(site: Site, fault: str) -> None:
    headers, body = BROKEN[fault]
    before = site.name()

    status, connection, answer = site.send(
        "gunicorn", f"PATCH\n/api/v1/claims/{site.draft}/\n{headers}", body, half_closes=True
    )

    assert (status, connection, json.loads(answer)["detail"]) == (400, "close", INCOMPLETE)
    assert site.name() == before


@pytest.mark.processes
@pytest.mark.parametrize("server", ["gunicorn", "runserver"])
def test_after_a_body_that_is_too_large_the_connection_says_close(site: Site, server: str) -> None:
    head = f"POST\n/api/v1/claims/\n{JSON}\nContent-Length: 2500001"

    status, connection, body = site.send(server, head, b"x", half_closes=True)

    assert (status, connection, json.loads(body)["code"]) == (413, "close", "REQUEST_TOO_LARGE")


@pytest.mark.processes
def test_pages_read_a_body_in_chunks_too(site: Site) -> None:
    head = f"POST\n/accounts/login/\nContent-Type: {FORM}\n{CHUNKS}"

    status, _connection, body = site.send("gunicorn", head, chunks(b"a=b&" * 1_001, 4_000))

    assert (status, TOO_MANY in body) == (413, True)  # what was too much has been read
