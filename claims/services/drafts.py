"""Drafts: stored as typed from the first save, checked at every save, and allowed to be wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from claims.events import CLAIM_CREATED, CLAIM_SAVED
from claims.inputs import DraftChanges, Entry, Purpose, input_of, public_names
from claims.lifecycle import CLAIM
from claims.models import Claim
from claims.selectors import Seen, claim_for, lock_claim
from claims.services.checks import metered_check
from claims.services.editing import edit_submitted
from claims.steps.contacts import store_contacts
from claims.validation import Report, refuse_role
from foundation.journal.step import Step
from foundation.journal.unit import one_transaction
from foundation.kernel.actor import Actor
from foundation.kernel.errors import Refused, Unavailable
from foundation.kernel.references import draw_reference
from foundation.kernel.text import parse_domain, parse_guid, parse_mpn
from partners.models import Location

FORBIDDEN_MPN = "MPN_NOT_YOURS"
DRAWS = 20  # of a thousand million references a year, so that the second is hardly ever needed


@dataclass(frozen=True)
class SavedClaim:
    """A stored claim and the report on it."""

    claim: Claim
    report: Report


def create_draft(*, changes: DraftChanges, actor: Actor, now: datetime) -> SavedClaim:
    """Create a draft for the actor's organisation and check it.

    Raises NotPermitted ROLE_NOT_ALLOWED, Refused MPN_NOT_YOURS, which save nothing, and Unavailable, which keeps what
    was typed. Where the meter is exhausted the report leaves out what may not be told just now.
    """
    refuse_role(actor=actor, purpose=Purpose.CHECK)
    with one_transaction():
        claim = _created(
            organisation_id=actor.company_id,
            created_by_id=actor.person_id,
            created_at=now,
            touched_at=now,
            updated_at=now,
        )
        step = Step(actor=actor, at=now).about(claim)
        step.record(CLAIM_CREATED, claim)
        report = _store(step, claim, changes)
    return _answered(claim, report)


def _created(*, created_at: datetime, **columns: Any) -> Claim:
    """Create the row under a reference that is free; one that another claim has is drawn again."""
    for _attempt in range(DRAWS):
        reference = draw_reference(created_at.year)
        try:
            with one_transaction(undoable=True):
                return Claim.objects.create(reference=reference, created_at=created_at, **columns)
        except IntegrityError:
            if not Claim.objects.filter(reference=reference).exists():
                raise
    raise AssertionError(f"{DRAWS} references were drawn and all were taken")


def save_claim(
    *, public_id: str, changes: DraftChanges, actor: Actor, now: datetime, version: Seen = None
) -> SavedClaim:
    """Save a draft, or edit a submitted claim as far as it can still be edited (domain.md part 3, Editing).

    Raises NotFound, StaleVersion, NotPermitted, Refused (MPN_NOT_YOURS, or the findings of an edit that
    breaks a rule), Conflict INVALID_TRANSITION for a field that cannot change in this status, RateLimited, and
    Unavailable, which keeps what was typed into a draft.
    """
    with one_transaction():
        locked = lock_claim(claim_for(actor, public_id), version=version)
        step = Step(actor=actor, at=now).about(locked.claim)
        if locked.claim.submitted_at is not None:
            return SavedClaim(*edit_submitted(step, locked.claim, changes))
        refuse_role(actor=actor, purpose=Purpose.CHECK)
        CLAIM["save"].enforce(actor, locked.claim.status)
        keep = _store if changes.changed() else _judged  # a save without a change moves no version
        report = keep(step, locked.claim, changes)
    return _answered(locked.claim, report)


def _answered(claim: Claim, report: Report | Unavailable) -> SavedClaim:
    """Return or raise the result once the draft is committed, so that a failed check never undoes what was typed."""
    if isinstance(report, Unavailable):
        raise report
    return SavedClaim(claim, report)


def _store(step: Step, claim: Claim, changes: DraftChanges) -> Report | Unavailable:
    """Store what was typed and check it; return the failure if the directory cannot be read."""
    changes = changes.on_top_of(claim)
    changed = changes.changed()
    for column, value in _columns(changed).items():
        setattr(claim, column, value)
    claim.version += 1
    claim.touched_at = step.at
    claim.idle_warned_at = None
    claim.location = _location(claim, step.actor)
    claim.save()
    store_contacts(claim, changes.contacts)
    report = _judged(step, claim, changes)
    if isinstance(report, Report) and FORBIDDEN_MPN in {finding.code for finding in report.errors}:
        raise Refused(
            _("Nothing was saved: the MPN is not one of your company's."),
            code=FORBIDDEN_MPN,
            pointer="/mpn_id",
            findings=report.findings,
        )
    if changed:
        step.record(CLAIM_SAVED, claim, fields=public_names(sorted(changed)))
    return report


def _judged(step: Step, claim: Claim, changes: DraftChanges) -> Report | Unavailable:
    try:
        given = changes.sent_empty(input_of(claim))
        return metered_check(step, given, purpose=Purpose.CHECK, is_saved_anyway=True)
    except Unavailable as unavailable:
        return unavailable


def _columns(changed: dict[str, Any]) -> dict[str, Any]:
    """Return the columns to write: well-formed identifiers in stored form, others as typed."""
    columns = {field: _stored_form(field, value) for field, value in changed.items() if field in _STORED}
    if revenue := changed.get("revenue_details"):
        columns |= vars(revenue)
    if "items" in changed:
        columns["entries"] = [_stored_entry(entry) for entry in changed["items"]]
    return columns


_STORED = frozenset(
    {
        "name",
        "mpn_id",
        "tenant_guid",
        "domain",
        "solution_area",
        "activities",
        "acknowledged",
        "confirmed_warnings",
    }
)
_PARSERS: dict[str, Callable[[str], object]] = {
    "mpn_id": parse_mpn,
    "tenant_guid": parse_guid,
    "domain": parse_domain,
}


def _stored_form(field: str, value: Any) -> Any:
    if field in _PARSERS:
        return str(_PARSERS[field](value) or value)
    return list(value) if isinstance(value, tuple) else value


def _stored_entry(entry: Entry) -> dict[str, str]:
    subscription_id = str(parse_guid(entry.subscription_id) or entry.subscription_id)
    return {"product": entry.product, "subscription_id": subscription_id}


def _location(claim: Claim, actor: Actor) -> Location | None:
    """Return the actor's location with the typed MPN. Without one, the author decides who sees the draft."""
    own = Location.objects.filter(organisation_id=claim.organisation_id, mpn_id=claim.mpn_id)
    if actor.location_ids is not None:
        own = own.filter(pk__in=actor.location_ids)
    return own.first() if claim.mpn_id else None
