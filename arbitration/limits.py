"""Numbers of the rulebook that settings may change, in business days."""

from django.conf import settings

REVIEW_BD: int = getattr(settings, "REVIEW_BD", 5)
ARBITRATION_BD: int = getattr(settings, "ARBITRATION_BD", 5)
PARTNER_RESPONSE_BD: int = getattr(settings, "PARTNER_RESPONSE_BD", 5)
