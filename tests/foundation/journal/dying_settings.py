"""The product's settings with the mail backend that the test names."""

import os

from cpor.settings import *  # noqa: F403

EMAIL_BACKEND = os.environ["DYING_EMAIL_BACKEND"]
