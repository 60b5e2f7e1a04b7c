"""Customer, activity, revenue details, location and contacts."""

from typing import Any

from django import forms
from django.utils.text import get_text_list
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from claims import limits
from claims.areas import AREAS, Area, area_of
from claims.enums import ContactKind
from claims.inputs import (
    CONTACT_FIELDS,
    REVENUE_FIELDS,
    ContactInput,
    DraftChanges,
    RevenueInput,
    contact_input,
    revenue_input,
)
from claims.models import Claim
from portal.forms.base import ClaimForm, CodeField, CodesField, line_field


class CustomerForm(ClaimForm):
    """The customer, and a name by which the company finds the claim again."""

    places = {"/tenant_id": "tenant_id", "/domain": "domain", "/name": "name"}

    tenant_id = line_field(
        _("Tenant ID"),
        limits.TYPED_ID_LENGTH,
        _(
            "The customer's admin center shows it as tenant ID or directory ID. "
            "Example: 12345678-90ab-cdef-1234-567890abcdef"
        ),
        autocomplete="off",
        autocapitalize="none",
    )
    domain = line_field(
        _("Subdomain or domain"),
        limits.DOMAIN_LENGTH,
        _("Any domain of the same tenant: contoso, contoso.onmicrosoft.com or contoso.com."),
        autocomplete="off",
        autocapitalize="none",
    )
    name = line_field(
        _("Name of the claim"),
        limits.NAME_LENGTH,
        _("Helps your company find the claim again."),
        autocomplete="off",
    )

    @classmethod
    def typed(cls, claim: Claim) -> dict[str, Any]:
        return {
            "tenant_id": claim.tenant_guid,
            "domain": claim.domain,
            "name": claim.name,
        }

    def changes(self) -> DraftChanges:
        return DraftChanges(
            tenant_guid=self.cleaned_data["tenant_id"],
            domain=self.cleaned_data["domain"],
            name=self.cleaned_data["name"],
        )


class ActivityForm(ClaimForm):
    """The solution area, and the activities of each area; those of an area that was not chosen are ignored."""

    solution_area = CodeField(label=_("Solution area"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for code in AREAS:
            self.fields[code] = CodesField(label=_("Activities"), at_most=limits.ACTIVITIES)

    @classmethod
    def typed(cls, claim: Claim) -> dict[str, Any]:
        return {
            "solution_area": claim.solution_area,
            **{code: _activities(claim, area) for code, area in AREAS.items()},
        }

    @property
    def areas(self) -> list[dict[str, object]]:
        """Return each area with its activities, what they mean and for which purchases they are (S26-S35)."""
        chosen_area = self["solution_area"].value()
        return [
            {
                "code": code,
                "label": area.label,
                "hint": area.activities_hint,
                "field": self[code],
                "chosen": chosen_area == code,
                "activities": [
                    {
                        "code": activity.value,
                        "label": activity.label,
                        "text": text,
                        "chosen": activity.value in (self[code].value() or []),
                    }
                    for activity, text in area.activities.items()
                ],
            }
            for code, area in AREAS.items()
        ]

    def place_of(self, pointer: str) -> str | None:
        if pointer.startswith("/activities"):
            area = self.data.get("solution_area")
            return area if area in AREAS else "solution_area"
        return "solution_area" if pointer == "/solution_area" else None

    def changes(self) -> DraftChanges:
        area = self.cleaned_data["solution_area"]
        chosen = self.cleaned_data[area] if area in AREAS else None
        return DraftChanges(solution_area=area, activities=chosen)


def _activities(claim: Claim, area: Area) -> list[str]:
    """Return what is ticked in the area. An only activity is ticked in advance and counts if the area is chosen."""
    if claim.solution_area == area.code or (not area.only_activity and area_of(claim.solution_area) is None):
        return list(claim.activities)
    return [area.only_activity.value] if area.only_activity else []


class RevenueForm(ClaimForm):
    """The details that revenue association asks for."""

    places = {f"/revenue_details/{name}": name for name in REVENUE_FIELDS}
    hints = {
        "seller_name": _("Who sold it to the customer."),
        "customer_name": _("As in the contract."),
        "solution_name": _("The solution that the revenue is associated with."),
    }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, asked in REVENUE_FIELDS.items():
            self.fields[name] = line_field(asked.heading, asked.max_length, self.hints.get(name, ""))

    @classmethod
    def typed(cls, claim: Claim) -> dict[str, Any]:
        return vars(revenue_input(claim))

    def changes(self) -> DraftChanges:
        typed = {name: self.cleaned_data[name] for name in REVENUE_FIELDS}
        return DraftChanges(revenue_details=RevenueInput(**typed))


class LocationForm(ClaimForm):
    """One of the company's MPNs."""

    places = {"/mpn_id": "mpn_id"}

    mpn_id = CodeField(label=_("MPN"), limit=limits.TYPED_ID_LENGTH)

    @classmethod
    def typed(cls, claim: Claim) -> dict[str, Any]:
        return {"mpn_id": claim.mpn_id}

    def changes(self) -> DraftChanges:
        return DraftChanges(mpn_id=self.cleaned_data["mpn_id"].strip())


class ContactsForm(ClaimForm):
    """The people of a claim, each with the same fields."""

    def __init__(self, *args: Any, kinds: tuple[ContactKind, ...], **options: Any) -> None:
        super().__init__(*args, **options)
        self.kinds = kinds
        for kind in kinds:
            for name, asked in CONTACT_FIELDS.items():
                self.fields[f"{kind.value}_{name}"] = line_field(
                    asked.heading, asked.max_length, autocomplete="off", inputmode=asked.keyboard
                )

    @classmethod
    def typed(cls, claim: Claim) -> dict[str, Any]:
        return {
            f"{contact.kind}_{name}": text
            for contact in claim.contacts.all()
            for name, text in vars(contact_input(contact)).items()
        }

    def place_of(self, pointer: str) -> str | None:
        kind, _slash, name = pointer.removeprefix("/contacts/").partition("/")
        field = f"{kind}_{name or 'last_name'}"
        return field if pointer.startswith("/contacts/") and field in self.fields else None

    @property
    def technical_areas(self) -> str:
        """Return the areas whose claims need a technical contact, as a list in words."""
        areas = [area.label for area in AREAS.values() if ContactKind.TECHNICAL in area.contacts]
        return get_text_list(areas, pgettext("list", "and"))

    @property
    def people(self) -> list[tuple[ContactKind, list[tuple[forms.BoundField, bool]]]]:
        """Return the fields of each person for the page, each with whether it is optional."""
        return [
            (kind, [(self[f"{kind.value}_{name}"], asked.optional) for name, asked in CONTACT_FIELDS.items()])
            for kind in self.kinds
        ]

    def changes(self) -> DraftChanges:
        return DraftChanges(
            contacts={
                kind.value: ContactInput(
                    **{name: self.cleaned_data[f"{kind.value}_{name}"] for name in CONTACT_FIELDS}
                )
                for kind in self.kinds
            }
        )
