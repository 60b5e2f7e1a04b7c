"""Event types of associations. Payloads hold ids and codes only."""

from django.utils.translation import gettext_lazy as _

from foundation.journal.enums import Audience
from foundation.journal.routing import EventType

ASSOCIATION_REQUESTED = EventType(
    name="association.requested",
    summary=_("Association approved, waiting for the customer's consent"),
    fields=("scope", "supersedes", "case", "to"),
)
GRANT_CREATED = EventType(
    name="association.grant_created",
    summary=_("Activity approved"),
    fields=("association", "activity", "to"),
)
CONSENT_REQUESTED = EventType(
    name="association.consent_requested",
    summary=_("The customer was asked for consent"),
    fields=("consent_request", "grants"),
)
CONSENT_WINDOW_STARTED = EventType(
    name="association.consent_window_started",
    summary=_("The customer's consent window started"),
    fields=("window_ends_at",),
)
CONSENT_UNDELIVERABLE = EventType(
    name="association.consent_undeliverable",
    summary=_("The consent mail could not be delivered"),
    audience=Audience.DESK,
)
GRANT_ACTIVATED = EventType(
    name="association.grant_activated",
    summary=_("Activity took effect"),
    fields=("from", "to", "activity", "took_effect_at"),
)
GRANT_HANDED_OVER = EventType(
    name="association.grant_handed_over",
    summary=_("Handed to incentive assessment"),
    fields=("activity",),
)
GRANT_ENDED = EventType(
    name="association.grant_ended",
    summary=_("Activity ended"),
    fields=("from", "to", "activity", "reason"),
)
ASSOCIATION_ACTIVATED = EventType(
    name="association.activated",
    summary=_("Association active"),
    fields=("from", "to", "scope", "took_effect_at"),
)
ASSOCIATION_ENDED = EventType(
    name="association.ended",
    summary=_("Association ended"),
    fields=("from", "to", "scope", "reason"),
)

EVENT_TYPES = (
    ASSOCIATION_REQUESTED,
    GRANT_CREATED,
    CONSENT_REQUESTED,
    CONSENT_WINDOW_STARTED,
    CONSENT_UNDELIVERABLE,
    GRANT_ACTIVATED,
    GRANT_HANDED_OVER,
    GRANT_ENDED,
    ASSOCIATION_ACTIVATED,
    ASSOCIATION_ENDED,
)
