"""Calendars and clocks to look at: due dates with their reasons, nothing to edit."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from clocks.models import CalendarVersion, Clock, ClockExtension, ClockPause
from wording.clocks import explain_clock


class ReadOnly:
    """Nobody adds, changes or deletes here; services write these rows."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


class ClockPauseInline(ReadOnly, admin.TabularInline):
    model = ClockPause
    extra = 0


class ClockExtensionInline(ReadOnly, admin.TabularInline):
    model = ClockExtension
    extra = 0


@admin.register(CalendarVersion)
class CalendarVersionAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["name", "number", "zone", "published_at"]
    list_filter = ["name"]


@admin.register(Clock)
class ClockAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["kind", "subject_id", "round", "state", "due_at", "breached_at", "met_at"]
    list_filter = ["kind", "state"]
    search_fields = ["=subject_id"]
    ordering = ["due_at", "id"]
    show_full_result_count = False
    readonly_fields = ["why_this_date", "day_by_day"]
    inlines = [ClockPauseInline, ClockExtensionInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Clock]:
        return super().get_queryset(request).select_related("calendar_version")

    @admin.display(description=_("Why this date?"))
    def why_this_date(self, clock: Clock) -> str:
        return explain_clock(clock, timezone.now()).sentence

    @admin.display(description=_("Day by day"))
    def day_by_day(self, clock: Clock) -> SafeString:
        days = explain_clock(clock, timezone.now()).days
        return format_html_join("", "{}: {}<br>", ((day.on, day.label) for day in days))
