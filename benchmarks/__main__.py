"""`python -m benchmarks`: seed databases of the wanted sizes on a server of its own, and measure. See --help."""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.report import RESULTS, Report
from scripts.servers import DURABLE, NotStarted, find_postgres, postgres

PARTS = ("statements", "paths", "lists", "sweep")


def main() -> None:
    options = _options()
    programs = find_postgres()
    if programs is None:
        sys.exit("PostgreSQL is not on this machine; `.ci/run` installs it.")
    try:
        with tempfile.TemporaryDirectory() as data_dir, postgres(programs, settings=DURABLE) as url:
            os.environ |= {
                "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
                "DATABASE_URL": url,
                "CPOR_DATA_DIR": data_dir,
            }
            report = _measured(options, url)
    except NotStarted as error:
        sys.exit(str(error))
    sys.stdout.write(report.text())
    if options.write:
        report.write()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--claims", type=_numbers, default=[10_000], help="sizes, for example 10000,1000000")
    parser.add_argument("--parts", type=_parts, default=list(PARTS), help=f"some of {','.join(PARTS)}")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=200, help="per case and round")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help=f"write {RESULTS.name} and the same as JSON")
    return parser.parse_args()


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


def _parts(text: str) -> list[str]:
    if unknown := set(text.split(",")) - set(PARTS):
        raise argparse.ArgumentTypeError(f"there is no part {', '.join(sorted(unknown))}")
    return text.split(",")


def _measured(options: argparse.Namespace, url: str) -> Report:
    import django  # noqa: PLC0415 - settings depend on the server made above

    django.setup()
    from benchmarks.lists import measure_lists, measure_statements  # noqa: PLC0415 - after setup
    from benchmarks.paths import measure_paths  # noqa: PLC0415 - after setup
    from benchmarks.seeded import seeded  # noqa: PLC0415 - after setup
    from benchmarks.sweeping import measure_sweep  # noqa: PLC0415 - after setup

    report = Report(facts={})
    smallest: dict[str, float] = {}
    for claims in options.claims:
        report.claims = claims
        _fill(report, url, claims, options.seed)
        report.tell("the floor's rows")
        rows = seeded(claims=claims)
        if "statements" in options.parts:
            measure_statements(report, rows)
        if "paths" in options.parts:
            measure_paths(report, rows, rounds=options.rounds, requests=options.requests)
        if "lists" in options.parts:
            taken = measure_lists(report)
            smallest = smallest or taken
            slowest = max(taken, key=lambda name: taken[name] / smallest.get(name, taken[name]))
            compared = taken[slowest] / smallest.get(slowest, taken[slowest])
            note = f"{slowest}: {taken[slowest]:.0f} ms"
            report.figure("slowest list against the smallest size, times", compared, note)
        if "sweep" in options.parts:
            measure_sweep(report)
    report.facts |= _facts(options)
    return report


def _fill(report: Report, url: str, claims: int, seed_of: int) -> None:
    """Make the database of this size the one that everything reads."""
    from django.core.management import call_command  # noqa: PLC0415 - after setup
    from django.db import connection  # noqa: PLC0415 - after setup

    from benchmarks.seeding import seed  # noqa: PLC0415 - models can be imported after setup only

    name = f"bench_{claims}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    connection.close()
    connection.settings_dict["NAME"] = name
    os.environ["DATABASE_URL"] = f"{url.rsplit('/', 1)[0]}/{name}"
    call_command("migrate", verbosity=0)
    seed(claims=claims, seed=seed_of, tell=lambda text: report.tell(f"{claims:,} claims: {text.strip()}"))


def _facts(options: argparse.Namespace) -> dict[str, str]:
    """Return what the figures depend on."""
    import django  # noqa: PLC0415 - after the settings
    from django.db import connection  # noqa: PLC0415 - after setup

    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE source = 'command line' ORDER BY name")
        told = ", ".join(f"{name} {value}" for name, value in cursor.fetchall() if name not in _OF_THE_MOMENT)
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0].split()[0]
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parent,
    )
    return {
        "command": f"make bench ARGS={' '.join(sys.argv[1:])!r}",
        "commit": commit.stdout.strip(),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
        "versions": f"Python {platform.python_version()}, Django {django.get_version()}, PostgreSQL {version}",
        "PostgreSQL's settings": told or "its own",
        "load": f"{options.rounds} rounds of {options.requests} requests a case by 4 clients; gunicorn, two workers",
    }


_OF_THE_MOMENT = frozenset(
    {"port", "unix_socket_directories", "data_directory", "config_file", "hba_file", "ident_file"}
)

if __name__ == "__main__":
    main()
