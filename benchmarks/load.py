"""Requests over loopback by a few threads at once, and what they took."""

import http.client
import json
import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    """One kind of request and the status that alone counts as done; `floor` names the case it is compared with."""

    name: str
    method: str
    path: str
    status: int
    body: dict[str, object] | None = None
    token: str = ""
    floor: str = ""
    each: list[tuple[str, str]] | None = None
    """A path and an `If-Match` of its own for each request, where none can be sent twice; it is used up."""


@dataclass
class Round:
    """One case's turn: milliseconds per request, and requests per second of all threads together."""

    milliseconds: list[float] = field(default_factory=list)
    per_second: float = 0.0

    @property
    def p50(self) -> float:
        return statistics.median(self.milliseconds)

    @property
    def p99(self) -> float:
        return statistics.quantiles(self.milliseconds, n=100)[98]


def run(case: Case, *, port: int, requests: int, threads: int) -> Round:
    """`requests` of the case by `threads` at once. Raises RuntimeError on any other status than the expected one."""
    turn, failures, lock = Round(), list[str](), threading.Lock()
    payload = json.dumps(case.body).encode() if case.body is not None else None
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if case.token:
        headers["Authorization"] = f"Bearer {case.token}"

    def work() -> None:
        taken = []
        for _request in range(requests // threads):
            path, own = case.path, dict[str, str]()
            if case.each is not None:
                path, seen = case.each.pop()
                own = {"If-Match": seen}
            began = time.perf_counter()
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request(case.method, path, payload, headers | own)
            response = connection.getresponse()
            text = response.read()
            connection.close()
            taken.append((time.perf_counter() - began) * 1000)
            if response.status != case.status:
                with lock:
                    failures.append(f"{case.name}: {response.status} {text[:300]!r}")
                return
        with lock:
            turn.milliseconds.extend(taken)

    workers = [threading.Thread(target=work) for _thread in range(threads)]
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if failures:
        raise RuntimeError(failures[0])
    turn.per_second = len(turn.milliseconds) / (time.perf_counter() - began)
    return turn


def ratio(mine: Sequence[Round], floor: Sequence[Round]) -> tuple[float, float, float]:
    """How many of mine happen in the time of one of the floor's, round by round: median, lowest, highest."""
    pairs = [one.per_second / other.per_second for one, other in zip(mine, floor, strict=True)]
    return statistics.median(pairs), min(pairs), max(pairs)
