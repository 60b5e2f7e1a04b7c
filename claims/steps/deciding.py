"""Decisions on items. Review decides uncontested items through here, arbitration the contested ones of its case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from associations.enums import Activity
from associations.services import Approval, approve_scopes
from claims.enums import ClaimStatus, CommentSide, DeclineReason, ItemOutcome
from claims.events import ITEM_APPROVED, ITEMS_DECIDED
from claims.inputs import ClaimInput, Entry, Purpose
from claims.lifecycle import ITEM
from claims.models import Claim, ClaimItem, ItemActivity
from claims.services.comments import write_comment
from claims.services.items import decline_item, end_arbitration
from claims.services.requests import close_moot_requests
from claims.services.settling import settle_claim
from claims.services.text_guard import refuse_naming_parties
from claims.validation import check
from foundation.journal.services import advance, record
from foundation.kernel.actor import Actor
from foundation.kernel.errors import Conflict, Refused


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The outcome of one item: approved, or declined with a reason code and a text to the partner.

    `decided_case_id` is the case that decided a contested item; approval against a holder needs it.
    """

    item_id: int
    approve: bool
    reason: DeclineReason | None = None
    text: str = ""
    decided_case_id: int | None = None


@transaction.atomic
def decide_items(
    *, claim_id: int, decisions: Sequence[Decision], actor: Actor, now: datetime, comment: str = ""
) -> Claim:
    """Decide open items of one claim in one call; `comment` is what its partner reads about it.

    The caller holds the locks and knows who may decide what. Approval runs D1-D10 again: an error refuses the whole
    call with its findings and changes nothing. Raises Refused REASON_REQUIRED, COMMENT_REQUIRED, VALIDATION_FAILED;
    Conflict SCOPE_TAKEN, INVALID_TRANSITION.
    """
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    items = _pending_items(claim, decisions)
    approved = [items[decision.item_id] for decision in decisions if decision.approve]
    if comment.strip():
        write_comment(claim, side=CommentSide.DESK, text=comment, actor=actor, now=now)
    if approved:
        cases = {decision.item_id: decision.decided_case_id for decision in decisions}
        _approve(claim, approved, cases, actor=actor, now=now)
    for decision in decisions:
        if not decision.approve:
            _decline(items[decision.item_id], decision, claim, actor=actor, now=now)
    record(
        ITEMS_DECIDED,
        subject=claim,
        actor=actor,
        now=now,
        claim_id=claim.pk,
        organisation_id=claim.organisation_id,
        payload={
            "approved": [decision.item_id for decision in decisions if decision.approve],
            "declined": [decision.item_id for decision in decisions if not decision.approve],
        },
    )
    close_moot_requests(claim, actor=actor, now=now)
    return settle_claim(claim_id=claim.pk, actor=actor, now=now)


def _pending_items(claim: Claim, decisions: Sequence[Decision]) -> dict[int, ClaimItem]:
    wanted = [decision.item_id for decision in decisions]
    items = (
        ClaimItem.objects.filter(claim=claim, pk__in=wanted, outcome=ItemOutcome.PENDING)
        .select_related("scope__subscription", "scope__workload")
        .prefetch_related("products", "activities")
    )
    found = {item.pk: item for item in items}
    if not wanted or sorted(found) != sorted(wanted) or claim.status not in ClaimStatus.REVIEWABLE:
        raise Conflict(
            _("One of these items is not open any more. Reload the claim to see what is left to decide.")
        )
    return found


def _approve(
    claim: Claim, items: Sequence[ClaimItem], cases: dict[int, int | None], *, actor: Actor, now: datetime
) -> None:
    report = check(approval_input(claim, items), actor=actor, now=now, purpose=Purpose.APPROVAL)
    if report.errors:
        raise Refused(
            _("This cannot be approved: the directory no longer supports it."), findings=report.findings
        )
    grants = approve_scopes(
        claim_id=claim.pk,
        approvals=[
            Approval(
                scope_id=item.scope_id,
                organisation_id=claim.organisation_id,
                activities=tuple(Activity(row.activity) for row in item.activities.all()),
                products_earn=any(product.incentive_eligible for product in item.products.all()),
                decided_case_id=cases[item.pk],
            )
            for item in items
        ],
        actor=actor,
        now=now,
    )
    for item in items:
        for row in item.activities.all():
            grant = grants[item.scope_id, Activity(row.activity)]
            ItemActivity.objects.filter(pk=row.pk).update(grant=grant, is_open=False)
        advance(
            item,
            ITEM["approve"],
            to=ItemOutcome.APPROVED,
            event_type=ITEM_APPROVED,
            actor=actor,
            now=now,
            field="outcome",
            changes={"decided_at": now, "decided_by_id": actor.user_id},
            claim_id=claim.pk,
            organisation_id=claim.organisation_id,
            payload={"item": item.pk},
        )
        end_arbitration(item, claim=claim, actor=actor, now=now)


def approval_input(claim: Claim, items: Sequence[ClaimItem]) -> ClaimInput:
    """The items as input for the checks at approval: their stored subscriptions, attached ones included."""
    return ClaimInput(
        organisation_id=claim.organisation_id,
        claim_id=claim.pk,
        mpn_id=claim.mpn_id,
        tenant_id=claim.tenant_id_text,
        domain=claim.domain,
        solution_area=claim.solution_area,
        activities=tuple(claim.activities),
        items=tuple(
            Entry(
                product=product.code,
                subscription_id=str(item.scope.subscription.guid) if item.scope.subscription else "",
            )
            for item in items
            for product in item.products.all()
        ),
    )


def _decline(item: ClaimItem, decision: Decision, claim: Claim, *, actor: Actor, now: datetime) -> None:
    if decision.reason is None:
        raise Refused(_("Choose the reason for declining."), code="REASON_REQUIRED", pointer="/reason")
    if not decision.text.strip():
        raise Refused(
            _("Write the partner why the item is declined."), code="COMMENT_REQUIRED", pointer="/text"
        )
    refuse_naming_parties(decision.text, claim_id=claim.pk, pointer="/text")
    decline_item(item, claim=claim, reason=decision.reason, text=decision.text.strip(), actor=actor, now=now)
