"""The list of cases, and the page of one: weigh, ask, decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import F, Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from arbitration.enums import ProposalState
from arbitration.models import Case, CaseParty
from arbitration.selectors import acts_in, case_for, case_history, live_parties, visible_cases
from claims.selectors import visible_claims
from desk import case_page
from desk.acts import ActionForm
from desk.case_forms import CASE_ACTS
from desk.filters import BreachedCaseFilter, CaseStateFilter, NoticeFilter, ProposalFilter
from desk.pages import ActingAdmin, address_of
from desk.site import actor_of
from desk.standing import case_deadlines, earliest
from foundation.journal.models import Event
from foundation.kernel.actor import Actor
from foundation.kernel.references import parse_reference
from foundation.kernel.text import parse_guid
from wording.deadlines import ClockDeadline
from wording.history import HistoryRow, desk_changes
from wording.items import scope_label


@dataclass(frozen=True, kw_only=True)
class CaseRow:
    """One case of the list with its deadlines: its own, and until their notice those of its parties' reviews."""

    _meta = Case._meta  # Django's list asks each row for its fields
    case: Case
    dues: list[ClockDeadline]

    @property
    def due(self) -> ClockDeadline | None:
        """Return the deadline that counts now: the earliest that is open, else the case's own."""
        return earliest(self.dues)

    @property
    def parties(self) -> list[CaseParty]:
        """Return the parties that have not left."""
        return [party for party in self.case.parties.all() if party.left_at is None]


class Cases(ChangeList):
    """Sorts open cases by due date. Until its notice, a party adds the date of its review."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        dues = case_deadlines(list(self.result_list), now=timezone.now())
        self.result_list = [CaseRow(case=case, dues=dues[case.pk]) for case in self.result_list]

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        """Sort open cases by due date, all others newest first."""
        if not CaseStateFilter.lists_open(self.params):
            return ["-opened_at", "-pk"]
        if "o" in self.params:
            return list(super().get_ordering(request, queryset))
        return [F("due_at").asc(nulls_last=True), "pk"]


@admin.register(Case)
class CaseAdmin(ActingAdmin):
    """The list of cases, and the page of one: weigh, ask, decide."""

    acts = CASE_ACTS
    key = "case_id"
    page_template = "desk/case.html"

    list_name = gettext_lazy("Cases")
    change_list = Cases
    list_display = ("number", "customer", "contested", "sides", "notice", "due", "missed", "status")
    list_display_links = None
    list_filter = (CaseStateFilter, NoticeFilter, ProposalFilter, BreachedCaseFilter)
    search_fields = ("id",)
    search_help_text = gettext_lazy("A case number, a claim's reference, or a tenant or subscription ID")

    # --- The list ---

    def get_queryset(self, request: HttpRequest) -> QuerySet[Case]:
        parties = CaseParty.objects.select_related("organisation").order_by("pk")
        return (
            visible_cases(actor_of(request))
            .select_related(
                "scope__tenant", "scope__workload", "scope__subscription", "clock__calendar_version"
            )
            .prefetch_related(
                Prefetch("parties", queryset=parties),
                "proposals",
                "scope__subscription__products",
                "clock__pauses",
                "clock__extensions",
            )
        )

    def found_by(self, queryset: QuerySet[Case], term: str) -> QuerySet[Case]:
        if guid := parse_guid(term):
            return queryset.filter(Q(scope__tenant__guid=guid) | Q(scope__subscription__guid=guid))
        digits = term.upper().removeprefix("CASE-")
        if digits.isdecimal() and len(digits) < 18:
            return queryset.filter(pk=int(digits))
        named = CaseParty.objects.filter(claim__reference=parse_reference(term) or term)
        return queryset.filter(pk__in=named.values("case"))

    @admin.display(description=gettext_lazy("Case"))
    def number(self, row: CaseRow) -> str:
        return format_html('<a href="{}">{}</a>', address_of(row.case), row.case)

    @admin.display(description=gettext_lazy("Customer"))
    def customer(self, row: CaseRow) -> str:
        return str(row.case.scope.tenant)

    @admin.display(description=gettext_lazy("Contested"))
    def contested(self, row: CaseRow) -> str:
        scope = row.case.scope
        return format_html(
            '{}<br><span class="desk-quiet">{}</span>', scope_label(scope), scope.get_lane_display()
        )

    @admin.display(description=gettext_lazy("Parties"))
    def sides(self, row: CaseRow) -> str:
        return ", ".join(dict.fromkeys(party.organisation.name for party in row.parties)) or "–"

    @admin.display(description=gettext_lazy("Notice"))
    def notice(self, row: CaseRow) -> str:
        if all(party.noticed_at for party in row.parties):
            return _("Posted")
        return _("Not posted yet") if row.case.notice_at is None else _("A late joiner has none yet")

    @admin.display(description=gettext_lazy("Due"), ordering="due_at")
    def due(self, row: CaseRow) -> str:
        if row.due is None:
            return _("Starts with the notice") if row.case.ended_at is None else "–"
        return format_html(
            '{}<br><span class="desk-quiet">{}: {}</span>', row.due.short, row.due.what, row.due.left
        )

    @admin.display(description=gettext_lazy("Missed"))
    def missed(self, row: CaseRow) -> str:
        breaches = ((due.breach,) for due in row.dues if due.is_breached)
        return format_html_join("", '<span class="desk-breach">{}</span>', breaches) or "–"

    @admin.display(description=gettext_lazy("State"), ordering="state")
    def status(self, row: CaseRow) -> str:
        waiting = [each for each in row.case.proposals.all() if each.state == ProposalState.PROPOSED]
        if not waiting:
            return row.case.get_state_display()
        return format_html(
            '{}<br><span class="desk-quiet">{}</span>',
            row.case.get_state_display(),
            waiting[0].get_state_display(),
        )

    # --- The page ---

    def find(self, actor: Actor, public_id: Any) -> Case:
        return case_for(actor, public_id)

    def addressees(self, row: Case) -> list[int]:
        return list(live_parties(row).values_list("claim_id", flat=True))

    def happened(self, actor: Actor, row: Case) -> QuerySet[Event]:
        return case_history(row, actor)

    def in_words(self, actor: Actor, row: Case, events: Sequence[Event]) -> list[HistoryRow]:
        claims = visible_claims(actor).filter(case_parties__case=row).select_related("organisation")
        return desk_changes(events, list(claims))

    def about(self, row: Case) -> list[CaseParty]:
        """Return all parties, past ones included: the service decides who is still in the case."""
        return list(row.parties.select_related("organisation").order_by("pk"))

    def build(self, request: HttpRequest, row: Case, tried: Mapping[str, ActionForm]) -> dict[str, Any]:
        page = case_page.build_case_page(row, actor=actor_of(request), now=timezone.now(), tried=tried)
        acts = self.in_words(actor_of(request), row, list(acts_in(row, actor_of(request))))
        return {"page": page, "contested": scope_label(row.scope), "history": acts[::-1]}
