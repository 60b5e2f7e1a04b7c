"""The product's settings with the floor beside it, and limits out of the way of a load generator."""

import os

for kind in ("", "COMPANY_"):
    os.environ[f"{kind}MISMATCHES_PER_MINUTE"] = "1000000"
for kind in ("", "USER_"):
    os.environ[f"{kind}AVAILABILITY_CHECKS_PER_MINUTE"] = "1000000"

from cpor.settings import *  # noqa: E402, F403 - after the environment has been set

INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks", "benchmarks.floor"]  # noqa: F405 - from above
ROOT_URLCONF = "benchmarks.urls"
ALLOWED_HOSTS = ["127.0.0.1"]
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {}
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
LOGGING_CONFIG = None
