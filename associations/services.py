"""The customer's consent: the mail starts its window, and the window's end activates what was approved (part 8)."""

from datetime import datetime

from associations.enums import AssociationState as State
from associations.enums import EndReason
from associations.events import (
    ASSOCIATION_ACTIVATED,
    CONSENT_UNDELIVERABLE,
    CONSENT_WINDOW_STARTED,
    GRANT_ACTIVATED,
    GRANT_HANDED_OVER,
)
from associations.lifecycle import ASSOCIATION, GRANT
from associations.models import Association, ConsentRequest, Grant
from associations.selectors import lock_scopes
from associations.steps import end_grants
from foundation.journal.step import Step
from foundation.journal.unit import one_transaction
from foundation.kernel.actor import SYSTEM
from foundation.kernel.rulebook import rulebook
from foundation.kernel.workdays import calendar_window_end


def consent_window_end(handed_over_at: datetime, zone: str) -> datetime:
    """Return the end of the consent window for a mail handed over then: 24:00 local of the last day (part 8)."""
    return calendar_window_end(handed_over_at, rulebook.consent_window_days, zone)


@one_transaction()
def start_consent_window(*, consent_request_id: int, zone: str, now: datetime) -> None:
    """Start the window of a consent mail that was handed over. Repeating it changes nothing."""
    ends_at = consent_window_end(now, zone)
    waiting = ConsentRequest.objects.filter(pk=consent_request_id, handed_over_at__isnull=True)
    if waiting.update(handed_over_at=now, window_ends_at=ends_at, undeliverable_at=None):
        consent_request = ConsentRequest.objects.get(pk=consent_request_id)
        _step_for(consent_request, now).record(
            CONSENT_WINDOW_STARTED, consent_request, window_ends_at=ends_at.isoformat()
        )


@one_transaction()
def hold_undeliverable_consent(*, consent_request_id: int, now: datetime) -> None:
    """Hold a request whose mail could not be delivered: no window runs, nothing activates, and the desk gets an event."""
    waiting = ConsentRequest.objects.filter(
        pk=consent_request_id, handed_over_at__isnull=True, undeliverable_at__isnull=True
    )
    if waiting.update(undeliverable_at=now):
        consent_request = ConsentRequest.objects.get(pk=consent_request_id)
        _step_for(consent_request, now).record(CONSENT_UNDELIVERABLE, consent_request)


def due_consent_requests(*, now: datetime, limit: int = 200) -> list[int]:
    """List consent requests whose window has passed while some of their grants still wait."""
    waiting = Grant.objects.filter(state=State.PENDING_CONSENT).values("consent_request")
    due = ConsentRequest.objects.filter(pk__in=waiting, window_ends_at__lte=now)
    return list(due.order_by("pk").values_list("pk", flat=True)[:limit])


@one_transaction()
def activate_consented(*, consent_request_id: int, now: datetime) -> int:
    """Activate the waiting grants of a passed window, and end a superseded holder's in the same transaction.

    Returns the number of activated grants: 0 if another sweep was first or the window has not passed.
    """
    grants = Grant.objects.filter(consent_request_id=consent_request_id, state=State.PENDING_CONSENT)
    lock_scopes(grants.values_list("association__scope_id", flat=True))
    consent_request = ConsentRequest.objects.get(pk=consent_request_id)
    if consent_request.window_ends_at is None or now < consent_request.window_ends_at:
        return 0
    waiting = list(grants.select_related("association__supersedes").order_by("pk"))
    for grant in waiting:
        _activate(_step_for(consent_request, now), grant, since=consent_request.window_ends_at)
    return len(waiting)


def _step_for(consent_request: ConsentRequest, now: datetime) -> Step:
    """Return the system's step in the history of the claim that the request is about."""
    organisations = Association.objects.filter(grants__consent_request=consent_request)
    return Step(
        actor=SYSTEM,
        at=now,
        claim_id=consent_request.claim_id,
        organisation_id=organisations.values_list("organisation_id", flat=True).first(),
    )


def _activate(step: Step, grant: Grant, *, since: datetime) -> None:
    """Activate a grant whose window is over. It takes effect at the end of the window, whenever that is noticed."""
    association = grant.association
    association.refresh_from_db()
    activated = {"activated_at": step.at}
    if association.state == State.PENDING_CONSENT:
        if association.supersedes is not None:
            superseded = association.supersedes.grants.values_list("pk", flat=True)
            end_grants(step, superseded, reason=EndReason.SUPERSEDED)
        step.advance(
            association,
            ASSOCIATION["activate"],
            to=State.ACTIVE,
            event=ASSOCIATION_ACTIVATED,
            changes=activated,
            scope=association.scope_id,
            took_effect_at=since.isoformat(),
        )
    step.advance(
        grant,
        GRANT["activate"],
        to=State.ACTIVE,
        event=GRANT_ACTIVATED,
        changes=activated,
        activity=grant.activity,
        took_effect_at=since.isoformat(),
    )
    if grant.earns_incentive:
        Grant.objects.filter(pk=grant.pk, handed_over_at__isnull=True).update(handed_over_at=step.at)
        step.record(GRANT_HANDED_OVER, grant, activity=grant.activity)
