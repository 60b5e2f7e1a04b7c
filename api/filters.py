"""Filters of the list of claims, and parameters in general; docs/api.md lists each of them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django import forms
from django.db import connection
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import rest_framework as filters
from django_filters.widgets import CSVWidget
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

from api.paging import parse_instant
from associations.enums import Activity
from claims import limits
from claims.enums import ClaimStatus
from claims.models import Claim
from foundation.kernel.references import parse_reference
from foundation.kernel.text import parse_guid, parse_mpn
from tenants.enums import SolutionArea

PAGING = frozenset({"cursor", "page_size"})
REPEATABLE = frozenset({"status"})


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
    mpn_id = filters.CharFilter(max_length=limits.TYPED_ID_LENGTH, method="of_mpn")
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
        """Return claims that name the activity, by index where JSON has one.

        It is a known code, so that the quotes around it make a match in the text exact.
        """
        if connection.vendor == "postgresql":
            return claims.filter(activities__contains=[activity])
        listed = Cast("activities", TextField())
        return claims.alias(activities_text=listed).filter(activities_text__contains=f'"{activity}"')

    def filter_queryset(self, queryset: QuerySet[Claim]) -> QuerySet[Claim]:
        """Return what the parameters find. A claim is created before it is submitted and changed, which lets the index of
        the list's own order skip what is newer."""
        latest = [self.form.cleaned_data[name] for name in ("submitted_before", "updated_before")]
        if given := [instant for instant in latest if instant]:
            queryset = queryset.filter(created_at__lt=min(given))
        found: QuerySet[Claim] = super().filter_queryset(queryset)
        return found

    def of_tenant(self, claims: QuerySet[Claim], _name: str, typed: str) -> QuerySet[Claim]:
        """Return claims for this tenant, however its ID is written. Malformed IDs of drafts match as typed."""
        return claims.filter(tenant_guid=str(parse_guid(typed) or typed))

    def of_mpn(self, claims: QuerySet[Claim], _name: str, typed: str) -> QuerySet[Claim]:
        """Return claims for this MPN, however it was pasted. Malformed MPNs of drafts match as typed."""
        return claims.filter(mpn_id=parse_mpn(typed) or typed)

    def of_reference(self, claims: QuerySet[Claim], _name: str, typed: str) -> QuerySet[Claim]:
        """Return the claim with this reference, in any case and with O, I, L for 0, 1, 1."""
        return claims.filter(reference=parse_reference(typed) or typed)


def refuse_strange_parameters(request: Request, known: Collection[str], repeatable: Collection[str]) -> None:
    """Raise ValidationError for unknown parameters, so that a mistyped one does not return everything, and for repeated
    ones, of which one would be lost."""
    wrong = {}
    for name, values in sorted(request.query_params.lists()):
        if name not in known:
            wrong[name] = [ErrorDetail(_("This parameter does not exist here."), code="UNKNOWN_FIELD")]
        elif len(values) > 1 and name not in repeatable:
            wrong[name] = [ErrorDetail(_("Give this parameter once."), code="INVALID_FIELD")]
    if wrong:
        raise ValidationError(wrong)
