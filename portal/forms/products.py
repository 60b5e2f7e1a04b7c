"""What is claimed: rows of product and subscription for Business Applications, ticked workloads for Microsoft 365."""

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from claims import limits
from claims.areas import area_of
from claims.inputs import DraftChanges, Entry
from claims.models import Claim
from portal.forms.base import ClaimForm, CodeField, CodesField, line_field

ROWS = 3
"""The number of rows shown at first; the button adds more, up to a claim's limit."""


class ProductsForm(ClaimForm):
    """Products by code; `names` are those that can be claimed in the area today."""

    def __init__(self, *args: Any, names: Mapping[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.names = names

    def entries(self) -> tuple[Entry, ...]:
        """Return what was typed, without empty rows."""
        raise NotImplementedError

    def changes(self) -> DraftChanges:
        return DraftChanges(items=self.entries())


class SubscriptionsForm(ProductsForm):
    """Rows for Business Applications, each with a product and, if needed, a subscription."""

    rows = forms.IntegerField(required=False, min_value=1, max_value=limits.ENTRIES, widget=forms.HiddenInput)

    def __init__(self, *args: Any, names: Mapping[str, str], more: bool = False, **options: Any) -> None:
        super().__init__(*args, names=names, **options)
        self.row_count = self._row_count(more)
        for row in range(self.row_count):
            code = str(self.data.get(f"product_{row}") or "")
            unknown = {code: code} if code and code not in names else {}
            self.fields[f"product_{row}"] = CodeField(
                label=_("Product"),
                choices=[("", _("Choose a product")), *names.items(), *unknown.items()],
                widget=forms.Select,
            )
            self.fields[f"subscription_id_{row}"] = line_field(
                _("Subscription ID"),
                limits.TYPED_ID_LENGTH,
                autocomplete="off",
                autocapitalize="none",
            )

    def _row_count(self, more: bool) -> int:
        try:
            asked = int(self.data.get("rows") or ROWS)
        except (TypeError, ValueError):
            asked = ROWS
        return max(1, min(asked + int(more), limits.ENTRIES))

    @classmethod
    def typed(cls, claim: Claim) -> dict[str, Any]:
        data: dict[str, Any] = {"rows": max(ROWS, len(claim.entries))}
        for row, entry in enumerate(claim.entries):
            data[f"product_{row}"] = entry["product"]
            data[f"subscription_id_{row}"] = entry["subscription_id"]
        return data

    @property
    def table(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Return the rows for the page."""
        return [(self[f"product_{row}"], self[f"subscription_id_{row}"]) for row in range(self.row_count)]

    @property
    def can_grow(self) -> bool:
        return self.row_count < limits.ENTRIES

    def _filled_rows(self) -> list[int]:
        return [
            row
            for row in range(self.row_count)
            if str(self.data.get(f"product_{row}") or "").strip()
            or str(self.data.get(f"subscription_id_{row}") or "").strip()
        ]

    def place_of(self, pointer: str) -> str | None:
        if pointer == "/items":
            return "product_0"
        index, _slash, name = pointer.removeprefix("/items/").partition("/")
        filled = self._filled_rows()
        if not pointer.startswith("/items/") or not index.isdigit() or int(index) >= len(filled):
            return None
        return f"{name or 'product'}_{filled[int(index)]}"

    def entries(self) -> tuple[Entry, ...]:
        return tuple(
            Entry(
                product=self.cleaned_data[f"product_{row}"].strip(),
                subscription_id=self.cleaned_data[f"subscription_id_{row}"],
            )
            for row in self._filled_rows()
        )


class WorkloadsForm(ProductsForm):
    """Workloads of Microsoft 365 to tick, never a subscription (scenario 28)."""

    workloads = CodesField(label=_("Workloads"), at_most=limits.ENTRIES)

    def __init__(self, *args: Any, names: Mapping[str, str], more: bool = False, **options: Any) -> None:  # noqa: ARG002 - it adds no rows
        super().__init__(*args, names=names, **options)
        ticked = self["workloads"].data or []
        unknown = {code: code for code in ticked if code not in names}
        cast(CodesField, self.fields["workloads"]).choices = [*names.items(), *unknown.items()]

    @classmethod
    def typed(cls, claim: Claim) -> dict[str, Any]:
        return {"workloads": [entry["product"] for entry in claim.entries]}

    def place_of(self, pointer: str) -> str | None:
        return "workloads" if pointer.startswith("/items") else None

    def entries(self) -> tuple[Entry, ...]:
        return tuple(Entry(product=code) for code in self.cleaned_data["workloads"])


class ItemsForm(SubscriptionsForm):
    """Which open items to give up, and what to claim instead, while the desk waits for an answer."""

    remove = CodesField(label=_("Withdraw"), at_most=limits.ENTRIES)
    confirmed_warnings = CodesField(label=_("Confirmed warnings"), at_most=limits.ENTRIES)

    def __init__(self, *args: Any, solution_area: str, **options: Any) -> None:
        super().__init__(*args, **options)
        area = area_of(solution_area)
        self.takes_subscriptions = area is None or area.takes_subscriptions

    def entries(self) -> tuple[Entry, ...]:
        entries = super().entries()
        return (
            entries if self.takes_subscriptions else tuple(Entry(product=entry.product) for entry in entries)
        )
