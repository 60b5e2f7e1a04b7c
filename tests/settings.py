"""The product's settings in an environment of the tests' own; no installation of anybody's is touched.

TEST_DATABASE_URL is the only address read here; without it everything is SQLite and memory.
"""

import atexit
import os
import shutil
import tempfile

PREFIXES = ("CELERY_", "CPOR_", "POE_", "DRAFT_", "CLOCK_", "CONSENT_", "DISPUTE_")
NAMES = {
    "ALLOWED_HOSTS",
    "ARBITRATION_BD",
    "AVAILABILITY_CHECKS_PER_MINUTE",
    "BEHIND_TLS_PROXY",
    "CACHE_URL",
    "COMPANY_MISMATCHES_PER_MINUTE",
    "CSRF_TRUSTED_ORIGINS",
    "DATABASE_PASSWORD",
    "DATABASE_URL",
    "DEBUG",
    "DESK_EMAIL",
    "DESK_TIME_ZONE",
    "EMAIL_URL",
    "LOG_LEVEL",
    "MISMATCHES_PER_MINUTE",
    "PARTNER_RESPONSE_BD",
    "PORT",
    "REDIS_URL",
    "REQUEST_MAX_BYTES",
    "REVIEW_BD",
    "SECOND_DECISION",
    "SECRET_KEY",
    "SESSION_IDLE_MINUTES",
    "SESSION_MAX_HOURS",
    "SITE_URL",
    "STATIC_ROOT",
    "SWEEP_SECONDS",
    "USER_AVAILABILITY_CHECKS_PER_MINUTE",
}
for name in [name for name in os.environ if name in NAMES or name.startswith(PREFIXES)]:
    del os.environ[name]
if url := os.environ.get("TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = url

_data_dir = tempfile.mkdtemp(prefix="cpor-tests-")
atexit.register(shutil.rmtree, _data_dir, ignore_errors=True)
os.environ["CPOR_DATA_DIR"] = _data_dir

from cpor.settings import *  # noqa: E402, F403 - after the environment has been set

if DATABASES["default"]["ENGINE"].endswith("postgresql"):  # noqa: F405 - from above
    DATABASES["default"]["ENGINE"] = "tests.postgresql"  # noqa: F405 - from above
SESSION_IDLE_MINUTES = 12 * 60  # tests move the clock by hours
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {}
# Tests sign in often and prove nothing by waiting.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {**STORAGES, "default": {"BACKEND": "tests.remembered.WatchedStorage"}}  # noqa: F405 - from above
# Finding static files when they are asked for spares every new client a walk through all of them.
WHITENOISE_AUTOREFRESH = True
