"""Every environment variable that the product reads, and what it accepts.

`cpor.settings` checks all of them before it uses one, so that every process names every wrong one at once, in either
mode. docs/operations.md explains them; tests hold that file and docker-compose.yml against this table.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from foundation.kernel.rulebook import Rulebook
from foundation.kernel.workdays import time_zones

FLAGS = ("true", "false", "on", "off", "yes", "no", "y", "ok", "1", "0", "t", "f", "n")
"""The words that django-environ reads as true, and their opposites."""

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
OWN_PREFIXES = ("CPOR_", "POE_", "DRAFT_", "CLOCK_", "CONSENT_", "DISPUTE_")
"""Beginnings that no other program uses: an unknown variable with one of them is a typing error."""

HOST = re.compile(r"\.?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.?|\[[0-9A-Fa-f:.]+\]|\*")
MAILBOX = re.compile(r"[^\s@<>,;]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


@dataclass(frozen=True, kw_only=True)
class Variable:
    """One variable: what it must be, in words and as a test. The value of a secret is never repeated."""

    name: str
    must_be: str
    accepts: Callable[[str], bool]
    is_secret: bool = False

    def fault(self, value: str) -> str:
        """Return what is wrong with the value in words; empty if nothing is."""
        if self.accepts(value.strip()):
            return ""
        shown = "has a value that" if self.is_secret else f"is {value!r}, which"
        return f"{self.name} {shown} is not {self.must_be}"


def _anything(name: str, must_be: str = "text", *, is_secret: bool = False) -> Variable:
    return Variable(name=name, must_be=must_be, accepts=lambda _value: True, is_secret=is_secret)


def _flag(name: str) -> Variable:
    return Variable(name=name, must_be="true or false", accepts=lambda value: value.lower() in FLAGS)


def _number(name: str, least: int, most: int) -> Variable:
    return Variable(
        name=name,
        must_be=f"a whole number from {least} to {most}",
        accepts=lambda value: value.isascii() and value.isdecimal() and least <= int(value) <= most,
    )


def _choice(name: str, values: Collection[str]) -> Variable:
    return Variable(name=name, must_be=" or ".join(values), accepts=lambda value: value in values)


def _address(name: str, schemes: Collection[str]) -> Variable:
    return Variable(
        name=name,
        must_be=f"an address that begins with {' or '.join(f'{scheme}:' for scheme in schemes)}",
        accepts=lambda value: urlsplit(value).scheme in schemes,
        is_secret=True,
    )


def _list(name: str, must_be: str, accepts: Callable[[str], bool]) -> Variable:
    return Variable(
        name=name,
        must_be=must_be,
        accepts=lambda value: all(accepts(part.strip()) for part in value.split(",") if part.strip()),
    )


def _is_origin(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not (parts.path or parts.query)


VARIABLES: tuple[Variable, ...] = (
    _choice("CPOR_MODE", ("embedded", "production")),
    _anything("CPOR_DATA_DIR"),
    _choice("CPOR_DEMO", ("yes", "no")),
    _flag("DEBUG"),
    _anything("SECRET_KEY", is_secret=True),
    _address("DATABASE_URL", ("postgres", "postgresql", "sqlite")),
    _anything("DATABASE_PASSWORD", is_secret=True),
    _address("REDIS_URL", ("redis", "rediss", "unix")),
    _address("CACHE_URL", ("redis", "rediss", "unix")),
    _address("CELERY_BROKER_URL", ("redis", "rediss", "unix", "amqp", "amqps", "filesystem", "memory")),
    _address("EMAIL_URL", ("smtp", "smtp+tls", "smtp+ssl", "consolemail", "filemail", "memorymail")),
    _list("ALLOWED_HOSTS", "a list of host names", lambda host: HOST.fullmatch(host) is not None),
    _list("CSRF_TRUSTED_ORIGINS", "a list of origins such as https://desk.example.org", _is_origin),
    Variable(
        name="SITE_URL",
        must_be="an address such as https://desk.example.org",
        accepts=lambda value: urlsplit(value).scheme in ("http", "https") and bool(urlsplit(value).netloc),
    ),
    Variable(
        name="DESK_EMAIL",
        must_be="a mail address",
        accepts=lambda value: MAILBOX.fullmatch(value) is not None,
    ),
    Variable(
        name="DESK_TIME_ZONE",
        must_be="an IANA time zone such as Europe/Berlin",
        accepts=lambda value: value in time_zones(),
    ),
    _flag("BEHIND_TLS_PROXY"),
    _anything("STATIC_ROOT"),
    _number("WEB_WORKERS", 1, 256),
    _number("WEB_THREADS", 1, 256),
    _anything("BIND"),
    _number("PORT", 0, 65_535),
    _choice("LOG_LEVEL", LEVELS),
    _number("REQUEST_MAX_BYTES", 1_000_000, 10_000_000_000),
    _number("SESSION_IDLE_MINUTES", 1, 1_440),
    _number("SESSION_MAX_HOURS", 1, 720),
    _number("SWEEP_SECONDS", 1, 3_600),
    # The rulebook's numbers
    _number("REVIEW_BD", 1, 250),
    _number("ARBITRATION_BD", 1, 250),
    _number("PARTNER_RESPONSE_BD", 1, 250),
    _number("DISPUTE_BD", 1, 250),
    _number("CLOCK_WARNING_BD", 1, 250),
    _number("CONSENT_WINDOW_DAYS", 1, 3_650),
    _number("DISPUTE_WINDOW_DAYS", 1, 3_650),
    _number("DRAFT_IDLE_DAYS", 1, 3_650),
    _number("DRAFT_WARNING_DAYS", 1, 3_650),
    _number("POE_MAX_AGE_MONTHS", 1, 1_200),
    _number("POE_RETENTION_MONTHS", 1, 1_200),
    _number("POE_MAX_BYTES", 1_000, 10_000_000_000),
    _number("POE_MAX_FILES", 1, 1_000),
    _flag("SECOND_DECISION"),
    _number("MISMATCHES_PER_MINUTE", 1, 1_000_000),
    _number("COMPANY_MISMATCHES_PER_MINUTE", 1, 1_000_000),
    _number("USER_AVAILABILITY_CHECKS_PER_MINUTE", 1, 1_000_000),
    _number("AVAILABILITY_CHECKS_PER_MINUTE", 1, 1_000_000),
)


def given(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that are set to something; Compose passes those without a value as empty."""
    return {name: value for name, value in environ.items() if value.strip()}


def faults(environ: Mapping[str, str]) -> list[str]:
    """Return what is wrong with the variables, each by its name, in the order of the table; unknown ones of ours last."""
    values, known = given(environ), {variable.name for variable in VARIABLES}
    wrong = [
        fault
        for variable in VARIABLES
        if variable.name in values and (fault := variable.fault(values[variable.name]))
    ]
    wrong += _out_of_order(values) if not wrong else []
    strange = sorted(name for name in values if name.startswith(OWN_PREFIXES) and name not in known)
    return [*wrong, *(f"{name} is not a setting of this product" for name in strange)]


def _out_of_order(values: Mapping[str, str]) -> list[str]:
    """Return the warnings that would come before, or with, what they are about."""
    idle, warning = (
        int(values.get(name, getattr(Rulebook, name.lower())))
        for name in ("DRAFT_IDLE_DAYS", "DRAFT_WARNING_DAYS")
    )
    return (
        []
        if warning < idle
        else [f"DRAFT_WARNING_DAYS is {warning}, which is not less than DRAFT_IDLE_DAYS ({idle})"]
    )
