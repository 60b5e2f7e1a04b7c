"""Filters of the desk's lists."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arbitration.enums import CaseState, ProposalState
from arbitration.models import Case, CaseParty, ProposedDecision
from arbitration.selectors import late_cases, late_claims
from claims.enums import ClaimStatus
from claims.models import Claim
from clocks.enums import ClockState
from clocks.models import Clock
from tenants.enums import SolutionArea

AREA = "area"
ALL = "all"


class _WithDefault(admin.SimpleListFilter):
    """A filter whose default has a name, since it may narrow the list."""

    default_title: Any = _("All")
    options: Sequence[tuple[str, Any]]

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        return self.options

    def choices(self, changelist: Any) -> Iterator[Any]:
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": self.default_title,
        }
        for value, title in self.lookup_choices:
            yield {
                "selected": self.value() == str(value),
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": title,
            }


class StatusFilter(_WithDefault):
    """By status; without a choice, claims that need work."""

    title = _("status")
    parameter_name = "status"
    default_title = _("Needs work; all when searching")
    options = (*(choice for choice in ClaimStatus.choices if choice[0] != ClaimStatus.DRAFT), (ALL, _("All")))

    @classmethod
    def lists_open(cls, params: Mapping[str, Any]) -> bool:
        """Return whether the list holds open claims only, few enough to be sorted."""
        status = params.get(cls.parameter_name)
        return status in ClaimStatus.OPEN or (status is None and not params.get(SEARCH_VAR))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Claim]) -> QuerySet[Claim]:
        if self.lists_open(request.GET):
            return queryset.filter(status__in=[self.value()] if self.value() else ClaimStatus.OPEN)
        return queryset if self.value() in (None, ALL) else queryset.filter(status=self.value())


class MineFilter(_WithDefault):
    """By assignee."""

    title = _("assignee")
    parameter_name = "assignee"
    default_title = _("Anyone")
    options = (("me", _("Mine")), ("nobody", _("No one yet")))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Claim]) -> QuerySet[Claim]:
        if self.value() == "me":
            return queryset.filter(assignee_id=request.user.pk)
        return queryset.filter(assignee__isnull=True) if self.value() == "nobody" else queryset


class BreachedFilter(_WithDefault):
    """By missed deadlines, including those made up for since."""

    title = _("missed dates")
    parameter_name = "breached"
    options = (("yes", _("Breached")),)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return self.breached(request, queryset) if self.value() == "yes" else queryset

    def breached(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows with a missed deadline."""
        return late_claims(rows, now=timezone.now())


class AreaFilter(_WithDefault):
    title = _("solution area")
    parameter_name = AREA
    options = SolutionArea.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Claim]) -> QuerySet[Claim]:
        return queryset.filter(solution_area=self.value()) if self.value() else queryset


class CaseStateFilter(_WithDefault):
    """By state; without a choice, open cases."""

    title = _("state")
    parameter_name = "state"
    default_title = _("Open; all when searching")
    options = (
        (CaseState.DECIDED, CaseState.DECIDED.label),
        (CaseState.CLOSED, CaseState.CLOSED.label),
        (ALL, _("All")),
    )

    @classmethod
    def lists_open(cls, params: Mapping[str, Any]) -> bool:
        return params.get(cls.parameter_name) is None and not params.get(SEARCH_VAR)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        if self.lists_open(request.GET):
            return queryset.filter(state=CaseState.OPEN)
        return queryset if self.value() in (None, ALL) else queryset.filter(state=self.value())


class NoticeFilter(_WithDefault):
    """By whether every party has had its notice."""

    title = _("notice")
    parameter_name = "notice"
    options = (("missing", _("Missing for a party")),)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        if self.value() != "missing":
            return queryset
        unaware = CaseParty.objects.filter(noticed_at__isnull=True, left_at__isnull=True)
        return queryset.filter(pk__in=unaware.values("case"))


class ProposalFilter(_WithDefault):
    """By whether a decision waits for a second arbiter."""

    title = _("decision")
    parameter_name = "decision"
    options = (("waiting", _("Waits for a second arbiter")),)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        if self.value() != "waiting":
            return queryset
        return queryset.filter(
            pk__in=ProposedDecision.objects.filter(state=ProposalState.PROPOSED).values("case")
        )


class BreachedCaseFilter(BreachedFilter):
    """By missed deadlines of the case or, until its notice, of a party's review."""

    def breached(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return late_cases(rows, now=timezone.now())


class ClockStateFilter(_WithDefault):
    """By what became of a clock; without a choice, open ones."""

    title = _("state")
    parameter_name = "state"
    default_title = _("Open; all when searching")
    options = (("missed", _("Missed")), (ALL, _("All")))

    @classmethod
    def lists_all(cls, params: Mapping[str, Any]) -> bool:
        """Return whether the list holds clocks of every state."""
        state = params.get(cls.parameter_name)
        return state == ALL or (state is None and bool(params.get(SEARCH_VAR)))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Clock]) -> QuerySet[Clock]:
        if self.lists_all(request.GET):
            return queryset
        if self.value() == "missed":
            return queryset.filter(breached_at__isnull=False)
        return queryset.filter(state__in=sorted(ClockState.open_states()))
