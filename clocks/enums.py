from django.db import models
from django.utils.translation import gettext_lazy as _


class ClockKind(models.TextChoices):
    """What a clock measures: a claim's review, a case, the answer to a request, a disputed claim (part 6)."""

    REVIEW = "review", _("Review")
    ARBITRATION = "arbitration", _("Arbitration")
    RESPONSE = "response", _("Response")
    DISPUTE = "dispute", _("Dispute")


class ClockState(models.TextChoices):
    """Whether the clock runs. A breach is a separate fact, not a state."""

    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    MET = "met", _("Met")
    CANCELLED = "cancelled", _("Cancelled")

    @classmethod
    def open_states(cls) -> frozenset["ClockState"]:
        return frozenset({cls.RUNNING, cls.PAUSED})
