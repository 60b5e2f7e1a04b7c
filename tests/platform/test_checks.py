"""Production refuses to start with any setting of the embedded mode, in every program, with one sentence."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cpor.checks import SHARED_CACHE, reasons_against_production
from cpor.variables import VARIABLES, faults

ROOT = Path(__file__).resolve().parents[2]
SOUND: dict[str, Any] = {
    "DEBUG": False,
    "DATABASES": {"default": {"ENGINE": "django.db.backends.postgresql"}},
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP",
    "CELERY_BROKER_URL": "redis://redis:6379/0",
    "CACHES": {"default": {"BACKEND": SHARED_CACHE}},
    "ALLOWED_HOSTS": ["desk.example.org"],
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "SITE_URL": "https://desk.example.org",
    "DESK_EMAIL": "desk@example.org",
}
ENVIRONMENT = {
    "CPOR_MODE": "production",
    "SECRET_KEY": SOUND["SECRET_KEY"],
    "DATABASE_URL": "postgres://cpor@127.0.0.1:1/cpor",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "EMAIL_URL": "smtp://127.0.0.1:1",
    "ALLOWED_HOSTS": "desk.example.org",
    "SITE_URL": "https://desk.example.org",
    "DESK_EMAIL": "desk@example.org",
}
PROGRAMS = {
    "a command": [sys.executable, "manage.py", "check"],
    "web": [sys.executable, "-m", "gunicorn", "--check-config", "cpor.wsgi:application"],
    "worker": [sys.executable, "-m", "celery", "-A", "cpor", "worker", "--pool", "solo"],
    "beat": [sys.executable, "-m", "celery", "-A", "cpor", "beat"],
}


def _run(command: list[str], environ: dict[str, str], data_dir: Path) -> subprocess.CompletedProcess[str]:
    clean = {"PATH": os.environ["PATH"], "HOME": str(data_dir), "CPOR_DATA_DIR": str(data_dir), **environ}
    return subprocess.run(
        command, cwd=ROOT, env=clean, capture_output=True, text=True, check=False, timeout=60
    )


def test_sound_settings_are_not_refused() -> None:
    assert reasons_against_production(SOUND) == []


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("DEBUG", True, "DEBUG is on"),
        (
            "DATABASES",
            {"default": {"ENGINE": "django.db.backends.sqlite3"}},
            "the database is not PostgreSQL (set DATABASE_URL)",
        ),
        ("SECRET_KEY", "", "the secret is missing or a generated one (set SECRET_KEY)"),
        (
            "SECRET_KEY",
            "embedded-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJ",
            "the secret is missing or a generated one (set SECRET_KEY)",
        ),
        (
            "SECRET_KEY",
            "too short",
            "the secret is shorter than 50 characters or too uniform (set SECRET_KEY)",
        ),
        (
            "SECRET_KEY",
            "ab" * 40,
            "the secret is shorter than 50 characters or too uniform (set SECRET_KEY)",
        ),
        (
            "CELERY_BROKER_URL",
            "filesystem://",
            "the broker works on one machine only (set CELERY_BROKER_URL or REDIS_URL)",
        ),
        (
            "CELERY_BROKER_URL",
            "memory://",
            "the broker works on one machine only (set CELERY_BROKER_URL or REDIS_URL)",
        ),
        (
            "CACHES",
            {"default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache"}},
            "the cache is not shared between processes (set CACHE_URL or REDIS_URL)",
        ),
        ("ALLOWED_HOSTS", [], "the host names are missing or a wildcard (set ALLOWED_HOSTS)"),
        ("ALLOWED_HOSTS", ["*"], "the host names are missing or a wildcard (set ALLOWED_HOSTS)"),
        ("ALLOWED_HOSTS", [".com"], "the host names are missing or a wildcard (set ALLOWED_HOSTS)"),
        (
            "SECRET_KEY",
            "change-me-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP",
            "the secret is a placeholder (set SECRET_KEY)",
        ),
        ("EMAIL_BACKEND", "notifications.mailbox.MailFolder", "there is no mail server (set EMAIL_URL)"),
        (
            "SITE_URL",
            "http://127.0.0.1:8000",
            "the address for links in mails does not use https (set SITE_URL)",
        ),
        ("DESK_EMAIL", "", "the desk has no address (set DESK_EMAIL)"),
    ],
)
def test_each_unsound_setting_is_refused_by_its_name(name: str, value: object, reason: str) -> None:
    assert reasons_against_production({**SOUND, name: value}) == [reason]


def test_all_reasons_are_listed_at_once(tmp_path: Path) -> None:
    answer = _run(PROGRAMS["a command"], {"CPOR_MODE": "production", "DEBUG": "yes"}, tmp_path)

    assert answer.returncode != 0
    assert answer.stderr.splitlines()[-1] == (
        "django.core.exceptions.ImproperlyConfigured: Production refuses to start: DEBUG is on; "
        "the database is not PostgreSQL (set DATABASE_URL); "
        "the secret is missing or a generated one (set SECRET_KEY); "
        "the broker works on one machine only (set CELERY_BROKER_URL or REDIS_URL); "
        "the cache is not shared between processes (set CACHE_URL or REDIS_URL); "
        "the host names are missing or a wildcard (set ALLOWED_HOSTS); "
        "there is no mail server (set EMAIL_URL); "
        "the address for links in mails does not use https (set SITE_URL); "
        "the desk has no address (set DESK_EMAIL)."
    )


@pytest.mark.processes
@pytest.mark.parametrize("program", PROGRAMS)
def test_every_program_refuses(program: str, tmp_path: Path) -> None:
    answer = _run(PROGRAMS[program], {**ENVIRONMENT, "DATABASE_URL": "sqlite:///:memory:"}, tmp_path)

    assert answer.returncode != 0
    assert "Production refuses to start: the database is not PostgreSQL" in answer.stdout + answer.stderr
    assert not (tmp_path / "secret-key").exists()


def test_a_misspelt_mode_is_not_mistaken_for_the_embedded_mode(tmp_path: Path) -> None:
    answer = _run(PROGRAMS["a command"], {"CPOR_MODE": "prod"}, tmp_path)

    assert answer.returncode != 0
    assert (
        "The settings are refused: CPOR_MODE is 'prod', which is not embedded or production." in answer.stderr
    )


@pytest.mark.parametrize(
    ("name", "value", "must_be"),
    [
        ("REVIEW_BD", "0", "a whole number from 1 to 250"),
        ("REVIEW_BD", "five", "a whole number from 1 to 250"),
        ("REVIEW_BD", "-5", "a whole number from 1 to 250"),
        ("CONSENT_WINDOW_DAYS", "0", "a whole number from 1 to 3650"),
        ("SWEEP_SECONDS", "0", "a whole number from 1 to 3600"),
        ("DESK_EMAIL", "notanaddress", "a mail address"),
        ("DESK_EMAIL", "a@b.example, c@d.example", "a mail address"),
        ("DESK_TIME_ZONE", "Europe/Berlni", "an IANA time zone such as Europe/Berlin"),
        ("DESK_TIME_ZONE", "europe/berlin", "an IANA time zone such as Europe/Berlin"),
        ("SITE_URL", "desk.example.org", "an address such as https://desk.example.org"),
        ("ALLOWED_HOSTS", "https://desk.example.org", "a list of host names"),
        ("CSRF_TRUSTED_ORIGINS", "desk.example.org", "a list of origins such as https://desk.example.org"),
        ("SECOND_DECISION", "maybe", "true or false"),
        ("LOG_LEVEL", "loud", "DEBUG or INFO or WARNING or ERROR or CRITICAL"),
    ],
)
def test_each_wrong_variable_is_named_with_what_it_must_be(name: str, value: str, must_be: str) -> None:
    assert faults({name: value}) == [f"{name} is {value!r}, which is not {must_be}"]


def test_a_warning_that_comes_too_early_is_refused() -> None:
    assert faults({"DRAFT_IDLE_DAYS": "7"}) == [
        "DRAFT_WARNING_DAYS is 7, which is not less than DRAFT_IDLE_DAYS (7)"
    ]
    assert faults({"DRAFT_IDLE_DAYS": "8"}) == []


def test_a_wrong_secret_is_not_repeated() -> None:
    assert faults({"DATABASE_URL": "mysql://cpor:hidden@db/cpor"}) == [
        "DATABASE_URL has a value that is not an address that begins with postgres: or postgresql: or sqlite:"
    ]


def test_a_misspelt_variable_of_ours_is_refused_and_a_strangers_is_not() -> None:
    assert faults({"POE_MAX_FILE": "5", "CPOR_MOOD": "production", "EDITOR": "vi"}) == [
        "CPOR_MOOD is not a setting of this product",
        "POE_MAX_FILE is not a setting of this product",
    ]


def test_an_empty_variable_counts_as_not_set(tmp_path: Path) -> None:
    empty = {variable.name: "" for variable in VARIABLES if variable.name != "CPOR_DATA_DIR"}

    assert faults(empty) == []
    assert _run(PROGRAMS["a command"], empty, tmp_path).returncode == 0


@pytest.mark.processes
@pytest.mark.parametrize("mode", ["embedded", "production"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_every_program_names_every_wrong_variable_in_either_mode(
    program: str, mode: str, tmp_path: Path
) -> None:
    wrong = {"REVIEW_BD": "0", "DESK_TIME_ZONE": "Europe/Berlni", "CPOR_MODE": mode}

    answer = _run(PROGRAMS[program], {**ENVIRONMENT, **wrong}, tmp_path)

    assert answer.returncode != 0
    assert (
        "The settings are refused: DESK_TIME_ZONE is 'Europe/Berlni', which is not an IANA time zone such as "
        "Europe/Berlin; REVIEW_BD is '0', which is not a whole number from 1 to 250."
    ) in answer.stdout + answer.stderr


@pytest.mark.processes
def test_make_run_refuses_wrong_settings_in_one_sentence(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cpor.supervisor"]

    answer = _run(command, {"DESK_TIME_ZONE": "Europe/Berlni"}, tmp_path)

    assert answer.returncode == 1
    assert answer.stdout + answer.stderr == (
        "The settings are refused: DESK_TIME_ZONE is 'Europe/Berlni', which is not an IANA time zone such as "
        "Europe/Berlin.\n"
    )


@pytest.mark.processes
def test_production_passes_the_deployment_checks(tmp_path: Path) -> None:
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]

    answer = _run(command, ENVIRONMENT, tmp_path)

    assert (answer.returncode, answer.stderr) == (0, "")
