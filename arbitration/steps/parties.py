"""The parties of a case: their claims locked and taken up, their notices posted (5.2)."""

from collections.abc import Sequence

from django.db.models import F
from django.utils.translation import gettext as _

from arbitration.events import CASE_NOTICE_POSTED
from arbitration.models import Case, CaseParty
from arbitration.steps.pauses import pause_from_the_start
from arbitration.steps.rounds import meet_items
from associations.selectors import lock_scopes
from claims.enums import ClaimStatus
from claims.models import Claim, ClaimItem
from claims.selectors import lock_row
from claims.steps import begin_review, enter_arbitration, lapse_overdue, post_desk_comment
from clocks.enums import ClockKind
from clocks.steps import start_clock
from foundation.journal.step import Step
from foundation.kernel.rulebook import rulebook


def notice_to_challenger() -> str:
    """Return the notice to a challenger (S48, S49), unless the reviewer writes another."""
    return _(
        "We have reviewed your claim. It may stay under review longer than five business days while we hear "
        "others. You do not need to do anything now; you can add proof at any time."
    )


def notice_to_holder() -> str:
    """Return the invitation to a holder (5.2). It is no request and pauses nothing."""
    return _(
        "We are reviewing the association for this product and invite you to bring your proof of execution up to "
        "date. You do not need to do anything else now."
    )


def is_standard_notice(text: str) -> bool:
    """Return whether this is our own text unchanged, which names nobody, whatever a party is called."""
    return text.strip() in ("", notice_to_challenger(), notice_to_holder())


def lock_case(step: Step, case: Case) -> None:
    """Lock the case's scope and each party claim's scopes and row, and lapse overdue requests.

    Raises StaleVersion if a party or one of its scopes was added in the meantime.
    """
    claims = Claim.objects.filter(case_parties__case=case).distinct().order_by("pk")
    scope_ids = set(ClaimItem.objects.filter(claim__in=claims).values_list("scope_id", flat=True))
    scope_ids.add(case.scope_id)
    lock_scopes(scope_ids)
    for claim in claims:
        lapse_overdue(step, lock_row(claim, known=scope_ids).claim)
    case.refresh_from_db()


def age_case(case: Case) -> None:
    """Raise the case's version, because pages opened before do not show what it has become."""
    Case.objects.filter(pk=case.pk).update(version=F("version") + 1)
    case.refresh_from_db(fields=["version"])


def take_up(step: Step, party: CaseParty) -> None:
    """Start the review of a challenger's claim that is still waiting for it."""
    if Claim.objects.get(pk=party.claim_id).status == ClaimStatus.SUBMITTED and not party.is_holder:
        begin_review(step, party.claim_id)


def notify(
    step: Step,
    case: Case,
    parties: Sequence[CaseParty],
    *,
    challenger_text: str = "",
    holder_text: str = "",
) -> None:
    """Post the notice to these parties. It meets their review clocks; the first of a case starts the case's clock."""
    for party in parties:
        challenger, holder = challenger_text or notice_to_challenger(), holder_text or notice_to_holder()
        text = holder if party.is_holder else challenger
        take_up(step, party)
        post_desk_comment(step, party.claim_id, text, standard=is_standard_notice(text))
        enter_arbitration(step, party.item_id)
        CaseParty.objects.filter(pk=party.pk).update(noticed_at=step.at)
    step.record(CASE_NOTICE_POSTED, case, parties=[party.pk for party in parties])
    age_case(case)
    if case.notice_at is None:
        clock = start_clock(
            step,
            kind=ClockKind.ARBITRATION,
            subject_id=case.pk,
            target_days=rulebook.arbitration_bd,
        )
        Case.objects.filter(pk=case.pk).update(notice_at=step.at, clock=clock)
        case.refresh_from_db()
        pause_from_the_start(step, case, clock)
    meet_items(step, [party.item_id for party in parties if not party.is_holder])
