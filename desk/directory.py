"""The customer directory, read-only: `manage.py import_directory` fills it."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from desk.lists import CappedAdmin, Looking
from foundation.kernel.text import parse_domain, parse_guid, pasted, without_www
from foundation.search import named
from tenants.models import DirectoryImport, Domain, Product, Subscription, SubscriptionProduct, Tenant


class FoundByGuid(CappedAdmin):
    """Finds exactly one row by a GUID in any spelling."""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        guid = parse_guid(search_term)
        if guid is not None:
            return queryset.filter(guid=guid), False
        return super().get_search_results(request, queryset, search_term)


class DomainInline(Looking, admin.TabularInline):
    model = Domain


class ContentInline(Looking, admin.TabularInline):
    model = SubscriptionProduct
    verbose_name = _("product")
    verbose_name_plural = _("products")


@admin.register(Tenant)
class TenantAdmin(FoundByGuid):
    list_display = ("name", "guid", "country")
    sortable_by = ("name",)
    search_fields = ("names_folded",)
    search_help_text = _("Tenant ID, or part of a name or domain")
    inlines = (DomainInline,)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Return the tenant whose domain was pasted, in whatever form, or what the words find."""
        domain = parse_domain(search_term) if "." in pasted(search_term) else None
        of_domain = queryset.filter(domains__name__in=[domain, without_www(domain)]) if domain else None
        if of_domain is not None and of_domain.exists():
            return of_domain, True
        if parse_guid(search_term) or not search_term.strip():
            return super().get_search_results(request, queryset, search_term)
        term = search_term.replace("\x00", "")
        domains = Domain.objects.filter(pk__in=named(Domain.objects.all(), term, "name"))
        found = [*named(queryset, term), *domains.values_list("tenant_id", flat=True)]
        return queryset.filter(pk__in=found), False


@admin.register(Subscription)
class SubscriptionAdmin(FoundByGuid):
    list_display = ("guid", "tenant", "channel", "state", "provisioning", "starts_on", "ends_on")
    list_filter = ("state", "channel", "provisioning")
    sortable_by = ()
    list_select_related = ("tenant",)
    search_fields = ("tenant__names_folded",)
    search_help_text = _("Subscription ID, or part of a tenant's name")
    inlines = (ContentInline,)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Return the subscription with this ID, or those of the tenants whose names contain the words."""
        if parse_guid(search_term) or not search_term.strip():
            return super().get_search_results(request, queryset, search_term)
        return queryset.filter(tenant__in=named(Tenant.objects.all(), search_term.replace("\x00", ""))), False


@admin.register(Product)
class ProductAdmin(CappedAdmin):
    list_display = ("name", "code", "solution_area", "kind", "claimable", "incentive_eligible")
    list_filter = ("solution_area", "kind", "claimable")
    search_fields = ("name", "code")


@admin.register(DirectoryImport)
class DirectoryImportAdmin(CappedAdmin):
    list_display = ("file_name", "kind", "as_of", "created", "updated", "unchanged", "older", "refused")
    list_filter = ("kind",)
