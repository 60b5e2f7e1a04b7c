"""Event types of review and arbitration, for the desk only: partners read what reaches their own claim."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.journal.enums import Audience
from foundation.journal.routing import EventType


def _desk(name: str, summary: Promise, *fields: str) -> EventType:
    return EventType(name=name, summary=summary, audience=Audience.DESK, fields=fields)


ROUND_OPENED = _desk("review.round_opened", _("Review round opened"), "round", "items")
ROUND_JOINED = _desk("review.round_joined", _("Items joined the review round"), "round", "items")
CASE_OPENED = _desk("case.opened", _("Case opened"), "scope", "to")
CASE_JOINED = _desk("case.joined", _("Item joined a case"), "case", "item", "association")
CASE_LEFT = _desk("case.left", _("Item left a case"), "case", "item")
CASE_NOTICE_POSTED = _desk("case.notice_posted", _("Notice posted"), "parties")
CASE_ASKED = _desk("case.asked", _("Parties asked for information"), "request", "parties")
ANSWERS_OPENED = _desk(
    "case.answers_opened", _("Sealed answers opened to the desk"), "request", "comments", "evidence"
)
CASE_DECIDED = EventType(
    name="case.decided",
    summary=_("Case decided"),
    audience=Audience.DESK,
    # `weighed` lists the files on file at the decision: evidence, sha256, party, and whether it counted.
    fields=("from", "to", "winner", "rationale_sha256", "winner_text_sha256", "loser_text_sha256", "weighed"),
    # `unheard` lists the parties that had no notice or owed an answer, `unopened` the files that the arbiter had not
    # opened, `proposal` is what a second arbiter confirmed.
    optional=("unheard_reason_sha256", "unheard", "unopened", "proposal"),
)
DECISION_PROPOSED = EventType(
    name="case.decision_proposed",
    summary=_("Decision proposed to a second arbiter"),
    audience=Audience.DESK,
    fields=(
        "case",
        "to",
        "winner",
        "rationale_sha256",
        "winner_text_sha256",
        "loser_text_sha256",
        "weighed",
    ),
    optional=("unheard_reason_sha256", "unheard", "unopened"),
)
DECISION_CONFIRMED = _desk(
    "case.decision_confirmed", _("Decision confirmed by a second arbiter"), "from", "to", "case"
)
DECISION_RETURNED = _desk(
    "case.decision_returned", _("Proposed decision returned"), "from", "to", "case", "reason_sha256"
)
DECISION_VOIDED = _desk(
    "case.decision_voided", _("Proposed decision void, because the case ended"), "from", "to", "case"
)
BLOCK_LIFTED = _desk(
    "case.block_lifted",
    _("Allowed to confirm although a decision was proposed before"),
    "person",
    "reason_sha256",
)
CASE_CLOSED = _desk("case.closed", _("Case closed without a decision"), "from", "to", "outcome")
NOTE_ADDED = _desk("review.note_added", _("Internal note added"), "note")

EVENT_TYPES = (
    ROUND_OPENED,
    ROUND_JOINED,
    CASE_OPENED,
    CASE_JOINED,
    CASE_LEFT,
    CASE_NOTICE_POSTED,
    CASE_ASKED,
    ANSWERS_OPENED,
    CASE_DECIDED,
    DECISION_PROPOSED,
    DECISION_CONFIRMED,
    DECISION_RETURNED,
    DECISION_VOIDED,
    BLOCK_LIFTED,
    CASE_CLOSED,
    NOTE_ADDED,
)
