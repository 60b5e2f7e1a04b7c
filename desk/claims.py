"""The queue, and the page of a claim with what can be done about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from arbitration.selectors import desk_history
from claims.enums import ItemOutcome
from claims.models import Claim, ClaimItem
from claims.selectors import claim_for, visible_claims
from claims.services import open_evidence
from desk import claim_page
from desk.acts import ActionForm
from desk.claim_forms import CLAIM_ACTS
from desk.filters import AreaFilter, BreachedFilter, MineFilter, StatusFilter
from desk.pages import ActingAdmin, address_of
from desk.second_person import waiting_for_a_second_person
from desk.site import actor_of
from desk.standing import Standing, standings
from foundation.doors.files import serve_file
from foundation.journal.models import Event
from foundation.kernel.actor import Actor
from foundation.kernel.errors import NotFound
from foundation.kernel.references import parse_reference
from foundation.kernel.text import parse_guid, parse_mpn
from foundation.search import named
from partners.models import Location, Organisation
from tenants.models import Tenant
from wording.history import HistoryRow, desk_changes
from wording.items import item_label


@dataclass(frozen=True, kw_only=True)
class QueueRow:
    """One claim of the queue with its deadlines."""

    _meta = Claim._meta  # Django's list asks each row for its fields
    claim: Claim
    standing: Standing


class Queue(ChangeList):
    """The list, with deadlines read for the whole page at once."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        claims = list(self.result_list)
        found = standings(claims, actor=actor_of(request), now=timezone.now())
        self.result_list = [QueueRow(claim=claim, standing=found[claim.pk]) for claim in claims]

    @property
    def is_grouped(self) -> bool:
        """Return whether rows are sorted by urgency, so that groups can have headings."""
        return StatusFilter.lists_open(self.params) and "o" not in self.params

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        """Sort a list of open claims by due date; sort all claims newest first, by index."""
        if not StatusFilter.lists_open(self.params):
            return ["-created_at", "-pk"]
        if "o" in self.params:
            return list(super().get_ordering(request, queryset))
        return ["is_waiting", F("due_at").asc(nulls_last=True), "pk"]


@admin.register(Claim)
class ClaimAdmin(ActingAdmin):
    """The queue, and the page of a claim with what can be done about it."""

    acts = CLAIM_ACTS
    page_template = "desk/claim.html"

    list_name = gettext_lazy("Queue")
    change_list = Queue
    list_display = ("claim", "customer", "partner", "state", "open_items", "due", "contest", "assigned")
    list_display_links = None
    list_filter = (StatusFilter, MineFilter, BreachedFilter, AreaFilter)
    list_select_related = ("organisation", "tenant", "assignee")
    search_fields = ("reference",)
    search_help_text = gettext_lazy(
        "A whole reference, MPN, tenant or subscription ID, or part of a customer's or partner's name"
    )

    # --- The list ---

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the queue, below what waits for a second person."""
        waiting = waiting_for_a_second_person(actor_of(request))
        return super().changelist_view(request, {"waiting": waiting, **(extra_context or {})})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Claim]:
        return visible_claims(actor_of(request)).prefetch_related("items__products")

    def found_by(self, queryset: QuerySet[Claim], term: str) -> QuerySet[Claim]:
        """Search by what identifies a claim; otherwise find customers and partners first, then their claims."""
        if guid := parse_guid(term):
            found = queryset.filter(tenant__guid=guid)
            if not found.exists():
                found = queryset.filter(items__scope__subscription__guid=guid).distinct()
            return found
        if mpn := parse_mpn(term):
            return queryset.filter(location__in=Location.objects.filter(mpn_id=mpn))
        if reference := parse_reference(term):
            return queryset.filter(reference=reference)
        tenants = named(Tenant.objects.all(), term)
        partners = named(Organisation.objects.all(), term)
        return queryset.filter(Q(tenant_id__in=tenants) | Q(organisation_id__in=partners))

    @admin.display(description=gettext_lazy("Reference"))
    def claim(self, row: QueueRow) -> str:
        return format_html('<a href="{}">{}</a>', address_of(row.claim), row.claim.reference)

    @admin.display(description=gettext_lazy("Customer"))
    def customer(self, row: QueueRow) -> str:
        return str(row.claim.tenant)

    @admin.display(description=gettext_lazy("Partner"))
    def partner(self, row: QueueRow) -> str:
        return str(row.claim.organisation)

    @admin.display(description=gettext_lazy("Status"))
    def state(self, row: QueueRow) -> str:
        return format_html('<span class="desk-status">{}</span>', row.claim.get_status_display())

    @admin.display(description=gettext_lazy("Items open"))
    def open_items(self, row: QueueRow) -> str:
        items = list(row.claim.items.all())
        still_open = [item for item in items if item.outcome == ItemOutcome.PENDING]
        counted = _("%(open)d of %(all)d") % {"open": len(still_open), "all": len(items)}
        names = ", ".join(item_label(item) for item in items)
        return format_html('{}<br><span class="desk-quiet">{}</span>', counted, names)

    @admin.display(description=gettext_lazy("Due"), ordering="due_at")
    def due(self, row: QueueRow) -> str:
        due = row.standing.current
        missed = format_html_join(
            "", '<span class="desk-breach">{}</span>', ((breach,) for breach in row.standing.breaches)
        )
        if due is None:
            return missed or "–"
        return format_html(
            '{}<br><span class="desk-quiet">{}: {}</span>{}', due.short, due.what, due.left, missed
        )

    @admin.display(description=gettext_lazy("In arbitration"))
    def contest(self, row: QueueRow) -> str:
        links = (
            (
                reverse("admin:arbitration_case_change", args=[contest.party.case.public_id]),
                contest.party.case,
                _("notice posted") if contest.party.noticed_at else _("no notice yet"),
            )
            for contest in row.standing.live_contests
        )
        return format_html_join("", '<a href="{}">{}</a><br><span class="desk-quiet">{}</span>', links) or "–"

    @admin.display(description=gettext_lazy("Assignee"))
    def assigned(self, row: QueueRow) -> str:
        assignee = row.claim.assignee
        return _("No one") if assignee is None else assignee.shown_name

    # --- The page ---

    def get_urls(self) -> list[URLPattern]:
        proof = path(
            "<guid:public_id>/proof/<guid:file_id>/",
            self.admin_site.admin_view(self.proof_view),
            name="claims_claim_proof",
        )
        return [proof, *super().get_urls()]

    def find(self, actor: Actor, public_id: Any) -> Claim:
        return claim_for(actor, public_id)

    def about(self, row: Claim) -> list[ClaimItem]:
        return list(row.items.select_related("scope__workload").prefetch_related("products").order_by("pk"))

    def addressees(self, row: Claim) -> list[int]:
        return [row.pk]

    def happened(self, actor: Actor, row: Claim) -> QuerySet[Event]:
        return desk_history(row, actor)

    def in_words(self, actor: Actor, row: Claim, events: Sequence[Event]) -> list[HistoryRow]:
        return desk_changes(events, [row])

    def names(self, row: Claim) -> dict[str, str]:
        return {"partner": row.organisation.name}

    def build(self, request: HttpRequest, row: Claim, tried: Mapping[str, ActionForm]) -> dict[str, Any]:
        page = claim_page.build_claim_page(row, actor=actor_of(request), now=timezone.now(), tried=tried)
        refused = next((text for form in tried.values() if (text := form.text_naming_others)), "")
        if refused and "ask_override" in page.forms and "ask_override" not in tried:
            page.forms["ask_override"].initial["text"] = refused
            page.forms["ask_override"].refused_elsewhere = True
        return {"page": page}

    def proof_view(self, request: HttpRequest, public_id: Any, file_id: Any) -> HttpResponseBase:
        """Serve a file of proof to those who may see it (part 7)."""
        try:
            evidence = open_evidence(
                public_id=self.seen(request, public_id).public_id,
                evidence_id=file_id,
                reads=request.method == "GET",
                actor=actor_of(request),
                now=timezone.now(),
            )
            return serve_file(evidence.file, name=evidence.name, content_type=evidence.content_type)
        except NotFound:
            raise Http404 from None
