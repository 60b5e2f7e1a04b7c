"""Numbers of the rulebook that settings may change."""

from django.conf import settings

CONSENT_WINDOW_DAYS: int = getattr(settings, "CONSENT_WINDOW_DAYS", 7)
