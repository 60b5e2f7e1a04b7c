"""Filters of the list of claims; docs/api.md lists each of them."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import rest_framework as filters
from django_filters.rest_framework import DjangoFilterBackend
from django_filters.widgets import CSVWidget
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from api.paging import parse_instant
from associations.enums import Activity
from claims import limits
from claims.enums import ClaimStatus
from claims.models import Claim
from foundation.kernel.references import parse_reference
from foundation.kernel.text import parse_guid
from tenants.enums import SolutionArea

PAGING = frozenset({"cursor", "page_size"})


class RepeatableCSVWidget(CSVWidget):
    """Reads `status=a,b` and `status=a&status=b` alike."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return all values of the name, however they were written."""
        if isinstance(data, QueryDict) and len(data.getlist(name)) > 1:
            return ",".join(data.getlist(name)).split(",")
        return super().value_from_datadict(data, files, name)


class OneOfFilter(filters.BaseInFilter, filters.ChoiceFilter):
    """Matches any of several choices."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"widget": RepeatableCSVWidget, **kwargs})


class InstantField(forms.CharField):
    """An instant in RFC 3339 with its offset; without one it would be a local time."""

    default_error_messages = {
        "invalid": gettext_lazy("Enter an instant with its offset, for example 2020-07-06T09:00:00Z.")
    }

    def clean(self, value: Any) -> datetime | None:
        """Return the instant. Raises ValidationError if the text is not one."""
        text = super().clean(value)
        try:
            return parse_instant(text) if text else None
        except (ValueError, OverflowError) as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error


class InstantFilter(filters.Filter):
    field_class = InstantField


class ClaimFilter(filters.FilterSet):
    status = OneOfFilter(choices=ClaimStatus.choices)
    solution_area = filters.ChoiceFilter(choices=SolutionArea.choices)
    activity = filters.ChoiceFilter(choices=Activity.choices, method="with_activity")
    mpn_id = filters.CharFilter(max_length=limits.TYPED_ID_LENGTH)
    tenant_id = filters.CharFilter(max_length=limits.TYPED_ID_LENGTH, method="of_tenant")
    reference = filters.CharFilter(max_length=limits.CODE_LENGTH, method="of_reference")
    created_since = InstantFilter(field_name="created_at", lookup_expr="gte")
    created_before = InstantFilter(field_name="created_at", lookup_expr="lt")
    submitted_since = InstantFilter(field_name="submitted_at", lookup_expr="gte")
    submitted_before = InstantFilter(field_name="submitted_at", lookup_expr="lt")
    updated_since = InstantFilter(field_name="updated_at", lookup_expr="gte")
    updated_before = InstantFilter(field_name="updated_at", lookup_expr="lt")

    class Meta:
        model = Claim
        fields: list[str] = []

    def with_activity(self, claims: QuerySet[Claim], _name: str, activity: str) -> QuerySet[Claim]:
        """Return claims that name the activity. It is a known code, so the quotes around it make the match exact."""
        listed = Cast("activities", TextField())
        return claims.alias(activities_text=listed).filter(activities_text__contains=f'"{activity}"')

    def of_tenant(self, claims: QuerySet[Claim], _name: str, typed: str) -> QuerySet[Claim]:
        """Return claims for this tenant, however its ID is written. Malformed IDs of drafts match as typed."""
        return claims.filter(tenant_guid=str(parse_guid(typed) or typed))

    def of_reference(self, claims: QuerySet[Claim], _name: str, typed: str) -> QuerySet[Claim]:
        """Return the claim with this reference, in any case and with O, I, L for 0, 1, 1."""
        return claims.filter(reference=parse_reference(typed) or typed)


class KnownFilters(DjangoFilterBackend):
    """Refuses unknown parameters, so that a mistyped filter does not return everything."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        """Return the rows that match. Raises ValidationError for unknown parameters and impossible values."""
        unknown = set(request.query_params) - set(ClaimFilter.base_filters) - PAGING
        if unknown:
            message = _("This filter does not exist.")
            raise ValidationError(
                {name: [ErrorDetail(message, code="UNKNOWN_FIELD")] for name in sorted(unknown)}
            )
        found: QuerySet[Any] = super().filter_queryset(request, queryset, view)
        return found
