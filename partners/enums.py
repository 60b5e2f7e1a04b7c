"""Roles and programmes (S2, S37; domain.md parts 2 and 9)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.kernel.actor import DeskRole, PartnerRole


class MemberRoleName(models.TextChoices):
    INCENTIVES_ADMIN = PartnerRole.INCENTIVES_ADMIN.value, _("Incentives admin")
    INCENTIVES_USER = PartnerRole.INCENTIVES_USER.value, _("Incentives user")
    GLOBAL_ADMIN = PartnerRole.GLOBAL_ADMIN.value, _("Global admin")
    BILLING_ADMIN = PartnerRole.BILLING_ADMIN.value, _("Billing admin")
    DEFAULT_USER = PartnerRole.DEFAULT_USER.value, _("Default user")


class DeskRoleName(models.TextChoices):
    REVIEWER = DeskRole.REVIEWER.value, _("Reviewer")
    ARBITER = DeskRole.ARBITER.value, _("Arbiter")
    SUPPORT = DeskRole.SUPPORT.value, _("Support")
    DESK_ADMIN = DeskRole.DESK_ADMIN.value, _("Desk admin")


class Programme(models.TextChoices):
    """Incentive programmes that a location enrols in, by year."""

    OSA_SELL = "OSA_SELL", _("Online Services Advisor: Sell (presales)")
    OSU_BA = "OSU_BA", _("Online Services Usage: Business Applications")
    OSU_M365 = "OSU_M365", _("Online Services Usage: Microsoft 365")
