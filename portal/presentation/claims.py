"""Claims on the list and on their own page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from associations.enums import AssociationState
from associations.models import ConsentRequest, Grant
from claims.areas import area_label
from claims.enums import ItemOutcome
from claims.models import Claim, ClaimItem, RequestParty
from claims.selectors import loaded_requests
from foundation.kernel.actor import Actor
from wording.deadlines import Deadline, deadline_at
from wording.items import (
    activity_labels,
    entry_labels,
    hidden_subscription,
    item_label,
    shown_subscription,
)
from wording.statuses import OUTCOME_TONES, StatusLine, decision_line, status_line


@dataclass(frozen=True, kw_only=True)
class ClaimRow:
    """One claim on the list."""

    claim: Claim
    area: str
    activities: tuple[str, ...]
    products: tuple[str, ...]
    line: StatusLine


@dataclass(frozen=True, kw_only=True)
class GrantLine:
    """What became of one approved activity."""

    activity: str
    state: str
    tone: str
    explanation: str
    window: Deadline | None = None


@dataclass(frozen=True, kw_only=True)
class ItemCard:
    """One item with its outcome. A subscription that the system attached is named only after approval (S42)."""

    item: ClaimItem
    products: str
    subscription_id: str
    subscription_note: str
    activities: tuple[str, ...]
    tone: str
    decision: str
    grants: tuple[GrantLine, ...]

    @property
    def is_pending(self) -> bool:
        return self.item.outcome == ItemOutcome.PENDING


@dataclass(frozen=True, kw_only=True)
class Question:
    """An open question of the desk to the claim."""

    party: RequestParty

    @property
    def due(self) -> Deadline:
        return deadline_at(self.party.request.due_at)

    @property
    def about(self) -> str:
        """Return the items that the question is about."""
        return "; ".join(item_label(item) for item in self.party.items.all())


def claim_row(
    claim: Claim,
    *,
    actor: Actor,
    review: Deadline | None,
    consents: Sequence[ConsentRequest],
    names: Mapping[str, str],
    now: datetime,
) -> ClaimRow:
    """Return a claim, its details prefetched, as the list shows it."""
    drafted = claim.submitted_at is None
    products = entry_labels(claim, names) if drafted else [item_label(item) for item in claim.items.all()]
    return ClaimRow(
        claim=claim,
        area=area_label(claim.solution_area),
        activities=activity_labels(claim.activities),
        products=tuple(products),
        line=status_line(
            claim,
            actor=actor,
            review=review,
            asked=loaded_requests(claim),
            consents=consents,
            now=now,
        ),
    )


def item_cards(claim: Claim, grants: Sequence[Grant]) -> list[ItemCard]:
    """Return the items of a submitted claim; `grants` are all of the claim's."""
    by_item: dict[int, list[Grant]] = {}
    for grant in grants:
        by_item.setdefault(grant.item_activity.item_id, []).append(grant)
    return [_item_card(item, by_item.get(item.pk, [])) for item in claim.items.all()]


def _item_card(item: ClaimItem, grants: Sequence[Grant]) -> ItemCard:
    return ItemCard(
        item=item,
        products=item_label(item),
        subscription_id=str(shown_subscription(item) or ""),
        subscription_note=hidden_subscription(item),
        activities=activity_labels(row.activity for row in item.activities.all()),
        tone=OUTCOME_TONES[ItemOutcome(item.outcome)],
        decision=decision_line(item),
        grants=tuple(_grant_line(grant) for grant in grants),
    )


def _grant_line(grant: Grant) -> GrantLine:
    state = AssociationState(grant.state)
    activity = str(grant.get_activity_display())
    if state == AssociationState.ACTIVE:
        since = grant.consent_request.window_ends_at or grant.activated_at
        text = _(
            "You have been the partner of record for this activity since %(since)s. This has no end date. It ends if "
            "the customer declines it, your company gives it up, the subscription ends, or the claim desk ends it."
        ) % {"since": deadline_at(since).exact if since else ""}
        return GrantLine(activity=activity, state=str(state.label), tone="good", explanation=text)
    if state == AssociationState.ENDED:
        text = str(grant.get_end_reason_display())
        return GrantLine(activity=activity, state=str(state.label), tone="quiet", explanation=text)
    ends_at = grant.consent_request.window_ends_at
    window = deadline_at(ends_at) if ends_at else None
    text = (
        _(
            "We have written to the customer. They can decline until then; if they say nothing, that counts as "
            "agreement. You do not need to do anything."
        )
        if window
        else _("We are writing to the customer. The time to decline starts once we have sent the mail.")
    )
    return GrantLine(activity=activity, state=str(state.label), tone="info", explanation=text, window=window)
