"""The only settings file. All defaults are for the embedded mode: SQLite, files below `var/`, nothing to install.

`CPOR_MODE=production` turns the embedded conveniences off and refuses to start with any of them (`cpor.checks`).
Every variable is listed in docs/operations.md.
"""

import os
import secrets
import tempfile
from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from cpor.checks import GENERATED, SHARED_CACHE, reasons_against_production
from cpor.variables import faults, given
from foundation.kernel.rulebook import rulebook

if wrong := faults(os.environ):
    raise ImproperlyConfigured(f"The settings are refused: {'; '.join(wrong)}.")
env = environ.Env()
env.ENVIRON = given(os.environ)

BASE_DIR = Path(__file__).resolve().parent.parent

MODE = env("CPOR_MODE", default="embedded")
PRODUCTION = MODE == "production"
DEBUG = env.bool("DEBUG", default=False)

# --- Folders ---

DATA_DIR = Path(env("CPOR_DATA_DIR", default="") or BASE_DIR / "var").resolve()
DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
MEDIA_ROOT = DATA_DIR / "files"  # proof of execution: outside the web root, never served by path
MAILS_DIR = DATA_DIR / "mails"
BROKER_DIR = DATA_DIR / "celery"


def _generated_secret() -> str:
    """Return the embedded mode's own secret, made on first use; two simultaneous first starts get the same one."""
    path = DATA_DIR / "secret-key"
    if not path.exists():
        handle, draft = tempfile.mkstemp(dir=DATA_DIR, prefix=".secret-")
        try:
            with os.fdopen(handle, "w") as file:
                file.write(GENERATED + secrets.token_urlsafe(48))
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(draft)
    return path.read_text()


SECRET_KEY = env("SECRET_KEY", default="") or ("" if PRODUCTION else _generated_secret())

# --- Apps and middleware ---

INSTALLED_APPS = [
    "cpor",
    "foundation.journal",
    "foundation.doors.typed",
    "partners",
    "tenants",
    "clocks",
    "associations",
    "claims",
    "arbitration",
    "notifications",
    "portal",
    "desk",
    "api",
    "desk.apps.DeskAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "csp",
    "rest_framework",
    "django_filters",
    "knox",
]
AUTH_USER_MODEL = "partners.User"
KNOX_TOKEN_MODEL = "partners.ApiToken"  # noqa: S105 - the name of a model
# The product has its own token model; the library's table would be empty and refer to the product's users.
MIGRATION_MODULES = {"knox": None}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "foundation.doors.request_id.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "foundation.doors.headers.PermissionsPolicyMiddleware",
    "foundation.doors.whole_bodies.WholeBodyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.session.ending.SessionLimitsMiddleware",
    "portal.session.acting.PartnerActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "cpor.urls"
WSGI_APPLICATION = "cpor.wsgi.application"
ASGI_APPLICATION = "cpor.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.session.companies.companies",
            ],
            "libraries": {"words": "wording.filters", "typed": "foundation.doors.typed.tags"},
        },
    }
]

# --- Database and cache ---

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'cpor.sqlite3'}")}
if password := env("DATABASE_PASSWORD", default=""):
    DATABASES["default"]["PASSWORD"] = password  # any character, since it is in no address
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE serialises writers: with the default, two writers can fail with "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Compiling a plan took longer than carrying it out: no statement of ours reads enough for it to pay.
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c jit=off"

REDIS_URL = env("REDIS_URL", default="")
CACHE_URL = env("CACHE_URL", default="") or REDIS_URL
# The cache counts sign-in attempts and other limits. All processes must share it, or each counts on its own.
CACHES = {
    "default": {
        "BACKEND": SHARED_CACHE,
        "LOCATION": CACHE_URL,
        "KEY_PREFIX": "cpor",
        "OPTIONS": {"socket_timeout": 5, "socket_connect_timeout": 2},
    }
    if CACHE_URL
    else {
        "BACKEND": "foundation.doors.counting_files.CountingFiles",
        "LOCATION": DATA_DIR / "cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

# --- Celery ---

CELERY_BROKER_URL = env("CELERY_BROKER_URL", default="") or REDIS_URL or "filesystem://"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker however long that takes
if CELERY_BROKER_URL.startswith("filesystem:"):
    # At the transport's default of one poll a second, a burst starves the beat; 0.1 was measured to keep up.
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "queue"),
        "data_folder_out": str(BROKER_DIR / "queue"),
        "control_folder": str(BROKER_DIR / "control"),
        "store_processed": False,
        "polling_interval": 0.1,
    }
    for folder in ("queue", "control"):
        (BROKER_DIR / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
elif CELERY_BROKER_URL.startswith("redis"):
    # A request that nudges the relay must not wait for a dead broker: the sweep makes up for a lost nudge.
    # Workers and beat have their own settings for reconnecting.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 5, "socket_connect_timeout": 2, "max_retries": 0}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True  # state is in the database
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
SWEEP_SECONDS = env.int("SWEEP_SECONDS", default=60)
# An entry that waited longer than its period is dropped, since the next one does the same work.
CELERY_BEAT_SCHEDULE = {
    name: {"task": f"cpor.{name}", "schedule": SWEEP_SECONDS, "options": {"expires": SWEEP_SECONDS}}
    for name in ("sweep", "relay")
}

# --- Web ---

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env("SITE_URL", default=f"http://127.0.0.1:{env.int('PORT', default=8000)}").rstrip("/")

STATIC_URL = "/static/"
# collectstatic collects files only in production; the embedded mode serves the sources.
STATIC_ROOT = Path(env("STATIC_ROOT", default="") or BASE_DIR / "staticfiles") if PRODUCTION else None
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "foundation.doors.whole_files.WholeFiles"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION

FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o750
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000  # everything except files
DATA_UPLOAD_MAX_NUMBER_FILES = 20
# Protects the disk; far above the rule for one proof, which is explained to the user (POE_FILE_SIZE).
REQUEST_MAX_BYTES = env.int("REQUEST_MAX_BYTES", default=100_000_000)

_SELF_ONLY = [SELF]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": _SELF_ONLY,
        "base-uri": _SELF_ONLY,
        "form-action": _SELF_ONLY,
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "img-src": [SELF, "data:"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_MAX_HOURS = env.int("SESSION_MAX_HOURS", default=12)  # from signing in
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=60)  # without a request
SESSION_COOKIE_AGE = SESSION_MAX_HOURS * 60 * 60
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "foundation.doors.typed.pages.csrf_failure"
if PRODUCTION:
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # called from inside, without TLS
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
# Only if the proxy in front sets these headers itself; otherwise any client could set them.
if env.bool("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1

# --- Signing in ---

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "portal.session.accounts.ClosedAccounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
# Wrong passwords: of an account at an address, and, generously, of an address alone (an office behind one router).
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": "100/10m/ip,5/5m/key"}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# --- REST ---

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "api.authentication.BearerAuthentication",
        "api.authentication.SessionWithCsrf",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "api.bodies.StrictJSONParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "EXCEPTION_HANDLER": "foundation.doors.problems.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
REST_KNOX = {"AUTH_HEADER_PREFIX": "Bearer", "TOKEN_TTL": timedelta(days=365), "AUTO_REFRESH": False}

# --- Mail ---

EMAIL_BACKEND = "notifications.mailbox.MailFolder"  # one readable file per mail below MAILS_DIR
if env("EMAIL_URL", default=""):
    vars().update(env.email("EMAIL_URL"))
EMAIL_TIMEOUT = 20
DESK_EMAIL = env("DESK_EMAIL", default="" if PRODUCTION else "desk@cpor.example")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = DESK_EMAIL

# --- Language and time ---

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# --- The rulebook's numbers: the domain reads them from the rulebook, never from settings ---


def _number(name: str, kind: type, default: object) -> object:
    return env.get_value(name, cast=kind, default=default)


rulebook.fill(_number)

# --- Logging ---

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "foundation.doors.request_id.RequestIdFilter"}},
    "formatters": {
        "readable": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"},
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s",
            "rename_fields": {"asctime": "at", "levelname": "level", "name": "logger"},
        },
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["request_id"],
            "formatter": "json" if PRODUCTION else "readable",
        }
    },
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.server": {"handlers": [], "propagate": True},
        "celery.beat": {"level": "WARNING"},
        "kombu.connection": {"level": "ERROR"},  # the filesystem broker needs no host name
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
    },
}

if PRODUCTION and (reasons := reasons_against_production(globals())):
    raise ImproperlyConfigured(f"Production refuses to start: {'; '.join(reasons)}.")
