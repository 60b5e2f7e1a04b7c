"""A claim's history as its partner reads it: who, when, what, and old and new values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims.enums import ClaimStatus, ContactKind, DeclineReason, ItemOutcome, RequestReason, RequestState
from claims.inputs import CONTACT_FIELDS
from claims.models import Claim, ClaimItem, Comment, Evidence
from foundation.journal.models import Event
from foundation.journal.routing import routes
from foundation.kernel.actor import ActorKind
from partners.models import Location
from wording.dates import full_day
from wording.deadlines import deadline_at
from wording.items import item_label

STATES: Mapping[str, Any] = {
    Claim._meta.label_lower: ClaimStatus,
    ClaimItem._meta.label_lower: ItemOutcome,
    "claims.requestparty": RequestState,
}
FIELD_LABELS: Mapping[str, Promise] = {
    "name": gettext_lazy("name"),
    "mpn_id": gettext_lazy("location (MPN)"),
    "tenant_id": gettext_lazy("tenant ID"),
    "domain": gettext_lazy("domain"),
    "solution_area": gettext_lazy("solution area"),
    "activities": gettext_lazy("activities"),
    "items": gettext_lazy("products"),
    "contacts": gettext_lazy("contacts"),
    "revenue_details": gettext_lazy("revenue details"),
    "acknowledged": gettext_lazy("acknowledgement"),
    "confirmed_warnings": gettext_lazy("confirmed warnings"),
    **{name: asked.label for name, asked in CONTACT_FIELDS.items()},
}


@dataclass(frozen=True, kw_only=True)
class Change:
    """One value before and after."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class HistoryRow:
    """One thing that happened. Whoever of the desk it was, it is the claim desk."""

    at: datetime
    side: str
    actor: str
    summary: str
    facts: tuple[tuple[str, str], ...]
    changes: tuple[Change, ...]


def history_rows(events: Sequence[Event], claim: Claim) -> list[HistoryRow]:
    """The events in their order, with what their numbers stand for, in a fixed number of queries."""
    named = _Names.of(events, claim)
    return [_row(event, named) for event in events]


@dataclass(frozen=True, kw_only=True)
class _Names:
    """What the identifiers in payloads stand for, within this claim only."""

    items: Mapping[int, str]
    files: Mapping[int, str]
    comments: Mapping[int, str]
    locations: Mapping[int, str]

    @classmethod
    def of(cls, events: Iterable[Event], claim: Claim) -> "_Names":
        location_ids = {event.payload.get("location") for event in events} - {None}
        locations = Location.objects.filter(organisation_id=claim.organisation_id, pk__in=location_ids)
        items = ClaimItem.objects.filter(claim=claim).prefetch_related("products")
        return cls(
            items={item.pk: item_label(item) for item in items},
            files=dict(Evidence.objects.filter(claim=claim).values_list("pk", "name")),
            comments=dict(Comment.objects.filter(claim=claim).values_list("pk", "text")),
            locations=dict(locations.values_list("pk", "mpn_id")),
        )


def _row(event: Event, named: _Names) -> HistoryRow:
    known = routes.types.get(event.type)
    return HistoryRow(
        at=event.at,
        side=event.actor_kind,
        actor=_actor(event),
        summary=str(known.summary) if known else event.type,
        facts=tuple(_facts(event, named)),
        changes=tuple(_changes(event)),
    )


def _actor(event: Event) -> str:
    """By name only somebody of the claim's own organisation: what another partner caused is told as the system's."""
    own: bool = event.by_own_member  # type: ignore[attr-defined] # selectors: history_of
    if event.actor_kind == ActorKind.PARTNER and own:
        return event.actor_name
    if event.actor_kind == ActorKind.CUSTOMER:
        return _("Customer")
    return _("Claim desk") if event.actor_kind == ActorKind.DESK else _("Claim desk (automatic)")


def _changes(event: Event) -> Iterable[Change]:
    payload, states = event.payload, STATES.get(event.subject_type)
    if states is not None and payload.get("to"):
        old, new = payload.get("from"), payload["to"]
        if old != new:
            yield Change(label=_("Status"), old=_state(states, old), new=_state(states, new))
    for detail in sorted(event.details.all(), key=lambda row: row.field):
        yield Change(label=_personal_label(detail.field), old=detail.old, new=detail.new)


def _state(states: Any, value: str | None) -> str:
    return str(states(value).label) if value in states.values else ""


def _personal_label(field: str) -> str:
    kind, _dot, name = field.partition(".")
    label = FIELD_LABELS.get(name)
    if kind in ContactKind.values and label is not None:
        return f"{ContactKind(kind).label}: {label}"
    return field


def _facts(event: Event, named: _Names) -> Iterable[tuple[str, str]]:
    payload = event.payload
    if "fields" in payload:
        fields = [str(FIELD_LABELS.get(field, field)) for field in payload["fields"]]
        if fields:
            yield _("Changed"), ", ".join(fields)
    if "mpn_id" in payload.get("fields", ()) and payload.get("location") in named.locations:
        yield _("MPN"), named.locations[payload["location"]]
    item_ids = payload.get("items") or ([payload["item"]] if "item" in payload else [])
    if items := [named.items[pk] for pk in item_ids if pk in named.items]:
        yield _("Products"), "; ".join(items)
    reason = payload.get("reason")
    for reasons in (DeclineReason, RequestReason):
        if reason in reasons.values:
            yield _("Reason"), str(reasons(reason).label)
            break
    if (due_at := parse_datetime(payload.get("due_at") or "")) is not None:
        yield _("Answer by"), deadline_at(due_at).exact
    if payload.get("evidence") in named.files:
        yield _("File"), named.files[payload["evidence"]]
    if payload.get("comment") in named.comments:
        yield _("Text"), named.comments[payload["comment"]]
    if payload.get("confirmed_warnings"):
        yield _("Warnings confirmed"), ", ".join(payload["confirmed_warnings"])
    if payload.get("expires_on"):
        yield _("Would be withdrawn on"), full_day(date.fromisoformat(payload["expires_on"]))
