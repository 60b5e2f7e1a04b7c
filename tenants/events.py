"""Event types of the customer directory."""

from django.utils.translation import gettext_lazy as _

from foundation.journal.enums import Audience
from foundation.journal.routing import EventType

DIRECTORY_IMPORTED = EventType(
    name="directory.imported",
    summary=_("Directory file imported"),
    audience=Audience.DESK,
    fields=("file", "kind", "as_of", "created", "updated", "unchanged", "older", "refused"),
    optional=("correction",),
)
SUBSCRIPTION_ENDED = EventType(
    name="directory.subscription_ended",
    summary=_("Subscription ended"),
    audience=Audience.DESK,
    fields=("state",),
)
SUBSCRIPTION_SUSPENDED = EventType(
    name="directory.subscription_suspended",
    summary=_("Subscription suspended"),
    audience=Audience.DESK,
    fields=(),
)

EVENT_TYPES = (DIRECTORY_IMPORTED, SUBSCRIPTION_ENDED, SUBSCRIPTION_SUSPENDED)
