"""What waits for a second person, over all claims and cases: texts that name another party, and decisions (5.7, 5.9)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from arbitration.selectors import cases_blocked_for, waiting_proposals
from claims.services import waiting_overrides
from desk.pages import address_of
from foundation.kernel.actor import Actor


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One matter that waits. `is_yours` says whether its reader can be the second person; `who` says who has to be."""

    address: str
    about: str
    what: str
    by: str
    since: datetime
    is_yours: bool
    who: str


def waiting_for_a_second_person(actor: Actor) -> list[Waiting]:
    """Return what waits, with what its reader can confirm first, each oldest first. Takes a fixed number of queries."""
    found = [*_decisions(actor), *_texts(actor)]
    return sorted(found, key=lambda each: (not each.is_yours, each.since))


def _decisions(actor: Actor) -> Iterator[Waiting]:
    own = cases_blocked_for(actor)
    for proposal in waiting_proposals(actor):
        is_yours = actor.may_arbitrate and proposal.case_id not in own
        yield Waiting(
            address=address_of(proposal.case),
            about=str(proposal.case),
            what=_("A decision"),
            by=proposal.proposed_by.shown_name,
            since=proposal.proposed_at,
            is_yours=is_yours,
            who=_("You can confirm or return it") if is_yours else _("Another arbiter has to confirm it"),
        )


def _texts(actor: Actor) -> Iterator[Waiting]:
    for override in waiting_overrides(actor):
        is_yours = actor.may_review and override.asked_by_id != actor.user_id
        yield Waiting(
            address=address_of(override.claim),
            about=str(override.claim.reference),
            what=_("A text that names another party"),
            by=override.asked_by.shown_name,
            since=override.asked_at,
            is_yours=is_yours,
            who=_("You can allow it") if is_yours else _("Another reviewer or arbiter has to allow it"),
        )
