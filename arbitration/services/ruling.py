"""Working on a case: notice, questions to its parties, and the decision (5.2 to 5.7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from arbitration.enums import CaseOutcome, CaseState
from arbitration.events import CASE_ASKED, CASE_DECIDED, CASE_NOTICE_POSTED
from arbitration.lifecycle import CASE
from arbitration.models import Case, CaseDecision, CaseParty
from arbitration.policies import arbitrating, open_case, scope_taken
from arbitration.selectors import blocking_association, case_for, live_parties, open_case_requests
from arbitration.services.pauses import pause_for_request, pause_from_the_start
from arbitration.services.reviewing import response_due_at, start_response_clock
from arbitration.services.rounds import meet_items
from associations.selectors import lock_scopes
from claims import policies
from claims.enums import ClaimStatus, CommentSide, DeclineReason, RequestReason
from claims.models import Claim, ClaimItem, Comment, InformationRequest
from claims.selectors import lock_claim
from claims.services import (
    Ask,
    Decision,
    decide_items,
    enter_arbitration,
    leave_arbitration,
    open_request,
    post_desk_comment,
    start_review,
)
from claims.services.requests import lapse_overdue
from claims.services.text_guard import refuse_naming_parties
from clocks.enums import ClockKind
from clocks.services import meet_clock, start_clock
from foundation.journal.services import advance, record
from foundation.kernel.actor import Actor
from foundation.kernel.errors import Conflict, NotFound, Refused, StaleVersion
from foundation.kernel.rulebook import rulebook


def notice_to_challenger() -> str:
    """The text a challenger is told in (S48, S49), unless the reviewer writes another."""
    return _(
        "Your claim has been reviewed. It may stay under review longer than five business days while others are "
        "heard. You need not do anything now; you can add proof at any time."
    )


def notice_to_holder() -> str:
    """The invitation to a holder (5.2): no request, nothing waits for it."""
    return _(
        "The desk is reviewing the association of this product. You are invited to bring your proof of execution up "
        "to date. Nothing else is asked of you now."
    )


@transaction.atomic
def post_notice(
    *,
    case_id: str,
    actor: Actor,
    now: datetime,
    challenger_text: str = "",
    holder_text: str = "",
    version: int | None = None,
) -> Case:
    """Post the notice to every party that has none yet; the first one starts the arbitration clock.

    Raises NotFound, NotPermitted, StaleVersion, Conflict (ended, or everybody has it), Refused TEXT_NAMES_OTHER_PARTY.
    """
    policies.enforce(policies.reviewing(actor))
    case = _locked(case_for(actor, case_id), now=now, version=version)
    policies.enforce(open_case(case))
    waiting = list(live_parties(case).filter(noticed_at__isnull=True))
    if not waiting:
        raise Conflict(_("Every party has had its notice."))
    for party in waiting:
        text, pointer = (
            (holder_text, "/holder_text") if party.is_holder else (challenger_text, "/challenger_text")
        )
        refuse_naming_parties(text, claim_id=party.claim_id, pointer=pointer)
    _notify(case, waiting, challenger_text, holder_text, actor=actor, now=now)
    return case


def _notify(
    case: Case,
    parties: Sequence[CaseParty],
    challenger_text: str,
    holder_text: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    for party in parties:
        text = (
            (holder_text or notice_to_holder())
            if party.is_holder
            else (challenger_text or notice_to_challenger())
        )
        _take_up(party, actor=actor, now=now)
        post_desk_comment(claim_id=party.claim_id, text=text, actor=actor, now=now)
        enter_arbitration(item_id=party.item_id, actor=actor, now=now)
        CaseParty.objects.filter(pk=party.pk).update(noticed_at=now)
    record(
        CASE_NOTICE_POSTED,
        subject=case,
        actor=actor,
        now=now,
        payload={"parties": [party.pk for party in parties]},
    )
    if case.notice_at is None:
        clock = start_clock(
            kind=ClockKind.ARBITRATION,
            subject_id=case.pk,
            started_at=now,
            target_days=rulebook.arbitration_bd,
            actor=actor,
        )
        Case.objects.filter(pk=case.pk).update(notice_at=now, clock=clock)
        case.refresh_from_db()
        pause_from_the_start(case, clock, actor=actor, now=now)
    meet_items(item_ids=[party.item_id for party in parties if not party.is_holder], actor=actor, now=now)


def _take_up(party: CaseParty, *, actor: Actor, now: datetime) -> None:
    """A notice, a case request or a decision starts the review of a party claim that nobody has taken up."""
    if Claim.objects.get(pk=party.claim_id).status == ClaimStatus.SUBMITTED and not party.is_holder:
        start_review(claim_id=party.claim_id, actor=actor, now=now)


@transaction.atomic
def ask_parties(
    *,
    case_id: str,
    party_ids: Sequence[int],
    reason: RequestReason,
    question: str,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> InformationRequest:
    """Put one question with one deadline to several parties; a party without notice gets it first (5.3).

    Raises NotFound, NotPermitted, StaleVersion, Conflict, Refused (COMMENT_REQUIRED, TEXT_NAMES_OTHER_PARTY).
    """
    policies.enforce(policies.reviewing(actor))
    case = _locked(case_for(actor, case_id), now=now, version=version)
    policies.enforce(open_case(case))
    parties = [party for party in live_parties(case) if party.pk in set(party_ids)]
    if not parties or len(parties) != len(set(party_ids)):
        raise Conflict(_("Choose at least one party that is still in the case."))
    if not question.strip():
        raise Refused(
            _("Write what the parties are to send or explain."), code="COMMENT_REQUIRED", pointer="/question"
        )
    for party in parties:
        refuse_naming_parties(question, claim_id=party.claim_id, pointer="/question")
    unaware = [party for party in parties if party.noticed_at is None]
    if unaware:
        _notify(case, unaware, "", "", actor=actor, now=now)
    asks = {party.claim_id: () if party.is_holder else (party.item_id,) for party in parties}
    request = open_request(
        asks=[Ask(claim_id=claim_id, item_ids=item_ids) for claim_id, item_ids in sorted(asks.items())],
        reason=reason,
        question=question,
        due_at=response_due_at(now),
        actor=actor,
        now=now,
        case_id=case.pk,
    )
    start_response_clock(request, actor=actor, now=now)
    pause_for_request(request, scope_ids=[case.scope_id], actor=actor, now=now)
    record(
        CASE_ASKED,
        subject=case,
        actor=actor,
        now=now,
        payload={"request": request.pk, "parties": [party.pk for party in parties]},
    )
    return request


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the arbiter decided: a winning organisation or none, and the three texts (5.7)."""

    winner_id: int | None
    rationale: str
    winner_text: str = ""
    loser_text: str = ""


@transaction.atomic
def decide_case(
    *, case_id: str, verdict: Verdict, actor: Actor, now: datetime, version: int | None = None
) -> Case:
    """Decide the case for one organisation, or for none.

    Raises, in this order: NotFound, NotPermitted, Conflict SCOPE_TAKEN, StaleVersion, Conflict INVALID_TRANSITION (the
    case has ended, or a request is open), Refused (COMMENT_REQUIRED, TEXT_NAMES_OTHER_PARTY, findings of D1-D10).
    """
    policies.enforce(arbitrating(actor))
    case = _locked(case_for(actor, case_id), now=now)
    if verdict.winner_id is not None and blocking_association(case.scope_id, verdict.winner_id):
        raise scope_taken()
    if version is not None and version != case.version:
        raise StaleVersion
    policies.enforce(open_case(case))
    if open_case_requests(case).exists():
        raise Conflict(
            _("A party still has time to answer. Decide once all have answered or the time is up.")
        )
    parties = list(live_parties(case))
    winners = [party for party in parties if party.organisation_id == verdict.winner_id]
    losers = [party for party in parties if party.organisation_id != verdict.winner_id]
    if verdict.winner_id is not None and not winners:
        raise Conflict(_("This organisation is not a party of the case any more."))
    _require_texts(verdict, winners, losers)
    for party in winners:
        refuse_naming_parties(verdict.winner_text, claim_id=party.claim_id, pointer="/winner_text")
    for party in losers:
        refuse_naming_parties(verdict.loser_text, claim_id=party.claim_id, pointer="/loser_text")
    _record_decision(case, verdict, actor=actor, now=now)
    for party in winners:
        _tell_winner(case, party, verdict, actor=actor, now=now)
    for party in losers:
        _tell_loser(party, verdict, holder_stays=verdict.winner_id is None, actor=actor, now=now)
    return case


@dataclass(frozen=True)
class PartyMessage:
    """What one party of a case would read, and its item as it would then stand."""

    party: CaseParty
    item: ClaimItem
    text: str


def preview_decision(
    *, case_id: str, verdict: Verdict, actor: Actor, now: datetime, version: int | None = None
) -> list[PartyMessage]:
    """Exactly what each party would receive, found by deciding and undoing it; nothing is changed.

    Raises whatever `decide_case` would raise.
    """
    with transaction.atomic():
        case = decide_case(case_id=case_id, verdict=verdict, actor=actor, now=now, version=version)
        messages = [_message_to(party) for party in live_parties(case)]
        transaction.set_rollback(True)
    return messages


def _message_to(party: CaseParty) -> PartyMessage:
    received = Comment.objects.filter(claim=party.claim_id, side=CommentSide.DESK).latest("pk")
    return PartyMessage(party=party, item=party.item, text=received.text)


def _require_texts(verdict: Verdict, winners: Sequence[CaseParty], losers: Sequence[CaseParty]) -> None:
    wanted = [
        (verdict.rationale, "/rationale", _("Write the rationale for the file.")),
        (verdict.winner_text if winners else "-", "/winner_text", _("Write the text that the winner reads.")),
        (verdict.loser_text if losers else "-", "/loser_text", _("Write the text that the others read.")),
    ]
    for text, pointer, message in wanted:
        if not text.strip():
            raise Refused(message, code="COMMENT_REQUIRED", pointer=pointer)


def _record_decision(case: Case, verdict: Verdict, *, actor: Actor, now: datetime) -> None:
    CaseDecision.objects.create(
        case=case,
        winner_id=verdict.winner_id,
        decided_by_id=actor.person_id,
        decided_at=now,
        rationale=verdict.rationale.strip(),
        winner_text=verdict.winner_text.strip(),
        loser_text=verdict.loser_text.strip(),
    )
    advance(
        case,
        CASE["decide"],
        to=CaseState.DECIDED,
        event_type=CASE_DECIDED,
        actor=actor,
        now=now,
        field="state",
        changes={
            "outcome": CaseOutcome.WINNER if verdict.winner_id else CaseOutcome.NO_WINNER,
            "winner_id": verdict.winner_id,
            "ended_at": now,
        },
        payload={"winner": verdict.winner_id},
    )
    if case.clock is not None:
        meet_clock(clock=case.clock, at=now, actor=actor)


def _tell_winner(case: Case, party: CaseParty, verdict: Verdict, *, actor: Actor, now: datetime) -> None:
    _take_up(party, actor=actor, now=now)
    if party.is_holder:
        post_desk_comment(claim_id=party.claim_id, text=verdict.winner_text, actor=actor, now=now)
        leave_arbitration(item_id=party.item_id, actor=actor, now=now)
        return
    decide_items(
        claim_id=party.claim_id,
        decisions=[Decision(item_id=party.item_id, approve=True, decided_case_id=case.pk)],
        actor=actor,
        now=now,
        comment=verdict.winner_text,
    )


def _tell_loser(
    party: CaseParty, verdict: Verdict, *, holder_stays: bool, actor: Actor, now: datetime
) -> None:
    """A challenger's item is declined; a holder stays active until consent to its successor ends, and is told."""
    _take_up(party, actor=actor, now=now)
    if party.is_holder:
        post_desk_comment(claim_id=party.claim_id, text=verdict.loser_text, actor=actor, now=now)
        leave_arbitration(item_id=party.item_id, actor=actor, now=now)
        return
    reason = DeclineReason.INSUFFICIENT_POE if holder_stays else DeclineReason.LOST_ARBITRATION
    decide_items(
        claim_id=party.claim_id,
        decisions=[Decision(item_id=party.item_id, approve=False, reason=reason, text=verdict.loser_text)],
        actor=actor,
        now=now,
        comment=verdict.loser_text,
    )


def _locked(case: Case, *, now: datetime, version: int | None = None) -> Case:
    """The case with its scope and every party claim's scopes and row locked, after overdue requests have lapsed."""
    claims = Claim.objects.filter(case_parties__case=case).distinct().order_by("pk")
    scope_ids = set(ClaimItem.objects.filter(claim__in=claims).values_list("scope_id", flat=True))
    lock_scopes(scope_ids | {case.scope_id})
    for claim in claims:
        lapse_overdue(lock_claim(claim).claim, now=now)
    case.refresh_from_db()
    if version is not None and version != case.version:
        raise StaleVersion
    if not case.parties.exists():
        raise NotFound
    return case
