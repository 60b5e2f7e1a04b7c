"""Queries for rounds and cases. Everything that the desk sees of cases starts from `visible_cases`."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import (
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    prefetch_related_objects,
)

from arbitration.enums import CaseState, ProposalState
from arbitration.events import CASE_DECIDED
from arbitration.models import (
    Case,
    CaseDecision,
    CaseParty,
    LiftedBlock,
    ProposedDecision,
    ReviewRound,
)
from associations.enums import AssociationState
from associations.models import Association
from claims.enums import CommentSide, RequestState
from claims.events import PROOF_OPENED
from claims.models import Claim, ClaimItem, Comment, Evidence, RequestParty
from claims.selectors import history_of, one_or_not_found, unsealed, visible_claims, visible_evidence
from clocks.enums import ClockKind
from clocks.models import Clock
from clocks.selectors import clocks_for_subjects
from foundation.journal.models import Event
from foundation.journal.step import text_hash
from foundation.kernel.actor import Actor
from partners.models import Member, User

S = TypeVar("S", Comment, Evidence)


def visible_cases(actor: Actor) -> QuerySet[Case]:
    """Return the cases that this desk actor may know of: none with a party that the actor ever belonged to (5.9)."""
    if not (actor.is_desk and actor.desk_roles):
        return Case.objects.none()
    conflicted = CaseParty.objects.filter(
        case=OuterRef("pk"), organisation_id__in=actor.conflicted_organisation_ids
    )
    return Case.objects.filter(~Exists(conflicted))


def case_for(actor: Actor, public_id: UUID | str) -> Case:
    """Return the case. Raises NotFound if it is missing or the actor may not know of it."""
    return one_or_not_found(visible_cases(actor).filter(public_id=public_id))


def live_parties(case: Case) -> QuerySet[CaseParty]:
    """Return the parties that have not left, holders last."""
    return (
        CaseParty.objects.filter(case=case, left_at__isnull=True)
        .select_related("claim", "item", "association", "organisation")
        .order_by(F("association_id").asc(nulls_first=True), "pk")
    )


def open_case_on(scope_id: int) -> Case | None:
    return Case.objects.filter(scope_id=scope_id, state=CaseState.OPEN).first()


@dataclass(frozen=True)
class Hearing:
    """What is missing before every live party has been heard (5.3)."""

    unaware: Sequence[CaseParty]
    asked: Sequence[RequestParty]

    @property
    def is_complete(self) -> bool:
        return not (self.unaware or self.asked)


def hearing_of(case: Case) -> Hearing:
    """Return the live parties without notice, and the open parts of requests about an item of the case.

    A request counts wherever it was asked: in the case, or at a party's claim before the item was contested.
    """
    asked = requests_in(case).filter(state=RequestState.OPEN)
    return Hearing(
        unaware=[party for party in live_parties(case) if party.noticed_at is None],
        asked=list(asked.select_related("request", "claim__organisation")),
    )


def requests_in(case: Case) -> QuerySet[RequestParty]:
    """Return the parts of requests that were asked in the case, or that were open on an item while it was in the case."""
    items = CaseParty.objects.filter(case=case).values("item")
    asked = RequestParty.objects.filter(Q(request__case_id=case.pk) | Q(items__in=items))
    asked = asked.exclude(request__case_id=None, request__closed_at__lt=case.opened_at)
    if case.ended_at is not None:
        asked = asked.exclude(request__case_id=None, request__asked_at__gt=case.ended_at)
    return asked.distinct().order_by("pk")


def unnoticed_reviews(cases: Iterable[Case]) -> dict[int, list[Clock]]:
    """Return, by case, the review clocks of parties without notice, which run on until they get it (5.2).

    The clocks are ready to be explained, earliest first.
    """
    waiting = _waiting_without_notice(CaseParty.objects.filter(case__in=[case.pk for case in cases]))
    clocks = {
        clock.pk: clock
        for clock in Clock.objects.filter(pk__in={clock_id for _case_id, clock_id in waiting})
        .select_related("calendar_version")
        .prefetch_related("pauses", "extensions")
        .order_by(F("due_at").asc(nulls_last=True), "pk")
    }
    found: dict[int, list[Clock]] = {}
    for pk, clock in clocks.items():
        for case_id in {case_id for case_id, clock_id in waiting if clock_id == pk}:
            found.setdefault(case_id, []).append(clock)
    return found


def _waiting_without_notice(parties: QuerySet[CaseParty]) -> set[tuple[int, int]]:
    """Return case and review clock of each open item among these parties that has had no notice."""
    waiting = parties.filter(WITHOUT_NOTICE)
    return set(waiting.values_list("case_id", "item__rounds__round__clock"))


WITHOUT_NOTICE = Q(
    left_at__isnull=True,
    noticed_at__isnull=True,
    case__state=CaseState.OPEN,
    item__rounds__isnull=False,
    item__rounds__met_at__isnull=True,
    item__rounds__left_at__isnull=True,
)
"""The parties whose reviews run on, because they had no notice yet (5.2)."""


def late_cases(cases: QuerySet[Case], *, now: datetime) -> QuerySet[Case]:
    """Return the cases whose own clock is or was late, or, until its notice, a party's review."""
    return cases.filter(late_from__lte=now)


def waiting_proposal(case: Case) -> ProposedDecision | None:
    """Return the decision of the case that waits for a second arbiter."""
    waiting = ProposedDecision.objects.filter(case=case, state=ProposalState.PROPOSED)
    return waiting.select_related("winner", "proposed_by").first()


def waiting_proposals(actor: Actor) -> QuerySet[ProposedDecision]:
    """Return the decisions that wait for a second arbiter in the cases that the actor sees, oldest first."""
    waiting = ProposedDecision.objects.filter(state=ProposalState.PROPOSED, case__in=visible_cases(actor))
    return waiting.select_related("case", "proposed_by").order_by("proposed_at", "pk")


def _blocking(user_id: int | None) -> QuerySet[ProposedDecision]:
    """Return the proposals that keep this arbiter from confirming any decision in their cases (5.9): the one that waits
    and, unless a desk admin lifted that, every other."""
    lifted = LiftedBlock.objects.filter(case=OuterRef("case"), person_id=user_id)
    own = ProposedDecision.objects.filter(proposed_by_id=user_id)
    return own.filter(Q(state=ProposalState.PROPOSED) | ~Exists(lifted))


def is_blocked(case: Case, user_id: int | None) -> bool:
    """Return whether this arbiter can confirm no decision in the case, having proposed one there."""
    return _blocking(user_id).filter(case=case).exists()


def cases_blocked_for(actor: Actor) -> set[int]:
    """Return the open cases in which the actor can confirm no decision, having proposed one there."""
    return set(_blocking(actor.user_id).filter(case__state=CaseState.OPEN).values_list("case_id", flat=True))


def returned_proposals(case: Case) -> QuerySet[ProposedDecision]:
    """Return the proposed decisions of the case that were returned, newest first."""
    returned = ProposedDecision.objects.filter(case=case, state=ProposalState.RETURNED)
    return returned.select_related("winner", "proposed_by", "reviewed_by").order_by("-pk")


def liftable_people(case: Case) -> QuerySet[User]:
    """Return who is blocked in the case by a proposal and by nothing else: a member of a party stays out (5.9)."""
    proposals = ProposedDecision.objects.filter(case=case, proposed_by=OuterRef("pk"))
    lifted = LiftedBlock.objects.filter(case=case, person=OuterRef("pk"))
    conflicts = Member.objects.filter(user=OuterRef("pk"), organisation__in=_organisations_in(case))
    return User.objects.filter(Exists(proposals), ~Exists(lifted), ~Exists(conflicts)).order_by("pk")


def _organisations_in(case: Case) -> QuerySet[CaseParty, int]:
    return CaseParty.objects.filter(case=case).values_list("organisation", flat=True)


def lifted_blocks(case: Case) -> QuerySet[LiftedBlock]:
    """Return what desk admins lifted in the case, oldest first."""
    return LiftedBlock.objects.filter(case=case).select_related("person", "lifted_by").order_by("pk")


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """A file as it was when the case was decided."""

    sha256: str
    counts: bool
    signed_on: date | None
    covers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DecisionRecord:
    """What the event of a decision says, which nothing changes later; `weighed` has the files by party and key."""

    weighed: Mapping[tuple[int, int], Weighed]
    told: Mapping[str, Any]
    actor_id: int | None

    def differences(self, decision: CaseDecision) -> list[str]:
        """Return the fields of the stored decision that are not what was recorded."""
        texts = ("rationale", "winner_text", "loser_text", "unheard_reason")
        wrong = [
            text
            for text in texts
            if self.told.get(f"{text}_sha256", text_hash("")) != text_hash(getattr(decision, text))
        ]
        if self.told["winner"] != decision.winner_id:
            wrong.append("winner")
        if self.actor_id != (decision.confirmed_by_id or decision.decided_by_id):
            wrong.append("decided_by")
        return wrong


def decision_record(case: Case) -> DecisionRecord | None:
    """Return the record of the case's decision; None if it was not decided, or before such records were kept."""
    of_case = Event.objects.filter(subject_type=case._meta.label_lower, subject_id=case.pk)
    decided = of_case.filter(type=CASE_DECIDED.name).first()
    if decided is None or "weighed" not in decided.payload:
        return None
    return DecisionRecord(
        weighed={
            (file["party"], file["evidence"]): Weighed(
                sha256=file["sha256"],
                counts=file["counts"],
                signed_on=date.fromisoformat(file["signed_on"]) if file.get("signed_on") else None,
                covers=tuple(file.get("covers", ())),
            )
            for file in decided.payload["weighed"]
        },
        told=decided.payload,
        actor_id=decided.actor_id,
    )


def contested_items(items: Iterable[ClaimItem]) -> set[int]:
    """Return the keys of those items that are live parties of an open case."""
    live = CaseParty.objects.filter(left_at__isnull=True, case__state=CaseState.OPEN)
    return set(live.filter(item__in=[item.pk for item in items]).values_list("item_id", flat=True))


def pending_on(case: Case) -> Association | None:
    """Return the association that waits for consent on the case's scope, which alone can win there now (5.6)."""
    waiting = Association.objects.filter(scope_id=case.scope_id, state=AssociationState.PENDING_CONSENT)
    return waiting.select_related("organisation").first()


def blocking_association(scope_id: int, organisation_id: int) -> Association | None:
    """Return another organisation's association that makes an approval here SCOPE_TAKEN, or None.

    A pending association always blocks (5.6). An active one blocks if no case is open to decide against it, because it
    won the race, unless the organisation itself has won already and waits to supersede it.
    """
    living = Association.objects.filter(scope_id=scope_id, state__in=AssociationState.LIVING)
    others = living.exclude(organisation_id=organisation_id)
    pending = others.filter(state=AssociationState.PENDING_CONSENT).first()
    if pending is not None or open_case_on(scope_id) is not None:
        return pending
    return None if living.filter(organisation_id=organisation_id).exists() else others.first()


@dataclass(frozen=True, kw_only=True)
class PartyProof:
    """One file as the arbiter weighs it.

    It counts if its details cover the contested item (part 7) and if it was added before the party's due instant;
    otherwise it counts for the next case only (5.3).
    """

    evidence: Evidence
    covers_item: bool
    in_time: bool

    @property
    def counts(self) -> bool:
        return self.covers_item and self.in_time


def proof_of_parties(parties: Sequence[CaseParty], actor: Actor) -> dict[int, list[PartyProof]]:
    """Return the unsealed proof of each party, newest signature first, in a fixed number of queries."""
    files: dict[int, list[Evidence]] = defaultdict(list)
    of_claims = Evidence.objects.filter(claim__in={party.claim_id for party in parties})
    for evidence in unsealed(of_claims.select_related("added_by").order_by("pk"), actor):
        files[evidence.claim_id].append(evidence)
    last_due = _last_due({party.case_id for party in parties})
    return {
        party.pk: sorted(
            (
                PartyProof(
                    evidence=evidence,
                    covers_item=_covers(evidence, party.item),
                    in_time=_in_time(evidence, last_due.get(party.claim_id)),
                )
                for evidence in files[party.claim_id]
            ),
            key=lambda row: row.evidence.signed_on or date.min,
            reverse=True,
        )
        for party in parties
    }


def unopened_proof(parties: Sequence[CaseParty], actor: Actor) -> dict[int, list[Evidence]]:
    """Return, by party, the files that count and that this arbiter has not opened."""
    counting = {
        pk: [row.evidence for row in rows if row.counts]
        for pk, rows in proof_of_parties(parties, actor).items()
    }
    unread = {file.pk for file in _unopened([file for files in counting.values() for file in files], actor)}
    return {pk: [file for file in files if file.pk in unread] for pk, files in counting.items()}


def unopened_proof_of(claim: Claim, items: Iterable[ClaimItem], actor: Actor) -> list[Evidence]:
    """Return the claim's files that cover one of these items and that this reviewer has not opened."""
    items = list(items)
    prefetch_related_objects(items, "products")
    files = visible_evidence(claim, actor)
    return _unopened([file for file in files if any(_covers(file, item) for item in items)], actor)


def _unopened(files: Sequence[Evidence], actor: Actor) -> list[Evidence]:
    """Return those of the files that can be opened and were not by this person."""
    opened = Event.objects.filter(
        type=PROOF_OPENED.name,
        subject_type=Evidence._meta.label_lower,
        subject_id__in=[file.pk for file in files],
        actor_id=actor.user_id,
    )
    read = set(opened.values_list("subject_id", flat=True))
    return [file for file in files if file.is_servable and file.pk not in read]


def _covers(evidence: Evidence, item: ClaimItem) -> bool:
    """Return whether the file's details name a product of the item; a file that names none covers every item."""
    return not evidence.covers or not {product.code for product in item.products.all()}.isdisjoint(
        evidence.covers
    )


def _in_time(evidence: Evidence, due_at: datetime | None) -> bool:
    return due_at is None or evidence.added_at < due_at


def _last_due(case_ids: Collection[int]) -> dict[int, datetime]:
    asked = RequestParty.objects.filter(request__case_id__in=case_ids).order_by("request__due_at")
    return dict(asked.values_list("claim_id", "request__due_at"))


def answers_in_case(case: Case, actor: Actor) -> dict[int, list[Comment]]:
    """Return, by claim, its partner's unsealed comments from its first request on until the case ended."""
    asked = requests_in(case).order_by("-request__asked_at")
    since = dict(asked.values_list("claim_id", "request__asked_at"))
    said: dict[int, list[Comment]] = defaultdict(list)
    comments = Comment.objects.filter(claim__in=since, side=CommentSide.PARTNER).select_related("author")
    if case.ended_at is not None:
        comments = comments.filter(created_at__lte=case.ended_at)
    for comment in unsealed(comments.order_by("pk"), actor):
        if comment.created_at >= since[comment.claim_id]:
            said[comment.claim_id].append(comment)
    return said


# --- Deadlines ---


def late_claims(claims: QuerySet[Claim], *, now: datetime) -> QuerySet[Claim]:
    """Return the claims whose review or arbitration is or was late, even if no sweep has noticed yet."""
    return claims.filter(late_from__lte=now)


def rounds_of(claims: Iterable[Claim]) -> QuerySet[ReviewRound]:
    """Return the review rounds of these claims, oldest first, with clocks ready to be explained."""
    return (
        ReviewRound.objects.filter(claim__in=[claim.pk for claim in claims])
        .select_related("clock__calendar_version")
        .prefetch_related("clock__pauses", "clock__extensions")
        .order_by("claim_id", "number")
    )


def case_parties_of(claims: Iterable[Claim], actor: Actor) -> QuerySet[CaseParty]:
    """Return where these claims are or were parties, oldest first, with clocks ready to be explained."""
    return (
        CaseParty.objects.filter(claim__in=[claim.pk for claim in claims], case__in=visible_cases(actor))
        .select_related("case__clock__calendar_version", "case__winner")
        .prefetch_related("case__clock__pauses", "case__clock__extensions")
        .order_by("case_id", "pk")
    )


def asks_of(claims: Iterable[Claim]) -> QuerySet[RequestParty]:
    """Return these claims' parts of requests, open and ended, oldest first."""
    return (
        RequestParty.objects.filter(claim__in=[claim.pk for claim in claims])
        .select_related("request__asked_by")
        .prefetch_related("items__products", "items__scope__workload")
        .order_by("pk")
    )


def response_clocks(asks: Iterable[RequestParty]) -> dict[int, Clock]:
    """Return the clock of each request, ready to be explained."""
    clocks = clocks_for_subjects(ClockKind.RESPONSE, [ask.request_id for ask in asks])
    prefetch_related_objects(list(clocks.values()), "pauses", "extensions")
    return clocks


def desk_history(claim: Claim, actor: Actor) -> QuerySet[Event]:
    """Return the claim's history for the desk, oldest first, without what an open case request seals (5.3)."""
    hidden = _sealed(Comment.objects.filter(claim=claim), actor) | _sealed(
        Evidence.objects.filter(claim=claim), actor
    )
    return history_of(claim, actor).exclude(hidden)


def acts_in(case: Case, actor: Actor) -> QuerySet[Event]:
    """Return those events of the case's history that are about the case itself or a decision proposed in it."""
    own = [Case._meta.label_lower, ProposedDecision._meta.label_lower]
    return case_history(case, actor).filter(subject_type__in=own)


def case_history(case: Case, actor: Actor) -> QuerySet[Event]:
    """Return what happened in the case and at its parties' claims for the desk, oldest first, without what is sealed."""
    claims = list(visible_claims(actor).filter(case_parties__case=case).values_list("pk", flat=True))
    proposals = list(ProposedDecision.objects.filter(case=case).values_list("pk", flat=True))
    events = Event.objects.filter(
        Q(claim_id__in=claims)
        | Q(subject_type=Case._meta.label_lower, subject_id=case.pk)
        | Q(subject_type=ProposedDecision._meta.label_lower, subject_id__in=proposals)
    )
    hidden = _sealed(Comment.objects.filter(claim__in=claims), actor) | _sealed(
        Evidence.objects.filter(claim__in=claims), actor
    )
    return events.exclude(hidden).prefetch_related("details").order_by("id")


def _sealed(rows: QuerySet[S], actor: Actor) -> Q:
    """Return a filter for events about the rows that `actor` may not read."""
    hidden = rows.exclude(pk__in=unsealed(rows, actor).values("pk"))
    return Q(
        subject_type=rows.model._meta.label_lower, subject_id__in=list(hidden.values_list("pk", flat=True))
    )
