"""The desk's page of a claim: everything a reviewer needs."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from arbitration.models import InternalNote
from arbitration.policies import claim_actions
from arbitration.selectors import desk_history, hearing_of, pending_on, unopened_proof_of, waiting_proposal
from claims.areas import area_label
from claims.enums import ClaimStatus, ItemOutcome
from claims.models import Claim, ClaimItem, Comment, Contact, Evidence, ItemActivity, TextOverride
from claims.selectors import visible_comments, visible_evidence
from claims.services import waiting_overrides
from desk.acts import ActionForm, blank_forms
from desk.claim_forms import CLAIM_ACTS, DecideForm, DecisionRow
from desk.fields import Unopened, asks_about_files
from desk.standing import Contest, Standing, next_in_case, standings
from foundation.kernel.actor import Actor
from tenants.enums import Channel, Provisioning, SubscriptionState
from wording.history import HistoryRow, Opening, desk_history_rows, openings_of
from wording.items import activity_labels, item_label


@dataclass(frozen=True, kw_only=True)
class ItemRow:
    """One item with the directory's present facts, its contest and its outcome."""

    item: ClaimItem
    label: str
    contest: Contest | None

    @property
    def is_open(self) -> bool:
        return self.item.outcome == ItemOutcome.PENDING and self.item.claim.status in ClaimStatus.OPEN

    @property
    def is_free(self) -> bool:
        """Return whether the item is open and uncontested, so that it is decided here and not in a case."""
        return self.is_open and self.contest is None

    @property
    def flags(self) -> list[str]:
        """Return warnings about the subscription."""
        subscription = self.item.scope.subscription
        if subscription is None:
            return []
        flags = []
        if subscription.state not in SubscriptionState.CLAIMABLE:
            flags.append(_("Not claimable now"))
        if subscription.provisioning != Provisioning.SUCCESS:
            flags.append(_("Not provisioned"))
        if subscription.channel not in Channel.ELIGIBLE:
            flags.append(_("Channel not eligible"))
        if self.item.subscription_attached:
            flags.append(_("Attached by the system: hidden from the partner until approval"))
        return flags

    @property
    def activities(self) -> list[str]:
        return [row.get_activity_display() for row in self.item.activities.all()]

    @property
    def grants(self) -> list[Any]:
        """Return the grants of the item's activities, with association and consent window."""
        return [row.grant for row in self.item.activities.all() if row.grant is not None]


@dataclass(frozen=True)
class WaitingText:
    """A text that waits for a second person, in pieces: (words, whether they name another party)."""

    override: TextOverride
    pieces: list[tuple[str, bool]]
    is_own: bool


@dataclass(frozen=True, kw_only=True)
class ClaimPage:
    """Everything the template shows. `forms` holds one form for each act that is offered now."""

    claim: Claim
    standing: Standing
    in_cases: list[str]
    items: list[ItemRow]
    contacts: list[Contact]
    proof: list[Evidence]
    opened: Mapping[int, list[Opening]]
    comments: list[Comment]
    notes: list[InternalNote]
    overrides: list[WaitingText]
    history: list[HistoryRow]
    forms: dict[str, ActionForm]
    unopened: list[Unopened]

    @property
    def next_step(self) -> str:
        """Return who acts next, and how."""
        partner = {"partner": self.claim.organisation.name}
        status = self.claim.status
        if status == ClaimStatus.SUBMITTED:
            return _("Next: start the review.")
        if status not in ClaimStatus.OPEN and not self.in_cases:
            return _("The claim is settled. No one has to act.")
        own = ""
        if status in ClaimStatus.REVIEWABLE and any(row.is_free for row in self.items):
            if self.standing.owed:
                own = _("Next: decide the open items, or ask %(partner)s.") % partner
            elif self.standing.awaited:
                own = _("Next: %(partner)s answers the desk.") % partner
        return " ".join(each for each in (own, *self.in_cases) if each) or _(
            "Wait until the clock runs again."
        )

    @property
    def is_sealed(self) -> bool:
        """Return whether what the partner adds now is hidden until everyone asked has answered (5.3)."""
        return any(each.is_sealed for each in self.standing.asked)

    @property
    def decisions(self) -> list[DecisionRow]:
        """Return the fields of each item that is decided on this page."""
        form = self.forms.get("decide_items")
        free = {row.item.pk for row in self.items if row.is_free}
        return [row for row in form.rows() if row.item.pk in free] if isinstance(form, DecideForm) else []

    @property
    def area(self) -> str:
        return area_label(self.claim.solution_area)

    @property
    def activities(self) -> tuple[str, ...]:
        return activity_labels(self.claim.activities)

    @property
    def findings(self) -> list[dict[str, Any]]:
        """Return the findings stored at submission."""
        return list((self.claim.report or {}).get("findings", ()))

    @property
    def confirmed(self) -> list[str]:
        """Return the warnings that the partner confirmed; listed codes that did not fire are left out."""
        fired = {finding["code"] for finding in self.findings}
        return [code for code in self.claim.confirmed_warnings if code in fired]

    @property
    def directory_as_of(self) -> datetime | None:
        """Return the directory's as-of time at submission."""
        return parse_datetime((self.claim.report or {}).get("directory_as_of") or "")


def build_claim_page(
    claim: Claim, *, actor: Actor, now: datetime, tried: Mapping[str, ActionForm] | None = None
) -> ClaimPage:
    """Build the page. `tried` are refused forms, shown again as typed."""
    standing = standings([claim], actor=actor, now=now)[claim.pk]
    items = item_rows(claim, standing)
    free = [row.item for row in items if row.is_free]
    proof = list(visible_evidence(claim, actor))
    overrides = waiting_texts(claim, actor)
    actions = claim_actions(
        actor,
        claim,
        has_free_items=bool(free),
        has_override=any(not waiting.is_own for waiting in overrides),
    )
    forms = {**blank_forms(CLAIM_ACTS, actions, free), **(tried or {})}
    unread = unopened_proof_of(claim, free, actor) if any(map(asks_about_files, forms.values())) else []
    return ClaimPage(
        claim=claim,
        standing=standing,
        in_cases=_in_cases(standing),
        items=items,
        contacts=list(claim.contacts.order_by("pk")),
        proof=proof,
        opened=openings_of(proof, actor),
        comments=list(visible_comments(claim, actor)),
        overrides=overrides,
        notes=list(claim.internal_notes.select_related("author").order_by("pk")),
        history=desk_history_rows(desk_history(claim, actor).order_by("-id")),
        forms=forms,
        unopened=[Unopened(key=str(file.public_id), label=file.name) for file in unread],
    )


def waiting_texts(claim: Claim, actor: Actor) -> list[WaitingText]:
    """Return the texts to this claim's partner that wait for a second person, with the words that name others marked."""
    return [
        WaitingText(each, marked(each.text, each.words), is_own=each.asked_by_id == actor.user_id)
        for each in waiting_overrides(actor, claim=claim)
    ]


def marked(text: str, words: Sequence[str]) -> list[tuple[str, bool]]:
    """Return the text in pieces, with the words found in it apart."""
    if not words:
        return [(text, False)]
    parts = re.split("(" + "|".join(map(re.escape, sorted(words, key=len, reverse=True))) + ")", text)
    return [(part, number % 2 == 1) for number, part in enumerate(parts) if part]


def _in_cases(standing: Standing) -> list[str]:
    """Return what comes next in each open case of the claim, one sentence a case."""
    sentences = []
    for contest in standing.live_contests:
        case = contest.party.case
        sentences.append(
            f"{case}: {next_in_case(hearing_of(case), pending_on(case), waiting_proposal(case))}"
        )
    return sentences


def item_rows(claim: Claim, standing: Standing) -> list[ItemRow]:
    """Return the claim's items in order."""
    items = (
        claim.items.select_related("scope__subscription", "scope__workload", "decided_by", "claim")
        .prefetch_related(
            "products",
            Prefetch(
                "activities",
                queryset=ItemActivity.objects.select_related(
                    "grant__association", "grant__consent_request"
                ).order_by("pk"),
            ),
        )
        .order_by("pk")
    )
    contests = {contest.party.item_id: contest for contest in standing.live_contests}
    return [ItemRow(item=item, label=item_label(item), contest=contests.get(item.pk)) for item in items]
