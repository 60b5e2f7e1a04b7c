"""The base of the desk's lists: they show rows, never edit them, and never count a whole table."""

from functools import cached_property
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise

from desk.site import is_desk_admin
from foundation.kernel.text import folded, pasted


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
    """Lets every desk user look; what desk admins may do besides is named. Services write most rows."""

    admin_site: Any
    desk_admins_may: ClassVar[frozenset[str]] = frozenset()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(self.admin_site.has_permission(request))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return "add" in self.desk_admins_may and is_desk_admin(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return "change" in self.desk_admins_may and is_desk_admin(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return "delete" in self.desk_admins_may and is_desk_admin(request)


class FoundByName:
    """Finds names whatever their case and form: its `search_fields` name folded columns, or such as need no folding."""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Return what Django finds for the folded words."""
        term = folded(search_term.replace("\x00", ""))
        found: tuple[QuerySet[Any], bool] = super().get_search_results(request, queryset, term)  # type: ignore[misc] # a mixin
        return found


class CappedAdmin(FoundByName, Looking, admin.ModelAdmin):
    """A list of perhaps millions of rows, counted no further than the paginator's cap."""

    paginator = CappedPaginator
    show_full_result_count = False


class ServiceAdmin(CappedAdmin):
    """A list and a page. Missing and hidden rows give the same 404.

    `list_name` is the list's own name where that is not the name of its rows; `change_list` makes its rows.
    """

    list_name: ClassVar[str | Promise] = ""
    change_list: ClassVar[type[ChangeList]] = ChangeList
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 25
    list_max_show_all = 0
    actions = None

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return self.change_list

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list under its own name."""
        named = {"title": self.list_name, "list_name": self.list_name} if self.list_name else {}
        return super().changelist_view(request, {**named, **(extra_context or {})})

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the row. Raises Http404 unless the reader may know of it."""
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        return found

    def get_search_results(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        search_term: str,
    ) -> tuple[QuerySet[Any], bool]:
        """Return what `found_by` finds; all rows if nothing was typed."""
        term = pasted(search_term.replace("\x00", ""))
        return (self.found_by(queryset, term) if term else queryset), False

    def found_by(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Return the rows that a search term means. Each list defines its own search, so that each has its index."""
        return queryset.none()


class ForDeskAdmins(ServiceAdmin):
    """Rows for desk admins only, because they reveal more than reviewing needs."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_desk_admin(request)
