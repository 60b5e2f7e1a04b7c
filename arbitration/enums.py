from django.db import models
from django.utils.translation import gettext_lazy as _


class CaseState(models.TextChoices):
    OPEN = "open", _("Open")
    DECIDED = "decided", _("Decided")
    CLOSED = "closed", _("Closed without a decision")


class CaseOutcome(models.TextChoices):
    WINNER = "winner", _("Decided for one party")
    NO_WINNER = "no_winner", _("Decided for nobody")
    NO_CONTEST = "no_contest", _("Fewer than two parties were left")
    SUBSCRIPTION_ENDED = "subscription_ended", _("The subscription ended")


class ProposalState(models.TextChoices):
    """What became of a decision that a second arbiter has to confirm (5.9)."""

    PROPOSED = "proposed", _("Waits for a second arbiter")
    CONFIRMED = "confirmed", _("Confirmed")
    RETURNED = "returned", _("Returned")
    VOID = "void", _("The case ended first")


class PauseCause(models.TextChoices):
    """Why an arbitration clock is paused (5.6, part 6)."""

    INFORMATION_REQUEST = "information_request", _("A party owes an answer")
    PENDING_CONSENT = "pending_consent", _("An earlier decision waits for the customer's consent")
