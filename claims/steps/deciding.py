"""Decisions on items: uncontested ones by review, contested ones by their case."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from associations.enums import Activity
from associations.steps import Approval, approve_scopes
from claims.enums import CommentSide, DeclineReason, ItemOutcome
from claims.events import ITEM_APPROVED, ITEMS_DECIDED
from claims.inputs import ClaimInput, Entry, Purpose
from claims.lifecycle import CLAIM, ITEM
from claims.models import Claim, ClaimItem, ItemActivity
from claims.steps.comments import write_comment
from claims.steps.items import decline_item, end_arbitration
from claims.steps.requests import close_moot_requests
from claims.steps.settling import settle_claim
from claims.steps.text_guard import refuse_naming_parties
from claims.validation import check
from foundation.journal.step import Step
from foundation.kernel.errors import Conflict, Refused


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The outcome of one item: approved, or declined with a reason code and a text to the partner.

    `decided_case_id` names the case that decided a contested item. Approval against a holder needs it.
    """

    item_id: int
    approve: bool
    reason: DeclineReason | None = None
    text: str = ""
    decided_case_id: int | None = None


def apply_decisions(step: Step, claim_id: int, decisions: Sequence[Decision], *, comment: str = "") -> Claim:
    """Decide open items of one claim together; its partner reads `comment`.

    The caller holds the locks and knows who may decide what. Approval runs D1-D10 again: an error refuses all decisions
    with its findings. Raises NotPermitted, Refused REASON_REQUIRED, COMMENT_REQUIRED or VALIDATION_FAILED, and Conflict
    SCOPE_TAKEN or INVALID_TRANSITION.
    """
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    CLAIM["decide_items"].enforce(step.actor, claim.status)
    step = step.about(claim)
    items = _pending_items(claim, decisions)
    approved = [items[decision.item_id] for decision in decisions if decision.approve]
    if comment.strip():
        write_comment(step, claim, side=CommentSide.DESK, text=comment)
    if approved:
        _approve(
            step, claim, approved, {decision.item_id: decision.decided_case_id for decision in decisions}
        )
    for decision in decisions:
        if not decision.approve:
            _decline(step, items[decision.item_id], decision)
    step.record(
        ITEMS_DECIDED,
        claim,
        approved=[decision.item_id for decision in decisions if decision.approve],
        declined=[decision.item_id for decision in decisions if not decision.approve],
    )
    close_moot_requests(step, claim)
    return settle_claim(step, claim.pk)


def _pending_items(claim: Claim, decisions: Sequence[Decision]) -> dict[int, ClaimItem]:
    wanted = [decision.item_id for decision in decisions]
    items = (
        ClaimItem.objects.filter(claim=claim, pk__in=wanted, outcome=ItemOutcome.PENDING)
        .select_related("scope__subscription", "scope__workload")
        .prefetch_related("products", "activities")
    )
    found = {item.pk: item for item in items}
    if not wanted or sorted(found) != sorted(wanted):
        raise Conflict(
            _("One of these items is no longer open. Reload the claim to see what is left to decide.")
        )
    return found


def _approve(step: Step, claim: Claim, items: Sequence[ClaimItem], cases: dict[int, int | None]) -> None:
    report = check(approval_input(claim, items), actor=step.actor, now=step.at, purpose=Purpose.APPROVAL)
    if report.errors:
        raise Refused(
            _("This cannot be approved: the directory no longer supports it."), findings=report.findings
        )
    grants = approve_scopes(
        step,
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
    )
    for item in items:
        for row in item.activities.all():
            grant = grants[item.scope_id, Activity(row.activity)]
            ItemActivity.objects.filter(pk=row.pk).update(grant=grant, is_open=False)
        step.advance(
            item,
            ITEM["approve"],
            to=ItemOutcome.APPROVED,
            event=ITEM_APPROVED,
            changes={"decided_at": step.at, "decided_by_id": step.actor.user_id},
            item=item.pk,
        )
        end_arbitration(step, item)


def approval_input(claim: Claim, items: Sequence[ClaimItem]) -> ClaimInput:
    """Return the items as input for the checks at approval, with their subscriptions, attached ones included."""
    return ClaimInput(
        organisation_id=claim.organisation_id,
        claim_id=claim.pk,
        mpn_id=claim.mpn_id,
        tenant_guid=claim.tenant_guid,
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


def _decline(step: Step, item: ClaimItem, decision: Decision) -> None:
    if decision.reason is None:
        raise Refused(_("Choose the reason for declining."), code="REASON_REQUIRED", pointer="/reason")
    if not decision.text.strip():
        raise Refused(
            _("Tell the partner why the item is declined."), code="COMMENT_REQUIRED", pointer="/text"
        )
    refuse_naming_parties(decision.text, claim_id=item.claim_id, pointer="/text")
    decline_item(step, item, reason=decision.reason, text=decision.text.strip())
