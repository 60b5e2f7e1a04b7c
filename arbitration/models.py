"""Review rounds, cases with their parties and decisions, and the desk's internal notes."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from arbitration.enums import CaseOutcome, CaseState, ProposalState
from associations.models import Association, Scope
from claims.limits import COMMENT_LENGTH
from claims.models import Claim, ClaimItem
from clocks.models import Clock
from partners.models import Organisation, User


class ReviewRound(models.Model):
    """One round of a claim's review, with its clock (part 6)."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField(_("round"))
    clock = models.OneToOneField(Clock, models.PROTECT, related_name="review_round")

    class Meta:
        ordering = ["claim_id", "number"]
        constraints = [models.UniqueConstraint(fields=["claim", "number"], name="round_once")]

    def __str__(self) -> str:
        return f"round {self.number} of {self.claim_id}"


class RoundItem(models.Model):
    """An item in a round. It is met by a decision, a request or a notice, or leaves (withdrawn, subscription ended)."""

    round = models.ForeignKey(ReviewRound, models.CASCADE, related_name="items")
    item = models.ForeignKey(ClaimItem, models.PROTECT, related_name="rounds")
    met_at = models.DateTimeField(_("met at"), null=True)
    left_at = models.DateTimeField(_("left at"), null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "item"], name="round_item_once")]

    def __str__(self) -> str:
        return f"item {self.item_id} in round {self.round_id}"


class Case(models.Model):
    """The contest over one scope; only one can be open at a time. `winner` is None if no party won."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scope = models.ForeignKey(Scope, models.PROTECT, related_name="cases", verbose_name=_("scope"))
    state = models.CharField(_("state"), max_length=8, choices=CaseState.choices, default=CaseState.OPEN)
    version = models.PositiveIntegerField(_("version"), default=1)
    outcome = models.CharField(_("outcome"), max_length=20, choices=CaseOutcome.choices, blank=True)
    winner = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(_("opened at"))
    notice_at = models.DateTimeField(_("first notice at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    clock = models.OneToOneField(Clock, models.PROTECT, null=True, related_name="case")
    due_at = models.DateTimeField(
        _("due at"), null=True, help_text=_("Its own or, until the notice, that of a party's review.")
    )
    late_from = models.DateTimeField(_("late from"), null=True)

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["scope"], condition=Q(state=CaseState.OPEN), name="case_one_open_per_scope"
            ),
            models.CheckConstraint(
                condition=Q(state=CaseState.OPEN, ended_at__isnull=True, outcome="")
                | (~Q(state=CaseState.OPEN) & Q(ended_at__isnull=False) & ~Q(outcome="")),
                name="case_ended_has_outcome",
            ),
            models.CheckConstraint(
                condition=Q(notice_at__isnull=True, clock__isnull=True)
                | Q(notice_at__isnull=False, clock__isnull=False),
                name="case_clock_starts_with_notice",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="case_queue", condition=Q(state=CaseState.OPEN)),
            models.Index(fields=["-opened_at", "-id"], name="case_newest"),
            models.Index(fields=["state", "-opened_at", "-id"], name="case_state_newest"),
            models.Index(fields=["late_from"], name="case_late", condition=Q(late_from__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"CASE-{self.pk:06d}"


class CaseParty(models.Model):
    """A party of a case: an open item, or a holder's association with the item that earned it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="parties")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="case_parties")
    item = models.ForeignKey(ClaimItem, models.PROTECT, related_name="case_parties")
    association = models.ForeignKey(Association, models.PROTECT, null=True, related_name="case_parties")
    joined_at = models.DateTimeField(_("joined at"))
    noticed_at = models.DateTimeField(_("notice at"), null=True)
    left_at = models.DateTimeField(_("left at"), null=True)

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["case", "item"], name="case_party_once")]

    def __str__(self) -> str:
        return f"{self.organisation_id} in case {self.case_id}"

    @property
    def is_holder(self) -> bool:
        return self.association_id is not None


class CaseDecision(models.Model):
    """An arbiter's decision: the rationale for the file and the two texts that parties read (5.7)."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="decision")
    winner = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("decided at"))
    rationale = models.TextField(_("rationale"))
    winner_text = models.TextField(_("text to the winner"), blank=True)
    loser_text = models.TextField(_("text to the others"), blank=True)
    unheard_reason = models.TextField(
        _("why a party was not heard"),
        blank=True,
        help_text=_("Required where a notice or an answer was missing (5.3)."),
    )
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("decided_by")),
                name="decision_confirmed_by_another",
            )
        ]

    def __str__(self) -> str:
        return f"decision of case {self.case_id}"


class ProposedDecision(models.Model):
    """An arbiter's decision that waits until another arbiter confirms or returns it (5.9, SECOND_DECISION).

    `basis` is what it rests on: parties, notices, open requests and the files on file. `unheard_reason` is None for a
    decision after everyone was heard.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="proposals")
    state = models.CharField(
        _("state"), max_length=10, choices=ProposalState.choices, default=ProposalState.PROPOSED
    )
    version = models.PositiveIntegerField(_("version"), default=1)
    winner = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    rationale = models.TextField(_("rationale"))
    winner_text = models.TextField(_("text to the winner"), blank=True)
    loser_text = models.TextField(_("text to the others"), blank=True)
    unheard_reason = models.TextField(_("why a party was not heard"), null=True)
    basis = models.JSONField(_("basis"))
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("proposed at"))
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True)
    return_reason = models.TextField(_("why it was returned"), blank=True)

    class Meta:
        verbose_name = _("proposed decision")
        verbose_name_plural = _("proposed decisions")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(state=ProposalState.PROPOSED), name="proposal_one_waits_per_case"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[ProposalState.PROPOSED, ProposalState.VOID],
                    reviewed_by__isnull=True,
                    reviewed_at__isnull=True,
                )
                | Q(
                    state__in=[ProposalState.CONFIRMED, ProposalState.RETURNED],
                    reviewed_by__isnull=False,
                    reviewed_at__isnull=False,
                ),
                name="proposal_reviewed_by_someone",
            ),
            models.CheckConstraint(
                condition=~Q(state=ProposalState.CONFIRMED) | ~Q(reviewed_by=F("proposed_by")),
                name="proposal_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=(Q(state=ProposalState.RETURNED) & ~Q(return_reason=""))
                | (~Q(state=ProposalState.RETURNED) & Q(return_reason="")),
                name="proposal_returned_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"proposed decision of case {self.case_id}"


class LiftedBlock(models.Model):
    """A desk admin lets one person confirm a decision in a case although that person has proposed one there (5.9).

    It lifts nothing else: nobody confirms the decision of one's own, and no member of a party decides at all.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="lifted_blocks")
    person = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("for whom"))
    reason = models.TextField(_("reason"))
    lifted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(_("lifted at"))

    class Meta:
        verbose_name = _("lifted block")
        verbose_name_plural = _("lifted blocks")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "person"], name="lifted_once_for_a_person"),
            models.CheckConstraint(condition=~Q(reason=""), name="lifted_with_reason"),
            models.CheckConstraint(condition=~Q(lifted_by=F("person")), name="lifted_by_another"),
        ]

    def __str__(self) -> str:
        return f"lifted for {self.person_id} in case {self.case_id}"


class InternalNote(models.Model):
    """A note for the desk only, in a table of its own, so that no query for a partner can reach it."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="internal_notes")
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = models.TextField(_("text"), max_length=COMMENT_LENGTH)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("internal note")
        verbose_name_plural = _("internal notes")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"note on {self.claim_id}"
