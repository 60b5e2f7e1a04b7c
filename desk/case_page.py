"""The desk's page of a case: facts as rows, parties as columns. Partners never see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from arbitration.models import Case, CaseDecision, CaseParty, LiftedBlock, ProposedDecision
from arbitration.policies import case_actions
from arbitration.selectors import (
    DecisionRecord,
    Hearing,
    PartyProof,
    answers_in_case,
    decision_record,
    hearing_of,
    is_blocked,
    liftable_people,
    lifted_blocks,
    live_parties,
    pending_on,
    proof_of_parties,
    requests_in,
    returned_proposals,
    unopened_proof,
    waiting_proposal,
)
from arbitration.services import changes_since, matter_of, missing_in
from associations.models import Association
from claims.facts import months_before
from claims.models import Comment
from desk.acts import ActionForm, blank_forms
from desk.case_forms import CASE_ACTS
from desk.fields import Unopened, asks_about_files
from desk.standing import Asked, case_deadlines, earliest, next_in_case, with_deadlines
from foundation.kernel.actor import Actor
from foundation.kernel.rulebook import rulebook
from wording.deadlines import ClockDeadline
from wording.history import Opening, openings_of
from wording.items import covered_products, item_label, product_names


@dataclass(frozen=True, kw_only=True)
class ProofLine:
    """One file with the marks that matter for the decision; in a decided case as it was when that was made."""

    row: PartyProof
    counts: bool
    signed_on: date | None
    is_altered: bool
    is_old: bool
    is_later: bool
    was_sealed: bool
    was_unopened: bool
    covers: str
    opened: list[Opening]


@dataclass(frozen=True, kw_only=True)
class PartyColumn:
    """One party with everything the arbiter compares."""

    party: CaseParty
    proof: list[ProofLine]
    answers: list[Comment]
    asked: list[Asked]
    latest_signature_on: date | None
    is_latest: bool

    @property
    def activities(self) -> list[str]:
        return [row.get_activity_display() for row in self.party.item.activities.all()]

    @property
    def products(self) -> str:
        return item_label(self.party.item)

    @property
    def is_sealed(self) -> bool:
        return any(line.is_sealed for line in self.asked)


@dataclass(frozen=True, kw_only=True)
class CasePage:
    case: Case
    columns: list[PartyColumn]
    left: list[CaseParty]
    dues: list[ClockDeadline]
    hearing: Hearing
    pending: Association | None
    decision: CaseDecision | None
    proposal: ProposedDecision | None
    differences: list[str]
    changes: list[str]
    unopened: list[Unopened]
    returned: list[ProposedDecision]
    lifted: list[LiftedBlock]
    forms: Mapping[str, ActionForm]
    max_age_months: int = rulebook.poe_max_age_months

    @property
    def next_step(self) -> str:
        """Return who acts next, and how."""
        if self.decision is not None:
            return _("Decided. No one has to act.")
        if self.case.ended_at is not None:
            return _("Closed without a decision. No one has to act.")
        return next_in_case(self.hearing, self.pending, self.proposal)

    @property
    def due(self) -> ClockDeadline | None:
        """Return the deadline that counts now: the case's, or a party's review until its notice."""
        return earliest(self.dues)

    @property
    def breaches(self) -> list[str]:
        return [due.breach for due in self.dues if due.is_breached]

    @property
    def missing(self) -> str:
        """Return what an ordinary decision still waits for; empty if nothing."""
        return "" if self.hearing.is_complete else missing_in(self.hearing)

    @property
    def is_sealed(self) -> bool:
        return any(column.is_sealed for column in self.columns)


def build_case_page(
    case: Case, *, actor: Actor, now: datetime, tried: Mapping[str, ActionForm] | None = None
) -> CasePage:
    """Build the page. `tried` are refused forms, shown again as typed."""
    parties = list(
        live_parties(case)
        .select_related("claim__location")
        .prefetch_related("item__activities", "item__products")
    )
    hearing = hearing_of(case)
    proposal, record = waiting_proposal(case), decision_record(case)
    decisions = CaseDecision.objects.filter(case=case).select_related("decided_by", "confirmed_by", "winner")
    decision = decisions.first()
    actions = case_actions(
        actor,
        case,
        has_unaware=bool(hearing.unaware),
        is_heard=hearing.is_complete,
        is_proposed=proposal is not None,
        is_blocked=proposal is not None and is_blocked(case, actor.user_id),
        others_liftable=any(person.pk != actor.user_id for person in liftable_people(case)),
    )
    forms = {**blank_forms(CASE_ACTS, actions, parties), **(tried or {})}
    return CasePage(
        case=case,
        columns=_columns(case, parties, record, actor=actor, now=now),
        left=list(case.parties.filter(left_at__isnull=False).select_related("organisation", "claim")),
        dues=case_deadlines([case], now=now)[case.pk],
        hearing=hearing,
        pending=pending_on(case) if case.ended_at is None else None,
        decision=decision,
        differences=[_label(name) for name in record.differences(decision)] if decision and record else [],
        proposal=proposal,
        changes=changes_since(proposal, matter_of(case), actor) if proposal else [],
        unopened=_unopened(parties, actor) if any(map(asks_about_files, forms.values())) else [],
        returned=list(returned_proposals(case)),
        lifted=list(lifted_blocks(case)),
        forms=forms,
    )


def _unopened(parties: list[CaseParty], actor: Actor) -> list[Unopened]:
    """Return the files that count and that this arbiter has not opened, party by party."""
    unread = unopened_proof(parties, actor)
    return [
        Unopened(key=str(file.public_id), label=f"{file.name} ({party.organisation})")
        for party in parties
        for file in unread[party.pk]
    ]


def _label(field: str) -> str:
    return str(getattr(CaseDecision._meta.get_field(field), "verbose_name", field))


def _columns(
    case: Case, parties: list[CaseParty], record: DecisionRecord | None, *, actor: Actor, now: datetime
) -> list[PartyColumn]:
    proof = proof_of_parties(parties, actor)
    answers = answers_in_case(case, actor)
    asked = _asked(case, now)
    names = product_names()
    opened = openings_of([row.evidence for own in proof.values() for row in own], actor)
    lines = {
        party.pk: [
            _line(party, row, record, names, case.ended_at or now, opened[row.evidence.pk])
            for row in proof[party.pk]
        ]
        for party in parties
    }
    signed = {pk: _latest_signature(own) for pk, own in lines.items()}
    latest = max((day for day in signed.values() if day), default=None)
    return [
        PartyColumn(
            party=party,
            proof=lines[party.pk],
            answers=answers.get(party.claim_id, []),
            asked=asked.get(party.claim_id, []),
            latest_signature_on=signed[party.pk],
            is_latest=latest is not None and signed[party.pk] == latest,
        )
        for party in parties
    ]


def _line(
    party: CaseParty,
    row: PartyProof,
    record: DecisionRecord | None,
    names: Mapping[str, str],
    at: datetime,
    opened: list[Opening],
) -> ProofLine:
    """Return the file with its marks: those of the decision if there is a record of it, otherwise those of now."""
    evidence = row.evidence
    then = record.weighed.get((party.pk, evidence.pk)) if record else None
    unweighed = record is not None and then is None
    signed_on = then.signed_on if then else evidence.signed_on
    return ProofLine(
        row=row,
        counts=then.counts if then else row.counts and not unweighed,
        signed_on=signed_on,
        is_altered=then is not None and then.sha256 != evidence.sha256,
        is_old=_is_old(signed_on, at),
        is_later=unweighed and evidence.added_at >= at,
        was_sealed=unweighed and evidence.added_at < at,
        was_unopened=record is not None and evidence.pk in record.told.get("unopened", ()),
        covers=covered_products(then.covers if then else evidence.covers, names),
        opened=opened,
    )


def _latest_signature(proof: list[ProofLine]) -> date | None:
    """Return the newest signature date on a file that counts and is not too old."""
    days = (line.signed_on for line in proof if line.counts and not line.is_old)
    return max((day for day in days if day), default=None)


def _is_old(signed_on: date | None, now: datetime) -> bool:
    return signed_on is not None and signed_on < months_before(now.date(), rulebook.poe_max_age_months)


def _asked(case: Case, now: datetime) -> dict[int, list[Asked]]:
    """Return the requests of the case and those open on its items, wherever they were asked, by claim."""
    found: dict[int, list[Asked]] = {}
    for asked in with_deadlines(requests_in(case).select_related("request__asked_by"), now):
        found.setdefault(asked.row.claim_id, []).append(asked)
    return found
