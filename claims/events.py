"""Event types of claims. Payloads hold ids and codes only, never free text and nothing about a rival."""

from django.utils.translation import gettext_lazy as _

from foundation.journal.enums import Audience
from foundation.journal.routing import EventType

STEP = ("from", "to")

CLAIM_CREATED = EventType(name="claim.created", summary=_("Draft created"))
CLAIM_SAVED = EventType(name="claim.saved", summary=_("Draft saved"), fields=("fields",))
CLAIM_DISCARDED = EventType(name="claim.discarded", summary=_("Draft withdrawn"), fields=STEP)
CLAIM_EXPIRY_WARNED = EventType(
    name="claim.expiry_warned",
    summary=_("Draft will be withdrawn unless it is changed"),
    fields=("expires_on",),
)
CLAIM_EXPIRED = EventType(
    name="claim.expired", summary=_("Draft withdrawn: not changed for too long"), fields=STEP
)
CLAIM_SUBMITTED = EventType(
    name="claim.submitted", summary=_("Claim submitted"), fields=(*STEP, "items", "confirmed_warnings")
)
REVIEW_STARTED = EventType(
    name="claim.review_started", summary=_("Review started"), fields=(*STEP, "assignee")
)
INFORMATION_REQUESTED = EventType(
    name="claim.information_requested",
    summary=_("The desk asked for information"),
    fields=(*STEP, "request", "reason", "items", "due_at"),
)
HOLDER_ASKED = EventType(
    name="claim.holder_asked",
    summary=_("The desk asked for information"),
    fields=("request", "reason", "due_at"),
)
DEADLINE_MOVED = EventType(
    name="claim.deadline_moved", summary=_("Deadline moved"), fields=("kind", "due_at")
)
REQUEST_ANSWERED = EventType(
    name="claim.request_answered",
    summary=_("The desk's request was answered"),
    fields=(*STEP, "request", "items", "case"),
)
REQUEST_LAPSED = EventType(
    name="claim.request_lapsed",
    summary=_("The desk's request was not answered in time"),
    fields=(*STEP, "request", "items", "case"),
)
REQUEST_CLOSED = EventType(
    name="claim.request_closed",
    summary=_("The desk's request was closed"),
    fields=(*STEP, "request", "items", "case"),
)
CLAIM_RESUMED = EventType(name="claim.resumed", summary=_("Back with the desk"), fields=STEP)
CLAIM_SETTLED = EventType(name="claim.settled", summary=_("Claim settled"), fields=STEP)
CLAIM_EDITED = EventType(
    name="claim.edited", summary=_("Claim changed"), fields=("fields", "location"), optional=("personal",)
)
PROOF_ADDED = EventType(
    name="claim.proof_added", summary=_("Proof added"), fields=("evidence", "sha256", "size")
)
PROOF_OPENED = EventType(
    name="claim.proof_opened",
    summary=_("A file of proof was opened"),
    audience=Audience.DESK,
    fields=("evidence", "sha256"),
)
COMMENT_ADDED = EventType(
    name="claim.comment_added", summary=_("Comment added"), fields=("comment", "side", "part_of_a_step")
)
ITEMS_DECIDED = EventType(
    name="claim.items_decided", summary=_("The desk decided"), fields=("approved", "declined")
)
OVERRIDE_ASKED = EventType(
    name="claim.override_asked",
    summary=_("A second person asked to allow a text"),
    audience=Audience.DESK,
    fields=("override", "text_sha256", "reason_sha256"),
)
OVERRIDE_CONFIRMED = EventType(
    name="claim.override_confirmed",
    summary=_("Text allowed by a second person"),
    audience=Audience.DESK,
    fields=("override", "text_sha256"),
)
ITEM_ADDED = EventType(name="item.added", summary=_("Item added"), fields=("item", "scope", "replaces", "to"))
ITEM_APPROVED = EventType(name="item.approved", summary=_("Item approved"), fields=(*STEP, "item"))
ITEM_DECLINED = EventType(name="item.declined", summary=_("Item declined"), fields=(*STEP, "item", "reason"))
ITEM_WITHDRAWN = EventType(name="item.withdrawn", summary=_("Item withdrawn"), fields=(*STEP, "item"))
ITEM_IN_ARBITRATION = EventType(
    name="item.in_arbitration", summary=_("Reviewed; others are being heard"), fields=("item",)
)
ITEM_OUT_OF_ARBITRATION = EventType(
    name="item.out_of_arbitration", summary=_("No longer in arbitration"), fields=("item",)
)
SUBSCRIPTION_FLAGGED = EventType(
    name="claim.subscription_suspended",
    summary=_("The subscription was suspended"),
    audience=Audience.DESK,
    fields=("item",),
)

EVENT_TYPES = (
    CLAIM_CREATED,
    CLAIM_SAVED,
    CLAIM_DISCARDED,
    CLAIM_EXPIRY_WARNED,
    CLAIM_EXPIRED,
    CLAIM_SUBMITTED,
    REVIEW_STARTED,
    INFORMATION_REQUESTED,
    HOLDER_ASKED,
    DEADLINE_MOVED,
    REQUEST_ANSWERED,
    REQUEST_LAPSED,
    REQUEST_CLOSED,
    CLAIM_RESUMED,
    CLAIM_SETTLED,
    CLAIM_EDITED,
    PROOF_ADDED,
    PROOF_OPENED,
    COMMENT_ADDED,
    OVERRIDE_ASKED,
    OVERRIDE_CONFIRMED,
    ITEMS_DECIDED,
    ITEM_ADDED,
    ITEM_APPROVED,
    ITEM_DECLINED,
    ITEM_WITHDRAWN,
    ITEM_IN_ARBITRATION,
    ITEM_OUT_OF_ARBITRATION,
    SUBSCRIPTION_FLAGGED,
)
