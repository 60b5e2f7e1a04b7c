"""Invariants of the whole house, true after every step, and the replay of history."""

from collections import Counter, defaultdict
from datetime import datetime

from django.db.models import Model, OuterRef, Subquery

from arbitration.enums import CaseState, ProposalState
from arbitration.models import Case, CaseDecision, ProposedDecision, RoundItem
from arbitration.selectors import live_parties
from arbitration.steps.order import case_places, claim_places
from associations.enums import AssociationState
from associations.models import Association, Grant
from claims.enums import ClaimStatus, ItemOutcome, RequestState
from claims.models import Claim, ClaimItem, InformationRequest, ItemActivity, RequestParty
from clocks.enums import ClockState
from clocks.models import Clock, ClockPause
from foundation.journal.enums import Audience
from foundation.journal.models import Event
from partners.models import Member


class Revisions:
    """Watches that a claim's revision and instant move with what its partner can see, only then and never backwards."""

    def __init__(self) -> None:
        self._seen = self._read()

    def _read(self) -> dict[int, tuple[int, datetime, int | None]]:
        told = Event.objects.filter(claim_id=OuterRef("pk"), audience=Audience.PARTNER).order_by("-pk")
        claims = Claim.objects.annotate(last_told=Subquery(told.values("pk")[:1]))
        return {
            claim.pk: (claim.revision, claim.updated_at, claim.last_told)
            for claim in claims.only("revision", "updated_at")
        }

    def check(self) -> None:
        before, self._seen = self._seen, self._read()
        for pk, (revision, updated_at, last_told) in self._seen.items():
            earlier = before.get(pk)
            if earlier is None:
                continue
            moved = (revision > earlier[0], updated_at > earlier[1])
            told = last_told != earlier[2]
            assert moved == (told, told), f"claim {pk} {earlier} became {revision}, {updated_at}, {last_told}"
            assert told or (revision, updated_at) == earlier[:2], f"claim {pk} ran backwards from {earlier}"


def check_all() -> None:
    """Raise AssertionError that describes the first broken invariant."""
    check_associations()
    check_claims()
    check_requests()
    check_cases()
    check_clocks()
    check_order()
    check_histories()


def check_associations() -> None:
    associations = list(Association.objects.prefetch_related("grants"))
    for state in (AssociationState.ACTIVE, AssociationState.PENDING_CONSENT):
        scopes = Counter(association.scope_id for association in associations if association.state == state)
        assert max(scopes.values(), default=0) <= 1, f"two {state} associations on one scope"
    holders = {each.scope_id: each for each in associations if each.state == AssociationState.ACTIVE}
    for association in associations:
        grants = list(association.grants.all())
        living = [grant for grant in grants if grant.state in AssociationState.LIVING]
        assert bool(living) == (association.state != AssociationState.ENDED), (
            f"association {association.pk} is {association.state} with {len(living)} living grants"
        )
        if association.state == AssociationState.ACTIVE:
            assert any(grant.activated_at for grant in grants), "active without an active grant"
        holder = holders.get(association.scope_id)
        if association.state != AssociationState.PENDING_CONSENT or holder is None:
            continue
        if holder.organisation_id != association.organisation_id:
            assert association.supersedes_id == holder.pk, "pending beside a holder that it does not name"
            decided = association.decided_case_id
            assert decided is not None, "pending beside a holder without a case"
            assert CaseDecision.objects.filter(case_id=decided, winner=association.organisation).exists(), (
                "pending beside a holder without a decision"
            )
    for grant in Grant.objects.filter(handed_over_at__isnull=False):
        assert grant.earns_incentive, "a grant was handed over that earns nothing"
        told = Event.objects.filter(type="association.grant_handed_over", subject_id=grant.pk)
        assert told.count() == 1, "a grant was handed over twice"


def check_claims() -> None:
    open_parties = RequestParty.objects.filter(state=RequestState.OPEN)
    asked_about = set(open_parties.values_list("claim_id", "items"))
    for claim in Claim.objects.prefetch_related("items__activities__grant", "items__scope"):
        items = list(claim.items.all())
        pending = [item for item in items if item.outcome == ItemOutcome.PENDING]
        where = f"claim {claim.pk} is {claim.status} with {[item.outcome for item in items]}"
        assert bool(pending) == (claim.status in ClaimStatus.OPEN), where
        if claim.status == ClaimStatus.DRAFT:
            assert not items, where
        asked = any((claim.pk, item.pk) in asked_about for item in pending)
        assert asked == (claim.status == ClaimStatus.PARTNER_ACTION_REQUIRED), f"{where}; asked: {asked}"
        living = any(
            row.grant is not None and row.grant.state in AssociationState.LIVING
            for item in items
            for row in item.activities.all()
        )
        if not pending and items:
            assert living == (claim.status == ClaimStatus.APPROVED), f"{where}; living: {living}"
        for item in items:
            is_open = {row.is_open for row in item.activities.all()}
            assert is_open == {item.outcome == ItemOutcome.PENDING}, f"{where}: activities open {is_open}"
            assert item.scope.tenant_id == claim.tenant_id, where
            if item.outcome != ItemOutcome.APPROVED:
                assert not any(row.grant for row in item.activities.all()), where


def check_requests() -> None:
    for request in InformationRequest.objects.prefetch_related("parties"):
        waiting = any(party.state == RequestState.OPEN for party in request.parties.all())
        assert waiting == (request.closed_at is None), f"request {request.pk}: {waiting}, {request.closed_at}"


def check_cases() -> None:
    contested = defaultdict(set)
    for scope_id, organisation_id in ItemActivity.objects.filter(is_open=True).values_list(
        "scope_id", "organisation_id"
    ):
        contested[scope_id].add(organisation_id)
    claimed = set(contested)
    for association in Association.objects.filter(state__in=AssociationState.LIVING, scope_id__in=claimed):
        contested[association.scope_id].add(association.organisation_id)
    cases = {case.scope_id: case for case in Case.objects.filter(state=CaseState.OPEN)}
    for scope_id, organisations in contested.items():
        if len(organisations) > 1:
            assert scope_id in cases, f"scope {scope_id} is contested by {organisations} without a case"
    for scope_id, case in cases.items():
        parties = list(live_parties(case))
        organisations = {party.organisation_id for party in parties}
        assert len(organisations) >= 2, f"case {case.pk} is open with {organisations}"
        open_here = set(
            ClaimItem.objects.filter(scope_id=scope_id, outcome=ItemOutcome.PENDING).values_list(
                "pk", flat=True
            )
        )
        in_case = {party.item_id for party in parties if not party.is_holder}
        assert open_here == in_case, f"case {case.pk} has {in_case}, the scope has {open_here}"
        for party in parties:
            badge = ClaimItem.objects.get(pk=party.item_id).in_arbitration_since
            assert (badge is None) == (party.noticed_at is None), f"badge {badge}, notice {party.noticed_at}"
    for decision in CaseDecision.objects.filter(unheard_reason="").select_related("case"):
        unaware = [party.pk for party in live_parties(decision.case) if party.noticed_at is None]
        assert not unaware, f"case {decision.case_id} was decided before {unaware} had a notice"
    for proposal in ProposedDecision.objects.select_related("case"):
        where = f"the decision {proposal.pk} of case {proposal.case_id} is {proposal.state}"
        if proposal.state == ProposalState.PROPOSED:
            assert proposal.case.state == CaseState.OPEN, f"{where} in a case that is {proposal.case.state}"
        if proposal.state == ProposalState.CONFIRMED:
            confirmed = CaseDecision.objects.filter(case=proposal.case, confirmed_by=proposal.reviewed_by)
            assert confirmed.exclude(decided_by=proposal.reviewed_by).exists(), where
            own = proposal.case.proposals.filter(proposed_by=proposal.reviewed_by)
            lifted = proposal.case.lifted_blocks.filter(
                person=proposal.reviewed_by, lifted_at__lte=proposal.reviewed_at
            )
            assert lifted.exists() or not own.exists(), f"{where} by one who proposed there"
    badged = ClaimItem.objects.filter(in_arbitration_since__isnull=False)
    for item in badged:
        assert item.scope_id in cases, f"item {item.pk} is in arbitration without a case"


def check_clocks() -> None:
    pauses = set(ClockPause.objects.filter(ended_at=None).values_list("clock_id", flat=True))
    breaches = Counter(
        Event.objects.filter(type="clocks.clock_breached").values_list("subject_id", flat=True)
    )
    for clock in Clock.objects.all():
        paused = clock.pk in pauses
        assert paused == (clock.state == ClockState.PAUSED), (
            f"clock {clock.pk} {clock.state}, paused {paused}"
        )
        if clock.due_at is None or paused:
            # Only a pause makes the end unknown; one that came too late leaves it known.
            assert paused, f"clock {clock.pk} {clock.state} due {clock.due_at}"
            assert (clock.due_at is None) == (clock.breached_at is None), f"clock {clock.pk} {clock.due_at}"
        told = breaches[clock.pk]
        assert told == (clock.breached_at is not None), f"clock {clock.pk} breached {told} times"
    for row in RoundItem.objects.filter(met_at=None, left_at=None).select_related("item", "round__clock"):
        assert row.item.outcome == ItemOutcome.PENDING, f"a closed item {row.item_id} waits in a round"
        assert row.round.clock.state in ClockState.open_states(), "an item waits in a round without a clock"
    in_rounds = set(RoundItem.objects.values_list("item_id", flat=True))
    asked = set(RequestParty.objects.filter(state=RequestState.OPEN).values_list("items", flat=True))
    for pk in ClaimItem.objects.filter(outcome=ItemOutcome.PENDING).values_list("pk", flat=True):
        assert pk in in_rounds or pk in asked, f"open item {pk} is in no round"
    for case in Case.objects.exclude(clock=None).select_related("clock"):
        assert case.clock is not None
        running = case.clock.state in ClockState.open_states()
        assert running == (case.state == CaseState.OPEN), f"case {case.pk} {case.state}: {case.clock.state}"


def check_order() -> None:
    """Where claims and cases stand in the desk's lists is what their clocks say."""
    for rows, places in ((Claim.objects, claim_places()), (Case.objects, case_places())):
        said = rows.annotate(**{f"said_{name}": place for name, place in places.items()})
        for row in said:
            stored = {name: getattr(row, name) for name in places}
            assert stored == {name: getattr(row, f"said_{name}") for name in places}, (
                f"{row} stands at {stored}"
            )


def check_histories() -> None:
    """Check that events in a partner's history were caused by its own people, the desk or the system."""
    foreign = Event.objects.filter(
        audience="partner", actor_kind="partner", organisation_id__isnull=False
    ).exclude(
        organisation_id__in=Member.objects.filter(user_id=OuterRef("actor_id")).values("organisation_id")
    )
    assert not foreign.exists(), f"{foreign.first()} names somebody of another organisation"


STATE_OF: dict[str, tuple[type[Model], str]] = {
    "claims.claim": (Claim, "status"),
    "claims.claimitem": (ClaimItem, "outcome"),
    "claims.requestparty": (RequestParty, "state"),
    "associations.association": (Association, "state"),
    "associations.grant": (Grant, "state"),
    "arbitration.case": (Case, "state"),
    "arbitration.proposeddecision": (ProposedDecision, "state"),
    "clocks.clock": (Clock, "state"),
}
INITIAL = {
    "claims.claim": ClaimStatus.DRAFT,
    "claims.requestparty": RequestState.OPEN,
    "clocks.clock": "running",
}


def check_replay() -> None:
    """Check that history, replayed from its beginning, leads to the present state."""
    replayed: dict[tuple[str, int], str] = {}
    for event in Event.objects.filter(subject_type__in=STATE_OF).order_by("id"):
        key = (event.subject_type, event.subject_id)
        if "from" in event.payload:
            before = replayed.get(key, INITIAL.get(event.subject_type))
            assert event.payload["from"] == before, (
                f"{event} leads from {event.payload['from']}, not {before}"
            )
        if "to" in event.payload:
            replayed[key] = event.payload["to"]
    for label, (model, field) in STATE_OF.items():
        for pk, state in model._default_manager.values_list("pk", field):
            told = replayed.get((label, pk), INITIAL.get(label))
            assert told == state, f"{label} {pk} is {state}, history says {told}"
