"""Reads of rounds and cases. Everything the desk sees of cases starts from `visible_cases`."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from arbitration.enums import CaseState
from arbitration.models import Case, CaseParty
from associations.enums import AssociationState
from associations.models import Association
from claims.models import Evidence, InformationRequest
from claims.selectors import one_or_not_found, visible_evidence
from cpor.kernel.actor import Actor


def visible_cases(actor: Actor) -> QuerySet[Case]:
    """The cases that this desk actor may know of: none in which an organisation it ever belonged to is a party (5.9)."""
    if not (actor.is_desk and actor.desk_roles):
        return Case.objects.none()
    conflicted = CaseParty.objects.filter(
        case=OuterRef("pk"), organisation_id__in=actor.conflicted_organisation_ids
    )
    return Case.objects.filter(~Exists(conflicted))


def case_for(actor: Actor, public_id: UUID | str) -> Case:
    """The case, if the actor may know of it; else NotFound, the same as for a missing one."""
    return one_or_not_found(visible_cases(actor).filter(public_id=public_id))


def live_parties(case: Case) -> QuerySet[CaseParty]:
    """The parties that have not left, holders last."""
    return (
        CaseParty.objects.filter(case=case, left_at__isnull=True)
        .select_related("claim", "item", "association", "organisation")
        .order_by("association_id", "pk")
    )


def open_case_on(scope_id: int) -> Case | None:
    return Case.objects.filter(scope_id=scope_id, state=CaseState.OPEN).first()


def open_case_requests(case: Case) -> QuerySet[InformationRequest]:
    """What is still being asked in the case; while there is any, nothing is decided (5.3)."""
    return InformationRequest.objects.filter(case_id=case.pk, closed_at__isnull=True)


def blocking_association(scope_id: int, organisation_id: int) -> Association | None:
    """Another organisation's association that makes an approval here SCOPE_TAKEN.

    Pending always blocks (5.6). An active one blocks where no case is open to decide against it: it won the race.
    """
    others = Association.objects.filter(scope_id=scope_id, state__in=AssociationState.LIVING).exclude(
        organisation_id=organisation_id
    )
    pending = others.filter(state=AssociationState.PENDING_CONSENT).first()
    if pending is not None or open_case_on(scope_id) is not None:
        return pending
    return others.first()


@dataclass(frozen=True)
class PartyProof:
    """One file as the arbiter weighs it; added after the party's own due instant it counts for the next case only."""

    evidence: Evidence
    counts: bool


def proof_of_party(party: CaseParty, actor: Actor) -> list[PartyProof]:
    """The party's unsealed proof, newest signature first."""
    last_due = _last_due(party)
    proof = [
        PartyProof(evidence, counts=last_due is None or evidence.added_at < last_due)
        for evidence in visible_evidence(party.claim, actor)
    ]
    return sorted(proof, key=lambda row: row.evidence.signed_on or date.min, reverse=True)


def _last_due(party: CaseParty) -> datetime | None:
    asked = InformationRequest.objects.filter(case_id=party.case_id, parties__claim=party.claim_id)
    latest = asked.order_by("-due_at").first()
    return latest.due_at if latest else None
