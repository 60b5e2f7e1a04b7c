"""What may still change after submission: contacts, the location, and open items while the partner is asked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from associations.enums import AssociationState
from claims import policies
from claims.enums import ClaimStatus, ItemOutcome
from claims.events import CLAIM_EDITED
from claims.inputs import ClaimInput, DraftChanges, Entry, Purpose, input_of
from claims.models import Claim, ClaimItem, Contact
from claims.selectors import Locked, claim_for, lock_claim, open_requests, refuse_stale
from claims.services.checks import metered_check
from claims.services.items import open_item, scopes_of, withdraw_items
from claims.services.requests import close_moot_requests, lapse_overdue
from claims.services.settling import settle_claim
from claims.validation import Report
from foundation.journal.services import Change, record
from foundation.kernel.actor import Actor
from foundation.kernel.errors import Conflict, DomainError, NotFound, Refused
from foundation.kernel.text import parse_mpn
from partners.models import Location


def edit_submitted(
    locked: Locked, changes: DraftChanges, *, actor: Actor, now: datetime
) -> tuple[Claim, Report]:
    """Edit contacts or location of a submitted claim; only the rules whose inputs changed run again.

    Raises NotPermitted, Conflict INVALID_TRANSITION for what may not change now, Refused with the findings.
    """
    lapse_overdue(locked.claim, now=now)
    claim = Claim.objects.select_related("location").get(pk=locked.claim.pk)
    changes = changes.on_top_of(claim)
    changed = changes.changed()
    policies.enforce(policies.drafting(actor) or _field_refusal(actor, claim, changed))
    asked = claim.status == ClaimStatus.PARTNER_ACTION_REQUIRED
    report = metered_check(
        _edited_input(claim, changes),
        actor=actor,
        now=now,
        purpose=Purpose.EDIT if asked else Purpose.CHECK,
        changed=changed,
    )
    if report.errors:
        raise Refused(
            _("Nothing was changed. Correct what is listed, then save again."), findings=report.findings
        )
    personal = _store_contacts(claim, changes)
    mpn_id = claim.mpn_id if changes.mpn_id is None else parse_mpn(changes.mpn_id) or changes.mpn_id
    if not personal and mpn_id == claim.mpn_id:
        return claim, report  # what changes nothing is no edit, and answers no request
    if mpn_id != claim.mpn_id:
        location = Location.objects.get(organisation_id=claim.organisation_id, mpn_id=mpn_id)
        Claim.objects.filter(pk=claim.pk).update(mpn_id=mpn_id, location=location)
    Claim.objects.filter(pk=claim.pk).update(version=F("version") + 1, touched_at=now)
    claim.refresh_from_db()
    record(
        CLAIM_EDITED,
        subject=claim,
        actor=actor,
        now=now,
        claim_id=claim.pk,
        organisation_id=claim.organisation_id,
        payload={"fields": sorted(changed), "location": claim.location_id},
        personal=personal,
    )
    return claim, report


def _field_refusal(actor: Actor, claim: Claim, changed: dict[str, object]) -> DomainError | None:
    editable = set(policies.editable_fields(actor, claim)) - {"items"}
    if "items" in changed and claim.status == ClaimStatus.PARTNER_ACTION_REQUIRED:
        return Conflict(
            _("Items of a submitted claim are added and removed one by one, not replaced as a list.")
        )
    if set(changed) <= editable:
        return None
    if claim.status == ClaimStatus.PARTNER_ACTION_REQUIRED and not actor.may_submit:
        return policies.submitting(actor)
    return Conflict(
        _(
            "The customer, the solution area, the activities and the products cannot be changed any more while "
            "the claim is “%(status)s”."
        )
        % {"status": ClaimStatus(claim.status).label}
    )


def _edited_input(claim: Claim, changes: DraftChanges) -> ClaimInput:
    """The stored claim with the changes on it."""
    stored = input_of(claim)
    return replace(
        stored,
        mpn_id=stored.mpn_id if changes.mpn_id is None else changes.mpn_id,
        contacts={**(stored.contacts or {}), **changes.contacts},
    )


def _store_contacts(claim: Claim, changes: DraftChanges) -> dict[str, Change]:
    """Store the contacts that were sent; answers old and new value of each field that really changed."""
    personal: dict[str, Change] = {}
    for kind, contact in changes.contacts.items():
        stored = Contact.objects.filter(claim=claim, kind=kind).first()
        for field, new in vars(contact).items():
            old = getattr(stored, field, "")
            if old != new:
                personal[f"{kind}.{field}"] = (old, new)
        Contact.objects.update_or_create(claim=claim, kind=kind, defaults=vars(contact))
    return personal


@transaction.atomic
def change_items(
    *,
    public_id: str,
    add: Sequence[Entry] = (),
    remove: Sequence[str] = (),
    actor: Actor,
    now: datetime,
    confirmed_warnings: tuple[str, ...] = (),
    version: int | None = None,
) -> Claim:
    """While the partner is asked: withdraw open items and submit others instead, in one transaction; without any left
    the claim settles. `remove` holds public ids of items.

    Raises NotFound, StaleVersion, NotPermitted, Conflict INVALID_TRANSITION, Refused with the findings.
    """
    claim = claim_for(actor, public_id)
    refuse_stale(claim, version)
    policies.enforce(_item_refusal(actor, claim))
    report = metered_check(
        replace(input_of(claim), items=tuple(add) or None),
        actor=actor,
        now=now,
        purpose=Purpose.EDIT,
        changed={"items"},
    )
    if report.errors:
        raise Refused(
            _("Nothing was changed. Correct what is listed, then try again."), findings=report.findings
        )
    if report.unconfirmed(frozenset(claim.confirmed_warnings) | frozenset(confirmed_warnings)):
        raise Refused(
            _("Read the warnings and confirm each of them, then try again."),
            code="WARNINGS_NOT_CONFIRMED",
            pointer="/confirmed_warnings",
            findings=report.findings,
        )
    resolved = report.resolved.items if add else ()
    scopes = scopes_of(report.resolved) if add else []
    locked = lock_claim(claim, scope_ids=[scope.pk for scope in scopes], version=version)
    lapse_overdue(locked.claim, now=now)
    claim = Claim.objects.get(pk=claim.pk)
    policies.enforce(_item_refusal(actor, claim))
    removed = _open_items_named(claim, remove)
    kept = _taken_scopes(claim, removed)
    if kept & {scope.pk for scope in scopes}:
        raise Refused(
            _(
                "The claim already has an item on this product. Remove that item first, or choose another product."
            ),
            code="ITEM_DUPLICATE",
            pointer="/add",
        )
    asked_by = [party for party in open_requests(claim) if party.request.case_id is None]
    withdraw_items(removed, claim=claim, actor=actor, now=now)
    for item, scope in zip(resolved, scopes, strict=True):
        open_item(
            claim,
            item,
            scope,
            actor=actor,
            now=now,
            replaces=[old.pk for old in removed],
            asked_by=asked_by,
        )
    Claim.objects.filter(pk=claim.pk).update(version=F("version") + 1, touched_at=now)
    close_moot_requests(claim, actor=actor, now=now)
    return settle_claim(claim_id=claim.pk, actor=actor, now=now)


def _item_refusal(actor: Actor, claim: Claim) -> DomainError | None:
    refusal = policies.submitting(actor)
    if refusal is None and "items" not in policies.editable_fields(actor, claim):
        refusal = policies.in_status(claim, frozenset({ClaimStatus.PARTNER_ACTION_REQUIRED}) - {claim.status})
    return refusal


def _open(claim: Claim) -> QuerySet[ClaimItem]:
    return ClaimItem.objects.filter(claim=claim, outcome=ItemOutcome.PENDING)


def _taken_scopes(claim: Claim, removed: Sequence[ClaimItem]) -> set[int]:
    """The scopes that the claim itself has, open or granted: D10 ignores the claim under check, so this stands here."""
    granted = ClaimItem.objects.filter(claim=claim, activities__grant__state__in=AssociationState.LIVING)
    kept = _open(claim).exclude(pk__in=[item.pk for item in removed]) | granted
    return set(kept.values_list("scope_id", flat=True))


def _open_items_named(claim: Claim, public_ids: Sequence[str]) -> list[ClaimItem]:
    items = list(_open(claim).filter(public_id__in=public_ids).order_by("pk"))
    if len(items) != len(set(public_ids)):
        raise NotFound
    return items
