"""The documented numbers of part 6; those in business days end in BD."""

from typing import Final

from django.conf import settings

DESK_CALENDAR: Final = "desk"
DESK_TIME_ZONE: Final[str] = settings.DESK_TIME_ZONE
DESK_WEEKEND: Final = (5, 6)  # as date.weekday() counts: Monday is 0

REVIEW_BD: Final[int] = settings.REVIEW_BD
ARBITRATION_BD: Final[int] = settings.ARBITRATION_BD
PARTNER_RESPONSE_BD: Final[int] = settings.PARTNER_RESPONSE_BD
DISPUTE_BD: Final[int] = settings.DISPUTE_BD

CLOCK_WARNING_BD: Final[int] = settings.CLOCK_WARNING_BD
"""A clock warns when this many counted days are left."""

EXTENSION_BD_MAX: Final = 30
REASON_MAX: Final = 4_000
SWEEP_BATCH: Final = 5_000
