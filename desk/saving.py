"""Forms of the admin whose rows only services write: each save is one service call, and so is each deletion."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from foundation.journal.unit import one_transaction
from foundation.kernel.errors import DomainError

REFUSAL = "_refusal_of_the_service"


class SayingRefusal(forms.BaseForm):
    """Says what the service refused, at the field that `pointers` names or on top, with everything as typed."""

    refusal: ClassVar[DomainError | None] = None
    pointers: ClassVar[Mapping[str, str]] = {}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.refusal is not None:
            told = ValidationError(str(self.refusal.message), code=self.refusal.code)
            self.add_error(self.pointers.get(self.refusal.pointer), told)
        return cleaned


class SavedByServices:
    """Calls `save_by_service` and `delete_by_service` in place of Django's saving; what they refuse changes nothing."""

    def save_by_service(self, request: HttpRequest, row: Any, form: Any, *, is_new: bool) -> Any:
        """Make the service call that a valid form means and return the stored row."""
        raise NotImplementedError

    def delete_by_service(self, request: HttpRequest, row: Any) -> None:
        """Make the service call that ends the row."""
        raise NotImplementedError

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)  # type: ignore[misc] # a mixin
        return type(form.__name__, (form,), {"refusal": getattr(request, REFUSAL, None)})

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form; after a refusal show it again, with the refusal."""
        shown = super().changeform_view  # type: ignore[misc] # a mixin
        try:
            answer: HttpResponse = shown(request, *args, **kwargs)
        except DomainError as refusal:
            setattr(request, REFUSAL, refusal)
            answer = shown(request, *args, **kwargs)
        return answer

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask and delete; after a refusal go back to the list, which says it."""
        try:
            answer: HttpResponse = super().delete_view(request, *args, **kwargs)  # type: ignore[misc] # a mixin
        except DomainError as refusal:
            messages.error(request, str(refusal.message))
            answer = redirect("../..")
        return answer

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the list. An action on several rows is carried out for all of them or for none."""
        shown = super().changelist_view  # type: ignore[misc] # a mixin
        if request.method != "POST":
            plain: HttpResponse = shown(request, *args, **kwargs)
            return plain
        try:
            with one_transaction():
                answer: HttpResponse = shown(request, *args, **kwargs)
        except DomainError as refusal:
            messages.error(request, str(refusal.message))
            answer = redirect(request.get_full_path())
        return answer

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.pk = self.save_by_service(request, obj, form, is_new=not change).pk

    def save_related(self, *args: Any) -> None:
        """Save nothing: the service has stored all of the form."""

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.delete_by_service(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset.order_by("pk"):
            self.delete_by_service(request, row)
