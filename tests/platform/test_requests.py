"""Every request has an identifier for the logs, and headers for the browser."""

import logging

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from cpor.celery import carry_request_id, let_go_of_request_id, take_over_request_id
from foundation.doors.request_id import (
    RequestIdFilter,
    RequestIdMiddleware,
    begin_request,
    current_request_id,
    end_request,
)


def _echo(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(current_request_id())


def test_a_well_formed_request_id_is_kept() -> None:
    request = RequestFactory().get("/", headers={"X-Request-ID": "proxy-0123456789"})

    response = RequestIdMiddleware(_echo)(request)

    assert response.content == b"proxy-0123456789"
    assert response["X-Request-ID"] == "proxy-0123456789"
    assert current_request_id() == ""


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "two\nlines-here", "with spaces in it"])
def test_any_other_request_id_is_replaced(given: str) -> None:
    request = RequestFactory().get("/", headers={"X-Request-ID": given} if given else {})

    response = RequestIdMiddleware(_echo)(request)

    assert len(response.content) == 32
    assert response.content.decode() != given


def test_a_log_line_carries_the_request_id() -> None:
    record = logging.makeLogRecord({})
    token = begin_request("proxy-0123456789")

    RequestIdFilter().filter(record)

    end_request(token)
    assert vars(record)["request_id"] == "proxy-0123456789"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/nowhere/", 404),
        ("GET", "/api/nowhere/", 404),
        ("GET", "/api/v1/claims/", 401),
        ("POST", "/api/v1/claims/", 401),
    ],
)
def test_every_log_line_of_a_refusal_carries_the_request_id(
    client: Client, method: str, address: str, status: int
) -> None:
    lines: list[tuple[str, str]] = []

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append((record.name, vars(record)["request_id"]))

    handler = Lines()
    handler.addFilter(RequestIdFilter())
    logging.getLogger().addHandler(handler)
    try:
        answer = client.generic(method, address, headers={"X-Request-ID": "proxy-0123456789"})
    finally:
        logging.getLogger().removeHandler(handler)

    assert answer.status_code == status
    assert lines == [("django.request", "proxy-0123456789")]


def test_a_task_has_the_request_id_of_its_sender() -> None:
    class Task:
        class request:  # noqa: N801 - Celery's name
            cpor_request_id = "proxy-0123456789"

    headers: dict[str, str] = {}
    token = begin_request("proxy-0123456789")
    carry_request_id(headers=headers)
    end_request(token)

    take_over_request_id(task_id="1", task=Task)
    at_work = current_request_id()
    let_go_of_request_id(task_id="1")

    assert headers == {"cpor_request_id": "proxy-0123456789"}
    assert (at_work, current_request_id()) == ("proxy-0123456789", "")


def test_every_response_tells_the_browser_to_be_strict(client: Client) -> None:
    response = client.get("/healthz")

    assert set(response.headers["Content-Security-Policy"].split("; ")) == {
        "base-uri 'self'",
        "default-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "img-src 'self' data:",
        "object-src 'none'",
    }
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response.headers["Permissions-Policy"] == (
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
    )
