"""Event types of calendars and clocks."""

from django.utils.translation import gettext_lazy as _

from foundation.journal.enums import Audience
from foundation.journal.routing import EventType

_CLOCK = ("kind", "subject_id", "round", "due_at")
_STEP = (*_CLOCK, "from", "to")

CALENDAR_PUBLISHED = EventType(
    name="clocks.calendar_published",
    summary=_("Calendar published"),
    audience=Audience.DESK,
    fields=("name", "number", "previous", "changed"),
)
CALENDAR_ENDING = EventType(
    name="clocks.calendar_ending",
    summary=_("Calendar soon without holidays"),
    audience=Audience.DESK,
    fields=("name", "number", "last_year"),
)
CLOCK_STARTED = EventType(
    name="clocks.clock_started",
    summary=_("Clock started"),
    audience=Audience.DESK,
    fields=(*_CLOCK, "started_at", "target_days", "calendar_version_id"),
)
CLOCK_PAUSED = EventType(
    name="clocks.clock_paused",
    summary=_("Clock paused"),
    audience=Audience.DESK,
    fields=(*_STEP, "cause", "cause_ref"),
)
CLOCK_RESUMED = EventType(
    name="clocks.clock_resumed",
    summary=_("Clock resumed"),
    audience=Audience.DESK,
    fields=(*_STEP, "cause", "cause_ref"),
)
CLOCK_MET = EventType(
    name="clocks.clock_met", summary=_("Deadline met"), audience=Audience.DESK, fields=(*_STEP, "breached")
)
CLOCK_CANCELLED = EventType(
    name="clocks.clock_cancelled", summary=_("Clock cancelled"), audience=Audience.DESK, fields=_STEP
)
CLOCK_EXTENDED = EventType(
    name="clocks.clock_extended",
    summary=_("Deadline extended"),
    audience=Audience.DESK,
    fields=(*_STEP, "days"),
)
CLOCK_CALENDAR_PINNED = EventType(
    name="clocks.clock_calendar_pinned",
    summary=_("Clock moved to another calendar version"),
    audience=Audience.DESK,
    fields=(*_STEP, "calendar_version_id"),
)
CLOCK_WARNED = EventType(
    name="clocks.clock_warned", summary=_("Deadline approaching"), audience=Audience.DESK, fields=_CLOCK
)
CLOCK_BREACHED = EventType(
    name="clocks.clock_breached", summary=_("Deadline missed"), audience=Audience.DESK, fields=_CLOCK
)

EVENT_TYPES = (
    CALENDAR_PUBLISHED,
    CALENDAR_ENDING,
    CLOCK_STARTED,
    CLOCK_PAUSED,
    CLOCK_RESUMED,
    CLOCK_MET,
    CLOCK_CANCELLED,
    CLOCK_EXTENDED,
    CLOCK_CALENDAR_PINNED,
    CLOCK_WARNED,
    CLOCK_BREACHED,
)
