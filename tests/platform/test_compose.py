"""Production: the unchanged commands of docker-compose.yml, against real PostgreSQL and Redis."""

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import pytest
import yaml

from cpor.variables import VARIABLES
from scripts.servers import free_port
from tests.platform.running import ROOT, fetch, program

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
HOST = "desk.example.org"
GIVEN = {
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP",
    "POSTGRES_PASSWORD": "p/a?s%25s@w:o#r&d'",
    "EMAIL_URL": "smtp://127.0.0.1:1",
    "ALLOWED_HOSTS": HOST,
    "SITE_URL": f"https://{HOST}",
    "DESK_EMAIL": f"desk@{HOST}",
}


def _filled_in(text: str) -> str:
    """Return a value of the file with its variables replaced as Compose replaces them."""
    pattern = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")
    return pattern.sub(lambda match: GIVEN.get(match[1]) or (match[3] if match[2] == "-" else ""), text)


def _environment(service: str) -> dict[str, str]:
    return {name: _filled_in(str(value)) for name, value in SERVICES[service]["environment"].items()}


def test_every_documented_variable_reaches_the_programs() -> None:
    fixed_for_containers = {
        "CPOR_DEMO",
        "DEBUG",
        "STATIC_ROOT",
    }  # the demo and DEBUG are refused in production

    passed_on = set(SERVICES["web"]["environment"])

    assert {variable.name for variable in VARIABLES} - passed_on == fixed_for_containers
    assert passed_on - {variable.name for variable in VARIABLES} == set()


def test_optional_variables_are_passed_on_under_their_own_names() -> None:
    environment = COMPOSE["x-product"]["environment"]
    optional = {name: value for name, value in environment.items() if str(value).endswith(":-}")}

    assert len(optional) > 20
    assert optional == {name: f"${{{name}:-}}" for name in optional}


def test_a_password_of_any_characters_reaches_the_database(tmp_path: Path) -> None:
    password = "a/b?c%d@e#f:g $h'i"
    statement = (
        "from django.conf import settings; d = settings.DATABASES['default']; "
        "print(d['USER'], d['HOST'], d['NAME'], d['PASSWORD'])"
    )
    environ = {
        "DJANGO_SETTINGS_MODULE": "cpor.settings",
        "CPOR_DATA_DIR": str(tmp_path),
        "DATABASE_URL": COMPOSE["x-product"]["environment"]["DATABASE_URL"],
        "DATABASE_PASSWORD": password,
    }

    told = _run([sys.executable, "-c", statement], environ)

    assert told.stdout == f"cpor postgres cpor {password}\n"


def test_every_part_of_the_product_has_a_service() -> None:
    assert set(SERVICES) == {"migrate", "web", "worker", "beat", "postgres", "redis"}


@pytest.mark.parametrize("service", ["web", "worker", "beat", "postgres", "redis"])
def test_every_long_running_service_has_a_health_check_and_restarts(service: str) -> None:
    assert SERVICES[service]["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")
    assert SERVICES[service]["restart"] == "unless-stopped"


@pytest.mark.parametrize("service", ["web", "worker", "beat"])
def test_programs_start_only_after_the_migrations_and_the_broker(service: str) -> None:
    assert SERVICES[service]["depends_on"] == {
        "migrate": {"condition": "service_completed_successfully"},
        "redis": {"condition": "service_healthy"},
    }


def test_redis_keeps_its_messages_across_a_restart() -> None:
    command = SERVICES["redis"]["command"]

    assert command[command.index("--appendonly") + 1] == "yes"
    assert "redis:/data" in SERVICES["redis"]["volumes"]


def test_no_port_is_open_to_other_machines_and_no_secret_has_a_default() -> None:
    assert SERVICES["web"]["ports"] == ["127.0.0.1:${PUBLISHED_PORT:-8000}:8000"]
    assert "ports" not in SERVICES["postgres"]
    assert "ports" not in SERVICES["redis"]
    text = (ROOT / "docker-compose.yml").read_text()
    assert set(re.findall(r"\$\{(SECRET_KEY|POSTGRES_PASSWORD)(?!:\?)", text)) == set()


def test_the_image_is_built_from_the_lock_and_does_not_run_as_root() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()

    assert "RUN pip install --require-hashes -r requirements.lock" in lines
    assert "USER cpor" in lines


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Return the environment of the compose file, with a database of its own, under a password of hard characters."""
    folder = tmp_path_factory.mktemp("production")
    base = os.environ["TEST_DATABASE_URL"]
    name = f"cpor_production_{os.getpid()}"
    with _statement_runner(base) as execute:
        execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        execute(f"DROP ROLE IF EXISTS {name}")
        execute(f"CREATE ROLE {name} LOGIN PASSWORD %s", [GIVEN["POSTGRES_PASSWORD"]])
        execute(f"CREATE DATABASE {name} OWNER {name}")
        place = urlsplit(base)
        try:
            yield {
                **_environment("web"),
                "DATABASE_URL": f"postgres://{name}@{place.hostname}:{place.port}/{name}",
                "REDIS_URL": urlsplit(os.environ["TEST_REDIS_URL"])._replace(path="/7").geturl(),
                "CPOR_DATA_DIR": str(folder / "data"),
                "STATIC_ROOT": str(folder / "static"),
                "BIND": "127.0.0.1",
                "PORT": str(free_port()),
                "SWEEP_SECONDS": "2",
            }
        finally:
            execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            execute(f"DROP ROLE IF EXISTS {name}")


@contextlib.contextmanager
def _statement_runner(url: str) -> Iterator[Any]:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor.execute
    finally:
        connection.close()


def _run(command: list[str], environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    inherited = {"PATH": _path()}
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**inherited, **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def _path() -> str:
    """Return a path that begins with the image's folder of programs."""
    return f"{Path(sys.executable).parent}:{os.environ['PATH']}"


@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.processes
def test_the_commands_of_the_compose_file_make_a_working_product(
    production: dict[str, str], tmp_path: Path
) -> None:
    environ = production | {"PATH": _path()}
    port = int(environ["PORT"])
    gathered = _run(["python", "manage.py", "collectstatic", "--noinput"], environ)
    migrated = _run(SERVICES["migrate"]["command"], environ)
    assert (gathered.returncode, migrated.returncode) == (0, 0), gathered.stderr + migrated.stderr

    with (
        program(SERVICES["web"]["command"], environ, tmp_path / "web") as web,
        program(SERVICES["worker"]["command"], environ, tmp_path / "worker") as worker,
        program(SERVICES["beat"]["command"], environ, tmp_path / "beat") as beat,
    ):
        web.until(lambda: fetch(port, "/healthz", HOST)[0] == 200, "answer")
        worker.until(lambda: "ready." in worker.output(), "worker")
        beat.until(lambda: fetch(port, "/readyz", HOST)[0] == 200, "beat's tick carried out")
        pinged = _run(["celery", "-A", "cpor", "inspect", "ping", "--timeout", "5"], environ)
        probed = _run(SERVICES["web"]["healthcheck"]["test"][1:], environ)
        plain = fetch(port, "/", HOST)
        foreign = fetch(port, "/healthz", "evil.example.org")
        page = fetch(port, "/accounts/login/", HOST, **{"X-Forwarded-Proto": "https"})
        style = re.search(r'href="(/static/[^"]+\.css)"', page[1])
        styled = fetch(port, style[1], HOST, **{"X-Forwarded-Proto": "https"}) if style else (0, "")

    assert (pinged.returncode, "pong" in pinged.stdout) == (0, True)
    assert probed.returncode == 0, probed.stdout
    assert plain[0] == 301, "without TLS only health is answered"
    assert foreign[0] == 400, "no other name is answered to"
    assert page[0] == 200
    assert styled[0] == 200
    assert '"logger":' in worker.output(), "production logs are JSON"
