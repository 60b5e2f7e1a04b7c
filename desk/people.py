"""Partner companies: the import brings organisations and locations; a desk admin may add enrolments."""

from django.contrib import admin

from desk.lists import FoundByName, Looking
from partners.models import Enrolment, Location, Organisation, OwnTenant


class GivenByDeskAdmin(Looking):
    """The desk may look; a desk admin adds and deletes. These rows never change."""

    desk_admins_may = frozenset({"add", "delete"})


class OwnTenantInline(Looking, admin.TabularInline):
    model = OwnTenant


class LocationInline(Looking, admin.TabularInline):
    model = Location
    show_change_link = True


class EnrolmentInline(GivenByDeskAdmin, admin.TabularInline):
    model = Enrolment
    fields = ("programme", "year", "ended")
    extra = 0


@admin.register(Organisation)
class OrganisationAdmin(FoundByName, Looking, admin.ModelAdmin):
    list_display = ("name", "code")
    search_fields = ("names_folded", "code")
    inlines = (OwnTenantInline, LocationInline)


@admin.register(Location)
class LocationAdmin(FoundByName, Looking, admin.ModelAdmin):
    list_display = ("mpn_id", "organisation", "country", "label", "programme_type")
    list_filter = ("country", "programme_type")
    list_select_related = ("organisation",)
    search_fields = ("mpn_id", "organisation__names_folded", "names_folded")


@admin.register(Enrolment)
class EnrolmentAdmin(FoundByName, GivenByDeskAdmin, admin.ModelAdmin):
    fields = ("location", "programme", "year", "ended")
    list_display = ("location", "programme", "year", "ended", "said_at")
    list_filter = ("ended", "programme", "year")
    list_select_related = ("location",)
    search_fields = ("location__mpn_id",)
    autocomplete_fields = ("location",)
