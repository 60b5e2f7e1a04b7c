"""Event types of users' access."""

from django.utils.translation import gettext_lazy as _

from foundation.journal.enums import Audience
from foundation.journal.routing import EventType

TOKEN_ISSUED = EventType(
    name="partners.token_issued",
    summary=_("API token issued"),
    audience=Audience.DESK,
    fields=("expires_at",),
)

EVENT_TYPES = (TOKEN_ISSUED,)
