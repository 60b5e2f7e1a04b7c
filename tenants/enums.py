"""The directory's vocabulary (domain.md part 2)."""

from collections.abc import Mapping
from enum import nonmember

from django.db import models
from django.utils.translation import gettext_lazy as _


class SolutionArea(models.TextChoices):
    """The two solution areas (S26)."""

    BUSINESS_APPLICATIONS = "business_applications", _("Business Applications")
    MICROSOFT_365 = "microsoft_365", _("Microsoft 365")


class ProductKind(models.TextChoices):
    """Kinds of product: Dynamics products are claimed per subscription, workloads per tenant, others not at all."""

    DYNAMICS = "dynamics", _("Dynamics 365 product")
    WORKLOAD = "workload", _("Microsoft 365 workload")
    OTHER = "other", _("Other product")


KINDS_OF_AREA: Mapping[SolutionArea, tuple[ProductKind, ...]] = {
    SolutionArea.BUSINESS_APPLICATIONS: (ProductKind.DYNAMICS, ProductKind.OTHER),
    SolutionArea.MICROSOFT_365: (ProductKind.WORKLOAD,),
}


class SubscriptionState(models.TextChoices):
    """States: claimable while active or in grace (S11), ended once expired, disabled or deleted. Grace ends nothing."""

    PENDING = "pending", _("Pending")
    ACTIVE = "active", _("Active")
    IN_GRACE = "in_grace", _("In grace period")
    SUSPENDED = "suspended", _("Suspended")
    DISABLED = "disabled", _("Disabled")
    EXPIRED = "expired", _("Expired")
    DELETED = "deleted", _("Deleted")

    CLAIMABLE = nonmember(frozenset({"active", "in_grace"}))
    ENDED = nonmember(frozenset({"expired", "disabled", "deleted"}))
    CARRYING_WORKLOADS = nonmember(frozenset({"active", "in_grace", "suspended"}))


class Channel(models.TextChoices):
    """Sales channels; only the first two can be claimed for Business Applications (S29, S32)."""

    VOLUME_LICENSING = "volume_licensing", _("Volume Licensing")
    WEB_DIRECT = "web_direct", _("Web Direct")
    CSP = "csp", _("Cloud Solution Provider (CSP)")
    OTHER = "other", _("Other channel")

    ELIGIBLE = nonmember(frozenset({"volume_licensing", "web_direct"}))


class Provisioning(models.TextChoices):
    """Provisioning: only a provisioned subscription can be claimed (S22)."""

    SUCCESS = "success", _("Provisioned")
    PENDING = "pending", _("Not provisioned yet")
    FAILED = "failed", _("Provisioning failed")
