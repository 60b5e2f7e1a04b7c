"""Edits after submission: contacts, the location, and open items while the partner is asked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from associations.enums import AssociationState
from associations.models import Scope
from claims.enums import ClaimStatus, ItemOutcome
from claims.events import CLAIM_EDITED
from claims.inputs import ClaimInput, DraftChanges, Entry, Purpose, input_of, public_names
from claims.lifecycle import CLAIM
from claims.models import Claim, ClaimItem, RequestParty
from claims.policies import amend_refusal, edit_refusal
from claims.selectors import Seen, claim_for, lock_claim, open_requests, require_seen
from claims.services.checks import metered_check
from claims.steps.contacts import contact_changes, store_contacts
from claims.steps.items import free_activities, open_item, scopes_of, withdraw_items
from claims.steps.requests import close_moot_requests, lapse_overdue
from claims.steps.settling import settle_claim
from claims.validation import Report
from foundation.journal.step import Step
from foundation.journal.unit import one_transaction
from foundation.kernel.actor import Actor
from foundation.kernel.errors import Conflict, DomainError, NotFound, Refused, enforce
from foundation.kernel.text import parse_mpn
from partners.models import Location


def edit_submitted(step: Step, locked: Claim, changes: DraftChanges) -> tuple[Claim, Report]:
    """Edit the contacts or the location of a submitted claim; only rules whose inputs changed run again.

    Raises NotPermitted, Conflict INVALID_TRANSITION for a field that cannot change now, and Refused with the findings.
    """
    lapse_overdue(step, locked)
    claim = Claim.objects.select_related("location").get(pk=locked.pk)
    changes = changes.on_top_of(claim)
    changed = changes.changed()
    CLAIM["save"].right.enforce(step.actor)
    enforce(_field_refusal(step.actor, claim, changed))
    asked = claim.status == ClaimStatus.PARTNER_ACTION_REQUIRED
    report = metered_check(
        step,
        _edited_input(claim, changes),
        purpose=Purpose.EDIT if asked else Purpose.CHECK,
        changed=changed,
    )
    if report.errors:
        raise Refused(
            _("Nothing was changed. Correct what is listed, then save again."), findings=report.findings
        )
    personal = contact_changes(claim, changes.contacts)
    mpn_id = claim.mpn_id if changes.mpn_id is None else parse_mpn(changes.mpn_id) or changes.mpn_id
    if not personal and mpn_id == claim.mpn_id:
        return claim, report  # a save without a change is no edit, so it answers no request
    store_contacts(claim, changes.contacts)
    if mpn_id != claim.mpn_id:
        location = Location.objects.get(organisation_id=claim.organisation_id, mpn_id=mpn_id)
        Claim.objects.filter(pk=claim.pk).update(mpn_id=mpn_id, location=location)
    Claim.objects.filter(pk=claim.pk).update(version=F("version") + 1, touched_at=step.at)
    claim.refresh_from_db()
    step.record(
        CLAIM_EDITED,
        claim,
        personal=personal,
        fields=public_names(sorted(changed)),
        location=claim.location_id,
    )
    return claim, report


def _field_refusal(actor: Actor, claim: Claim, changed: dict[str, object]) -> DomainError | None:
    if "items" in changed and claim.status in CLAIM["amend"].sources:
        return Conflict(
            _("Items of a submitted claim are added and removed one by one, not replaced as a list.")
        )
    return edit_refusal(actor, claim, changed)


def _edited_input(claim: Claim, changes: DraftChanges) -> ClaimInput:
    """Return the stored claim as input, with the changes applied."""
    stored = input_of(claim)
    return replace(
        stored,
        mpn_id=stored.mpn_id if changes.mpn_id is None else changes.mpn_id,
        contacts={**(stored.contacts or {}), **changes.contacts},
    )


@one_transaction()
def change_items(
    *,
    public_id: str,
    add: Sequence[Entry] = (),
    remove: Sequence[str] = (),
    actor: Actor,
    now: datetime,
    confirmed_warnings: tuple[str, ...] = (),
    version: Seen = None,
) -> Claim:
    """Withdraw open items and submit others in their place, while the partner is asked.

    `remove` lists public ids of items. A claim without open items settles. Only `confirmed_warnings` count: those of the
    submission were about other products. Raises NotFound, StaleVersion, NotPermitted, Conflict INVALID_TRANSITION, and
    Refused with the findings.
    """
    claim = claim_for(actor, public_id)
    require_seen(claim, version)
    enforce(amend_refusal(actor, claim))
    step = Step(actor=actor, at=now).about(claim)
    report = metered_check(
        step,
        replace(input_of(claim), items=tuple(add) or None),
        purpose=Purpose.EDIT,
        changed={"items"},
    )
    if report.errors:
        raise Refused(
            _("Nothing was changed. Correct what is listed, then try again."), findings=report.findings
        )
    if report.unconfirmed(frozenset(confirmed_warnings)):
        raise Refused(
            _("Read the warnings and confirm each of them, then try again."),
            code="WARNINGS_NOT_CONFIRMED",
            pointer="/confirmed_warnings",
            findings=report.findings,
        )
    resolved = report.resolved.items if add else ()
    scopes = scopes_of(report.resolved) if add else []
    locked = lock_claim(claim, scope_ids=[scope.pk for scope in scopes], version=version)
    lapse_overdue(step, locked.claim)
    claim = Claim.objects.get(pk=claim.pk)
    enforce(amend_refusal(actor, claim))
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
    replaced = [old.pk for old in removed]
    # The new items open first: otherwise the claim would settle, and a case close, for lack of the old ones.
    free_activities(removed)
    for item, scope in zip(resolved, scopes, strict=True):
        open_item(step, claim, item, scope, replaces=replaced, asked_by=_asking_about(claim, scope))
    withdraw_items(step, removed)
    Claim.objects.filter(pk=claim.pk).update(version=F("version") + 1, touched_at=now)
    close_moot_requests(step, claim)
    return settle_claim(step, claim.pk)


def _asking_about(claim: Claim, scope: Scope) -> list[RequestParty]:
    """Return the open requests that an item added on the scope takes over: a case asks about its own scope only."""
    return [
        party
        for party in open_requests(claim)
        if party.request.case_id is None or party.items.filter(scope=scope).exists()
    ]


def _open(claim: Claim) -> QuerySet[ClaimItem]:
    return ClaimItem.objects.filter(claim=claim, outcome=ItemOutcome.PENDING)


def _taken_scopes(claim: Claim, removed: Sequence[ClaimItem]) -> set[int]:
    """Return the scopes that the claim itself holds or claims, because D10 ignores the claim that it checks."""
    granted = ClaimItem.objects.filter(claim=claim, activities__grant__state__in=AssociationState.LIVING)
    kept = _open(claim).exclude(pk__in=[item.pk for item in removed]) | granted
    return set(kept.values_list("scope_id", flat=True))


def _open_items_named(claim: Claim, public_ids: Sequence[str]) -> list[ClaimItem]:
    items = list(_open(claim).filter(public_id__in=public_ids).order_by("pk"))
    if len(items) != len(set(public_ids)):
        raise NotFound
    return items
