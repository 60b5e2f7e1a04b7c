"""The main paths over HTTP, interleaved with bare DRF endpoints over the same rows."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection

from benchmarks.load import Case, Round, ratio, run
from benchmarks.report import Report
from benchmarks.seeded import Seeded
from scripts.servers import free_port

THREADS = 4
WARM_UP = 40
FIGURES = {
    "claim check": "claim check / bare create",
    "claim create": "create a draft / bare create",
    "claim submit": "submit, free / bare create",
    "claim list 25": "list of 25 / bare list",
}


def measure_paths(report: Report, seeded: Seeded, *, rounds: int, requests: int) -> None:
    """Measure all cases in turn, round after round, so that a slow minute of the machine meets each of them."""
    cases = _cases(seeded, submissions=min(requests, len(seeded.drafts) // (rounds + 1)))
    with _served() as port:
        for case, requested in cases:
            run(case, port=port, requests=min(WARM_UP, requested or requests), threads=THREADS)
        measured: dict[str, list[Round]] = {case.name: [] for case, _requested in cases}
        for number in range(rounds):
            report.tell(f"paths, round {number + 1} of {rounds}")
            for case, requested in cases:
                turn = run(case, port=port, requests=requested or requests, threads=THREADS)
                measured[case.name].append(turn)
    for case, _requested in cases:
        turns = measured[case.name]
        report.rounds(case.name, [turn.p50 for turn in turns], [turn.p99 for turn in turns])
        if case.floor:
            median, lowest, highest = ratio(turns, measured[case.floor])
            report.figure(FIGURES[case.name], median, f"{lowest:.2f} to {highest:.2f}")


def _cases(seeded: Seeded, *, submissions: int) -> list[tuple[Case, int]]:
    """Return the cases, each with a number of requests where it is not the usual one."""
    token, stated = seeded.token, seeded.stated
    drafts = [(f"/api/v1/claims/{public_id}/submit/", f'"{seen}"') for public_id, seen in seeded.drafts]
    confirmed = {"acknowledged": True, "confirmed_warnings": []}
    return [
        (Case("floor: create", "POST", "/floor/claims/", 201, seeded.floor_row), 0),
        (Case("claim check", "POST", "/api/v1/claim-checks/", 200, stated, token, "floor: create"), 0),
        (Case("claim create", "POST", "/api/v1/claims/", 201, stated, token, "floor: create"), 0),
        (
            Case("claim submit", "POST", "", 200, confirmed, token, "floor: create", each=drafts),
            submissions // THREADS * THREADS,
        ),
        (Case("floor: list 25", "GET", "/floor/claims/", 200), 0),
        (
            Case(
                "claim list 25",
                "GET",
                "/api/v1/claims/?status=approved&page_size=25",
                200,
                None,
                token,
                "floor: list 25",
            ),
            0,
        ),
    ]


@contextmanager
def _served() -> Iterator[int]:
    """Serve the product by gunicorn with two workers; yield the port."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "cpor.wsgi:application", "--bind", f"127.0.0.1:{port}"]
    server = subprocess.Popen([*command, "--workers", "2", "--threads", "1", "--max-requests", "0"])
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=15)


def _wait_for(port: int) -> None:
    for _attempt in range(120):
        with suppress(OSError):
            connection = HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.25)
    sys.exit("the server did not answer within 30 seconds")
