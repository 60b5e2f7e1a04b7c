"""Shapes of what people type, shared by forms, serializers and columns; and the numbers of the rulebook.

Meaning lives in rules; here are lengths only, so that every door refuses the same shapes.
"""

from django.conf import settings

NAME_LENGTH = 100
COMMENT_LENGTH = 4_000
TYPED_ID_LENGTH = 200
DOMAIN_LENGTH = 300
CODE_LENGTH = 64
PERSON_LENGTH = 100
EMAIL_LENGTH = 254
PHONE_LENGTH = 40
ENTRIES = 50
ACTIVITIES = 10

REVIEW_BD: int = getattr(settings, "REVIEW_BD", 5)
PARTNER_RESPONSE_BD: int = getattr(settings, "PARTNER_RESPONSE_BD", 5)
POE_MAX_AGE_MONTHS: int = getattr(settings, "POE_MAX_AGE_MONTHS", 12)
POE_MAX_FILES: int = getattr(settings, "POE_MAX_FILES", 10)
POE_MAX_BYTES: int = getattr(settings, "POE_MAX_BYTES", 25_000_000)
DRAFT_IDLE_DAYS: int = getattr(settings, "DRAFT_IDLE_DAYS", 90)
DRAFT_WARNING_DAYS: int = getattr(settings, "DRAFT_WARNING_DAYS", 7)
