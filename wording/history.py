"""A claim's history as its partner reads it: who, when, what, and old and new values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from associations.enums import AssociationState
from associations.models import Association, Grant
from claims.enums import (
    ClaimStatus,
    CommentSide,
    ContactKind,
    DeclineReason,
    ItemOutcome,
    RequestReason,
    RequestState,
)
from claims.events import PROOF_OPENED
from claims.inputs import CONTACT_FIELDS
from claims.models import Claim, ClaimItem, Comment, Evidence, RequestParty
from claims.selectors import own_user_ids
from clocks.enums import ClockKind
from foundation.journal.models import Event
from foundation.journal.routing import routes
from foundation.kernel.actor import Actor, ActorKind, Channel
from partners.models import Location
from wording.dates import full_day
from wording.deadlines import deadline_at
from wording.filters import to_the_second
from wording.items import item_label

_EFFECTS: Mapping[str, Promise] = {
    "window_ends_at": gettext_lazy("Takes effect, unless the customer declines"),
    "took_effect_at": gettext_lazy("Took effect"),
}
STATES: Mapping[str, Mapping[str, Any]] = {
    Association._meta.label_lower: dict(AssociationState.choices),
    Grant._meta.label_lower: dict(AssociationState.choices),
    Claim._meta.label_lower: dict(ClaimStatus.choices),
    ClaimItem._meta.label_lower: dict(ItemOutcome.choices),
    RequestParty._meta.label_lower: dict(RequestState.choices),
}
AUTOMATIC = CommentSide.SYSTEM.label
"""What the system is called, by the desk and by partners."""
DOORS: Mapping[Channel, Promise] = {
    Channel.WEB: gettext_lazy("Pages"),
    Channel.API: gettext_lazy("API"),
    Channel.ADMIN: gettext_lazy("Desk"),
    Channel.COMMAND: gettext_lazy("Command"),
    Channel.SYSTEM: gettext_lazy("By itself"),
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
    """One event: what happened and who did it, the change of state, old and new values of personal fields."""

    at: datetime
    side: str
    actor: str
    channel: str
    type: str
    summary: str
    step: Change | None
    changes: tuple[Change, ...]
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Opening:
    """How often a reader opened a file of proof, and when last."""

    by: str
    times: int
    last_at: datetime

    @property
    def line(self) -> str:
        """Return reader, number and last instant in one line."""
        text = ngettext("%(by)s, %(at)s", "%(by)s, %(times)d times, last %(at)s", self.times)
        return text % {"by": self.by, "times": self.times, "at": to_the_second(self.last_at)}


def openings_of(files: Sequence[Evidence], actor: Actor) -> dict[int, list[Opening]]:
    """Return who opened each file, the latest reader first. Partners read of their own people only.

    That the desk opens a holder's file would tell him of a contest before his notice, and when it opens a party's would
    tell that party of another's step. One query. What `actor` may see of the files themselves is the caller's business.
    """
    events = Event.objects.filter(
        subject_type=Evidence._meta.label_lower,
        subject_id__in=[file.pk for file in files],
        type=PROOF_OPENED.name,
    )
    if not actor.is_desk:
        events = events.filter(actor_kind=ActorKind.PARTNER)
    readers: dict[int, dict[str, Opening]] = {file.pk: {} for file in files}
    for event in events.order_by("id"):
        by = event.actor_name
        before = readers[event.subject_id].pop(by, None)
        times = before.times + 1 if before else 1
        readers[event.subject_id][by] = Opening(by=by, times=times, last_at=event.at)
    return {pk: list(reversed(own.values())) for pk, own in readers.items()}


def history_rows(events: Sequence[Event], claim: Claim) -> list[HistoryRow]:
    """Return the events as the claim's partner reads them, in order; takes a fixed number of queries."""
    named, own = _Names.of(events, [claim]), own_user_ids(claim)
    return [_partners_row(event, named, own) for event in events]


def desk_history_rows(events: Iterable[Event]) -> list[HistoryRow]:
    """Return the events as the desk reads them, in order, each under its actor's own name."""
    return [_row(event, event.actor_kind, _known_as(event)) for event in events]


def _known_as(event: Event) -> str:
    """Return the name under which the desk reads an actor: a person's own, or the system's, which partners read too."""
    return str(AUTOMATIC) if event.actor_kind == ActorKind.SYSTEM else event.actor_name


def desk_changes(events: Sequence[Event], claims: Sequence[Claim]) -> list[HistoryRow]:
    """Return the events as the desk reads them, with what they are about; of several claims, each names its partner."""
    named = _Names.of(events, claims)
    partners = {claim.pk: claim.organisation.name for claim in claims} if len(claims) > 1 else {}
    return [
        _row(event, event.actor_kind, _known_as(event), [*_partner(event, partners), *_facts(event, named)])
        for event in events
    ]


def _partner(event: Event, partners: Mapping[int, str]) -> Iterable[tuple[str, str]]:
    if event.claim_id is not None and event.claim_id in partners:
        yield _("Partner"), partners[event.claim_id]


def event_summary(event: Event) -> str:
    """Return what happened, in the words of the event's type."""
    known = routes.types.get(event.type)
    return str(known.summary) if known else event.type


def acting(event: Event, own: frozenset[int]) -> tuple[ActorKind, str]:
    """Return the side that acted and a name its partner may read: its own people's, the desk's one, the system's.

    `own` are the users of the claim's organisation. What another partner caused appears as the system's act.
    """
    if event.actor_kind == ActorKind.PARTNER and event.actor_id in own:
        return ActorKind.PARTNER, event.actor_name
    if event.actor_kind == ActorKind.CUSTOMER:
        return ActorKind.CUSTOMER, _("Customer")
    if event.actor_kind == ActorKind.DESK:
        return ActorKind.DESK, str(CommentSide.DESK.label)
    return ActorKind.SYSTEM, str(AUTOMATIC)


def door_of(event: Event, kind: ActorKind) -> str:
    """Return the door an act came through, as far as its side shows it: partners', the desk's, or none of them."""
    if kind is ActorKind.SYSTEM:
        return Channel.SYSTEM.value
    return kind.value if kind is ActorKind.DESK else event.channel


@dataclass(frozen=True, kw_only=True)
class _Names:
    """What the identifiers in payloads stand for, within these claims only."""

    items: Mapping[int, str]
    files: Mapping[int, str]
    comments: Mapping[int, str]
    locations: Mapping[int, str]

    @classmethod
    def of(cls, events: Iterable[Event], claims: Sequence[Claim]) -> "_Names":
        location_ids = {event.payload.get("location") for event in events} - {None}
        owners = [claim.organisation_id for claim in claims]
        locations = Location.objects.filter(organisation_id__in=owners, pk__in=location_ids)
        items = ClaimItem.objects.filter(claim__in=claims).prefetch_related("products")
        return cls(
            items={item.pk: item_label(item) for item in items},
            files=dict(Evidence.objects.filter(claim__in=claims).values_list("pk", "name")),
            comments=dict(Comment.objects.filter(claim__in=claims).values_list("pk", "text")),
            locations=dict(locations.values_list("pk", "mpn_id")),
        )


def _row(event: Event, side: str, actor: str, facts: Iterable[tuple[str, str]] = ()) -> HistoryRow:
    details = sorted(event.details.all(), key=lambda row: row.field)
    return HistoryRow(
        at=event.at,
        side=side,
        actor=actor,
        channel=str(DOORS[Channel(event.channel)]),
        type=event.type,
        summary=event_summary(event),
        step=_step(event),
        changes=tuple(
            Change(label=_personal_label(detail.field), old=detail.old, new=detail.new) for detail in details
        ),
        facts=tuple(facts),
    )


def _partners_row(event: Event, named: _Names, own: frozenset[int]) -> HistoryRow:
    kind, name = acting(event, own)
    return _row(event, kind, name, _facts(event, named))


def _step(event: Event) -> Change | None:
    old, new = event.payload.get("from") or "", event.payload.get("to") or ""
    if not new or new == old:
        return None
    labels = STATES.get(event.subject_type, {})
    return Change(label=_("Status"), old=str(labels.get(old, old)), new=str(labels.get(new, new)))


def _personal_label(field: str) -> str:
    kind, _dot, name = field.partition(".")
    label = FIELD_LABELS.get(name)
    if kind in ContactKind.values and label is not None:
        return f"{ContactKind(kind).label}: {label}"
    return field


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


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
        by_the_desk = payload.get("kind") == ClockKind.REVIEW
        yield _("Review due") if by_the_desk else _("Answer by"), deadline_at(due_at).exact
    for key, label in _EFFECTS.items():
        if (at := parse_datetime(payload.get(key) or "")) is not None:
            yield str(label), deadline_at(at).exact
    for pk in _listed(payload.get("evidence")):
        if pk in named.files:
            yield _("File"), named.files[pk]
    for pk in [payload.get("comment"), *_listed(payload.get("comments"))]:
        if pk in named.comments:
            yield _("Text"), named.comments[pk]
    if payload.get("confirmed_warnings"):
        yield _("Warnings confirmed"), ", ".join(payload["confirmed_warnings"])
    if payload.get("expires_on"):
        yield _("Withdrawal due on"), full_day(date.fromisoformat(payload["expires_on"]))
