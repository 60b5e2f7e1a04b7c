"""The list of cases, and the page of one: weigh, ask, decide."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import F, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from arbitration.models import Case, CaseParty
from arbitration.selectors import case_for, visible_cases
from desk import case_page
from desk.acts import ActionForm
from desk.case_forms import CASE_ACTS
from desk.filters import BreachedCaseFilter, CaseStateFilter, NoticeFilter
from desk.pages import ActingAdmin, address_of
from desk.site import actor_of
from foundation.kernel.actor import Actor
from foundation.kernel.text import parse_guid
from wording.deadlines import deadline_of
from wording.items import scope_label


class Cases(ChangeList):
    """Sorts open cases by due date. A case without notice has no date yet and comes first, since it needs one."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        now = timezone.now()
        self.result_list = list(self.result_list)
        for case in self.result_list:
            case.due = deadline_of(case.clock, now) if case.clock else None

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        """Sort open cases by due date, all others newest first."""
        if not CaseStateFilter.lists_open(self.params):
            return ["-opened_at", "-pk"]
        if "o" in self.params:
            return list(super().get_ordering(request, queryset))
        return [F("notice_at").asc(nulls_first=True), F("clock__due_at").asc(nulls_last=True), "pk"]


@admin.register(Case)
class CaseAdmin(ActingAdmin):
    """The list of cases, and the page of one: weigh, ask, decide."""

    acts = CASE_ACTS
    key = "case_id"
    page_template = "desk/case.html"

    list_display = ("number", "customer", "contested", "sides", "notice", "due", "missed", "state")
    list_display_links = None
    list_filter = (CaseStateFilter, NoticeFilter, BreachedCaseFilter)
    search_fields = ("id",)
    search_help_text = gettext_lazy("A case number, a claim's reference, or a tenant or subscription ID")

    # --- The list ---

    def get_queryset(self, request: HttpRequest) -> QuerySet[Case]:
        parties = CaseParty.objects.filter(left_at__isnull=True).select_related("organisation").order_by("pk")
        return (
            visible_cases(actor_of(request))
            .select_related(
                "scope__tenant", "scope__workload", "scope__subscription", "clock__calendar_version"
            )
            .prefetch_related(
                Prefetch("parties", queryset=parties, to_attr="live"),
                "scope__subscription__products",
                "clock__pauses",
                "clock__extensions",
            )
        )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:  # noqa: ARG002
        return Cases

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list under its own name."""
        name = _("Cases")
        return super().changelist_view(request, {"title": name, "list_name": name, **(extra_context or {})})

    def found_by(self, queryset: QuerySet[Case], term: str) -> QuerySet[Case]:
        if guid := parse_guid(term):
            return queryset.filter(Q(scope__tenant__guid=guid) | Q(scope__subscription__guid=guid))
        digits = term.upper().removeprefix("CASE-")
        if digits.isdecimal() and len(digits) < 18:
            return queryset.filter(pk=int(digits))
        return queryset.filter(pk__in=CaseParty.objects.filter(claim__reference=term.upper()).values("case"))

    @admin.display(description=gettext_lazy("Case"))
    def number(self, case: Case) -> str:
        return format_html('<a href="{}">{}</a>', address_of(case), case)

    @admin.display(description=gettext_lazy("Customer"))
    def customer(self, case: Case) -> str:
        return str(case.scope.tenant)

    @admin.display(description=gettext_lazy("Contested"))
    def contested(self, case: Case) -> str:
        return format_html(
            '{}<br><span class="desk-quiet">{}</span>', scope_label(case.scope), case.scope.get_lane_display()
        )

    @admin.display(description=gettext_lazy("Parties"))
    def sides(self, case: Case) -> str:
        live: list[CaseParty] = case.live  # type: ignore[attr-defined]  # prefetched
        return ", ".join(dict.fromkeys(party.organisation.name for party in live)) or "–"

    @admin.display(description=gettext_lazy("Notice"))
    def notice(self, case: Case) -> str:
        live: list[CaseParty] = case.live  # type: ignore[attr-defined]  # prefetched
        if all(party.noticed_at for party in live):
            return _("Posted")
        return _("Not posted yet") if case.notice_at is None else _("A late joiner has none yet")

    @admin.display(description=gettext_lazy("Due"), ordering="clock__due_at")
    def due(self, case: Case) -> str:
        due = case.due  # type: ignore[attr-defined]  # set for the whole page at once
        if due is None:
            return _("Starts with the notice") if case.ended_at is None else "–"
        return format_html('{}<br><span class="desk-quiet">{}</span>', due.short, due.left)

    @admin.display(description=gettext_lazy("Missed"))
    def missed(self, case: Case) -> str:
        due = case.due  # type: ignore[attr-defined]  # set for the whole page at once
        return format_html('<span class="desk-breach">{}</span>', due.breach) if due and due.breach else "–"

    # --- The page ---

    def find(self, actor: Actor, public_id: Any) -> Case:
        return case_for(actor, public_id)

    def about(self, row: Case) -> list[CaseParty]:
        """Return all parties, past ones included: the service decides who is still in the case."""
        return list(row.parties.select_related("organisation").order_by("pk"))

    def build(self, request: HttpRequest, row: Case, tried: Mapping[str, ActionForm]) -> dict[str, Any]:
        page = case_page.build(row, actor=actor_of(request), now=timezone.now(), tried=tried)
        return {"page": page, "contested": scope_label(row.scope)}
