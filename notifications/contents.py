"""Gather what each mail says when it is written. Only the claim's own rows are read, so nothing comes from a rival."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from associations.enums import EndReason, Lane
from associations.models import Association, Grant
from associations.services import consent_window_end
from claims.enums import CommentSide, DeclineReason, ItemOutcome, RequestReason
from claims.events import REVIEW_STARTED
from claims.links import claim_link
from claims.models import Claim, ClaimItem, Comment, InformationRequest, ItemActivity
from clocks.enums import ClockKind
from clocks.models import Clock
from clocks.selectors import clock_for
from clocks.steps import desk_calendar
from foundation.journal.models import Event
from foundation.kernel.rulebook import rulebook
from notifications.recipients import claim_of
from notifications.rendering import consent_items_text, items_text, one_line, quoted
from wording.dates import full_day, local_day
from wording.deadlines import Deadline, deadline_at, deadline_of

Content = dict[str, Any]
ContentOf = Callable[[Event, datetime], Content]


def submitted(event: Event, now: datetime) -> Content:
    claim = claim_of(event)
    return _about(claim, items=_items(event.payload["items"])) | _deadline(
        clock_for(ClockKind.REVIEW, claim.pk, round=1), now
    )


def asked(event: Event, now: datetime) -> Content:
    """Return the desk's question, about the items it names or, if it names none, about the held association."""
    request = InformationRequest.objects.get(pk=event.payload["request"])
    item_ids = event.payload.get("items", [])
    return _about(claim_of(event), items=_items(item_ids)) | {
        "reason": RequestReason(request.reason_code).label,
        "question": quoted(request.question),
        "holder": not item_ids,
        **_deadline(clock_for(ClockKind.RESPONSE, request.pk), now),
        **_due(deadline_at(request.due_at, _zone(ClockKind.RESPONSE, request.pk, now))),
    }


def lapsed(event: Event, now: datetime) -> Content:
    request = InformationRequest.objects.get(pk=event.payload["request"])
    declined = _items(event.payload["items"]).filter(reason_code=DeclineReason.NO_PARTNER_RESPONSE)
    zone = _zone(ClockKind.RESPONSE, request.pk, now)
    return _about(claim_of(event), items=declined) | {
        "asked_on": full_day(local_day(request.asked_at, zone)),
        **_due(deadline_at(request.due_at, zone)),
    }


def noticed(event: Event, _now: datetime) -> Content:
    """Return the desk's notice; a partner that holds the association reads that it does not change.

    `started` if the review of the claim began with the notice, which changed its status (part 3).
    """
    items = _items([event.payload["item"]])
    claim = claim_of(event)
    begun = Event.objects.filter(claim_id=claim.pk, type=REVIEW_STARTED.name, at=event.at)
    return _about(claim, items=items) | {
        "holder": items[0].outcome == ItemOutcome.APPROVED,
        "started": begun.exists(),
        "status": claim.get_status_display(),
    }


def about_item(event: Event, _now: datetime) -> Content:
    return _about(claim_of(event), items=_items([event.payload["item"]]))


def commented(event: Event, _now: datetime) -> Content:
    """Return the desk's comment for its partner, or that a partner has written to the desk about a settled claim."""
    if event.payload["side"] == CommentSide.PARTNER:
        return _for_the_desk(claim_of(event)) | {"for_the_desk": True}
    comment = Comment.objects.get(pk=event.payload["comment"])
    return _about(claim_of(event)) | {"comment": quoted(comment.text)}


def decided(event: Event, _now: datetime) -> Content:
    claim = claim_of(event)
    pending = ClaimItem.objects.filter(claim=claim, outcome=ItemOutcome.PENDING)
    return _about(claim) | {
        "approved": items_text(_items(event.payload["approved"])),
        "declined": items_text(_items(event.payload["declined"])),
        "window_days": rulebook.consent_window_days,
        "never_pays": claim.lane == Lane.REVENUE,
        "undecided": pending.exists(),
    }


def ended(event: Event, _now: datetime) -> Content:
    """Return a claim's end; the reasons its associations ended decide what its partner can do now."""
    claim = claim_of(event)
    items = _items(
        ClaimItem.objects.filter(claim=claim, outcome=ItemOutcome.APPROVED).values_list("pk", flat=True)
    )
    reasons = set(Grant.objects.filter(item_activity__item__claim=claim).values_list("end_reason", flat=True))
    return _about(claim, items=items) | {
        "by_subscription": EndReason.SUBSCRIPTION_ENDED in reasons,
        "by_decision": EndReason.SUPERSEDED in reasons,
    }


def consent(event: Event, now: datetime) -> Content:
    """Return what the customer is asked (part 8). The window starts now, as this mail is handed over."""
    claim = claim_of(event)
    granted = ItemActivity.objects.filter(grant__in=event.payload["grants"]).order_by("item_id", "pk")
    activities: dict[int, list[str]] = {}
    for row in granted:
        activities.setdefault(row.item_id, []).append(row.activity)
    items = _items(list(activities))
    zone = desk_calendar(now=now).zone
    return _about(claim) | {
        "items": consent_items_text((item, activities[item.pk]) for item in items),
        **_due(deadline_at(consent_window_end(now, zone), zone)),
    }


def activated(event: Event, now: datetime) -> Content:
    claim = claim_of(event)
    association = Association.objects.get(pk=event.subject_id)
    items = _items(
        ClaimItem.objects.filter(
            claim=claim, scope_id=association.scope_id, outcome=ItemOutcome.APPROVED
        ).values_list("pk", flat=True)
    )
    return _about(claim, items=items) | {
        "since": deadline_at(
            datetime.fromisoformat(event.payload["took_effect_at"]), desk_calendar(now=now).zone
        ).exact,
        "never_pays": claim.lane == Lane.REVENUE,
        "assessed": association.grants.filter(earns_incentive=True).exists(),
    }


def undeliverable(event: Event, _now: datetime) -> Content:
    """Return a claim whose customer could not be asked. The address is on its page, not in the mail (5.9)."""
    return _for_the_desk(claim_of(event))


def calendar_ending(event: Event, _now: datetime) -> Content:
    return {
        "calendar": f"{event.payload['name']} {event.payload['number']}",
        "last_year": event.payload["last_year"],
        "next_year": event.payload["last_year"] + 1,
    }


def draft_near_its_end(event: Event, _now: datetime) -> Content:
    expires_on = date.fromisoformat(event.payload["expires_on"])
    return _about(claim_of(event)) | {
        "expires_on": full_day(expires_on),
        "idle_days": rulebook.draft_idle_days,
    }


def draft_over(event: Event, _now: datetime) -> Content:
    return _about(claim_of(event)) | {
        "expired_on": full_day(local_day(event.at, "UTC")),
        "idle_days": rulebook.draft_idle_days,
    }


def clock_due(event: Event, now: datetime) -> Content:
    """Return a deadline of the desk: a claim's review, or a case, which this app knows only by its number."""
    clock = Clock.objects.select_related("calendar_version").get(pk=event.subject_id)
    due = _due(deadline_at(datetime.fromisoformat(event.payload["due_at"]), clock.calendar_version.zone))
    why = {"why": deadline_of(clock, now).sentence}
    if clock.kind == ClockKind.ARBITRATION:
        case = f"CASE-{clock.subject_id:06d}"
        found = f"{settings.SITE_URL}{reverse('admin:arbitration_case_changelist')}?q={case}"
        return {"case": case, "url": found, "site": settings.SITE_URL, **due, **why}
    return _for_the_desk(Claim.objects.get(pk=clock.subject_id)) | due | why


def _for_the_desk(claim: Claim) -> Content:
    """Return the claim's reference and its page, and nothing else: several people read the desk's address (5.9)."""
    page = reverse("admin:claims_claim_change", args=[claim.public_id])
    return {"reference": str(claim), "url": f"{settings.SITE_URL}{page}", "site": settings.SITE_URL}


def _about(claim: Claim, *, items: QuerySet[ClaimItem] | None = None) -> Content:
    link = claim_link(public_id=claim.public_id, reference=str(claim))
    return {
        "reference": str(claim),
        "name": one_line(claim.name),
        "organisation": one_line(claim.organisation.name),
        "customer": one_line(claim.tenant.name) if claim.tenant else "",
        "items": "" if items is None else items_text(items),
        "url": f"{settings.SITE_URL}{link.href}",
        "site": settings.SITE_URL,
        "desk": settings.DESK_EMAIL,
    }


def _items(item_ids: Sequence[int] | QuerySet[Any]) -> QuerySet[ClaimItem]:
    items = ClaimItem.objects.filter(pk__in=item_ids).select_related("scope__subscription", "scope__workload")
    return items.prefetch_related("products").order_by("pk")


def _deadline(clock: Clock | None, now: datetime) -> Content:
    """Return when the clock is due and why; nothing if there is no clock or no date."""
    if clock is None or clock.due_at is None:
        return {}
    due = deadline_of(clock, now)
    return _due(due) | {"why": due.sentence}


def _due(due: Deadline) -> Content:
    return {"due": due.exact, "due_day": due.day}


def _zone(kind: ClockKind, subject_id: int, now: datetime) -> str:
    clock = clock_for(kind, subject_id)
    return clock.calendar_version.zone if clock else desk_calendar(now=now).zone
