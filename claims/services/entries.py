"""Items added and removed one by one: entries of a draft, or open items of a claim that is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from claims import limits
from claims.inputs import DraftChanges, Entry
from claims.models import Claim
from claims.selectors import Seen, claim_for
from claims.services.drafts import save_claim
from claims.services.editing import change_items
from claims.validation import Report
from foundation.kernel.actor import Actor
from foundation.kernel.errors import NotFound, Refused
from foundation.kernel.text import parse_guid


@dataclass(frozen=True)
class EditedItems:
    """The changed claim and, for a draft, the report on it."""

    claim: Claim
    report: Report | None


def edit_items(
    *,
    public_id: str,
    add: Sequence[Entry] = (),
    remove: Sequence[str] = (),
    actor: Actor,
    now: datetime,
    confirmed_warnings: tuple[str, ...] = (),
    version: Seen = None,
) -> EditedItems:
    """Add and remove items. `remove` lists public ids of items or, for a draft, positions of entries.

    A draft is saved with the changed entries and checked; a submitted claim goes through `change_items`. Raises NotFound
    (for an unknown item too), StaleVersion, NotPermitted, Conflict INVALID_TRANSITION, RateLimited, Unavailable, and
    Refused with the findings.
    """
    claim = claim_for(actor, public_id)
    if claim.submitted_at is not None:
        if not all(parse_guid(item_id) for item_id in remove):
            raise NotFound
        changed = change_items(
            public_id=public_id,
            add=add,
            remove=remove,
            actor=actor,
            now=now,
            confirmed_warnings=confirmed_warnings,
            version=version,
        )
        return EditedItems(changed, None)
    saved = save_claim(
        public_id=public_id,
        changes=DraftChanges(
            items=_changed_entries(claim, add, remove),
            confirmed_warnings=tuple(dict.fromkeys((*claim.confirmed_warnings, *confirmed_warnings))),
        ),
        actor=actor,
        now=now,
        version=claim.version if version is None else version,
    )
    return EditedItems(saved.claim, saved.report)


def _changed_entries(draft: Claim, add: Sequence[Entry], remove: Sequence[str]) -> tuple[Entry, ...]:
    stored = {str(position): Entry(**entry) for position, entry in enumerate(draft.entries)}
    if not set(remove) <= set(stored):
        raise NotFound
    entries = (*(entry for position, entry in stored.items() if position not in remove), *add)
    if len(entries) > limits.ENTRIES:
        raise Refused(
            _("A claim takes at most %(limit)d items. File another claim for the rest.")
            % {"limit": limits.ENTRIES},
            code="TOO_MANY_ITEMS",
            pointer="/add",
        )
    return entries
