"""What a caller states about a claim, in the shape that all doors use. None means absent, "" means sent empty."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from claims import limits
from claims.models import Claim, Contact
from foundation.kernel.text import parse_address, pasted, tidy_name


class Purpose(StrEnum):
    """Why the check runs, which decides how strict it is about missing fields and which rules run."""

    CHECK = "check"  # live check or draft: missing fields are not judged
    SUBMISSION = "submission"  # missing fields fail their rules
    EDIT = "edit"  # like CHECK, on the changed fields, for submitting roles only
    APPROVAL = "approval"  # D1-D10 again, never D11


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One product as typed, with its subscription if one was given."""

    product: str
    subscription_id: str = ""

    def __post_init__(self) -> None:
        _rewrite(self, product=pasted(self.product))
        if not pasted(self.subscription_id):
            _rewrite(self, subscription_id="")


@dataclass(frozen=True, kw_only=True)
class TypedText:
    """How all doors ask for one line of text: its label within a sentence, its length, whether it can stay empty."""

    label: Promise
    max_length: int = limits.PERSON_LENGTH
    optional: bool = False
    keyboard: str = "text"

    @property
    def heading(self) -> str:
        """Return the label with a capital letter."""
        return capfirst(str(self.label))


def _typed(label: Promise, **how: Any) -> Any:
    return field(default="", metadata={"typed": TypedText(label=label, **how)})


def _texts_of(shape: type) -> Mapping[str, TypedText]:
    return {each.name: each.metadata["typed"] for each in fields(shape)}


def _rewrite(shape: object, **values: str | None) -> None:
    """Put values into their stored form while a frozen shape is made."""
    for name, value in values.items():
        object.__setattr__(shape, name, value)


@dataclass(frozen=True, kw_only=True)
class ContactInput:
    """A person named in a claim. Forms, the API, rules and pages follow this list of fields.

    Names are in NFC, and the address is in its stored form if it is one.
    """

    first_name: str = _typed(_("first name"), optional=True)  # not everybody has one
    last_name: str = _typed(_("last name"))
    title: str = _typed(_("title"))
    email: str = _typed(_("email address"), max_length=limits.EMAIL_LENGTH, keyboard="email")
    phone: str = _typed(_("phone"), max_length=limits.PHONE_LENGTH, keyboard="tel", optional=True)

    def __post_init__(self) -> None:
        _rewrite(self, **{name: tidy_name(getattr(self, name)) for name in vars(self)})
        _rewrite(self, email=parse_address(self.email) or self.email)

    @property
    def full_name(self) -> str:
        """Return first and last name, or the one there is."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, kw_only=True)
class RevenueInput:
    """The details that revenue association asks for."""

    seller_name: str = _typed(_("seller name"))
    customer_name: str = _typed(_("customer name"))
    solution_name: str = _typed(_("ISV solution"))

    def __post_init__(self) -> None:
        _rewrite(self, **{name: tidy_name(getattr(self, name)) for name in vars(self)})


CONTACT_FIELDS = _texts_of(ContactInput)
REVENUE_FIELDS = _texts_of(RevenueInput)


@dataclass(frozen=True, kw_only=True)
class ProofInput:
    """What rules F need to know about one stored file."""

    signed_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class ClaimInput:
    """Everything a check can look at. D10 and D11 ignore the rows of the claim under check, `claim_id`."""

    organisation_id: int
    claim_id: int | None = None
    mpn_id: str | None = None
    tenant_guid: str | None = None
    domain: str | None = None
    solution_area: str | None = None
    activities: tuple[str, ...] | None = None
    items: tuple[Entry, ...] | None = None
    contacts: Mapping[str, ContactInput] | None = None
    revenue_details: RevenueInput | None = None
    evidence: tuple[ProofInput, ...] | None = None
    acknowledged: bool | None = None


@dataclass(frozen=True, kw_only=True)
class DraftChanges:
    """What a save changes: None leaves a field unchanged, an empty value clears it.

    `contacts` replaces whole contacts; `contact_fields` and `revenue_fields` change only the fields they name.
    """

    name: str | None = None
    mpn_id: str | None = None
    tenant_guid: str | None = None
    domain: str | None = None
    solution_area: str | None = None
    activities: tuple[str, ...] | None = None
    items: tuple[Entry, ...] | None = None
    contacts: Mapping[str, ContactInput] = field(default_factory=dict)
    revenue_details: RevenueInput | None = None
    acknowledged: bool | None = None
    confirmed_warnings: tuple[str, ...] | None = None
    contact_fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    revenue_fields: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.name is not None:
            _rewrite(self, name=tidy_name(self.name))

    def on_top_of(self, claim: Claim) -> "DraftChanges":
        """Return the changes with whole contacts and revenue details, completed from the stored claim."""
        if not self.contact_fields and not self.revenue_fields:
            return self
        stored = {contact.kind: contact_input(contact) for contact in claim.contacts.all()}
        whole = {
            kind: replace(self.contacts.get(kind) or stored.get(kind) or ContactInput(), **fields)
            for kind, fields in self.contact_fields.items()
        }
        revenue = self.revenue_details
        if self.revenue_fields:
            revenue = replace(revenue or revenue_input(claim), **self.revenue_fields)
        return replace(
            self,
            contacts={**self.contacts, **whole},
            revenue_details=revenue,
            contact_fields={},
            revenue_fields={},
        )

    def sent_empty(self, stored: ClaimInput) -> ClaimInput:
        """Return the stored claim in which fields that this save sent empty are present and fail their rules (part 4)."""
        required = (
            "mpn_id",
            "tenant_guid",
            "domain",
            "solution_area",
            "activities",
            "items",
            "revenue_details",
        )
        sent = {name: getattr(self, name) for name in required}
        absent = {
            name: value for name, value in sent.items() if value is not None and getattr(stored, name) is None
        }
        return replace(stored, **absent)

    def changed(self) -> dict[str, Any]:
        """Return the fields that the caller sent, by name."""
        given = {name: value for name, value in vars(self).items() if value is not None}
        for name in ("contacts", "contact_fields", "revenue_fields"):
            if not given[name]:
                del given[name]
        return given


def contact_input(contact: Contact) -> ContactInput:
    """Return a stored contact as input."""
    return ContactInput(**{name: getattr(contact, name) for name in CONTACT_FIELDS})


def revenue_input(claim: Claim) -> RevenueInput:
    """Return the stored revenue details as input."""
    return RevenueInput(**{name: getattr(claim, name) for name in REVENUE_FIELDS})


def input_of(claim: Claim) -> ClaimInput:
    """Return the stored claim as input. Empty columns are absent, so that a draft is judged on what it has."""
    contacts = {contact.kind: contact_input(contact) for contact in claim.contacts.all()}
    revenue = revenue_input(claim)
    return ClaimInput(
        organisation_id=claim.organisation_id,
        claim_id=claim.pk,
        mpn_id=claim.mpn_id or None,
        tenant_guid=claim.tenant_guid or None,
        domain=claim.domain or None,
        solution_area=claim.solution_area or None,
        activities=tuple(claim.activities) or None,
        items=tuple(Entry(**entry) for entry in claim.entries) or None,
        contacts=contacts or None,
        revenue_details=revenue if any(vars(revenue).values()) else None,
        evidence=tuple(ProofInput(signed_on=proof.signed_on) for proof in claim.evidence.all()) or None,
        acknowledged=claim.acknowledged or None,
    )


def public_names(names: Iterable[str]) -> list[str]:
    """Return the names of fields as doors and events write them, in the same order."""
    return ["tenant_id" if name == "tenant_guid" else name for name in names]
