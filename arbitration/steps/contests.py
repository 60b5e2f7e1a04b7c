"""How cases begin, gain and lose parties, and end without a decision (5.1, 5.6, 5.8)."""

from django.utils.translation import gettext as _

from arbitration.enums import CaseOutcome, CaseState, ProposalState
from arbitration.events import CASE_CLOSED, CASE_JOINED, CASE_LEFT, CASE_OPENED, DECISION_VOIDED
from arbitration.lifecycle import CASE, PROPOSAL
from arbitration.models import Case, CaseParty
from arbitration.selectors import live_parties, open_case_on, waiting_proposal
from arbitration.steps.parties import age_case
from arbitration.steps.pauses import end_consent_pause, resume_without
from arbitration.steps.rounds import open_round
from associations.models import Association
from associations.selectors import living_associations
from claims.enums import ItemOutcome
from claims.models import ClaimItem
from claims.selectors import rivals_on
from claims.steps import close_requests, leave_arbitration, post_system_comment, settle_claim
from clocks.steps import cancel_clock
from foundation.journal.step import Step


def contest_item(step: Step, item: ClaimItem) -> None:
    """Open or join the case on the item's scope if another organisation holds or claims it; the scope is locked.

    If a case is open already, an item of a party's own organisation joins on that party's side.
    """
    organisation_id = item.claim.organisation_id
    associations = list(living_associations([item.scope_id]))
    rivals = list(rivals_on(item.scope_id, organisation_id))
    case = open_case_on(item.scope_id)
    if case is None:
        held_elsewhere = any(holder.organisation_id != organisation_id for holder in associations)
        if not (held_elsewhere or rivals):
            return
        case = Case.objects.create(scope_id=item.scope_id, opened_at=step.at)
        step.apart().record(CASE_OPENED, case, scope=item.scope_id, to=case.state)
        own = ClaimItem.objects.filter(
            scope_id=item.scope_id, claim__organisation_id=organisation_id, activities__is_open=True
        ).distinct()
        for other in [*rivals, *own.exclude(pk=item.pk)]:
            _join(step, case, other)
        for association in associations:
            join_holder(step, case, association)
    _join(step, case, item)


def _join(step: Step, case: Case, item: ClaimItem, *, association: Association | None = None) -> None:
    _party, created = CaseParty.objects.get_or_create(
        case=case,
        item=item,
        defaults={
            "organisation_id": item.claim.organisation_id,
            "claim_id": item.claim_id,
            "association": association,
            "joined_at": step.at,
        },
    )
    if created:
        age_case(case)
        held = association.pk if association else None
        step.about(item.claim).record(CASE_JOINED, case, case=case.pk, item=item.pk, association=held)


def join_holder(step: Step, case: Case, association: Association) -> None:
    """Make the holder a party, with the item that its newest grant came from."""
    earned = ClaimItem.objects.filter(activities__grant__association=association).select_related("claim")
    item = earned.order_by("-activities__grant_id").first()
    if item is not None:
        _join(step, case, item, association=association)


def leave_case(step: Step, item: ClaimItem, *, outcome: CaseOutcome) -> None:
    """Take an item that closed outside a decision out of its open case, and end the case if no contest is left."""
    party = CaseParty.objects.filter(
        item=item, left_at__isnull=True, case__state=CaseState.OPEN, association__isnull=True
    ).first()
    if party is not None:
        _leave(step, party)
        resume_without(step, item, party.case)
        close_without_contest(step, party.case, outcome=outcome)


def leave_as_holder(step: Step, association: Association, *, outcome: CaseOutcome) -> None:
    """Take the holder out of the open case after its association ended, and end the pause for its consent."""
    for party in CaseParty.objects.filter(
        association=association, left_at__isnull=True, case__state=CaseState.OPEN
    ).select_related("case__clock", "claim"):
        _leave(step, party)
        close_requests(step.by_system(), case_id=party.case_id, claim_id=party.claim_id)
        leave_arbitration(step.by_system(), party.item_id)
        close_without_contest(step, party.case, outcome=outcome)
    end_consent_pause(step, association)


def _leave(step: Step, party: CaseParty) -> None:
    CaseParty.objects.filter(pk=party.pk).update(left_at=step.at)
    age_case(party.case)
    own = step.filed_under(claim_id=party.claim_id, organisation_id=party.organisation_id)
    own.record(CASE_LEFT, party.case, case=party.case_id, item=party.item_id)


def close_without_contest(step: Step, case: Case, *, outcome: CaseOutcome) -> None:
    """End the case where fewer than two organisations are left, or its subscription ended (5.8).

    Its clock is cancelled and its requests close. A remaining item returns to ordinary review, in a new round if it had
    its notice; after the end of a subscription no item remains. The system acts on the remaining claims, because their
    histories must not name the party that left.
    """
    case.refresh_from_db()
    parties = list(live_parties(case))
    subscription_ended = outcome == CaseOutcome.SUBSCRIPTION_ENDED
    contested = len({party.organisation_id for party in parties}) >= 2 and not subscription_ended
    if case.state != CaseState.OPEN or contested:
        return
    step.apart().advance(
        case,
        CASE["close"],
        to=CaseState.CLOSED,
        event=CASE_CLOSED,
        changes={"outcome": outcome, "ended_at": step.at},
        outcome=outcome,
    )
    proposal = waiting_proposal(case)
    if proposal is not None:
        void = PROPOSAL["void"]
        step.apart().advance(proposal, void, to=ProposalState.VOID, event=DECISION_VOIDED, case=case.pk)
    if case.clock is not None:
        cancel_clock(step, case.clock)
    unnamed = step.by_system()
    close_requests(unnamed, case_id=case.pk)
    for party in parties:
        leave_arbitration(unnamed, party.item_id)
        if party.noticed_at is not None and not subscription_ended:
            _return_to_review(unnamed, party)


def _return_to_review(step: Step, party: CaseParty) -> None:
    item = ClaimItem.objects.select_related("claim").get(pk=party.item_id)
    if item.outcome == ItemOutcome.PENDING and not party.is_holder:
        text = _("No one else needs to be heard. The review of your claim continues.")
        post_system_comment(step, party.claim_id, text)
        open_round(step, item.claim, [item])
        settle_claim(step, party.claim_id)
    elif party.is_holder:
        text = _("The review that the desk told you about has ended. Your association stays as it was.")
        post_system_comment(step, party.claim_id, text)
