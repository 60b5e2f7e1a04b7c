"""The queue, and the page of a claim with what can be done about it."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from arbitration import services
from arbitration.selectors import queue
from claims.enums import ItemOutcome
from claims.models import Claim
from claims.selectors import claim_for, one_or_not_found, servable_evidence
from claims.services import add_comment
from desk import claim_page
from desk.base import ActionForm, ServiceAdmin
from desk.filters import AreaFilter, BreachedFilter, MineFilter, StatusFilter
from desk.standing import Standing, standings
from foundation.doors.files import serve_file
from foundation.kernel.actor import Actor
from foundation.kernel.errors import NotFound
from foundation.kernel.text import parse_guid, parse_mpn
from partners.models import Location, Organisation
from tenants.models import Tenant
from wording.items import item_label

FOUND_BY_NAME = 200
"""Customers and partners found by a part of their name before their claims are looked for."""


class Queue(ChangeList):
    """The list with where each claim stands, read for the whole page at once."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        claims = list(self.result_list)
        site: Any = self.model_admin.admin_site
        actor = site.actor_of(request)
        found = standings(claims, actor=actor, now=timezone.now())
        for claim in claims:
            claim.standing = found[claim.pk]
        self.result_list = claims

    @property
    def is_grouped(self) -> bool:
        """Whether the rows stand in the order of their urgency, so that its groups can have headings."""
        return StatusFilter.lists_open(self.params) and "o" not in self.params

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        """By what is due, where the list holds open claims alone; over all claims the newest first, by their index."""
        if not StatusFilter.lists_open(self.params):
            return ["-created_at", "-pk"]
        if "o" in self.params:
            return list(super().get_ordering(request, queryset))
        return ["is_waiting", F("due_sort_at").asc(nulls_last=True), "pk"]


@admin.register(Claim)
class ClaimAdmin(ServiceAdmin):
    """Whatever happens here is a service call; the claim's own rows are never edited."""

    list_display = ("claim", "customer", "partner", "state", "open_items", "due", "contest", "assigned")
    list_display_links = None
    list_filter = (StatusFilter, MineFilter, BreachedFilter, AreaFilter)
    list_select_related = ("organisation", "tenant", "assignee")
    search_fields = ("reference",)
    search_help_text = gettext_lazy(
        "A whole reference, MPN, tenant or subscription ID, or part of a customer's or partner's name"
    )

    # --- The list ---

    def get_queryset(self, request: HttpRequest) -> QuerySet[Claim]:
        return queue(self.actor_of(request)).prefetch_related("items__products")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:  # noqa: ARG002
        return Queue

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The queue under its own name."""
        name = _("Queue")
        return super().changelist_view(request, {"title": name, "list_name": name, **(extra_context or {})})

    def found_by(self, queryset: QuerySet[Claim], term: str) -> QuerySet[Claim]:
        """By what identifies a claim; else customers and partners first, then their claims."""
        if guid := parse_guid(term):
            found = queryset.filter(tenant__guid=guid)
            if not found.exists():
                found = queryset.filter(items__scope__subscription__guid=guid).distinct()
            return found
        if mpn := parse_mpn(term):
            return queryset.filter(location__in=Location.objects.filter(mpn_id=mpn))
        if queryset.filter(reference=term.upper()).exists():
            return queryset.filter(reference=term.upper())
        tenants = list(
            Tenant.objects.filter(name__icontains=term).values_list("pk", flat=True)[:FOUND_BY_NAME]
        )
        partners = list(
            Organisation.objects.filter(name__icontains=term).values_list("pk", flat=True)[:FOUND_BY_NAME]
        )
        return queryset.filter(Q(tenant_id__in=tenants) | Q(organisation_id__in=partners))

    @admin.display(description=gettext_lazy("Reference"))
    def claim(self, claim: Claim) -> str:
        return format_html('<a href="{}">{}</a>', address_of(claim), claim.reference)

    @admin.display(description=gettext_lazy("Customer"))
    def customer(self, claim: Claim) -> str:
        return str(claim.tenant)

    @admin.display(description=gettext_lazy("Partner"))
    def partner(self, claim: Claim) -> str:
        return str(claim.organisation)

    @admin.display(description=gettext_lazy("Status"))
    def state(self, claim: Claim) -> str:
        return format_html('<span class="desk-status">{}</span>', claim.get_status_display())

    @admin.display(description=gettext_lazy("Items open"))
    def open_items(self, claim: Claim) -> str:
        items = list(claim.items.all())
        still_open = [item for item in items if item.outcome == ItemOutcome.PENDING]
        counted = _("%(open)d of %(all)d") % {"open": len(still_open), "all": len(items)}
        names = ", ".join(item_label(item) for item in items)
        return format_html('{}<br><span class="desk-quiet">{}</span>', counted, names)

    @admin.display(description=gettext_lazy("Due"), ordering="due_sort_at")
    def due(self, claim: Claim) -> str:
        due = _standing(claim).current
        missed = format_html_join(
            "", '<span class="desk-breach">{}</span>', ((breach,) for breach in _standing(claim).breaches)
        )
        if due is None:
            return missed or "–"
        return format_html(
            '{}<br><span class="desk-quiet">{}: {}</span>{}', due.on_short, due.what, due.left, missed
        )

    @admin.display(description=gettext_lazy("In arbitration"))
    def contest(self, claim: Claim) -> str:
        links = (
            (
                reverse("admin:arbitration_case_change", args=[contest.party.case.public_id]),
                contest.party.case,
                _("notice posted") if contest.party.noticed_at else _("no notice yet"),
            )
            for contest in _standing(claim).live_contests
        )
        return format_html_join("", '<a href="{}">{}</a><br><span class="desk-quiet">{}</span>', links) or "–"

    @admin.display(description=gettext_lazy("Assignee"))
    def assigned(self, claim: Claim) -> str:
        if claim.assignee is None:
            return _("Nobody")
        return claim.assignee.get_full_name() or claim.assignee.get_username()

    # --- The page ---

    def get_urls(self) -> list[URLPattern]:
        proof = path(
            "<uuid:public_id>/proof/<uuid:file_id>/",
            self.admin_site.admin_view(self.proof_view),
            name="claims_claim_proof",
        )
        page = path(
            "<uuid:object_id>/", self.admin_site.admin_view(self.change_view), name="claims_claim_change"
        )
        return [proof, page, *(each for each in super().get_urls() if each.name == "claims_claim_changelist")]

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
        """The claim; a POST names an action and makes its one service call."""
        actor = self.actor_of(request)
        claim = _seen(actor, object_id)
        tried: dict[str, ActionForm] = {}
        status = HTTPStatus.OK
        if request.method == "POST":
            action = request.POST.get("action", "")
            if action not in ACTIONS:
                return HttpResponse(_("There is no such action here."), status=HTTPStatus.BAD_REQUEST)
            standing = standings([claim], actor=actor, now=timezone.now())[claim.pk]
            form = claim_page.form_for(action, claim_page.item_rows(claim, standing), request.POST)
            call, done = ACTIONS[action]
            if form.attempt(lambda: call(form, claim, actor)):
                messages.success(request, done % {"partner": claim.organisation.name})
                return redirect(address_of(claim))
            tried, status = {action: form}, HTTPStatus(form.http_status)
            claim = _seen(actor, object_id)
        page = claim_page.build(claim, actor=actor, now=timezone.now(), tried=tried)
        context = {
            **self.admin_site.each_context(request),
            **(extra_context or {}),
            "title": claim.reference,
            "subtitle": None,
            "opts": self.opts,
            "page": page,
            "claim": claim,
            "said": [said for form in tried.values() for said in form.said()],
        }
        return TemplateResponse(request, "desk/claim.html", context, status=status)

    def proof_view(self, request: HttpRequest, public_id: Any, file_id: Any) -> HttpResponseBase:
        """A file of proof as a download, for those who may see it and once it may be handed out (part 7)."""
        actor = self.actor_of(request)
        try:
            files = servable_evidence(_seen(actor, public_id), actor)
            evidence = one_or_not_found(files.filter(public_id=file_id))
            return serve_file(evidence.file, name=evidence.name, content_type=evidence.content_type)
        except NotFound:
            raise Http404 from None


def address_of(claim: Claim) -> str:
    """The desk's page of a claim."""
    return reverse("admin:claims_claim_change", args=[claim.public_id])


def _standing(claim: Claim) -> Standing:
    standing: Standing = claim.standing  # type: ignore[attr-defined]  # put there for the whole page at once
    return standing


def _seen(actor: Actor, public_id: Any) -> Claim:
    """The claim; Http404 for what is hidden as for what is missing."""
    try:
        return claim_for(actor, public_id)
    except NotFound:
        raise Http404 from None


# --- What can be done: one service call each, and what is said afterwards ---

Call = Callable[[Any, Claim, Actor], object]


def _start_review(form: Any, claim: Claim, actor: Actor) -> object:
    return services.start_review(
        public_id=str(claim.public_id),
        actor=actor,
        now=timezone.now(),
        version=form.cleaned_data["version"],
    )


def _request_information(form: Any, claim: Claim, actor: Actor) -> object:
    return services.request_information(
        public_id=str(claim.public_id),
        reason=form.cleaned_data["reason"],
        question=form.cleaned_data["question"],
        item_ids=form.cleaned_data["items"],
        actor=actor,
        now=timezone.now(),
        version=form.cleaned_data["version"],
    )


def _decide_items(form: Any, claim: Claim, actor: Actor) -> object:
    return services.decide_items(
        public_id=str(claim.public_id),
        decisions=form.decisions(),
        comment=form.cleaned_data["comment"],
        actor=actor,
        now=timezone.now(),
        version=form.cleaned_data["version"],
    )


def _comment(form: Any, claim: Claim, actor: Actor) -> object:
    return add_comment(
        public_id=str(claim.public_id), text=form.cleaned_data["text"], actor=actor, now=timezone.now()
    )


def _note(form: Any, claim: Claim, actor: Actor) -> object:
    return services.add_note(
        public_id=str(claim.public_id), text=form.cleaned_data["text"], actor=actor, now=timezone.now()
    )


ACTIONS: dict[str, tuple[Call, Any]] = {
    "start_review": (_start_review, gettext_lazy("The review has started; the claim is yours.")),
    "request_information": (_request_information, gettext_lazy("%(partner)s was asked.")),
    "decide_items": (_decide_items, gettext_lazy("Decided. %(partner)s reads the outcome in the claim.")),
    "comment": (_comment, gettext_lazy("Sent to %(partner)s.")),
    "note": (_note, gettext_lazy("Note saved. Only the desk reads it.")),
}
