"""The list of cases, and the page of one: weigh, ask, decide."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import F, Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from arbitration import services
from arbitration.models import Case, CaseParty
from arbitration.selectors import case_for, visible_cases
from desk import case_page
from desk.base import Said, ServiceAdmin
from desk.filters import BreachedCaseFilter, CaseStateFilter, NoticeFilter
from desk.standing import due_of
from foundation.kernel.actor import Actor
from foundation.kernel.errors import NotFound
from foundation.kernel.text import parse_guid
from wording.items import scope_label

DECIDE, PREVIEW, CHANGE = "decide_case", "preview_decision", "change_decision"
FORM_OF = {PREVIEW: DECIDE, CHANGE: DECIDE}
"""Actions that work on the form of another one."""


class Cases(ChangeList):
    """Open cases by what is due; a case without notice has no date yet and stands first, since it needs one."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        now = timezone.now()
        self.result_list = list(self.result_list)
        for case in self.result_list:
            case.due = due_of(_("Arbitration"), case.clock, now) if case.clock else None

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        """By what is due among the open ones; else the newest first."""
        if not CaseStateFilter.lists_open(self.params):
            return ["-opened_at", "-pk"]
        if "o" in self.params:
            return list(super().get_ordering(request, queryset))
        return [F("notice_at").asc(nulls_first=True), F("clock__due_at").asc(nulls_last=True), "pk"]


@admin.register(Case)
class CaseAdmin(ServiceAdmin):
    """Whatever happens here is a service call."""

    list_display = ("number", "customer", "contested", "sides", "notice", "due", "missed", "state")
    list_display_links = None
    list_filter = (CaseStateFilter, NoticeFilter, BreachedCaseFilter)
    search_fields = ("id",)
    search_help_text = gettext_lazy("A case number, a claim's reference, or a tenant or subscription ID")

    # --- The list ---

    def get_queryset(self, request: HttpRequest) -> QuerySet[Case]:
        parties = CaseParty.objects.filter(left_at__isnull=True).select_related("organisation").order_by("pk")
        return (
            visible_cases(self.actor_of(request))
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
        """The list under its own name."""
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
        due = case.due  # type: ignore[attr-defined]  # put there for the whole page at once
        if due is None:
            return _("Starts with the notice") if case.ended_at is None else "–"
        return format_html('{}<br><span class="desk-quiet">{}</span>', due.on_short, due.left)

    @admin.display(description=gettext_lazy("Missed"))
    def missed(self, case: Case) -> str:
        due = case.due  # type: ignore[attr-defined]  # put there for the whole page at once
        return format_html('<span class="desk-breach">{}</span>', due.breach) if due and due.breach else "–"

    # --- The page ---

    def get_urls(self) -> list[URLPattern]:
        page = path(
            "<uuid:object_id>/", self.admin_site.admin_view(self.change_view), name="arbitration_case_change"
        )
        return [page, *(each for each in super().get_urls() if each.name == "arbitration_case_changelist")]

    def actor_of(self, request: HttpRequest) -> Actor:
        site: Any = self.admin_site
        actor: Actor = site.actor_of(request)
        return actor

    def change_view(
        self,
        request: HttpRequest,
        object_id: Any,
        form_url: str = "",  # noqa: ARG002
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The case; a POST names an action and makes its one service call. A decision is previewed first."""
        actor = self.actor_of(request)
        case = _seen(actor, object_id)
        tried: dict[str, Any] = {}
        said: list[Said] = []
        status = HTTPStatus.OK
        if request.method == "POST":
            action = request.POST.get("action", "")
            if action not in ACTIONS:
                return HttpResponse(_("There is no such action here."), status=HTTPStatus.BAD_REQUEST)
            what = FORM_OF.get(action, action)
            form = case_page.form_for(what, _parties(case), request.POST)
            call, done = ACTIONS[action]
            if action == CHANGE:
                form.is_valid()
            elif form.attempt(lambda: call(form, case, actor)):
                if action == PREVIEW:
                    return self._preview(request, case, form)
                messages.success(request, done)
                return redirect(address_of(case))
            else:
                said, status = list(form.said()), HTTPStatus(form.http_status)
            tried = {what: form}
            case = _seen(actor, object_id)
        page = case_page.build(case, actor=actor, now=timezone.now(), tried=tried)
        context = {**self._context(request, case), **(extra_context or {}), "page": page, "said": said}
        return TemplateResponse(request, "desk/case.html", context, status=status)

    def _preview(self, request: HttpRequest, case: Case, form: Any) -> HttpResponse:
        """What each party would receive, to be confirmed or changed."""
        context = {
            **self._context(request, case),
            "title": _("Check the decision of %(case)s") % {"case": case},
            "form": form,
            "messages_to_parties": form.preview,
            "winner": next(
                (
                    party.organisation
                    for party in _parties(case)
                    if party.organisation_id == form.cleaned_data["winner"]
                ),
                None,
            ),
        }
        return TemplateResponse(request, "desk/case_preview.html", context)

    def _context(self, request: HttpRequest, case: Case) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": str(case),
            "subtitle": None,
            "opts": self.opts,
            "case": case,
            "contested": scope_label(case.scope),
        }


def address_of(case: Case) -> str:
    """The desk's page of a case."""
    return reverse("admin:arbitration_case_change", args=[case.public_id])


def _seen(actor: Actor, public_id: Any) -> Case:
    """The case; Http404 for what is hidden as for what is missing."""
    try:
        return case_for(actor, public_id)
    except NotFound:
        raise Http404 from None


def _parties(case: Case) -> list[CaseParty]:
    """Those who ever were: whether one that a form names is still in the case is for the service to say."""
    return list(case.parties.select_related("organisation").order_by("pk"))


# --- What can be done: one service call each, and what is said afterwards ---

Call = Callable[[Any, Case, Actor], object]


def _post_notice(form: Any, case: Case, actor: Actor) -> object:
    return services.post_notice(
        case_id=str(case.public_id),
        challenger_text=form.cleaned_data.get("challenger_text", ""),
        holder_text=form.cleaned_data.get("holder_text", ""),
        actor=actor,
        now=timezone.now(),
        version=form.cleaned_data["version"],
    )


def _ask_parties(form: Any, case: Case, actor: Actor) -> object:
    return services.ask_parties(
        case_id=str(case.public_id),
        party_ids=form.cleaned_data["parties"],
        reason=form.cleaned_data["reason"],
        question=form.cleaned_data["question"],
        actor=actor,
        now=timezone.now(),
        version=form.cleaned_data["version"],
    )


def _decide_case(form: Any, case: Case, actor: Actor) -> object:
    return services.decide_case(
        case_id=str(case.public_id),
        verdict=form.verdict(),
        actor=actor,
        now=timezone.now(),
        version=form.cleaned_data["version"],
    )


def _preview_decision(form: Any, case: Case, actor: Actor) -> object:
    form.preview = services.preview_decision(
        case_id=str(case.public_id),
        verdict=form.verdict(),
        actor=actor,
        now=timezone.now(),
        version=form.cleaned_data["version"],
    )
    return form.preview


def _nothing(form: Any, case: Case, actor: Actor) -> object:  # noqa: ARG001
    return None


ACTIONS: dict[str, tuple[Call, Any]] = {
    "post_notice": (
        _post_notice,
        gettext_lazy("The notice was posted in the comments of each party's claim."),
    ),
    "ask_parties": (
        _ask_parties,
        gettext_lazy("The parties were asked. Their answers stay sealed until all are in."),
    ),
    PREVIEW: (_preview_decision, ""),
    CHANGE: (_nothing, ""),
    DECIDE: (_decide_case, gettext_lazy("Decided. Each party reads its own text in its claim.")),
}
