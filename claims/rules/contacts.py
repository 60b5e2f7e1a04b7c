"""Rules E: the people named in a claim, and the details of a revenue association."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from associations.enums import Activity
from claims.enums import ContactKind
from claims.facts import ClaimFacts, is_well_formed_address
from claims.inputs import CONTACT_FIELDS, REVENUE_FIELDS, ContactInput, Purpose
from claims.rules.base import ClaimRule, finding_at, given
from foundation.kernel.findings import Finding, Severity, Text
from foundation.kernel.text import is_guest_name

WHY = {
    ContactKind.CUSTOMER: _(
        "We tell the customer contact about the approved association, and they can decline it."
    ),
    ContactKind.PARTNER: _("We ask the partner contact if we have questions."),
    ContactKind.TECHNICAL: _("Claims in this solution area also need a technical contact."),
}


def _finding(code: str, pointer: str, message: Text, cause: Text) -> Finding:
    step = _("Fill in what is missing; ask the person if you do not know it.")
    return finding_at(code, pointer, message, cause, step)


def _contact_is_complete(facts: ClaimFacts, kind: ContactKind, code: str) -> Iterable[Finding]:
    """Yield what is missing of a contact that was sent or that a submission needs."""
    contact = (facts.given.contacts or {}).get(kind)
    pointer = f"/contacts/{kind.value}"
    if contact is None:
        if facts.purpose is Purpose.SUBMISSION:
            yield _finding(code, pointer, _("%(kind)s is missing.") % {"kind": kind.label}, WHY[kind])
        return
    for name, asked in CONTACT_FIELDS.items():
        text = getattr(contact, name)
        if not text.strip() and not asked.optional:
            yield _finding(
                code,
                f"{pointer}/{name}",
                _("%(kind)s: %(field)s is missing.") % {"kind": kind.label, "field": asked.label},
                WHY[kind],
            )
        elif name == "email" and not is_well_formed_address(text):
            yield _finding(
                code,
                f"{pointer}/{name}",
                _("%(kind)s: this is not an email address.") % {"kind": kind.label},
                WHY[kind],
            )


def _customer_and_partner(facts: ClaimFacts) -> Iterable[Finding]:
    yield from _contact_is_complete(facts, ContactKind.CUSTOMER, "CONTACT_REQUIRED")
    yield from _contact_is_complete(facts, ContactKind.PARTNER, "CONTACT_REQUIRED")


def _technical(facts: ClaimFacts) -> Iterable[Finding]:
    if facts.area is not None and ContactKind.TECHNICAL in facts.area.contacts:
        yield from _contact_is_complete(facts, ContactKind.TECHNICAL, "TECH_CONTACT_REQUIRED")


def _revenue_details(facts: ClaimFacts) -> Iterable[Finding]:
    if Activity.REVENUE_ASSOCIATION not in facts.activities:
        return
    for name, asked in REVENUE_FIELDS.items():
        if not getattr(facts.given.revenue_details, name).strip():
            yield _finding(
                "REVENUE_DETAILS_REQUIRED",
                f"/revenue_details/{name}",
                _("The %(field)s is missing.") % {"field": asked.label},
                _("Revenue association records who sold what to whom."),
            )


def _address_is_the_customers(facts: ClaimFacts) -> Iterable[Finding]:
    if is_guest_name((facts.given.contacts or {})[ContactKind.CUSTOMER].email):
        yield _not_the_customers(
            _("This is the sign-in name of a guest in the customer's tenant, not a mailbox of the customer."),
            _(
                "Names with #EXT# belong to people from outside, perhaps of your own company. Silence counts as "
                "the customer's consent, so it must be the customer who is asked."
            ),
        )
    elif facts.customer_mail_is_own:
        yield _not_the_customers(
            _("This address belongs to your own company, not to the customer."),
            _(
                "Silence counts as the customer's consent, so it must be the customer who is asked, never a "
                "person of your own company."
            ),
        )
    elif not facts.customer_mail_is_tenants:
        yield finding_at(
            "CONTACT_DOMAIN_MISMATCH",
            "/contacts/customer/email",
            _("The customer contact's email address is not in a domain of the customer's tenant."),
            _(
                "We ask the customer contact about the association. An address outside the tenant may reach "
                "a person who cannot speak for the customer."
            ),
            _(
                "Ask the customer for a contact with an address in their own domain, or confirm that "
                "this one is right."
            ),
            severity=Severity.WARNING,
        )


def _not_the_customers(message: Text, cause: Text) -> Finding:
    step = _("Ask the customer for a contact with an address in their own domain.")
    return finding_at("CONTACT_DOMAIN_MISMATCH", "/contacts/customer/email", message, cause, step)


def _customer_can_be_written_to(facts: ClaimFacts) -> bool:
    customer: ContactInput | None = (facts.given.contacts or {}).get(ContactKind.CUSTOMER)
    return customer is not None and is_well_formed_address(customer.email)


RULES = (
    ClaimRule(
        id="E1",
        codes=("CONTACT_REQUIRED",),
        statement=_("The customer contact and the partner contact are complete."),
        present=given("contacts"),
        inputs=("contacts",),
        judge=_customer_and_partner,
    ),
    ClaimRule(
        id="E2",
        codes=("TECH_CONTACT_REQUIRED",),
        statement=_("Where the solution area asks for a technical contact, it is complete."),
        present=given("contacts", "solution_area"),
        inputs=("contacts", "solution_area"),
        judge=_technical,
    ),
    ClaimRule(
        id="E3",
        codes=("REVENUE_DETAILS_REQUIRED",),
        statement=_("For revenue association, seller, customer and ISV solution are named."),
        present=given("revenue_details", "activities"),
        inputs=("revenue_details", "activities"),
        judge=_revenue_details,
    ),
    ClaimRule(
        id="E4",
        codes=("CONTACT_DOMAIN_MISMATCH",),
        statement=_(
            "The customer contact's mail domain is one of the tenant's; otherwise a warning. The name of a guest "
            "(#EXT#) and an address of the claim's own organisation are errors."
        ),
        needs=("B3",),
        present=_customer_can_be_written_to,
        inputs=("contacts", "tenant_guid", "domain"),
        judge=_address_is_the_customers,
    ),
)
