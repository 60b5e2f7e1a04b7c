"""Calendars and clocks: due dates with their reasons, and what a desk admin can change about them."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arbitration.models import Case, ReviewRound
from arbitration.services import extend_deadline, recount_deadline
from claims.models import RequestParty
from clocks.enums import ClockKind
from clocks.lifecycle import CLOCK
from clocks.limits import EXTENSION_BD_MAX
from clocks.models import CalendarVersion, Clock
from desk.acts import ActionForm, DeskAct, blank_forms
from desk.fields import text_field
from desk.lists import ForDeskAdmins, Looking
from desk.pages import ActingAdmin
from desk.site import actor_of
from foundation.journal.models import Event
from foundation.kernel.actor import Actor
from foundation.kernel.errors import NotFound
from wording.deadlines import deadline_of


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


@admin.register(CalendarVersion)
class CalendarVersionAdmin(Looking, admin.ModelAdmin):
    list_display = ["name", "number", "zone", "known_years", "published_at"]
    list_filter = ["name"]

    @admin.display(description=_("Holidays known for"))
    def known_years(self, version: CalendarVersion) -> str:
        return ", ".join(map(str, version.years)) or str(_("all years: no public holidays"))


@admin.register(Clock)
class ClockAdmin(ForDeskAdmins, ActingAdmin):
    """The desk admins' page of a clock. Clocks name no one, so a conflict of interest hides all of them (5.9)."""

    acts = CLOCK_ACTS
    key = "clock_id"
    converter = "int"
    page_template = "desk/clock.html"
    list_display = ["kind", "subject_id", "round", "state", "due_at", "breached_at", "met_at"]
    list_filter = ["kind", "state"]
    search_fields = ["=subject_id"]
    ordering = ["due_at", "id"]

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
