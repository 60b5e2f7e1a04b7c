"""In production the web server's own lines are JSON among JSON, and hold neither queries nor the proxy's address."""

import json
import sys
from pathlib import Path

import pytest

from scripts.servers import free_port
from tests.platform.running import fetch, program
from tests.platform.test_checks import ENVIRONMENT

pytestmark = pytest.mark.processes


@pytest.mark.parametrize(("behind", "address"), [("true", "198.51.100.7"), ("false", "127.0.0.1")])
def test_every_line_of_the_server_is_json_with_the_clients_address_and_no_query(
    tmp_path: Path, behind: str, address: str
) -> None:
    port, log = free_port(), tmp_path / "log"
    environ = {
        **ENVIRONMENT,
        "PORT": str(port),
        "CPOR_DATA_DIR": str(tmp_path),
        "BEHIND_TLS_PROXY": behind,
        "STATIC_ROOT": str(tmp_path),
    }
    headers = {
        "X-Forwarded-For": "203.0.113.9, 198.51.100.7",
        "X-Forwarded-Proto": "https",
        "X-Request-ID": "proxy-0123456789",
    }

    with program([sys.executable, "-m", "gunicorn", "cpor.wsgi:application"], environ, log) as web:
        web.until(lambda: fetch(port, "/healthz", host="desk.example.org")[0] == 200, "answer")
        fetch(port, "/healthz?q=typed", host="desk.example.org", **headers)
        web.until(lambda: "proxy-0123456789" in web.output(), "line")

    lines = [json.loads(line) for line in log.read_text().splitlines()]
    (told,) = [line for line in lines if line["request_id"] == "proxy-0123456789"]
    assert (told["logger"], told["path"], told["status"], told["address"]) == (
        "gunicorn.access",
        "/healthz",
        200,
        address,
    )
    assert "typed" not in log.read_text()
    assert {"gunicorn.error", "gunicorn.access"} <= {line["logger"] for line in lines}
