"""One question with one deadline, put to a claim's partner or to the parties of a case."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from arbitration.steps.pauses import pause_for_request
from claims.enums import RequestReason
from claims.models import InformationRequest
from claims.steps import Ask, open_request, refuse_naming_parties
from clocks.enums import ClockKind
from clocks.steps import due_after, start_clock
from foundation.journal.step import Step
from foundation.kernel.errors import Refused
from foundation.kernel.rulebook import rulebook


def ask(
    step: Step,
    asks: Sequence[Ask],
    *,
    reason: RequestReason,
    question: str,
    scope_ids: Sequence[int],
    case_id: int | None = None,
) -> InformationRequest:
    """Open a request and its response clock, and pause the cases on these scopes until it closes."""
    days = rulebook.partner_response_bd
    request = open_request(
        step, asks=asks, reason=reason, question=question, due_at=due_after(step, days), case_id=case_id
    )
    start_clock(step, kind=ClockKind.RESPONSE, subject_id=request.pk, target_days=days)
    pause_for_request(step, request, scope_ids=scope_ids)
    return request


def refuse_question(question: str, *, claim_ids: Iterable[int]) -> None:
    """Raise Refused COMMENT_REQUIRED for an empty question, TEXT_NAMES_OTHER_PARTY for one that names a rival (5.7)."""
    if not question.strip():
        raise Refused(
            _("Write what the partner should send or explain."), code="COMMENT_REQUIRED", pointer="/question"
        )
    for claim_id in claim_ids:
        refuse_naming_parties(question, claim_id=claim_id, pointer="/question")
