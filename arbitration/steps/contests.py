"""How cases begin, gain and lose parties, and end without a decision (5.1, 5.6, 5.8)."""

from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from arbitration.enums import CaseOutcome, CaseState, PauseCause
from arbitration.events import CASE_CLOSED, CASE_JOINED, CASE_LEFT, CASE_OPENED
from arbitration.lifecycle import CASE
from arbitration.models import Case, CaseParty
from arbitration.selectors import live_parties, open_case_on
from arbitration.services.pauses import resume_without
from arbitration.services.rounds import open_round
from associations.models import Association
from associations.selectors import living_associations
from claims.enums import ItemOutcome
from claims.models import ClaimItem
from claims.selectors import rivals_on
from claims.services import close_requests, leave_arbitration, post_system_comment, settle_claim
from clocks.services import cancel_clock, resume_clock
from foundation.journal.services import advance, record
from foundation.kernel.actor import SYSTEM, Actor


def contest_item(*, item: ClaimItem, actor: Actor, now: datetime) -> None:
    """Open or join the case on the item's scope where somebody else holds it or claims it; its scope is locked.

    Where a case is open already, an item of a party's own organisation joins it on its side.
    """
    organisation_id = item.claim.organisation_id
    associations = list(living_associations([item.scope_id]))
    rivals = list(rivals_on(item.scope_id, organisation_id))
    case = open_case_on(item.scope_id)
    if case is None:
        held_elsewhere = any(holder.organisation_id != organisation_id for holder in associations)
        if not (held_elsewhere or rivals):
            return
        case = _open_case(item, actor=actor, now=now)
        own = ClaimItem.objects.filter(
            scope_id=item.scope_id, claim__organisation_id=organisation_id, activities__is_open=True
        ).distinct()
        for other in [*rivals, *own.exclude(pk=item.pk)]:
            _join(case, other, actor=actor, now=now)
        for association in associations:
            join_holder(case, association, actor=actor, now=now)
    _join(case, item, actor=actor, now=now)


def _open_case(item: ClaimItem, *, actor: Actor, now: datetime) -> Case:
    case = Case.objects.create(scope_id=item.scope_id, opened_at=now)
    record(
        CASE_OPENED, subject=case, actor=actor, now=now, payload={"scope": item.scope_id, "to": case.state}
    )
    return case


def _join(
    case: Case, item: ClaimItem, *, actor: Actor, now: datetime, association: Association | None = None
) -> None:
    _party, created = CaseParty.objects.get_or_create(
        case=case,
        item=item,
        defaults={
            "organisation_id": item.claim.organisation_id,
            "claim_id": item.claim_id,
            "association": association,
            "joined_at": now,
        },
    )
    if created:
        _age(case)
        record(
            CASE_JOINED,
            subject=case,
            actor=actor,
            now=now,
            claim_id=item.claim_id,
            organisation_id=item.claim.organisation_id,
            payload={
                "case": case.pk,
                "item": item.pk,
                "association": association.pk if association else None,
            },
        )


def _age(case: Case) -> None:
    """Whoever looked at the case before has not seen all its parties: what they send with that version is stale."""
    Case.objects.filter(pk=case.pk).update(version=F("version") + 1)


def join_holder(case: Case, association: Association, *, actor: Actor, now: datetime) -> None:
    """The holder becomes a party with the item that its newest living grant came from."""
    earned = ClaimItem.objects.filter(activities__grant__association=association).select_related("claim")
    item = earned.order_by("-activities__grant_id").first()
    if item is not None:
        _join(case, item, actor=actor, now=now, association=association)


def leave_case(*, item: ClaimItem, actor: Actor, now: datetime, outcome: CaseOutcome) -> None:
    """The item closed outside a decision: it leaves its open case, which ends where no contest is left."""
    party = CaseParty.objects.filter(
        item=item, left_at__isnull=True, case__state=CaseState.OPEN, association__isnull=True
    ).first()
    if party is not None:
        _leave(party, actor=actor, now=now)
        resume_without(item, party.case, actor=actor, now=now)
        close_without_contest(party.case, outcome=outcome, actor=actor, now=now)


def leave_as_holder(*, association: Association, actor: Actor, now: datetime, outcome: CaseOutcome) -> None:
    """The association ended: its holder leaves the open case on the scope, and what waited for its consent goes on."""
    for party in CaseParty.objects.filter(
        association=association, left_at__isnull=True, case__state=CaseState.OPEN
    ).select_related("case__clock", "claim"):
        _leave(party, actor=actor, now=now)
        close_requests(case_id=party.case_id, claim_id=party.claim_id, actor=SYSTEM, now=now)
        leave_arbitration(item_id=party.item_id, actor=SYSTEM, now=now)
        close_without_contest(party.case, outcome=outcome, actor=actor, now=now)
    end_consent_pause(association=association, actor=actor, now=now)


def end_consent_pause(*, association: Association, actor: Actor, now: datetime) -> None:
    """The pending association took effect or ended: a case that waited for it runs on (5.6)."""
    case = open_case_on(association.scope_id)
    if case is not None and case.clock is not None:
        resume_clock(
            clock=case.clock,
            cause=PauseCause.PENDING_CONSENT,
            cause_ref=association.pk,
            now=now,
            actor=actor,
        )


def _leave(party: CaseParty, *, actor: Actor, now: datetime) -> None:
    CaseParty.objects.filter(pk=party.pk).update(left_at=now)
    _age(party.case)
    record(
        CASE_LEFT,
        subject=party.case,
        actor=actor,
        now=now,
        claim_id=party.claim_id,
        organisation_id=party.organisation_id,
        payload={"case": party.case_id, "item": party.item_id},
    )


def close_without_contest(case: Case, *, outcome: CaseOutcome, actor: Actor, now: datetime) -> None:
    """End the case where fewer than two organisations are left, or its subscription ended (5.8).

    Its clock is cancelled and its requests close. What remains goes back to ordinary review, in a new round where its
    notice had been posted; after the end of a subscription nothing remains. What happens to the claims that remain is
    the system's doing: whoever left is nobody whom their histories may name.
    """
    case.refresh_from_db()
    parties = list(live_parties(case))
    subscription_ended = outcome == CaseOutcome.SUBSCRIPTION_ENDED
    contested = len({party.organisation_id for party in parties}) >= 2 and not subscription_ended
    if case.state != CaseState.OPEN or contested:
        return
    advance(
        case,
        CASE["close"],
        to=CaseState.CLOSED,
        event_type=CASE_CLOSED,
        actor=actor,
        now=now,
        field="state",
        changes={"outcome": outcome, "ended_at": now},
        payload={"outcome": outcome},
    )
    if case.clock is not None:
        cancel_clock(clock=case.clock, at=now, actor=actor)
    close_requests(case_id=case.pk, actor=SYSTEM, now=now)
    for party in parties:
        leave_arbitration(item_id=party.item_id, actor=SYSTEM, now=now)
        if not subscription_ended:
            _return_to_review(party, now=now)


def _return_to_review(party: CaseParty, *, now: datetime) -> None:
    if party.noticed_at is None:
        return
    item = ClaimItem.objects.select_related("claim").get(pk=party.item_id)
    if item.outcome == ItemOutcome.PENDING and not party.is_holder:
        post_system_comment(
            claim_id=party.claim_id,
            text=_("Nobody else has to be heard any more. The review of your claim goes on from here."),
            now=now,
        )
        open_round(claim=item.claim, items=[item], actor=SYSTEM, now=now)
        settle_claim(claim_id=party.claim_id, actor=SYSTEM, now=now)
    elif party.is_holder:
        post_system_comment(
            claim_id=party.claim_id,
            text=_("The review that the desk told you about has ended. Your association stays as it was."),
            now=now,
        )
