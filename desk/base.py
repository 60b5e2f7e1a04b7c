"""What the desk's pages share: they look and never edit, no list counts a whole table, and what a service refuses is
said with its own code and words, beside the field it is about, with everything kept that somebody typed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _

from foundation.kernel.errors import DomainError, NotFound
from foundation.kernel.findings import Finding, Severity

INVALID_FIELD = "INVALID_FIELD"
"""The code of what is not of the right shape; rules have codes of their own."""


class CappedPaginator(Paginator):
    """Counts to `CAP` and no further: what lies behind is found by narrowing the list, not by turning pages."""

    CAP = 1_000

    @cached_property
    def count(self) -> int:
        return min(self._counted, self.CAP)

    @cached_property
    def is_capped(self) -> bool:
        """Whether there are more rows than were counted."""
        return self._counted > self.CAP

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by().values("pk")[: self.CAP + 1].count())


class Looking:
    """Whoever may enter the site may look; nobody adds, changes or deletes: services write these rows."""

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
    """A list and a page to look at. Missing and hidden rows are the same 404."""

    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 25
    list_max_show_all = 0
    actions = None

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The row among those that this reader may know of, or Http404."""
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
        """What `found_by` finds, for anything that was typed at all."""
        term = search_term.replace("\x00", "").strip()
        return (self.found_by(queryset, term) if term else queryset), False

    def found_by(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:  # noqa: ARG002
        """The rows that a search term means; each list says itself, so that each search has its index."""
        return queryset.none()


@dataclass(frozen=True, kw_only=True)
class Said:
    """One thing said in the summary on top; `anchor` is the id of the field that says the same, "" without one."""

    code: str
    message: str
    anchor: str = ""
    findings: tuple[Finding, ...] = ()


class ActionForm(forms.Form):
    """The fields of one service call.

    `pointers` maps the JSON pointers of refusals to field names; a refusal that points at none of them stands on top.
    """

    pointers: ClassVar[Mapping[str, str]] = {}
    use_required_attribute = False
    version = forms.CharField(required=False, widget=forms.HiddenInput)
    failed_with: DomainError | None = None

    def clean_version(self) -> int | None:
        """The version that the page was made from; without one nothing is compared."""
        text = self.cleaned_data["version"].strip()
        if text and not (text.isdecimal() and len(text) < 10):
            raise ValidationError(_("Reload the page: the version in this form cannot be read."))
        return int(text) if text else None

    def attempt(self, call: Callable[[], object]) -> bool:
        """Make the service call with what was typed; False where form or service refuse. Raises Http404 for NotFound."""
        if not self.is_valid():
            return False
        try:
            call()
        except NotFound:
            raise Http404 from None
        except DomainError as refusal:
            self.failed_with = refusal
            self.add_error(self.field_of(refusal), ValidationError(str(refusal.message), code=refusal.code))
            return False
        return True

    def field_of(self, refusal: DomainError) -> str | None:
        """The field that a refusal is about."""
        return self.pointers.get(refusal.pointer)

    @property
    def http_status(self) -> int:
        """The status of the answer that shows this form again."""
        return self.failed_with.http_status if self.failed_with else HTTPStatus.UNPROCESSABLE_ENTITY

    def said(self) -> Iterator[Said]:
        """Everything that was refused, for the summary."""
        for name, errors in self.errors.as_data().items():
            anchor = self[name].id_for_label if name in self.fields else ""
            for error in errors:
                for message in error.messages:
                    yield Said(
                        code=code_of(error), message=message, anchor=anchor, findings=self._findings(error)
                    )

    def _findings(self, error: ValidationError) -> tuple[Finding, ...]:
        if self.failed_with is None or error.code != self.failed_with.code:
            return ()
        return tuple(finding for finding in self.failed_with.findings if finding.severity is Severity.ERROR)


def code_of(error: ValidationError) -> str:
    """The rule's code; INVALID_FIELD for what a form says of a shape."""
    code = error.code or ""
    return code if code.isupper() else INVALID_FIELD
