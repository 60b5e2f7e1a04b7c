"""Contacts, stored whole. `ContactInput` is the only list of their fields."""

from collections.abc import Mapping

from claims.inputs import CONTACT_FIELDS, ContactInput, contact_input
from claims.models import Claim, Contact
from foundation.journal.step import Change


def store_contacts(claim: Claim, contacts: Mapping[str, ContactInput]) -> None:
    """Store these contacts, by kind, in one statement."""
    Contact.objects.bulk_create(
        [Contact(claim=claim, kind=kind, **vars(contact)) for kind, contact in contacts.items()],
        update_conflicts=True,
        unique_fields=["claim", "kind"],
        update_fields=list(CONTACT_FIELDS),
    )


def contact_changes(claim: Claim, contacts: Mapping[str, ContactInput]) -> dict[str, Change]:
    """Return (old, new) for each `kind.field` that storing these contacts would change."""
    stored = {contact.kind: vars(contact_input(contact)) for contact in Contact.objects.filter(claim=claim)}
    return {
        f"{kind}.{name}": (stored.get(kind, {}).get(name, ""), new)
        for kind, contact in contacts.items()
        for name, new in vars(contact).items()
        if stored.get(kind, {}).get(name, "") != new
    }
