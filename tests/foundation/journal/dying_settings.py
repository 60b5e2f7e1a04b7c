"""The product's settings with the mail backend that the test names."""

import os

from cpor.settings import *  # noqa: F403 - all of them

EMAIL_BACKEND = os.environ["DYING_EMAIL_BACKEND"]
