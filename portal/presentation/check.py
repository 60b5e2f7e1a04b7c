"""Everything that was entered into a draft, to be read once more before it is submitted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from claims.areas import area_label, contacts_of
from claims.inputs import REVENUE_FIELDS
from claims.models import Claim, Contact
from claims.validation import Report
from portal import steps
from portal.presentation.notices import Notice, errors_in
from portal.steps import FilingStep
from tenants.enums import Channel, SubscriptionState
from wording.items import activity_labels, entry_labels

Row = tuple[str | Promise, Iterable[str]]


@dataclass(frozen=True, kw_only=True)
class Section:
    """One part of the claim with what was entered, and what is wrong with it."""

    step: FilingStep
    address: str
    rows: Sequence[Row]
    notices: Sequence[Notice]


def sections_of(
    claim: Claim, names: Mapping[str, str], report: Report | None, notices: Sequence[Notice]
) -> list[Section]:
    """Return the parts of the draft whose entries are lines of text, in order."""
    rows: dict[FilingStep, list[Row]] = {
        steps.CUSTOMER: [
            (_("Tenant ID"), [claim.tenant_guid]),
            (_("Domain"), [claim.domain]),
            (_("Name of the claim"), [claim.name]),
        ],
        steps.ACTIVITY: [
            (_("Solution area"), [area_label(claim.solution_area)]),
            (_("Activities"), activity_labels(claim.activities)),
        ],
        steps.REVENUE: [(asked.heading, [getattr(claim, name)]) for name, asked in REVENUE_FIELDS.items()],
        steps.PRODUCTS: [(_("Products"), _found(claim, names, report))],
        steps.LOCATION: [(_("MPN"), [claim.mpn_id])],
    }
    return [
        Section(
            step=step,
            address=step.address(claim.public_id),
            rows=rows[step],
            notices=[notice for notice in errors_in(notices) if step.owns(notice.pointer)],
        )
        for step in steps.steps_of(claim)
        if step in rows
    ]


def contacts_in(claim: Claim) -> list[tuple[str, Contact | None]]:
    """Return the contacts that the claim names, by kind; None for one that is missing."""
    contacts = {contact.kind: contact for contact in claim.contacts.all()}
    return [(str(kind.label), contacts.get(kind)) for kind in contacts_of(claim.solution_area)]


def _found(claim: Claim, names: Mapping[str, str], report: Report | None) -> list[str]:
    """Return the products as typed, with what the directory knows of a subscription that was entered (scenario 29)."""
    labels = entry_labels(claim, names)
    for item in report.items if report else ():
        known = []
        if item.state in SubscriptionState.values:
            known.append(str(SubscriptionState(item.state).label))
        if item.channel in Channel.values:
            known.append(str(Channel(item.channel).label))
        if known and item.index < len(labels):
            labels[item.index] = f"{labels[item.index]} · {', '.join(known)}"
    return labels
