"""Consequences for claims when the directory ends or suspends a subscription (part 2)."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from associations.enums import AssociationState, EndReason
from associations.models import Grant, Scope
from associations.selectors import lock_scopes
from associations.steps import end_grants
from claims.enums import DeclineReason, ItemOutcome
from claims.events import SUBSCRIPTION_FLAGGED
from claims.models import Claim, ClaimItem
from claims.steps.items import decline_item
from claims.steps.requests import close_moot_requests
from claims.steps.settling import settle_claim
from foundation.journal.step import Step
from foundation.journal.unit import one_transaction
from foundation.kernel.actor import SYSTEM
from tenants.enums import SubscriptionState
from tenants.models import Subscription


def overlooked_ends(*, limit: int = 200) -> list[int]:
    """List ended subscriptions that still have open items or living grants.

    This finds claims that were checked before the import of the end was committed.
    """
    scopes = Scope.objects.filter(subscription=OuterRef("pk"))
    pending = scopes.filter(items__outcome=ItemOutcome.PENDING)
    living = scopes.filter(associations__state__in=AssociationState.LIVING)
    ended = Subscription.objects.filter(
        Exists(pending) | Exists(living), state__in=sorted(SubscriptionState.ENDED)
    )
    return list(ended.order_by("pk").values_list("pk", flat=True)[:limit])


@one_transaction()
def end_subscription(*, subscription_id: int, now: datetime) -> None:
    """Decline the open items on an ended subscription, end its grants, and settle its claims.

    Changes nothing if the directory has reversed the end in the meantime, or if it is repeated.
    """
    if Subscription.objects.get(pk=subscription_id).state not in SubscriptionState.ENDED:
        return
    touched = Claim.objects.filter(
        items__scope__subscription_id=subscription_id,
        items__outcome__in=[ItemOutcome.PENDING, ItemOutcome.APPROVED],
    ).distinct()
    claim_ids = sorted(touched.values_list("pk", flat=True))
    lock_scopes(
        ClaimItem.objects.filter(
            Q(claim_id__in=claim_ids) | Q(scope__subscription_id=subscription_id)
        ).values_list("scope_id", flat=True)
    )
    claims = {
        claim.pk: claim for claim in Claim.objects.select_for_update().filter(pk__in=claim_ids).order_by("pk")
    }
    open_items = ClaimItem.objects.filter(
        claim_id__in=claim_ids, scope__subscription_id=subscription_id, outcome=ItemOutcome.PENDING
    )
    step = Step(actor=SYSTEM, at=now)
    for item in open_items.order_by("pk"):
        decline_item(
            step.about(claims[item.claim_id]),
            item,
            reason=DeclineReason.SUBSCRIPTION_ENDED,
            text=_(
                "The subscription ended before we decided. If the customer has a new one, file a new claim."
            ),
        )
    grants = Grant.objects.filter(
        association__scope__subscription_id=subscription_id, state__in=AssociationState.LIVING
    )
    end_grants(step, grants.values_list("pk", flat=True), reason=EndReason.SUBSCRIPTION_ENDED)
    for claim in claims.values():
        close_moot_requests(step.about(claim), claim)
        settle_claim(step, claim.pk)


@one_transaction()
def flag_suspension(*, subscription_id: int, now: datetime) -> None:
    """Flag the suspension on the open and approved items of the subscription; nothing else changes."""
    items = ClaimItem.objects.filter(
        scope__subscription_id=subscription_id, outcome__in=[ItemOutcome.PENDING, ItemOutcome.APPROVED]
    ).select_related("claim")
    for item in items.order_by("pk"):
        Step(actor=SYSTEM, at=now).about(item.claim).record(SUBSCRIPTION_FLAGGED, item, item=item.pk)
