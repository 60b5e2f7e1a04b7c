"""The decision of a case (5.4, 5.5, 5.7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from arbitration.enums import CaseOutcome, CaseState
from arbitration.events import CASE_DECIDED
from arbitration.lifecycle import CASE
from arbitration.models import Case, CaseDecision, CaseParty
from arbitration.selectors import blocking_association, case_for, live_parties, open_case_requests
from arbitration.steps.parties import lock_case, take_up
from associations.steps import scope_taken
from claims.enums import CommentSide, DeclineReason
from claims.models import ClaimItem, Comment
from claims.steps import (
    Decision,
    apply_decisions,
    leave_arbitration,
    post_desk_comment,
    refuse_naming_parties,
)
from clocks.steps import meet_clock
from foundation.journal.step import Step
from foundation.kernel.actor import Actor
from foundation.kernel.errors import Conflict, Refused, require_version


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """An arbiter's decision: a winning organisation or none, and the three texts (5.7)."""

    winner_id: int | None
    rationale: str
    winner_text: str = ""
    loser_text: str = ""


@transaction.atomic
def decide_case(
    *, case_id: str, ruling: Ruling, actor: Actor, now: datetime, version: int | None = None
) -> Case:
    """Decide the case for one organisation or for none.

    Raises, in this order: NotFound, NotPermitted, Conflict SCOPE_TAKEN, StaleVersion, Conflict INVALID_TRANSITION (the
    case has ended, or a request is open), Refused (COMMENT_REQUIRED, TEXT_NAMES_OTHER_PARTY, findings of D1-D10).
    """
    act = CASE["decide"]
    act.right.enforce(actor)
    case = case_for(actor, case_id)
    step = Step(actor=actor, at=now)
    lock_case(step, case)
    if ruling.winner_id is not None and blocking_association(case.scope_id, ruling.winner_id):
        raise scope_taken()
    require_version(case.version, version)
    act.enforce(actor, case.state)
    if open_case_requests(case).exists():
        raise Conflict(
            _("A party still has time to answer. Decide once all have answered or the time is up.")
        )
    parties = list(live_parties(case))
    winners = [party for party in parties if party.organisation_id == ruling.winner_id]
    losers = [party for party in parties if party.organisation_id != ruling.winner_id]
    if ruling.winner_id is not None and not winners:
        raise Conflict(_("This organisation is not a party of the case any more."))
    _require_texts(ruling, winners, losers)
    for party in winners:
        refuse_naming_parties(ruling.winner_text, claim_id=party.claim_id, pointer="/winner_text")
    for party in losers:
        refuse_naming_parties(ruling.loser_text, claim_id=party.claim_id, pointer="/loser_text")
    _record_decision(step, case, ruling)
    for party in winners:
        won = Decision(item_id=party.item_id, approve=True, decided_case_id=case.pk)
        _carry_out(step, party, won, ruling.winner_text)
    reason = DeclineReason.LOST_ARBITRATION if winners else DeclineReason.INSUFFICIENT_POE
    for party in losers:
        lost = Decision(item_id=party.item_id, approve=False, reason=reason, text=ruling.loser_text)
        _carry_out(step, party, lost, ruling.loser_text)
    return case


@dataclass(frozen=True)
class PartyMessage:
    """The text that a party would read, and its item as it would be afterwards."""

    party: CaseParty
    item: ClaimItem
    text: str


def preview_decision(
    *, case_id: str, ruling: Ruling, actor: Actor, now: datetime, version: int | None = None
) -> list[PartyMessage]:
    """Return exactly what each party would receive, by deciding the case and undoing that.

    Raises what `decide_case` raises.
    """
    with transaction.atomic():
        case = decide_case(case_id=case_id, ruling=ruling, actor=actor, now=now, version=version)
        messages = [_message_to(party) for party in live_parties(case)]
        transaction.set_rollback(True)
    return messages


def _message_to(party: CaseParty) -> PartyMessage:
    received = Comment.objects.filter(claim=party.claim_id, side=CommentSide.DESK).latest("pk")
    return PartyMessage(party=party, item=party.item, text=received.text)


def _require_texts(ruling: Ruling, winners: Sequence[CaseParty], losers: Sequence[CaseParty]) -> None:
    wanted = [
        (ruling.rationale, "/rationale", _("Write the rationale for the file.")),
        (ruling.winner_text if winners else "-", "/winner_text", _("Write the text that the winner reads.")),
        (ruling.loser_text if losers else "-", "/loser_text", _("Write the text that the others read.")),
    ]
    for text, pointer, message in wanted:
        if not text.strip():
            raise Refused(message, code="COMMENT_REQUIRED", pointer=pointer)


def _record_decision(step: Step, case: Case, ruling: Ruling) -> None:
    CaseDecision.objects.create(
        case=case,
        winner_id=ruling.winner_id,
        decided_by_id=step.actor.person_id,
        decided_at=step.at,
        rationale=ruling.rationale.strip(),
        winner_text=ruling.winner_text.strip(),
        loser_text=ruling.loser_text.strip(),
    )
    step.advance(
        case,
        CASE["decide"],
        to=CaseState.DECIDED,
        event=CASE_DECIDED,
        changes={
            "outcome": CaseOutcome.WINNER if ruling.winner_id else CaseOutcome.NO_WINNER,
            "winner_id": ruling.winner_id,
            "ended_at": step.at,
        },
        winner=ruling.winner_id,
    )
    if case.clock is not None:
        meet_clock(step, case.clock)


def _carry_out(step: Step, party: CaseParty, decision: Decision, text: str) -> None:
    """Decide a challenger's item. A holder only reads the text: it stays active until its successor's consent ends."""
    take_up(step, party)
    if party.is_holder:
        post_desk_comment(step, party.claim_id, text)
        leave_arbitration(step, party.item_id)
    else:
        apply_decisions(step, party.claim_id, [decision], comment=text)
