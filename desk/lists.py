"""The base of the desk's lists: they show rows, never edit them, and never count a whole table."""

from functools import cached_property
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from desk.site import is_desk_admin


class CappedPaginator(Paginator):
    """Counts to `CAP` and no further; rows beyond it are found by narrowing the list."""

    CAP = 1_000

    @cached_property
    def count(self) -> int:
        return min(self._counted, self.CAP)

    @cached_property
    def is_capped(self) -> bool:
        """Return whether there are more rows than were counted."""
        return self._counted > self.CAP

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by().values("pk")[: self.CAP + 1].count())


class Looking:
    """Lets every desk user look, and no one add, change or delete: services write these rows."""

    admin_site: Any

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return bool(self.admin_site.has_permission(request))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


class ServiceAdmin(Looking, admin.ModelAdmin):
    """A list and a page. Missing and hidden rows give the same 404."""

    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 25
    list_max_show_all = 0
    actions = None

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the row. Raises Http404 unless the reader may know of it."""
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        return found

    def get_search_results(
        self,
        request: HttpRequest,  # noqa: ARG002
        queryset: QuerySet[Any],
        search_term: str,
    ) -> tuple[QuerySet[Any], bool]:
        """Return what `found_by` finds; all rows if nothing was typed."""
        term = search_term.replace("\x00", "").strip()
        return (self.found_by(queryset, term) if term else queryset), False

    def found_by(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:  # noqa: ARG002
        """Return the rows that a search term means. Each list defines its own search, so that each has its index."""
        return queryset.none()


class ForDeskAdmins(ServiceAdmin):
    """Rows for desk admins only, because they reveal more than reviewing needs."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return is_desk_admin(request)
