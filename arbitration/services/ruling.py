"""The decision of a case by an arbiter (5.4, 5.5, 5.7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from arbitration.lifecycle import CASE
from arbitration.models import Case, CaseParty
from arbitration.selectors import case_for, live_parties, unopened_proof, waiting_proposal
from arbitration.steps.parties import lock_case
from arbitration.steps.proposals import propose
from arbitration.steps.rulings import (
    Matter,
    Ruling,
    carry_out,
    matter_of,
    refuse_ruling,
    refuse_taken_scope,
    refuse_unopened,
)
from claims.enums import CommentSide
from claims.models import ClaimItem, Comment, Evidence
from foundation.journal.step import Step
from foundation.journal.unit import one_transaction
from foundation.kernel.actor import Actor
from foundation.kernel.errors import Conflict, require_version
from foundation.kernel.lifecycle import Act
from foundation.kernel.rulebook import rulebook


@one_transaction()
def decide_case(
    *, case_id: str, ruling: Ruling, actor: Actor, now: datetime, version: int | None = None
) -> Case:
    """Decide the case for one organisation or for none; with SECOND_DECISION on, propose that to a second arbiter.

    Raises, in this order: NotFound, NotPermitted, Conflict SCOPE_TAKEN, StaleVersion, Conflict INVALID_TRANSITION (the
    case has ended, or a decision waits already), Conflict CASE_OPEN (a notice or an answer is missing, and the ruling
    is not unheard), Refused (REASON_REQUIRED, COMMENT_REQUIRED, TEXT_NAMES_OTHER_PARTY, POE_NOT_OPENED, findings of
    D1-D10).
    """
    act, step = _act_of(ruling), Step(actor=actor, at=now)
    matter = _ready(step, act, case_id, ruling, version)
    refuse_unopened(matter, actor, ruling.unopened)
    if rulebook.second_decision:
        _rehearse(step, matter, act, ruling)
        propose(step, matter, ruling)
    else:
        carry_out(step, matter, act, ruling, author_id=actor.person_id)
    return matter.case


def _act_of(ruling: Ruling) -> Act:
    return CASE["decide" if ruling.unheard_reason is None else "decide_unheard"]


def _ready(step: Step, act: Act, case_id: str, ruling: Ruling, version: int | None) -> Matter:
    """Lock the case and return it, once nothing that can be known before stands against the ruling."""
    act.right.enforce(step.actor)
    case = case_for(step.actor, case_id)
    lock_case(step, case)
    refuse_taken_scope(case, ruling.winner_id)
    require_version(case.version, version)
    act.enforce(step.actor, case.state)
    if waiting_proposal(case) is not None:
        raise Conflict(
            _("A decision of this case waits for a second arbiter, who confirms or returns it first.")
        )
    matter = matter_of(case)
    refuse_ruling(matter, ruling)
    return matter


def _rehearse(step: Step, matter: Matter, act: Act, ruling: Ruling) -> list["PartyMessage"]:
    """Return what each party would receive, by deciding the case and undoing that; raises what deciding raises."""
    unopened = unopened_proof(matter.parties, step.actor)
    with one_transaction(undoable=True):
        carry_out(step, matter, act, ruling, author_id=step.actor.person_id)
        messages = [_message_to(party, unopened[party.pk]) for party in live_parties(matter.case)]
        transaction.set_rollback(True)
    matter.case.refresh_from_db()
    return messages


@dataclass(frozen=True)
class PartyMessage:
    """The text that a party would read, its item as it would be afterwards, and its files that the arbiter has not
    opened."""

    party: CaseParty
    item: ClaimItem
    text: str
    unopened: Sequence[Evidence]


@one_transaction()
def preview_decision(
    *, case_id: str, ruling: Ruling, actor: Actor, now: datetime, version: int | None = None
) -> list[PartyMessage]:
    """Return exactly what each party would receive, by deciding the case and undoing that.

    Raises what `decide_case` raises, but for POE_NOT_OPENED: it names the files that the arbiter has not opened.
    """
    act, step = _act_of(ruling), Step(actor=actor, at=now)
    with one_transaction(undoable=True):
        messages = _rehearse(step, _ready(step, act, case_id, ruling, version), act, ruling)
        transaction.set_rollback(True)  # locking lapses what is overdue
    return messages


def _message_to(party: CaseParty, unopened: Sequence[Evidence]) -> PartyMessage:
    received = Comment.objects.filter(claim=party.claim_id, side=CommentSide.DESK).latest("pk")
    return PartyMessage(party=party, item=party.item, text=received.text, unopened=unopened)
