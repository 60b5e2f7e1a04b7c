from django.db import models
from django.utils.translation import gettext_lazy as _


class ClockKind(models.TextChoices):
    """What is waited for: for a claim, on a case, on a request, for a disputed claim (part 6)."""

    REVIEW = "review", _("Review")
    ARBITRATION = "arbitration", _("Arbitration")
    RESPONSE = "response", _("Response")
    DISPUTE = "dispute", _("Dispute")


class ClockState(models.TextChoices):
    """Whether the clock runs. That it was breached is a fact of its own, not a state."""

    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    MET = "met", _("Met")
    CANCELLED = "cancelled", _("Cancelled")

    @classmethod
    def open_states(cls) -> frozenset["ClockState"]:
        return frozenset({cls.RUNNING, cls.PAUSED})
