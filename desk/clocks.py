"""Calendars and clocks: due dates with their reasons, and what a desk admin can change about them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from arbitration.models import Case, ReviewRound
from arbitration.services import extend_deadline, recount_deadline
from claims.models import RequestParty
from clocks.enums import ClockKind
from clocks.lifecycle import CLOCK
from clocks.limits import EXTENSION_BD_MAX
from clocks.models import CalendarVersion, Clock
from clocks.publishing import ends_soon, newest_version
from clocks.services import publish_own_day
from desk.acts import ActionForm, DeskAct, blank_forms
from desk.fields import text_field
from desk.filters import ClockStateFilter
from desk.lists import ForDeskAdmins
from desk.pages import ActingAdmin
from desk.site import actor_of
from foundation.journal.models import Event
from foundation.kernel.actor import Actor
from foundation.kernel.errors import NotFound
from foundation.kernel.rights import KEEPING_CLOCKS
from wording.deadlines import deadline_of
from wording.history import desk_history_rows


class ExtendForm(ActionForm):
    """Adds business days, with a reason."""

    pointers = {"/days": "days", "/reason": "reason"}
    days = forms.IntegerField(
        label=_("Business days to add"),
        help_text=_("From 1 to %(most)d at a time.") % {"most": EXTENSION_BD_MAX},
    )
    reason = text_field(_("Reason"), rows=3, help_text=_("Kept with the clock. Only the desk reads it."))


class PinCalendarForm(ActionForm):
    """Counts the whole clock again on another version of its calendar."""

    calendar_version = forms.ModelChoiceField(
        label=_("Calendar version"),
        queryset=CalendarVersion.objects.order_by("name", "-number"),
        empty_label=_("Choose a version"),
    )


CLOCK_ACTS = (
    DeskAct(
        name="extend",
        form=ExtendForm,
        service=extend_deadline,
        label=_("Extend"),
        done=_("You have extended the deadline. See its new date."),
    ),
    DeskAct(
        name="pin_calendar",
        form=PinCalendarForm,
        service=recount_deadline,
        label=_("Count again"),
        done=_("The clock now counts on that calendar version."),
    ),
)


class OwnDayForm(ActionForm):
    """One day of our own, and why."""

    pointers = {"/day": "day", "/reason": "reason"}
    is_worked = forms.TypedChoiceField(
        label=_("What the day is"),
        choices=[("no", _("A holiday of our own")), ("yes", _("A working day of our own"))],
        coerce=lambda chosen: chosen == "yes",
        widget=forms.RadioSelect,
    )
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        help_text=_("The name of a holiday: partners read it too, where we explain a date to them."),
    )

    def arguments(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("is_worked", "day", "reason")}


CALENDAR_ACTS = (
    DeskAct(
        name="publish_day",
        form=OwnDayForm,
        service=publish_own_day,
        label=_("Publish the next version"),
        note=_("It keeps all other days. Running clocks keep their version."),
        done=_("Published. New deadlines count on the new version."),
    ),
)


@admin.register(CalendarVersion)
class CalendarVersionAdmin(ActingAdmin):
    """The versions of calendars, which everybody at the desk may read; desk admins add days of our own."""

    acts = CALENDAR_ACTS
    key = "calendar_id"
    converter = "int"
    page_template = "desk/calendar.html"
    list_display = ["__str__", "zone", "known_years", "published_at", "reason"]
    list_filter = ["name"]

    def find(self, actor: Actor, public_id: Any) -> CalendarVersion:
        version = CalendarVersion.objects.filter(pk=public_id).first()
        if version is None:
            raise NotFound
        return version

    def about(self, row: CalendarVersion) -> list[CalendarVersion]:
        return [row]

    def happened(self, actor: Actor, row: CalendarVersion) -> QuerySet[Event]:
        return Event.objects.filter(subject_type=row._meta.label_lower, subject_id=row.pk).order_by("id")

    def build(
        self, request: HttpRequest, row: CalendarVersion, tried: Mapping[str, ActionForm]
    ) -> dict[str, Any]:
        actor, newest = actor_of(request), newest_version(row.name)
        is_newest = newest == row
        offered = {"publish_day"} if is_newest and KEEPING_CLOCKS.refusal(actor) is None else set()
        return {
            "newest": None if is_newest else newest,
            "years": self.known_years(row),
            "ends_soon": is_newest and ends_soon(row, timezone.now()),
            "weekend": [WEEKDAYS[day] for day in row.weekend],
            "holidays": sorted(row.holiday_names.items()),
            "working_days": sorted(map(date.fromisoformat, row.working_days)),
            "history": desk_history_rows(self.happened(actor, row)),
            "forms": {**blank_forms(self.acts, offered, [row]), **tried},
        }

    @admin.display(description=_("Holidays known for"))
    def known_years(self, version: CalendarVersion) -> str:
        return ", ".join(map(str, version.years)) or str(_("all years: no public holidays"))


class Clocks(ChangeList):
    """Sorts open and missed clocks by due date, all others newest first, each by its index."""

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        return ["-pk"] if ClockStateFilter.lists_all(self.params) else ["due_at", "pk"]


@admin.register(Clock)
class ClockAdmin(ForDeskAdmins, ActingAdmin):
    """The desk admins' page of a clock. Clocks name no one, so a conflict of interest hides all of them (5.9)."""

    acts = CLOCK_ACTS
    key = "clock_id"
    converter = "int"
    page_template = "desk/clock.html"
    list_display = ["kind", "subject_id", "round", "state", "due_at", "breached_at", "met_at"]
    list_filter = [ClockStateFilter]
    sortable_by = ()
    search_fields = ["=subject_id"]
    search_help_text = _("The number of a claim, a case or a request")
    change_list = Clocks

    def get_queryset(self, request: HttpRequest) -> QuerySet[Clock]:
        clocks = super().get_queryset(request).select_related("calendar_version")
        return clocks.none() if actor_of(request).conflicted_organisation_ids else clocks

    def found_by(self, queryset: QuerySet[Clock], term: str) -> QuerySet[Clock]:
        """Find clocks by the number of what they are about."""
        return (
            queryset.filter(subject_id=int(term)) if term.isdecimal() and len(term) < 18 else queryset.none()
        )

    def find(self, actor: Actor, public_id: Any) -> Clock:
        clocks = Clock.objects.select_related("calendar_version").prefetch_related("pauses", "extensions")
        clock = clocks.filter(pk=public_id).first()
        if clock is None or actor.conflicted_organisation_ids:
            raise NotFound
        return clock

    def about(self, row: Clock) -> list[Clock]:
        return [row]

    def happened(self, actor: Actor, row: Clock) -> QuerySet[Event]:
        return Event.objects.filter(subject_type=row._meta.label_lower, subject_id=row.pk).order_by("id")

    def build(self, request: HttpRequest, row: Clock, tried: Mapping[str, ActionForm]) -> dict[str, Any]:
        offered = CLOCK.offered(actor_of(request), row.state)
        return {
            "due": deadline_of(row, timezone.now()),
            "subject": _subject(row),
            "forms": {**blank_forms(self.acts, offered, [row]), **tried},
        }


def _subject(clock: Clock) -> tuple[str, str]:
    """Return the name and the address of the claim or case that the clock is about; empty if there is none."""
    case = Case.objects.filter(clock=clock).first()
    if case is not None:
        return str(case), reverse("admin:arbitration_case_change", args=[case.public_id])
    review = ReviewRound.objects.filter(clock=clock).select_related("claim").first()
    if review is not None:
        return str(review.claim), reverse("admin:claims_claim_change", args=[review.claim.public_id])
    asked = RequestParty.objects.filter(request_id=clock.subject_id).select_related("claim").first()
    if clock.kind != ClockKind.RESPONSE or asked is None:
        return "", ""
    return str(asked.claim), reverse("admin:claims_claim_change", args=[asked.claim.public_id])
