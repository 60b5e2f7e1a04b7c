"""The decision of a case (5.4, 5.5, 5.7)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from arbitration.enums import CaseOutcome, CaseState
from arbitration.events import CASE_DECIDED
from arbitration.lifecycle import CASE
from arbitration.models import Case, CaseDecision, CaseParty
from arbitration.selectors import (
    Hearing,
    blocking_association,
    case_for,
    hearing_of,
    live_parties,
    proof_of_parties,
)
from arbitration.steps.parties import lock_case, take_up
from associations.steps import scope_taken
from claims.enums import CommentSide, DeclineReason
from claims.models import ClaimItem, Comment
from claims.steps import (
    Decision,
    apply_decisions,
    close_requests,
    leave_arbitration,
    post_desk_comment,
    refuse_naming_parties,
)
from clocks.steps import meet_clock
from foundation.journal.step import Step
from foundation.kernel.actor import Actor
from foundation.kernel.errors import Conflict, Refused, require_version
from foundation.kernel.lifecycle import Act


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """An arbiter's decision: a winning organisation or none, and the three texts (5.7).

    `unheard_reason` says why the arbiter decides although a notice or an answer is missing (5.3); None if none is.
    """

    winner_id: int | None
    rationale: str
    winner_text: str = ""
    loser_text: str = ""
    unheard_reason: str | None = None


@transaction.atomic
def decide_case(
    *, case_id: str, ruling: Ruling, actor: Actor, now: datetime, version: int | None = None
) -> Case:
    """Decide the case for one organisation or for none.

    Raises, in this order: NotFound, NotPermitted, Conflict SCOPE_TAKEN, StaleVersion, Conflict INVALID_TRANSITION (the
    case has ended), Conflict CASE_OPEN (a notice or an answer is missing, and the ruling is not unheard), Refused
    (REASON_REQUIRED, COMMENT_REQUIRED, TEXT_NAMES_OTHER_PARTY, findings of D1-D10).
    """
    act = CASE["decide" if ruling.unheard_reason is None else "decide_unheard"]
    act.right.enforce(actor)
    case = case_for(actor, case_id)
    step = Step(actor=actor, at=now)
    lock_case(step, case)
    if ruling.winner_id is not None and blocking_association(case.scope_id, ruling.winner_id):
        raise scope_taken()
    require_version(case.version, version)
    act.enforce(actor, case.state)
    hearing = hearing_of(case)
    _require_hearing(hearing, ruling)
    parties = list(live_parties(case).prefetch_related("item__products"))
    winners = [party for party in parties if party.organisation_id == ruling.winner_id]
    losers = [party for party in parties if party.organisation_id != ruling.winner_id]
    if ruling.winner_id is not None and not winners:
        raise Conflict(_("This organisation is not a party of the case any more."))
    _require_texts(ruling, winners, losers)
    for party in winners:
        refuse_naming_parties(ruling.winner_text, claim_id=party.claim_id, pointer="/winner_text")
    for party in losers:
        refuse_naming_parties(ruling.loser_text, claim_id=party.claim_id, pointer="/loser_text")
    _record_decision(step, case, act, ruling, parties, hearing)
    close_requests(step, case_id=case.pk)
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


def _require_hearing(hearing: Hearing, ruling: Ruling) -> None:
    """Refuse a decision before every party has been heard, and an unheard one without need or reason (5.3)."""
    if hearing.is_complete:
        if ruling.unheard_reason is not None:
            raise Conflict(
                _("Every party has been heard by now. Read what they added, and decide without this reason.")
            )
    elif ruling.unheard_reason is None:
        raise Conflict(missing_in(hearing), code="CASE_OPEN")
    elif not ruling.unheard_reason.strip():
        raise Refused(
            _("Write why you decide before every party has been heard."),
            code="REASON_REQUIRED",
            pointer="/unheard_reason",
        )


def missing_in(hearing: Hearing) -> str:
    """Return what the decision waits for, with the parties' names, for the desk only."""
    unaware = dict.fromkeys(party.organisation.name for party in hearing.unaware)
    asked = dict.fromkeys(part.claim.organisation.name for part in hearing.asked)
    sentences = []
    if unaware:
        sentences.append(_("Without notice: %(names)s.") % {"names": ", ".join(unaware)})
    if asked:
        sentences.append(_("Still has time to answer: %(names)s.") % {"names": ", ".join(asked)})
    return " ".join([_("You can decide once every party has been heard."), *sentences])


def _require_texts(ruling: Ruling, winners: Sequence[CaseParty], losers: Sequence[CaseParty]) -> None:
    wanted = [
        (ruling.rationale, "/rationale", _("Write the rationale for the file.")),
        (ruling.winner_text if winners else "-", "/winner_text", _("Write the text that the winner reads.")),
        (ruling.loser_text if losers else "-", "/loser_text", _("Write the text that the others read.")),
    ]
    for text, pointer, message in wanted:
        if not text.strip():
            raise Refused(message, code="COMMENT_REQUIRED", pointer=pointer)


def _record_decision(
    step: Step, case: Case, act: Act, ruling: Ruling, parties: Sequence[CaseParty], hearing: Hearing
) -> None:
    """Store the decision. Its event proves the texts and the files on file by their hashes."""
    decision = CaseDecision.objects.create(
        case=case,
        winner_id=ruling.winner_id,
        decided_by_id=step.actor.person_id,
        decided_at=step.at,
        rationale=ruling.rationale.strip(),
        winner_text=ruling.winner_text.strip(),
        loser_text=ruling.loser_text.strip(),
        unheard_reason=(ruling.unheard_reason or "").strip(),
    )
    texts = ("rationale", "winner_text", "loser_text")
    recorded: dict[str, Any] = {f"{text}_sha256": _sha256(getattr(decision, text)) for text in texts}
    if decision.unheard_reason:
        recorded["unheard_reason_sha256"] = _sha256(decision.unheard_reason)
        recorded["unheard"] = _unheard(parties, hearing)
    step.advance(
        case,
        act,
        to=CaseState.DECIDED,
        event=CASE_DECIDED,
        changes={
            "outcome": CaseOutcome.WINNER if ruling.winner_id else CaseOutcome.NO_WINNER,
            "winner_id": ruling.winner_id,
            "ended_at": step.at,
        },
        winner=ruling.winner_id,
        weighed=_weighed(parties, step.actor),
        **recorded,
    )
    if case.clock is not None:
        meet_clock(step, case.clock)


def _weighed(parties: Sequence[CaseParty], actor: Actor) -> list[dict[str, Any]]:
    """Return the files of the parties as they stand at the decision, in the order of their keys."""
    files = [
        {
            "evidence": row.evidence.pk,
            "sha256": row.evidence.sha256,
            "party": party_id,
            "counts": row.counts,
        }
        for party_id, rows in proof_of_parties(parties, actor).items()
        for row in rows
    ]
    return sorted(files, key=lambda file: (file["party"], file["evidence"]))


def _unheard(parties: Sequence[CaseParty], hearing: Hearing) -> list[int]:
    """Return the parties that had no notice or still had time to answer."""
    asked = {part.claim_id for part in hearing.asked}
    return [party.pk for party in parties if party.noticed_at is None or party.claim_id in asked]


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _carry_out(step: Step, party: CaseParty, decision: Decision, text: str) -> None:
    """Decide a challenger's item. A holder only reads the text: it stays active until its successor's consent ends."""
    take_up(step, party)
    if party.is_holder:
        post_desk_comment(step, party.claim_id, text)
        leave_arbitration(step, party.item_id)
    else:
        apply_decisions(step, party.claim_id, [decision], comment=text)
