"""Partners and people: the import brings organisations and locations, a desk admin adds people."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.lists import FoundByName, Looking
from partners.models import (
    ApiToken,
    DeskSeat,
    Enrolment,
    Location,
    Member,
    MemberRole,
    Organisation,
    OwnTenant,
    User,
)


class KeptByDeskAdmin(Looking):
    """The desk may look; a desk admin may add and change. Rows that others depend on are never deleted."""

    desk_admins_may = frozenset({"add", "change"})


class GivenByDeskAdmin(Looking):
    """The desk may look; a desk admin adds and deletes. These rows never change."""

    desk_admins_may = frozenset({"add", "delete"})


class NotForOneself(forms.ModelForm):
    """Refuses what would give a seat or a role to the person who fills it in, superusers included (5.9)."""

    acting_id: int | None = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        user = cleaned.get("user", self.instance.user_id and self.instance.user)
        if user and user.pk == self.acting_id:
            raise forms.ValidationError(
                _("You cannot give yourself a seat or a role. Ask another desk admin.")
            )
        return cleaned


class GivenByAnother:
    """Tells the form who is acting, so that nobody gives himself what it gives."""

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)  # type: ignore[misc] # a mixin
        return type(form.__name__, (form,), {"acting_id": request.user.pk})


class OwnTenantInline(Looking, admin.TabularInline):
    model = OwnTenant


class LocationInline(Looking, admin.TabularInline):
    model = Location
    show_change_link = True


class EnrolmentInline(GivenByDeskAdmin, admin.TabularInline):
    model = Enrolment
    fields = ("programme", "year", "ended")
    extra = 0


class MemberRoleInline(GivenByDeskAdmin, admin.TabularInline):
    model = MemberRole
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


class MemberForm(NotForOneself):
    """Keeps a member's bounds to locations of its own organisation."""

    class Meta:
        model = Member
        fields = ("user", "organisation", "locations", "ended_at")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        organisation = cleaned.get(
            "organisation", self.instance.organisation_id and self.instance.organisation
        )
        strange = [
            location.mpn_id
            for location in cleaned.get("locations", ())
            if organisation and location.organisation_id != organisation.pk
        ]
        if strange:
            told = _("Not locations of this organisation: %s.") % ", ".join(strange)
            self.add_error("locations", told)
        return cleaned


@admin.register(Member)
class MemberAdmin(GivenByAnother, FoundByName, KeptByDeskAdmin, admin.ModelAdmin):
    form = MemberForm
    list_display = ("user", "organisation", "ended_at")
    list_filter = ("roles__role", ("ended_at", admin.EmptyFieldListFilter))
    list_select_related = ("user", "organisation")
    search_fields = ("user__names_folded", "organisation__names_folded")
    autocomplete_fields = ("user", "organisation", "locations")
    inlines = (MemberRoleInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Freeze user and organisation: a membership ends and another begins."""
        return ("user", "organisation") if obj else tuple(super().get_readonly_fields(request, obj))


@admin.register(DeskSeat)
class DeskSeatAdmin(GivenByAnother, GivenByDeskAdmin, admin.ModelAdmin):
    form = NotForOneself
    list_display = ("user", "role")
    list_filter = ("role",)
    list_select_related = ("user",)
    autocomplete_fields = ("user",)


@admin.register(ApiToken)
class ApiTokenAdmin(FoundByName, Looking, admin.ModelAdmin):
    """API tokens. `manage.py issue_token` issues them; a desk admin revokes them here. No hash is shown."""

    fields = ("user", "organisation", "name", "created", "expiry", "last_used_at")
    list_display = ("user", "organisation", "name", "created", "expiry", "last_used_at")
    list_select_related = ("user", "organisation")
    search_fields = ("user__names_folded", "organisation__names_folded", "name")
    desk_admins_may = frozenset({"delete"})


@admin.register(User)
class PersonAdmin(FoundByName, KeptByDeskAdmin, UserAdmin):
    """User accounts. A desk admin creates them and sets passwords, except for superusers."""

    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (gettext_lazy("Person"), {"fields": ("first_name", "last_name", "email")}),
        (
            gettext_lazy("Access"),
            {
                "fields": ("is_active", "is_staff"),
                "description": gettext_lazy(
                    "Staff may open the desk's pages. Their seats decide what they may do."
                ),
            },
        ),
    )
    list_filter = ("is_active", "is_staff")
    search_fields = ("names_folded", "email")
    filter_horizontal = ()
    readonly_fields = ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (request.user.is_superuser or not (obj and obj.is_superuser))
