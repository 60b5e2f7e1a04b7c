"""Who may do what: accounts, members, desk seats and tokens. A desk admin changes them, through services alone."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm, UserChangeForm
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from desk.lists import FoundByName, Looking
from desk.saving import SavedByServices, SayingRefusal
from desk.site import keeper_of
from foundation.kernel.errors import NotPermitted
from partners.enums import PARTNER_ROLE_LABELS
from partners.models import ApiToken, DeskSeat, Member, User
from partners.services import (
    AccountInput,
    add_member,
    change_account,
    change_member,
    create_account,
    end_member,
    end_seat,
    give_seat,
    revoke_token,
    set_password,
)


class MemberForm(SayingRefusal, forms.ModelForm):
    """A membership with its roles and bounds. It ends by a tick, and for good."""

    pointers = {"/roles": "roles", "/locations": "locations"}
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=lambda: list(PARTNER_ROLE_LABELS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    ends = forms.BooleanField(
        label=_("End this membership"),
        required=False,
        help_text=_(
            "It ends now and for good. Roles and locations stay as they were, whatever is typed above."
        ),
    )

    class Meta:
        model = Member
        fields = ("user", "organisation", "locations")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "roles" in self.fields:
            self.initial["roles"] = list(self.instance.roles.values_list("role", flat=True))


@admin.register(Member)
class MemberAdmin(SavedByServices, FoundByName, Looking, admin.ModelAdmin):
    """Members. An ended membership is history and changes no more."""

    form = MemberForm
    list_display = ("user", "organisation", "ended_at")
    list_filter = ("roles__role", ("ended_at", admin.EmptyFieldListFilter))
    list_select_related = ("user", "organisation")
    search_fields = ("user__names_folded", "organisation__names_folded")
    autocomplete_fields = ("user", "organisation", "locations")
    desk_admins_may = frozenset({"add", "change"})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return who and where, roles and bounds; for a stored one also how it ends or when it ended."""
        if obj is None:
            return ["user", "organisation", "roles", "locations"]
        if self.has_change_permission(request, obj):
            return ["user", "organisation", "roles", "locations", "ends"]
        return ["user", "organisation", "held_roles", "locations", "ended_at"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Freeze user and organisation: a membership ends and another begins."""
        if obj is None:
            return ()
        return ("user", "organisation", "held_roles", "ended_at")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.ended_at)

    @admin.display(description=_("Roles"))
    def held_roles(self, member: Member) -> str:
        return ", ".join(role.get_role_display() for role in member.roles.order_by("role")) or "-"

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Lead to the user's events in the journal."""
        member = self.get_object(request, object_id)
        return _journal_of(member.user if member else None)

    def save_by_service(self, request: HttpRequest, row: Member, form: Any, *, is_new: bool) -> Member:
        given = {
            "roles": form.cleaned_data["roles"],
            "location_ids": [location.pk for location in form.cleaned_data["locations"]],
            "actor": keeper_of(request),
            "now": timezone.now(),
        }
        if is_new:
            return add_member(user_id=row.user_id, organisation_id=row.organisation_id, **given)
        if form.cleaned_data["ends"]:
            return end_member(member_id=row.pk, actor=given["actor"], now=given["now"])
        return change_member(member_id=row.pk, **given)


class SeatForm(SayingRefusal, forms.ModelForm):
    """A seat for a user."""


@admin.register(DeskSeat)
class DeskSeatAdmin(SavedByServices, Looking, admin.ModelAdmin):
    form = SeatForm
    fields = ("user", "role")
    list_display = ("user", "role")
    list_filter = ("role",)
    list_select_related = ("user",)
    autocomplete_fields = ("user",)
    desk_admins_may = frozenset({"add", "delete"})

    def save_by_service(self, request: HttpRequest, row: DeskSeat, form: Any, *, is_new: bool) -> DeskSeat:
        return give_seat(user_id=row.user_id, role=row.role, actor=keeper_of(request), now=timezone.now())

    def delete_by_service(self, request: HttpRequest, row: DeskSeat) -> None:
        end_seat(user_id=row.user_id, role=row.role, actor=keeper_of(request), now=timezone.now())


@admin.register(ApiToken)
class ApiTokenAdmin(SavedByServices, FoundByName, Looking, admin.ModelAdmin):
    """API tokens. `manage.py issue_token` issues them; a desk admin revokes them here. No hash is shown."""

    fields = ("user", "organisation", "name", "created", "expiry", "last_used_at")
    list_display = ("user", "organisation", "name", "created", "expiry", "last_used_at")
    list_select_related = ("user", "organisation")
    search_fields = ("user__names_folded", "organisation__names_folded", "name")
    desk_admins_may = frozenset({"delete"})

    def delete_by_service(self, request: HttpRequest, row: ApiToken) -> None:
        revoke_token(token_id=row.pk, actor=keeper_of(request), now=timezone.now())


class NewAccountForm(SayingRefusal, AdminUserCreationForm):
    """A new account's name and password."""

    pointers = {"/username": "username"}


class AccountForm(SayingRefusal, UserChangeForm):
    """An account's names and what it opens."""

    pointers = {"/username": "username"}


class PasswordForm(AdminPasswordChangeForm):
    """A password that a desk admin sets; the user that the form is about says who is acting."""

    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit=False)
        actor = user.acting  # type: ignore[attr-defined] # PersonAdmin.get_object has put it there
        return set_password(user_id=user.pk, encoded_password=user.password, actor=actor, now=timezone.now())


@admin.register(User)
class PersonAdmin(SavedByServices, FoundByName, Looking, UserAdmin):
    """User accounts. A desk admin creates them and sets passwords, except for superusers."""

    add_form = NewAccountForm
    form = AccountForm
    change_password_form = PasswordForm
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email")}),
        (
            _("Access"),
            {
                "fields": ("is_active", "is_staff"),
                "description": _("Staff may open the desk's pages. Their seats decide what they may do."),
            },
        ),
    )
    list_filter = ("is_active", "is_staff")
    search_fields = ("names_folded", "email")
    filter_horizontal = ()
    readonly_fields = ()
    desk_admins_may = frozenset({"add", "change"})

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (request.user.is_superuser or not (obj and obj.is_superuser))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the user with who is acting on it, since Django gives its form for passwords no request."""
        user = super().get_object(request, object_id, from_field)
        if user is not None:
            user.acting = keeper_of(request)
        return user

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002 - Django's name
        """Set a password; 403 where the service refuses it."""
        try:
            answer: HttpResponse = super().user_change_password(request, id, form_url)
        except NotPermitted as refusal:
            raise PermissionDenied from refusal
        return answer

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Lead to the user's events in the journal."""
        return _journal_of(self.get_object(request, object_id))

    def save_by_service(self, request: HttpRequest, row: User, form: Any, *, is_new: bool) -> User:
        account = AccountInput(
            username=row.username,
            first_name=row.first_name,
            last_name=row.last_name,
            email=row.email,
            is_active=row.is_active,
            is_staff=row.is_staff,
            is_superuser=row.is_superuser,
        )
        by: dict[str, Any] = {"actor": keeper_of(request), "now": timezone.now()}
        if is_new:
            return create_account(account=account, encoded_password=row.password, **by)
        return change_account(user_id=row.pk, account=account, **by)


def _journal_of(user: User | None) -> HttpResponse:
    """Return the way to the events about the user; desk admins alone read them there."""
    query = urlencode({"q": user.username}) if user else ""
    return redirect(f"{reverse('admin:journal_event_changelist')}?{query}")
