from django.db import models
from django.utils.translation import gettext_lazy as _


class Audience(models.TextChoices):
    """Who may read an event in a claim's history: its partner and the desk, or the desk alone."""

    PARTNER = "partner", _("Partner and desk")
    DESK = "desk", _("Desk only")


class DeliveryState(models.TextChoices):
    PENDING = "pending", _("Pending")
    DELIVERED = "delivered", _("Delivered")
    DEAD = "dead", _("Given up")
