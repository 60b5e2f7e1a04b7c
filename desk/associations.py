"""Partners of record, read-only: services alone write approvals, consent and ends."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from associations.models import Association, ConsentRequest, Grant, Scope
from desk.lists import Looking, ServiceAdmin
from desk.site import actor_of
from foundation.kernel.text import parse_guid
from foundation.search import FOUND_BY_NAME, named
from partners.models import Organisation
from tenants.models import Tenant


class GrantInline(Looking, admin.TabularInline):
    model = Grant
    fields = (
        "activity",
        "state",
        "earns_incentive",
        "activated_at",
        "handed_over_at",
        "ended_at",
        "end_reason",
    )
    extra = 0


class _OfOthers(ServiceAdmin):
    """Hides rows of organisations that the user belongs or belonged to (5.9)."""

    organisation: str

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        actor = actor_of(request)
        rows = super().get_queryset(request)
        if not actor.desk_roles:
            return rows.none()
        hidden = self.model.objects.filter(**{f"{self.organisation}__in": actor.conflicted_organisation_ids})
        return rows.exclude(pk__in=hidden.values("pk"))


@admin.register(Association)
class AssociationAdmin(_OfOthers):
    organisation = (
        "scope__associations__organisation"  # of the whole scope: a successor reveals its predecessor
    )
    fields = (
        "organisation",
        "customer",
        "held",
        "lane",
        "state",
        "created_at",
        "activated_at",
        "ended_at",
        "end_reason",
    )
    list_display = ("customer", "held", "lane", "organisation", "state", "activated_at", "ended_at")
    list_filter = ("state", "scope__lane")
    sortable_by = ()
    list_select_related = ("organisation", "scope__tenant", "scope__workload", "scope__subscription")
    list_display_links = ("customer",)
    search_fields = ("scope__tenant__names_folded",)
    search_help_text = _("Subscription or tenant ID, or part of a customer's or partner's name")
    inlines = (GrantInline,)
    ordering = ("-id",)

    def found_by(self, queryset: QuerySet[Association], term: str) -> QuerySet[Association]:
        if guid := parse_guid(term):
            scopes = Scope.objects.filter(tenant__guid=guid).values_list("pk", flat=True)
            of_one = Scope.objects.filter(subscription__guid=guid).values_list("pk", flat=True)
            return queryset.filter(scope__in=[*scopes[:FOUND_BY_NAME], *of_one])
        scopes = Scope.objects.filter(tenant__in=named(Tenant.objects.all(), term)).values_list(
            "pk", flat=True
        )
        partners = named(Organisation.objects.all(), term)
        return queryset.filter(Q(scope__in=list(scopes[:FOUND_BY_NAME])) | Q(organisation__in=partners))

    @admin.display(description=_("Customer"))
    def customer(self, association: Association) -> str:
        return str(association.scope.tenant)

    @admin.display(description=_("Subscription or workload"))
    def held(self, association: Association) -> str:
        return str(association.scope.workload or association.scope.subscription)

    @admin.display(description=_("Lane"))
    def lane(self, association: Association) -> str:
        return association.scope.get_lane_display()


@admin.register(ConsentRequest)
class ConsentRequestAdmin(_OfOthers):
    """The state of consent. An undeliverable mail holds activation until the desk acts."""

    organisation = "grants__association__scope__associations__organisation"
    list_display = ("public_id", "created_at", "handed_over_at", "window_ends_at", "undeliverable_at")
    list_filter = (
        ("undeliverable_at", admin.EmptyFieldListFilter),
        ("handed_over_at", admin.EmptyFieldListFilter),
    )
    sortable_by = ()
    ordering = ("-id",)
