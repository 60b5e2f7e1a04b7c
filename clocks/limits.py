"""Fixed numbers of calendars and clocks."""

from typing import Final

DESK_CALENDAR: Final = "desk"
DESK_WEEKEND: Final = (5, 6)  # as date.weekday() counts: Monday is 0
EXTENSION_BD_MAX: Final = 30
REASON_MAX: Final = 4_000
SWEEP_BATCH: Final = 5_000
CALENDAR_REASON_MAX: Final = 200
CALENDAR_WARNING_DAYS: Final = 183  # so long before its last year ends, the desk is warned
