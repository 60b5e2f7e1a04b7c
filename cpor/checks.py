"""Settings that production refuses to start with. `cpor.settings` checks on import, so every process is covered."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

GENERATED = "embedded-"  # the prefix of every generated secret, so that a copied one is recognised
SECRET_LENGTH = 50
SHARED_CACHE = "django.core.cache.backends.redis.RedisCache"
PLACEHOLDERS = ("change-me", "changeme", "change_me", "django-insecure", "secret-key", "your-secret")
LOCAL_BROKERS = ("filesystem", "memory", "sqla", "sqlite")


def reasons_against_production(settings: Mapping[str, Any]) -> list[str]:
    """Return every reason why these settings may not run in production, each with the variable to set."""
    database = settings["DATABASES"]["default"]["ENGINE"]
    secret = settings["SECRET_KEY"]
    broker = settings["CELERY_BROKER_URL"]
    checks = [
        (settings["DEBUG"], "DEBUG is on"),
        (
            not database.endswith("postgresql"),
            "the database is not PostgreSQL (set DATABASE_URL)",
        ),
        (
            not secret or secret.startswith(GENERATED),
            "the secret is missing or a generated one (set SECRET_KEY)",
        ),
        (
            bool(secret) and (len(secret) < SECRET_LENGTH or len(set(secret)) < 8),
            f"the secret is shorter than {SECRET_LENGTH} characters or too uniform (set SECRET_KEY)",
        ),
        (
            any(word in secret.lower() for word in PLACEHOLDERS),
            "the secret is a placeholder (set SECRET_KEY)",
        ),
        (
            urlsplit(broker).scheme in LOCAL_BROKERS,
            "the broker works on one machine only (set CELERY_BROKER_URL or REDIS_URL)",
        ),
        (
            settings["CACHES"]["default"]["BACKEND"] != SHARED_CACHE,
            "the cache is not shared between processes (set CACHE_URL or REDIS_URL)",
        ),
        (
            not settings["ALLOWED_HOSTS"] or any(map(_is_wildcard, settings["ALLOWED_HOSTS"])),
            "the host names are missing or a wildcard (set ALLOWED_HOSTS)",
        ),
        (
            settings["EMAIL_BACKEND"] != "django.core.mail.backends.smtp.EmailBackend",
            "there is no mail server (set EMAIL_URL)",
        ),
        (
            not settings["SITE_URL"].startswith("https://"),
            "the address for links in mails does not use https (set SITE_URL)",
        ),
        (not settings["DESK_EMAIL"], "the desk has no address (set DESK_EMAIL)"),
    ]
    return [reason for failed, reason in checks if failed]


def _is_wildcard(host: str) -> bool:
    """Return whether the pattern admits strangers' hosts: everything, or all of a top-level domain."""
    return host.strip() == "*" or (host.startswith(".") and "." not in host.strip("."))
