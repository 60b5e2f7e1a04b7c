from django.apps import AppConfig
from django.contrib.admin import (
    apps as admin_apps,
)  # by its module: a bare AdminConfig here would count as this app
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    name = "desk"
    verbose_name = _("Claim desk")


class DeskAdminConfig(admin_apps.AdminConfig):
    """Django's admin with the desk's own site."""

    default = False  # of this module, the other one is the app
    default_site = "desk.site.DeskSite"
