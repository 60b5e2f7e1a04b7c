"""Information requests: to one claim's partner, or to parties of a case with one deadline for all (5.3)."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from arbitration.events import CASE_ASKED
from arbitration.lifecycle import CASE
from arbitration.selectors import case_for, contested_items, live_parties
from arbitration.steps.asking import ask, refuse_question
from arbitration.steps.parties import age_case, lock_case, notify
from arbitration.steps.rounds import meet_items
from claims.enums import ItemOutcome, RequestReason
from claims.lifecycle import CLAIM
from claims.models import Claim, ClaimItem, InformationRequest
from claims.selectors import claim_for, lock_claim
from claims.steps import Ask, lapse_overdue
from foundation.journal.step import Step
from foundation.journal.unit import one_transaction
from foundation.kernel.actor import Actor
from foundation.kernel.errors import Conflict, require_version


@one_transaction()
def request_information(
    *,
    public_id: str,
    reason: RequestReason,
    question: str,
    actor: Actor,
    now: datetime,
    item_ids: Sequence[str] = (),
    version: int | None = None,
) -> InformationRequest:
    """Ask a claim's partner about open items (public ids; all uncontested ones by default) and meet their review clock.

    Raises NotFound, NotPermitted, StaleVersion, Conflict (CASE_OPEN for an item in an open case, whose parties are asked
    there), Refused COMMENT_REQUIRED for an empty question, and Refused TEXT_NAMES_OTHER_PARTY.
    """
    act = CLAIM["request_information"]
    act.right.enforce(actor)
    claim = lock_claim(claim_for(actor, public_id), version=version).claim
    step = Step(actor=actor, at=now).about(claim)
    lapse_overdue(step, claim)
    claim.refresh_from_db()
    act.enforce(actor, claim.status)
    refuse_question(question, claim_ids=[claim.pk])
    items = _open_items(claim, item_ids)
    request = ask(
        step,
        [Ask(claim_id=claim.pk, item_ids=tuple(item.pk for item in items))],
        reason=reason,
        question=question,
        scope_ids=[item.scope_id for item in items],
    )
    meet_items(step, [item.pk for item in items])
    return request


def _open_items(claim: Claim, public_ids: Sequence[str]) -> list[ClaimItem]:
    items = ClaimItem.objects.filter(claim=claim, outcome=ItemOutcome.PENDING).order_by("pk")
    if public_ids:
        items = items.filter(public_id__in=public_ids)
    found = list(items)
    contested = contested_items(found)
    free = [item for item in found if item.pk not in contested]
    if contested and (public_ids or not free):
        raise Conflict(
            _("This item is contested. Ask about it on the page of its case, where every party is heard."),
            code="CASE_OPEN",
        )
    if not free or len(free) < len(set(public_ids)):
        raise Conflict(_("One of these items is not open any more. Reload the claim to see what is left."))
    return free


@one_transaction()
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
    """Put one question with one deadline to several parties. A party without notice gets it first (5.3).

    Raises NotFound, NotPermitted, StaleVersion, Conflict, and Refused (COMMENT_REQUIRED, TEXT_NAMES_OTHER_PARTY).
    """
    act = CASE["ask_parties"]
    act.right.enforce(actor)
    case = case_for(actor, case_id)
    step = Step(actor=actor, at=now)
    lock_case(step, case)
    require_version(case.version, version)
    act.enforce(actor, case.state)
    parties = [party for party in live_parties(case) if party.pk in set(party_ids)]
    if not parties or len(parties) != len(set(party_ids)):
        raise Conflict(_("Choose at least one party that is still in the case."))
    refuse_question(question, claim_ids=[party.claim_id for party in parties])
    unaware = [party for party in parties if party.noticed_at is None]
    if unaware:
        notify(step, case, unaware)
    asks = {party.claim_id: () if party.is_holder else (party.item_id,) for party in parties}
    request = ask(
        step,
        [Ask(claim_id=claim_id, item_ids=item_ids) for claim_id, item_ids in sorted(asks.items())],
        reason=reason,
        question=question,
        scope_ids=[case.scope_id],
        case_id=case.pk,
    )
    step.record(CASE_ASKED, case, request=request.pk, parties=[party.pk for party in parties])
    age_case(case)
    return request
