"""Lanes, activities and the states of an association (domain.md part 2)."""

from enum import nonmember

from django.db import models
from django.utils.translation import gettext_lazy as _


class Lane(models.TextChoices):
    """Claims compete within a lane: paid influence and use, or revenue association."""

    INCENTIVE = "incentive", _("Incentive")
    REVENUE = "revenue", _("Revenue association")


class Activity(models.TextChoices):
    """A partner's activity (S28, S30, S31)."""

    PRESALES = "presales", _("Presales")
    USAGE = "usage", _("Usage")
    REVENUE_ASSOCIATION = "revenue_association", _("Revenue association")

    @property
    def lane(self) -> Lane:
        return Lane.REVENUE if self is Activity.REVENUE_ASSOCIATION else Lane.INCENTIVE


class AssociationState(models.TextChoices):
    PENDING_CONSENT = "pending_consent", _("Waiting for the customer's consent")
    ACTIVE = "active", _("Active")
    ENDED = "ended", _("Ended")

    LIVING = nonmember(frozenset({"pending_consent", "active"}))


class EndReason(models.TextChoices):
    CUSTOMER_DECLINED = "customer_declined", _("Declined by the customer")
    PARTNER_DISASSOCIATED = "partner_disassociated", _("Ended by the partner")
    SUBSCRIPTION_ENDED = "subscription_ended", _("The subscription ended")
    SUPERSEDED = "superseded", _("Superseded by a decision")
    DESK = "desk", _("Ended by the desk")
