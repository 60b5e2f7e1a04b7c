"""A ruling on a case: what it must satisfy, what it rests on, and its effects (5.3 to 5.7)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _

from arbitration.enums import CaseOutcome, CaseState
from arbitration.events import CASE_DECIDED
from arbitration.models import Case, CaseDecision, CaseParty
from arbitration.selectors import (
    Hearing,
    blocking_association,
    hearing_of,
    live_parties,
    proof_of_parties,
    unopened_proof,
)
from arbitration.steps.parties import take_up
from associations.steps import scope_taken
from claims.enums import DeclineReason
from claims.limits import COMMENT_LENGTH
from claims.models import Evidence
from claims.steps import (
    Decision,
    apply_decisions,
    close_requests,
    leave_arbitration,
    post_desk_comment,
    refuse_naming_parties,
)
from clocks.steps import meet_clock
from foundation.journal.step import Step, text_hash
from foundation.kernel.actor import Actor
from foundation.kernel.errors import Conflict, Refused
from foundation.kernel.lifecycle import Act


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """An arbiter's decision: a winning organisation or none, and the three texts (5.7).

    `unheard_reason` says why the arbiter decides although a notice or an answer is missing (5.3); None if none is.
    `unopened` are the files (public ids) that the arbiter decides without having opened them; None if nobody asked.
    """

    winner_id: int | None
    rationale: str
    winner_text: str = ""
    loser_text: str = ""
    unheard_reason: str | None = None
    unopened: Collection[str] | None = None


@dataclass(frozen=True, kw_only=True)
class Matter:
    """A locked case as it is when someone decides it."""

    case: Case
    parties: Sequence[CaseParty]
    hearing: Hearing

    def winners(self, ruling: Ruling) -> list[CaseParty]:
        return [party for party in self.parties if party.organisation_id == ruling.winner_id]

    def losers(self, ruling: Ruling) -> list[CaseParty]:
        return [party for party in self.parties if party.organisation_id != ruling.winner_id]


def matter_of(case: Case) -> Matter:
    """Return the case with its live parties and what is missing before all of them have been heard."""
    parties = list(live_parties(case).prefetch_related("item__products"))
    return Matter(case=case, parties=parties, hearing=hearing_of(case))


def refuse_taken_scope(case: Case, winner_id: int | None) -> None:
    """Raise Conflict SCOPE_TAKEN if another organisation's association keeps this winner from the scope."""
    if winner_id is not None and blocking_association(case.scope_id, winner_id):
        raise scope_taken()


def refuse_ruling(matter: Matter, ruling: Ruling) -> None:
    """Raise what stands against the ruling: CASE_OPEN, REASON_REQUIRED, INVALID_TRANSITION for a winner that is no
    party, COMMENT_REQUIRED, TEXT_NAMES_OTHER_PARTY."""
    _require_hearing(matter.hearing, ruling)
    winners, losers = matter.winners(ruling), matter.losers(ruling)
    if ruling.winner_id is not None and not winners:
        raise Conflict(_("This organisation is not a party of the case any more."))
    _require_texts(ruling, winners, losers)
    for party in winners:
        refuse_naming_parties(ruling.winner_text, claim_id=party.claim_id, pointer="/winner_text")
    for party in losers:
        refuse_naming_parties(ruling.loser_text, claim_id=party.claim_id, pointer="/loser_text")


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
    for text, pointer in ((ruling.rationale, "/rationale"), (ruling.unheard_reason or "", "/unheard_reason")):
        refuse_long_text(text, pointer=pointer)


def refuse_long_text(text: str, *, pointer: str) -> None:
    """Raise Refused COMMENT_TOO_LONG for a text of the file that is longer than a comment may be."""
    if len(text.strip()) > COMMENT_LENGTH:
        raise Refused(
            _("This text has at most %(limit)d characters.") % {"limit": COMMENT_LENGTH},
            code="COMMENT_TOO_LONG",
            pointer=pointer,
        )


def refuse_unopened(matter: Matter, actor: Actor, confirmed: Collection[str] | None) -> None:
    """Raise Refused POE_NOT_OPENED for files that count in the case, as `refuse_unread` does."""
    refuse_unread(chain.from_iterable(unopened_proof(matter.parties, actor).values()), confirmed)


def refuse_unread(files: Iterable[Evidence], confirmed: Collection[str] | None) -> None:
    """Raise Refused POE_NOT_OPENED for files that the actor has neither opened nor confirmed to decide without.

    `confirmed` are public ids; with None nothing is asked.
    """
    if confirmed is None:
        return
    missing = [file.name for file in files if str(file.public_id) not in confirmed]
    if missing:
        text = _("You have not opened: %(files)s. Open each of them, or tick that you decide without it.")
        raise Refused(text % {"files": ", ".join(missing)}, code="POE_NOT_OPENED", pointer="/unopened")


# --- What it rests on ---


def weigh(parties: Sequence[CaseParty], actor: Actor) -> list[dict[str, Any]]:
    """Return the files of the parties with their details as they are now, in the order of their keys."""
    files = [
        {
            "evidence": row.evidence.pk,
            "sha256": row.evidence.sha256,
            "party": party_id,
            "counts": row.counts,
            "signed_on": row.evidence.signed_on and row.evidence.signed_on.isoformat(),
            "covers": row.evidence.covers,
        }
        for party_id, rows in proof_of_parties(parties, actor).items()
        for row in rows
    ]
    return sorted(files, key=lambda file: (file["party"], file["evidence"]))


def proved(ruling: Ruling, matter: Matter, actor: Actor) -> dict[str, Any]:
    """Return what events keep of a ruling: its winner, the hashes of its texts, the files on file and those that the
    actor has not opened, who was unheard."""
    kept: dict[str, Any] = {
        "winner": ruling.winner_id,
        "rationale_sha256": text_hash(ruling.rationale),
        "winner_text_sha256": text_hash(ruling.winner_text),
        "loser_text_sha256": text_hash(ruling.loser_text),
        "weighed": weigh(matter.parties, actor),
    }
    if ruling.unheard_reason is not None:
        kept["unheard_reason_sha256"] = text_hash(ruling.unheard_reason)
        kept["unheard"] = _unheard(matter)
    unopened = [file.pk for files in unopened_proof(matter.parties, actor).values() for file in files]
    if unopened:
        kept["unopened"] = sorted(set(unopened))
    return kept


def _unheard(matter: Matter) -> list[int]:
    """Return the parties that had no notice or still had time to answer."""
    asked = {part.claim_id for part in matter.hearing.asked}
    return [party.pk for party in matter.parties if party.noticed_at is None or party.claim_id in asked]


# --- Its effects ---


def carry_out(
    step: Step,
    matter: Matter,
    act: Act,
    ruling: Ruling,
    *,
    author_id: int,
    confirmed: dict[str, int] | None = None,
) -> None:
    """Decide the case: store and record the decision, close its requests, decide each party's item.

    `author_id` is the arbiter who made the ruling; `confirmed` names the proposal if the actor only confirms it.
    """
    CaseDecision.objects.create(
        case=matter.case,
        winner_id=ruling.winner_id,
        decided_by_id=author_id,
        confirmed_by_id=step.actor.person_id if confirmed else None,
        decided_at=step.at,
        rationale=ruling.rationale.strip(),
        winner_text=ruling.winner_text.strip(),
        loser_text=ruling.loser_text.strip(),
        unheard_reason=(ruling.unheard_reason or "").strip(),
    )
    _end(step, matter, act, ruling, confirmed or {})
    winners = matter.winners(ruling)
    for party in winners:
        won = Decision(item_id=party.item_id, approve=True, decided_case_id=matter.case.pk)
        _tell(step, party, won, ruling.winner_text)
    reason = DeclineReason.LOST_ARBITRATION if winners else DeclineReason.INSUFFICIENT_POE
    for party in matter.losers(ruling):
        lost = Decision(item_id=party.item_id, approve=False, reason=reason, text=ruling.loser_text)
        _tell(step, party, lost, ruling.loser_text)


def _end(step: Step, matter: Matter, act: Act, ruling: Ruling, confirmed: dict[str, int]) -> None:
    case = matter.case
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
        **proved(ruling, matter, step.actor),
        **confirmed,
    )
    if case.clock is not None:
        meet_clock(step, case.clock)
    close_requests(step, case_id=case.pk)


def _tell(step: Step, party: CaseParty, decision: Decision, text: str) -> None:
    """Decide a challenger's item. A holder only reads the text: it stays active until its successor's consent ends."""
    take_up(step, party)
    if party.is_holder:
        post_desk_comment(step, party.claim_id, text)
        leave_arbitration(step, party.item_id)
    else:
        apply_decisions(step, party.claim_id, [decision], comment=text)
