"""How associations begin and end (domain.md parts 5.5 and 8). Callers hold the locks of the scopes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from associations.enums import Activity, EndReason, Lane
from associations.enums import AssociationState as State
from associations.events import (
    ASSOCIATION_ENDED,
    ASSOCIATION_REQUESTED,
    CONSENT_REQUESTED,
    GRANT_CREATED,
    GRANT_ENDED,
)
from associations.lifecycle import ASSOCIATION, GRANT
from associations.models import Association, ConsentRequest, Grant, Scope
from associations.selectors import living_associations
from foundation.journal.step import Step
from foundation.kernel.errors import Conflict


@dataclass(frozen=True, kw_only=True)
class Approval:
    """The approval of one scope for one organisation. `products_earn` if a claimed product earns incentives."""

    scope_id: int
    organisation_id: int
    activities: tuple[Activity, ...]
    products_earn: bool
    decided_case_id: int | None = None


def scope_for(*, tenant_id: int, subscription_id: int | None, workload_id: int | None, lane: Lane) -> Scope:
    """Return the row of a scope, made on first use; safe if two partners claim the same thing at once."""
    key: dict[str, Any] = {"subscription_id": subscription_id, "workload_id": workload_id}
    scope, _created = Scope.objects.get_or_create(tenant_id=tenant_id, lane=lane, **key)
    return scope


def approve_scopes(
    step: Step, *, claim_id: int, approvals: Sequence[Approval]
) -> dict[tuple[int, Activity], Grant]:
    """Give each scope a pending association, or new grants under the organisation's living one.

    All approvals of one call share one consent request (part 8). Returns the grants by (scope id, activity). Raises
    Conflict SCOPE_TAKEN if another organisation's association is pending there (5.6), or active without a decided case.
    """
    consent_request = ConsentRequest.objects.create(claim_id=claim_id, created_at=step.at)
    grants: dict[tuple[int, Activity], Grant] = {}
    for approval in approvals:
        association = _association_for(step, approval)
        for activity in approval.activities:
            earns = approval.products_earn and activity.lane == Lane.INCENTIVE
            grant = _create_grant(step, association, consent_request, activity, earns=earns)
            grants[approval.scope_id, activity] = grant
    step.record(
        CONSENT_REQUESTED,
        consent_request,
        consent_request=str(consent_request.public_id),
        grants=[grant.pk for grant in grants.values()],
    )
    return grants


def _association_for(step: Step, approval: Approval) -> Association:
    living = living_associations([approval.scope_id])
    own = living.filter(organisation_id=approval.organisation_id).first()
    others = list(living.exclude(organisation_id=approval.organisation_id))
    waiting = any(other.state == State.PENDING_CONSENT for other in others)
    if waiting or (others and approval.decided_case_id is None):
        raise scope_taken()
    if own is not None:
        return own
    association = Association.objects.create(
        scope_id=approval.scope_id,
        organisation_id=approval.organisation_id,
        state=State.PENDING_CONSENT,
        supersedes=others[0] if others else None,
        decided_case_id=approval.decided_case_id,
        created_at=step.at,
    )
    step.record(
        ASSOCIATION_REQUESTED,
        association,
        scope=approval.scope_id,
        supersedes=association.supersedes_id,
        case=approval.decided_case_id,
        to=association.state,
    )
    return association


def _create_grant(
    step: Step,
    association: Association,
    consent_request: ConsentRequest,
    activity: Activity,
    *,
    earns: bool,
) -> Grant:
    grant = Grant.objects.create(
        association=association,
        consent_request=consent_request,
        activity=activity,
        earns_incentive=earns,
        state=State.PENDING_CONSENT,
        created_at=step.at,
    )
    step.record(GRANT_CREATED, grant, association=association.pk, activity=activity, to=grant.state)
    return grant


def scope_taken() -> Conflict:
    """Return the refusal of an approval that came second; it names no one."""
    return Conflict(
        _(
            "This cannot be approved: another association on the same product waits for the customer's consent "
            "or has taken effect."
        ),
        code="SCOPE_TAKEN",
    )


def end_grants(step: Step, grants: Iterable[int], *, reason: EndReason) -> None:
    """End the grants that are still living; an association without a living grant ends with them."""
    living = Grant.objects.filter(pk__in=list(grants), state__in=State.LIVING)
    touched: dict[int, Association] = {}
    for grant in living.select_related("association", "consent_request").order_by("pk"):
        touched.setdefault(grant.association_id, grant.association)
        step.filed_under(
            claim_id=grant.consent_request.claim_id, organisation_id=grant.association.organisation_id
        ).advance(
            grant,
            GRANT["end"],
            to=State.ENDED,
            event=GRANT_ENDED,
            changes={"ended_at": step.at, "end_reason": reason},
            activity=grant.activity,
            reason=reason,
        )
    for association in touched.values():
        if not association.grants.filter(state__in=State.LIVING).exists():
            association.refresh_from_db()
            step.filed_under(claim_id=None, organisation_id=association.organisation_id).advance(
                association,
                ASSOCIATION["end"],
                to=State.ENDED,
                event=ASSOCIATION_ENDED,
                changes={"ended_at": step.at, "end_reason": reason},
                scope=association.scope_id,
                reason=reason,
            )
