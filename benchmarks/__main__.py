"""`python -m benchmarks [--subscriptions N] [--claims N] [--rounds N] [--requests N] [--write]`."""

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import environ
import psycopg2

from benchmarks.load import Case, Round, ratio, run
from scripts.servers import free_port

RESULTS = Path(__file__).with_name("results.md")
DATABASE = "cpor_bench"
THREADS = 4


def main() -> None:
    options = _options()
    if "TEST_DATABASE_URL" not in os.environ:
        sys.exit("TEST_DATABASE_URL names no PostgreSQL server; `make bench` starts one.")
    with tempfile.TemporaryDirectory() as data_dir:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
            "DATABASE_URL": _own_database(os.environ["TEST_DATABASE_URL"]),
            "CPOR_DATA_DIR": data_dir,
        }
        seeded, facts = _prepare(options)
        port = free_port()
        server = _serve(port)
        try:
            _wait_for(port)
            rounds = _measure(_cases(seeded), port, options)
        finally:
            server.terminate()
            server.wait(timeout=15)
    text = _table(rounds, _cases(seeded), options, facts)
    sys.stdout.write(text)
    if options.write:
        RESULTS.write_text(text, encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--subscriptions", type=int, default=100_000)
    parser.add_argument("--claims", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=200, help="per case and round")
    parser.add_argument("--write", action="store_true", help=f"write {RESULTS.name}")
    return parser.parse_args()


def _own_database(url: str) -> str:
    """A fresh database beside the one that the URL names."""
    config = environ.Env.db_url_config(url)
    connection = psycopg2.connect(
        host=config["HOST"], port=config["PORT"] or 5432, user=config["USER"], dbname="postgres"
    )
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        cursor.execute(f"CREATE DATABASE {DATABASE}")
    connection.close()
    return f"{url.rsplit('/', 1)[0]}/{DATABASE}"


def _prepare(options: argparse.Namespace) -> tuple[Any, dict[str, str]]:
    """Tables and rows, with statistics gathered; and what the figures depend on."""
    import django  # noqa: PLC0415 - settings depend on the database made above

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 - after setup
    from django.db import connection  # noqa: PLC0415 - after setup

    from benchmarks.seeding import seed  # noqa: PLC0415 - models can be imported after setup only

    call_command("migrate", verbosity=0)
    seeded = seed(subscriptions=options.subscriptions, claims=options.claims)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SHOW fsync")
        fsync = cursor.fetchone()[0]
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
    facts = {
        "python": platform.python_version(),
        "django": django.get_version(),
        "postgresql": f"{version.split()[0]}, fsync {fsync}",
        "cores": str(os.cpu_count()),
    }
    connection.close()
    return seeded, facts


def _cases(seeded: Any) -> list[Case]:
    stated = {
        "mpn_id": seeded.mpn_id,
        "tenant_id": seeded.tenant_guid,
        "domain": seeded.domain,
        "solution_area": "business_applications",
        "activities": ["usage"],
        "items": [{"product": "dynamics-365-sales", "subscription_id": seeded.subscription_guid}],
    }
    token = seeded.token
    return [
        Case("floor: create", "POST", "/floor/claims/", 201, seeded.floor_row),
        Case("claim check", "POST", "/api/v1/claim-checks/", 200, stated, token, "floor: create"),
        Case("claim create", "POST", "/api/v1/claims/", 201, stated, token, "floor: create"),
        Case("floor: list 25", "GET", "/floor/claims/", 200),
        Case("claim list 25", "GET", "/api/v1/claims/?page_size=25", 200, None, token, "floor: list 25"),
    ]


def _serve(port: int) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "gunicorn", "cpor.wsgi:application", "--bind", f"127.0.0.1:{port}"]
    return subprocess.Popen([*command, "--workers", "2", "--threads", "1", "--max-requests", "0"])


def _wait_for(port: int) -> None:
    for _attempt in range(120):
        with suppress(OSError):
            connection = HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.25)
    sys.exit("the server did not answer within 30 seconds")


def _measure(cases: list[Case], port: int, options: argparse.Namespace) -> dict[str, list[Round]]:
    """All cases in turn, round after round, so that a slow minute of the machine meets each of them."""
    for case in cases:
        run(case, port=port, requests=40, threads=THREADS)
    rounds: dict[str, list[Round]] = {case.name: [] for case in cases}
    for _round in range(options.rounds):
        for case in cases:
            rounds[case.name].append(run(case, port=port, requests=options.requests, threads=THREADS))
    return rounds


def _table(
    rounds: dict[str, list[Round]], cases: list[Case], options: argparse.Namespace, facts: dict[str, str]
) -> str:
    run_of = (
        f"One interleaved run: {options.rounds} rounds of {options.requests} requests a case by {THREADS} clients "
        f"over loopback; {options.subscriptions:,} subscriptions, {options.claims:,} claims."
    )
    lines = [
        "# Speed of the main paths against a bare DRF endpoint",
        "",
        run_of,
        ", ".join(f"{name} {value}" for name, value in facts.items()) + "; gunicorn with two workers.",
        "",
        "The floor is DRF's own viewset with four foreign keys, without sign-in, rules, history or outbox. Absolute",
        "figures say little, the machine is shared; the ratio is taken round by round.",
        "",
        "| case | p50 ms | p99 ms | requests/s | of its floor (lowest to highest) |",
        "|---|---|---|---|---|",
    ]
    for case in cases:
        mine = rounds[case.name]
        p50, p99 = (statistics.median(values) for values in ([r.p50 for r in mine], [r.p99 for r in mine]))
        speed = statistics.median(r.per_second for r in mine)
        compared = "-"
        if case.floor:
            median, lowest, highest = ratio(mine, rounds[case.floor])
            compared = f"{median:.2f} ({lowest:.2f} to {highest:.2f})"
        lines.append(f"| {case.name} | {p50:.1f} | {p99:.1f} | {speed:.0f} | {compared} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
