"""Approvals become associations, consent makes them active, and every end has its reason (domain.md parts 5.5, 8)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from associations.enums import Activity, AssociationState, EndReason, Lane
from associations.events import (
    ASSOCIATION_ACTIVATED,
    ASSOCIATION_ENDED,
    ASSOCIATION_REQUESTED,
    CONSENT_REQUESTED,
    CONSENT_UNDELIVERABLE,
    CONSENT_WINDOW_STARTED,
    GRANT_ACTIVATED,
    GRANT_CREATED,
    GRANT_ENDED,
    GRANT_HANDED_OVER,
)
from associations.lifecycle import ASSOCIATION, GRANT
from associations.models import Association, ConsentRequest, Grant, Scope
from associations.selectors import living_associations, lock_scopes
from foundation.journal.services import advance, record
from foundation.kernel.actor import SYSTEM, Actor
from foundation.kernel.errors import Conflict
from foundation.kernel.rulebook import rulebook
from foundation.kernel.workdays import calendar_window_end

State = AssociationState


@dataclass(frozen=True, kw_only=True)
class Approval:
    """One scope approved for one organisation: its activities, whether a claimed product earns, the deciding case."""

    scope_id: int
    organisation_id: int
    activities: tuple[Activity, ...]
    products_earn: bool
    decided_case_id: int | None = None


def scope_for(*, tenant_id: int, subscription_id: int | None, workload_id: int | None, lane: Lane) -> Scope:
    """The row of a scope, made on first use; safe when two partners claim the same thing at once."""
    key: dict[str, Any] = {"subscription_id": subscription_id, "workload_id": workload_id}
    scope, _created = Scope.objects.get_or_create(tenant_id=tenant_id, lane=lane, **key)
    return scope


@transaction.atomic
def approve_scopes(
    *, claim_id: int, approvals: Sequence[Approval], actor: Actor, now: datetime
) -> dict[tuple[int, Activity], Grant]:
    """Give each scope a pending association, or new grants under the organisation's living one.

    All approvals of one call share one consent request (part 8). The caller holds the scopes' locks. Raises Conflict
    SCOPE_TAKEN where another organisation's association is in the way: pending there (5.6), or active without a
    decided case naming it. Returns the grants by (scope id, activity).
    """
    consent_request = ConsentRequest.objects.create(claim_id=claim_id, created_at=now)
    grants: dict[tuple[int, Activity], Grant] = {}
    for approval in approvals:
        association = _association_for(approval, claim_id=claim_id, actor=actor, now=now)
        for activity in approval.activities:
            grants[approval.scope_id, activity] = _create_grant(
                association,
                consent_request,
                activity,
                earns=approval.products_earn and activity.lane == Lane.INCENTIVE,
                claim_id=claim_id,
                actor=actor,
                now=now,
            )
    record(
        CONSENT_REQUESTED,
        subject=consent_request,
        actor=actor,
        now=now,
        claim_id=claim_id,
        payload={
            "consent_request": str(consent_request.public_id),
            "grants": [grant.pk for grant in grants.values()],
        },
    )
    return grants


def _association_for(approval: Approval, *, claim_id: int, actor: Actor, now: datetime) -> Association:
    living = list(living_associations([approval.scope_id]))
    own = [association for association in living if association.organisation_id == approval.organisation_id]
    others = [
        association for association in living if association.organisation_id != approval.organisation_id
    ]
    if any(other.state == State.PENDING_CONSENT for other in others):
        raise scope_taken()
    if others and approval.decided_case_id is None:
        raise scope_taken()
    if own:
        return own[0]
    holder = others[0] if others else None
    association = Association.objects.create(
        scope_id=approval.scope_id,
        organisation_id=approval.organisation_id,
        state=State.PENDING_CONSENT,
        supersedes=holder,
        decided_case_id=approval.decided_case_id,
        created_at=now,
    )
    record(
        ASSOCIATION_REQUESTED,
        subject=association,
        actor=actor,
        now=now,
        claim_id=claim_id,
        organisation_id=association.organisation_id,
        payload={
            "scope": approval.scope_id,
            "supersedes": holder.pk if holder else None,
            "case": approval.decided_case_id,
            "to": association.state,
        },
    )
    return association


def _create_grant(
    association: Association,
    consent_request: ConsentRequest,
    activity: Activity,
    *,
    earns: bool,
    claim_id: int,
    actor: Actor,
    now: datetime,
) -> Grant:
    grant = Grant.objects.create(
        association=association,
        consent_request=consent_request,
        activity=activity,
        earns_incentive=earns,
        state=State.PENDING_CONSENT,
        created_at=now,
    )
    record(
        GRANT_CREATED,
        subject=grant,
        actor=actor,
        now=now,
        claim_id=claim_id,
        organisation_id=association.organisation_id,
        payload={"association": association.pk, "activity": activity, "to": grant.state},
    )
    return grant


def scope_taken() -> Conflict:
    """The refusal of an approval that came second; it names nobody."""
    return Conflict(
        _(
            "Another association on the same product is already waiting for the customer's consent or took effect."
        ),
        code="SCOPE_TAKEN",
    )


def consent_window_end(handed_over_at: datetime, zone: str) -> datetime:
    """Return when a consent window ends whose mail was handed over then: 24:00 local of the last day (part 8)."""
    return calendar_window_end(handed_over_at, rulebook.consent_window_days, zone)


@transaction.atomic
def start_consent_window(*, consent_request_id: int, zone: str, now: datetime) -> None:
    """The consent mail was handed over: its window runs to 24:00 local of the last day. Repeating it changes nothing."""
    ends_at = consent_window_end(now, zone)
    waiting = ConsentRequest.objects.filter(pk=consent_request_id, handed_over_at__isnull=True)
    if not waiting.update(handed_over_at=now, window_ends_at=ends_at, undeliverable_at=None):
        return
    consent_request = ConsentRequest.objects.get(pk=consent_request_id)
    record(
        CONSENT_WINDOW_STARTED,
        subject=consent_request,
        actor=SYSTEM,
        now=now,
        claim_id=consent_request.claim_id,
        payload={"window_ends_at": ends_at.isoformat()},
    )


@transaction.atomic
def hold_undeliverable_consent(*, consent_request_id: int, now: datetime) -> None:
    """The consent mail could not be delivered: no window runs, nothing activates, and the desk is told."""
    waiting = ConsentRequest.objects.filter(
        pk=consent_request_id, handed_over_at__isnull=True, undeliverable_at__isnull=True
    )
    if waiting.update(undeliverable_at=now):
        consent_request = ConsentRequest.objects.get(pk=consent_request_id)
        record(
            CONSENT_UNDELIVERABLE,
            subject=consent_request,
            actor=SYSTEM,
            now=now,
            claim_id=consent_request.claim_id,
        )


def due_consent_requests(*, now: datetime, limit: int = 200) -> list[int]:
    """Consent requests whose window has passed while some of their grants still wait."""
    due = ConsentRequest.objects.filter(window_ends_at__lte=now, grants__state=State.PENDING_CONSENT)
    return list(due.order_by("pk").values_list("pk", flat=True).distinct()[:limit])


@transaction.atomic
def activate_consented(*, consent_request_id: int, now: datetime) -> int:
    """Make the waiting grants of a passed window active, and swap a superseded holder out in the same transaction.

    Returns how many grants became active; none when another sweep was first or the window has not passed.
    """
    grants = Grant.objects.filter(consent_request_id=consent_request_id, state=State.PENDING_CONSENT)
    lock_scopes(grants.values_list("association__scope_id", flat=True))
    consent_request = ConsentRequest.objects.get(pk=consent_request_id)
    if consent_request.window_ends_at is None or now < consent_request.window_ends_at:
        return 0
    activated = 0
    for grant in grants.select_related("association__supersedes").order_by("pk"):
        _activate(grant, claim_id=consent_request.claim_id, now=now)
        activated += 1
    return activated


def _activate(grant: Grant, *, claim_id: int, now: datetime) -> None:
    association = grant.association
    association.refresh_from_db()
    if association.state == State.PENDING_CONSENT:
        if association.supersedes is not None:
            end_association(
                association=association.supersedes, reason=EndReason.SUPERSEDED, actor=SYSTEM, now=now
            )
        advance(
            association,
            ASSOCIATION["activate"],
            to=State.ACTIVE,
            event_type=ASSOCIATION_ACTIVATED,
            actor=SYSTEM,
            now=now,
            field="state",
            changes={"activated_at": now},
            claim_id=claim_id,
            organisation_id=association.organisation_id,
            payload={"scope": association.scope_id},
        )
    advance(
        grant,
        GRANT["activate"],
        to=State.ACTIVE,
        event_type=GRANT_ACTIVATED,
        actor=SYSTEM,
        now=now,
        field="state",
        changes={"activated_at": now},
        claim_id=claim_id,
        organisation_id=association.organisation_id,
        payload={"activity": grant.activity},
    )
    if grant.earns_incentive:
        Grant.objects.filter(pk=grant.pk, handed_over_at__isnull=True).update(handed_over_at=now)
        record(
            GRANT_HANDED_OVER,
            subject=grant,
            actor=SYSTEM,
            now=now,
            claim_id=claim_id,
            organisation_id=association.organisation_id,
            payload={"activity": grant.activity},
        )


@transaction.atomic
def end_association(*, association: Association, reason: EndReason, actor: Actor, now: datetime) -> None:
    """End every living grant of the association, and with the last of them the association itself."""
    end_grants(
        grant_ids=association.grants.filter(state__in=State.LIVING).values_list("pk", flat=True),
        reason=reason,
        actor=actor,
        now=now,
    )


@transaction.atomic
def end_grants(*, grant_ids: Iterable[int], reason: EndReason, actor: Actor, now: datetime) -> None:
    """End the living ones among the grants; an association without a living grant ends with them."""
    grants = Grant.objects.filter(pk__in=list(grant_ids), state__in=State.LIVING)
    touched: dict[int, Association] = {}
    for grant in grants.select_related("association", "consent_request").order_by("pk"):
        touched.setdefault(grant.association_id, grant.association)
        advance(
            grant,
            GRANT["end"],
            to=State.ENDED,
            event_type=GRANT_ENDED,
            actor=actor,
            now=now,
            field="state",
            changes={"ended_at": now, "end_reason": reason},
            claim_id=grant.consent_request.claim_id,
            organisation_id=grant.association.organisation_id,
            payload={"activity": grant.activity, "reason": reason},
        )
    for association in touched.values():
        if not association.grants.filter(state__in=State.LIVING).exists():
            _end(association, reason=reason, actor=actor, now=now)


def _end(association: Association, *, reason: EndReason, actor: Actor, now: datetime) -> None:
    association.refresh_from_db()
    advance(
        association,
        ASSOCIATION["end"],
        to=State.ENDED,
        event_type=ASSOCIATION_ENDED,
        actor=actor,
        now=now,
        field="state",
        changes={"ended_at": now, "end_reason": reason},
        organisation_id=association.organisation_id,
        payload={"scope": association.scope_id, "reason": reason},
    )
