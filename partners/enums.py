"""Roles and programmes (S2, S37; domain.md parts 2 and 9)."""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.kernel.actor import DeskRole, PartnerRole

PARTNER_ROLE_LABELS: dict[PartnerRole, Promise] = {
    PartnerRole.INCENTIVES_ADMIN: _("Incentives admin"),
    PartnerRole.INCENTIVES_USER: _("Incentives user"),
    PartnerRole.GLOBAL_ADMIN: _("Global admin"),
    PartnerRole.BILLING_ADMIN: _("Billing admin"),
    PartnerRole.DEFAULT_USER: _("Default user"),
}
DESK_ROLE_LABELS: dict[DeskRole, Promise] = {
    DeskRole.REVIEWER: _("Reviewer"),
    DeskRole.ARBITER: _("Arbiter"),
    DeskRole.SUPPORT: _("Support"),
    DeskRole.DESK_ADMIN: _("Desk admin"),
}


class Programme(models.TextChoices):
    """Incentive programmes that a location enrols in, by year."""

    OSA_SELL = "OSA_SELL", _("Online Services Advisor: Sell (presales)")
    OSU_BA = "OSU_BA", _("Online Services Usage: Business Applications")
    OSU_M365 = "OSU_M365", _("Online Services Usage: Microsoft 365")
