"""The API's documents. Each one is an allow-list of what its reader may know.

They contain nothing about another organisation and nothing internal to a programme (S38). The ID of a subscription that
the system attached appears once its item is approved (S42).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse

from associations.enums import AssociationState
from associations.models import Grant
from claims import policies
from claims.areas import area_of
from claims.enums import CommentSide, ContactKind
from claims.inputs import contact_input, public_names, revenue_input
from claims.models import Claim, ClaimItem, Comment, Evidence, RequestParty
from claims.selectors import loaded_requests
from claims.validation import Report
from clocks.enums import ClockKind
from clocks.selectors import clocks_for_subjects
from foundation.journal.models import Event
from foundation.kernel.actor import Actor
from wording.history import Opening, acting, door_of, event_summary
from wording.items import decider_of, shown_subscription

Document = dict[str, Any]


def claim_document(claim: Claim, actor: Actor, *, report: Report | None = None) -> Document:
    """Return one claim with its details, and the findings of the save that produced `report`."""
    (document,) = claim_documents([claim], actor)
    if report is not None:
        document["findings"] = [finding.as_dict() for finding in report.findings]
        document["withheld"] = list(report.withheld)
    return document


def claim_documents(claims: Iterable[Claim], actor: Actor) -> list[Document]:
    """Return claims, loaded with their details, as the actor sees them. Reads all due instants in one query."""
    claims = list(claims)
    due = _review_due([claim.pk for claim in claims if claim.submitted_at])
    return [_claim(claim, actor, due.get(claim.pk)) for claim in claims]


def _review_due(claim_ids: list[int]) -> Mapping[int, datetime | None]:
    """Return when the desk's review is due, for the claims that wait for the desk."""
    if not claim_ids:
        return {}
    clocks = clocks_for_subjects(ClockKind.REVIEW, claim_ids)
    return {claim_id: clock.due_at for claim_id, clock in clocks.items() if clock.is_open}


def _claim(claim: Claim, actor: Actor, review_due_at: datetime | None) -> Document:
    asked = loaded_requests(claim)
    grants = [row.grant for item in claim.items.all() for row in item.activities.all() if row.grant]
    consent_open = any(grant.state == AssociationState.PENDING_CONSENT for grant in grants)
    waiting_on = policies.waiting_on(claim, asked=bool(asked), consent_open=consent_open)
    return {
        "id": claim.public_id,
        "reference": claim.reference,
        "name": claim.name,
        "status": claim.status,
        "version": claim.revision,
        "waiting_on": waiting_on.value,
        "open_requests": [_request(party) for party in asked],
        "allowed_actions": policies.allowed_actions(actor, claim, asked=bool(asked)),
        "editable_fields": public_names(policies.editable_fields(actor, claim)),
        "mpn_id": claim.mpn_id,
        "tenant_id": claim.tenant_guid,
        "domain": claim.domain,
        "solution_area": claim.solution_area,
        "activities": claim.activities,
        "items": item_documents(claim),
        "contacts": _contacts(claim),
        "revenue_details": vars(revenue_input(claim)),
        "acknowledged": claim.acknowledged,
        "confirmed_warnings": claim.confirmed_warnings,
        "review_due_at": review_due_at,
        "created_at": claim.created_at,
        "updated_at": claim.updated_at,
        "submitted_at": claim.submitted_at,
        "settled_at": claim.settled_at,
    }


def _request(party: RequestParty) -> Document:
    """Return the desk's question, without the other parties that the desk asks."""
    return {
        "id": party.request.public_id,
        "reason": party.request.reason_code,
        "question": party.request.question,
        "due_at": party.request.due_at,
        "items": [item.public_id for item in party.items.all()],
    }


def _contacts(claim: Claim) -> Document:
    stored = {contact.kind: vars(contact_input(contact)) for contact in claim.contacts.all()}
    return {kind: stored.get(kind) for kind in ContactKind.values}


def item_documents(claim: Claim) -> list[Document]:
    """Return the items; for a draft its entries as typed, identified by position."""
    if claim.submitted_at is not None:
        return [_item(item) for item in claim.items.all()]
    area = area_of(claim.solution_area)
    is_workload = area is not None and not area.takes_subscriptions
    return [
        {
            "id": str(position),
            "products": [entry["product"]],
            "subscription_id": entry["subscription_id"] or None,
            "workload": entry["product"] if is_workload else None,
            "outcome": None,
            "reason_code": None,
            "reason_text": None,
            "decided_at": None,
            "decided_by": None,
            "in_arbitration": False,
            "associations": [],
        }
        for position, entry in enumerate(claim.entries)
    ]


def _item(item: ClaimItem) -> Document:
    workload = item.scope.workload
    return {
        "id": item.public_id,
        "products": [product.code for product in item.products.all()],
        "subscription_id": shown_subscription(item),
        "workload": workload.code if workload else None,
        "outcome": item.outcome,
        "reason_code": item.reason_code or None,
        "reason_text": item.reason_text or None,
        "decided_at": item.decided_at,
        "decided_by": decider_of(item),
        "in_arbitration": item.in_arbitration_since is not None,
        "associations": [_association(row.grant) for row in item.activities.all() if row.grant],
    }


def _association(grant: Grant) -> Document:
    """Return what became of one approved activity; it takes effect when the customer's time to decline is over."""
    never_did = grant.state == AssociationState.ENDED and grant.activated_at is None
    return {
        "activity": grant.activity,
        "state": grant.state,
        "takes_effect_at": None if never_did else grant.consent_request.window_ends_at,
        "ended_at": grant.ended_at,
        "end_reason": grant.end_reason or None,
    }


def comment_document(comment: Comment) -> Document:
    """Return a comment that the reader may read. The desk speaks with one voice."""
    is_partner = comment.side == CommentSide.PARTNER
    return {
        "id": comment.public_id,
        "side": comment.side,
        "author": comment.author.shown_name if is_partner and comment.author else comment.get_side_display(),
        "text": comment.text,
        "created_at": comment.created_at,
    }


def evidence_document(evidence: Evidence, claim_id: object, opened: Iterable[Opening] = ()) -> Document:
    """Return the details of a file, who opened it, and the address of its bytes."""
    return {
        "id": evidence.public_id,
        "name": evidence.name,
        "size": evidence.size,
        "content_type": evidence.content_type,
        "sha256": evidence.sha256,
        "kind": evidence.kind,
        "signed_on": evidence.signed_on,
        "signer_name": evidence.signer_name,
        "signer_title": evidence.signer_title,
        "covers": evidence.covers,
        "scan_state": evidence.scan_state,
        "added_by": evidence.added_by.shown_name,
        "added_at": evidence.added_at,
        "opened": [{"by": each.by, "times": each.times, "last_at": each.last_at} for each in opened],
        "file": reverse(
            "claims-api:evidence-file", kwargs={"public_id": claim_id, "evidence_id": evidence.public_id}
        ),
    }


def _acting(event: Event, own_user_ids: frozenset[int]) -> Document:
    """Return who acted through which door. The desk has one voice; what another partner caused is the system's."""
    kind, name = acting(event, own_user_ids)
    return {"actor": {"kind": kind.value, "name": name}, "channel": door_of(event, kind)}


TOLD = (
    "from",
    "to",
    "reason",
    "fields",
    "due_at",
    "confirmed_warnings",
    "expires_on",
    "window_ends_at",
    "took_effect_at",
    "side",
    "size",
    "sha256",
)
"""The payload keys that go out. Keys of rows never do, and neither do cases."""


def _told(key: str, value: object) -> object:
    """Return a value of a payload; instants are written like all others."""
    return value.replace("+00:00", "Z") if key.endswith("_at") and isinstance(value, str) else value


def event_document(event: Event, items: Mapping[int, object], own_user_ids: frozenset[int]) -> Document:
    """Return one entry of a claim's history. `items` maps the keys of the claim's items to their public ids."""
    named = [*event.payload.get("items", ()), *filter(None, [event.payload.get("item")])]
    return {
        "at": event.at,
        "type": event.type,
        "summary": event_summary(event),
        **_acting(event, own_user_ids),
        "items": [items[key] for key in named if key in items],
        "details": {key: _told(key, event.payload[key]) for key in TOLD if key in event.payload},
        "changes": [
            {"field": detail.field, "old": detail.old, "new": detail.new} for detail in event.details.all()
        ],
    }
