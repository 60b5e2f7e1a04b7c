"""Customer, activity, revenue details, location and contacts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from claims import limits
from claims.areas import AREAS, Area, area_of
from claims.enums import ContactKind
from claims.inputs import ContactInput, DraftChanges, RevenueInput
from claims.models import Claim
from portal.forms.base import ClaimForm, CodeField, CodesField, text_field


class CustomerForm(ClaimForm):
    """Whose product it is, and a name by which the company finds the claim again."""

    places = {"/tenant_id": "tenant_id", "/domain": "domain", "/name": "name"}

    tenant_id = text_field(
        _("Tenant ID"),
        limits.TYPED_ID_LENGTH,
        _(
            "The customer's admin center shows it as tenant ID or directory ID. "
            "Example: 12345678-90ab-cdef-1234-567890abcdef"
        ),
        autocomplete="off",
        autocapitalize="none",
    )
    domain = text_field(
        _("Subdomain or domain"),
        limits.DOMAIN_LENGTH,
        _("Any domain of the same tenant: contoso, contoso.onmicrosoft.com or contoso.com."),
        autocomplete="off",
        autocapitalize="none",
    )
    name = text_field(
        _("Name of the claim"),
        limits.NAME_LENGTH,
        _("For your own company, to find it again."),
        autocomplete="off",
    )

    @classmethod
    def typed(cls, claim: Claim) -> dict[str, Any]:
        return {
            "tenant_id": claim.tenant_guid,
            "domain": claim.domain,
            "name": claim.name,
            "version": claim.version,
        }

    def changes(self) -> DraftChanges:
        return DraftChanges(
            tenant_guid=self.cleaned_data["tenant_id"],
            domain=self.cleaned_data["domain"],
            name=self.cleaned_data["name"],
        )


class ActivityForm(ClaimForm):
    """The solution area, and for each area its own activities: those of the area not chosen are left aside."""

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
            "version": claim.version,
        }

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
    """Return what is ticked in the area. Its only activity is ticked in advance; it counts once the area is chosen."""
    if claim.solution_area == area.code or (not area.only_activity and area_of(claim.solution_area) is None):
        return list(claim.activities)
    return [area.only_activity.value] if area.only_activity else []


class RevenueForm(ClaimForm):
    """What revenue association asks for besides."""

    places = {f"/revenue_details/{name}": name for name in ("seller_name", "customer_name", "solution_name")}

    seller_name = text_field(_("Seller name"), limits.PERSON_LENGTH, _("Who sold it to the customer."))
    customer_name = text_field(_("Customer name"), limits.PERSON_LENGTH, _("As the contract has it."))
    solution_name = text_field(
        _("ISV solution"), limits.PERSON_LENGTH, _("The solution that the revenue is associated with.")
    )

    @classmethod
    def typed(cls, claim: Claim) -> dict[str, Any]:
        return {
            "seller_name": claim.seller_name,
            "customer_name": claim.customer_name,
            "solution_name": claim.solution_name,
            "version": claim.version,
        }

    def changes(self) -> DraftChanges:
        names = ("seller_name", "customer_name", "solution_name")
        return DraftChanges(revenue_details=RevenueInput(**{name: self.cleaned_data[name] for name in names}))


class LocationForm(ClaimForm):
    """One of the company's MPNs."""

    places = {"/mpn_id": "mpn_id"}

    mpn_id = CodeField(label=_("MPN"), limit=limits.TYPED_ID_LENGTH)

    @classmethod
    def typed(cls, claim: Claim) -> dict[str, Any]:
        return {"mpn_id": claim.mpn_id, "version": claim.version}

    def changes(self) -> DraftChanges:
        return DraftChanges(mpn_id=self.cleaned_data["mpn_id"].strip())


CONTACT_FIELDS = (
    ("first_name", _("First name"), limits.PERSON_LENGTH, {"autocomplete": "off"}),
    ("last_name", _("Last name"), limits.PERSON_LENGTH, {"autocomplete": "off"}),
    ("title", _("Title"), limits.PERSON_LENGTH, {"autocomplete": "off"}),
    ("email", _("Email address"), limits.EMAIL_LENGTH, {"autocomplete": "off", "inputmode": "email"}),
    ("phone", _("Phone"), limits.PHONE_LENGTH, {"autocomplete": "off", "inputmode": "tel"}),
)


class ContactsForm(ClaimForm):
    """The people of a claim, each with the same five fields."""

    def __init__(self, *args: Any, kinds: tuple[ContactKind, ...], **options: Any) -> None:
        super().__init__(*args, **options)
        self.kinds = kinds
        for kind in kinds:
            for name, label, limit, attributes in CONTACT_FIELDS:
                self.fields[f"{kind.value}_{name}"] = text_field(label, limit, **attributes)

    @classmethod
    def typed(cls, claim: Claim) -> dict[str, Any]:
        data: dict[str, Any] = {
            f"{contact.kind}_{name}": getattr(contact, name)
            for contact in claim.contacts.all()
            for name, *_rest in CONTACT_FIELDS
        }
        return {**data, "version": claim.version}

    def place_of(self, pointer: str) -> str | None:
        kind, _slash, name = pointer.removeprefix("/contacts/").partition("/")
        field = f"{kind}_{name or 'first_name'}"
        return field if pointer.startswith("/contacts/") and field in self.fields else None

    @property
    def people(self) -> list[tuple[ContactKind, dict[str, forms.BoundField]]]:
        """The fields of each person, for the page."""
        return [
            (kind, {name: self[f"{kind.value}_{name}"] for name, *_rest in CONTACT_FIELDS})
            for kind in self.kinds
        ]

    def changes(self) -> DraftChanges:
        return DraftChanges(
            contacts={
                kind.value: ContactInput(
                    **{name: self.cleaned_data[f"{kind.value}_{name}"] for name, *_rest in CONTACT_FIELDS}
                )
                for kind in self.kinds
            }
        )
