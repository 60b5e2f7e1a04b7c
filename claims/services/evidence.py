"""Proof of execution: inspected, stored outside the web root, never replaced (domain.md part 7)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO
from uuid import UUID

from django.core.files import File
from django.utils.translation import gettext as _

from claims.enums import EvidenceKind, ScanState
from claims.events import PROOF_ADDED, PROOF_OPENED
from claims.lifecycle import CLAIM
from claims.models import Claim, Evidence
from claims.rules.proof import date_refusal, duplicate_refusal, proof_refusal
from claims.selectors import claim_for, lock_claim, one_or_not_found, servable_evidence
from claims.steps.comments import open_seals
from foundation.journal.step import Step
from foundation.journal.unit import one_transaction
from foundation.kernel.actor import Actor
from foundation.kernel.errors import NotFound, Refused, enforce
from foundation.kernel.rulebook import rulebook
from foundation.kernel.text import tidy_name
from inspection import Verdict, clean_name, inspect_file


@dataclass(frozen=True, kw_only=True)
class ProofDetails:
    """What the partner states about a file. `covers` lists product codes; empty means all items."""

    kind: EvidenceKind = EvidenceKind.OTHER
    signed_on: date | None = None
    signer_name: str = ""
    signer_title: str = ""
    covers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("signer_name", "signer_title"):
            object.__setattr__(self, name, tidy_name(getattr(self, name)))


def add_evidence(
    *, public_id: str, stream: BinaryIO, name: str, details: ProofDetails, actor: Actor, now: datetime
) -> Evidence:
    """Inspect a file, before anything is locked, and store it as proof of the claim.

    Raises NotFound, NotPermitted, Conflict if the claim is closed to additions, and Refused with POE_FILE_*,
    POE_DUPLICATE, POE_TOO_MANY, POE_DATE_FUTURE, or INVALID_FIELD for a product that is none of the claim's.
    """
    claim = claim_for(actor, public_id)
    CLAIM["add_evidence"].enforce(actor, claim.status)
    if details.signed_on is not None:
        enforce(date_refusal(details.signed_on, now=now))
    name = clean_name(name)
    verdict = inspect_file(stream, name)
    enforce(proof_refusal(verdict))
    evidence = Evidence()
    try:
        with one_transaction():
            claim = lock_claim(claim).claim
            CLAIM["add_evidence"].enforce(actor, claim.status)
            enforce(_refusal_of_products(claim, details.covers))
            enforce(_refusal_beside(list(claim.evidence.order_by("pk")), verdict))
            step = Step(actor=actor, at=now).about(claim)
            evidence = _described(step, claim, verdict, name, details)
            _store(step, claim, evidence, stream)
    except BaseException:  # even the commit may find a full disk
        evidence.file.delete(save=False)
        raise
    return evidence


def open_evidence(
    *, public_id: UUID | str, evidence_id: UUID, reads: bool, actor: Actor, now: datetime
) -> Evidence:
    """Return a file of proof, open for reading, and record who opened it (5.9).

    An opening belongs to the file's history and changes nothing of the claim. Where the caller asks only what there is
    (`reads` is false), nothing is recorded. Raises NotFound if the actor may not have the file, or if it is missing from
    storage.
    """
    claim = claim_for(actor, public_id)
    evidence = one_or_not_found(servable_evidence(claim, actor).filter(public_id=evidence_id))
    try:
        evidence.file.open("rb")
    except FileNotFoundError as error:
        raise NotFound from error
    if reads:
        _record_opening(Step(actor=actor, at=now).about(claim), evidence)
    return evidence


def _record_opening(step: Step, evidence: Evidence) -> None:
    """Write the event. The file is closed again if that fails: what is not recorded is not handed out."""
    try:
        with one_transaction():
            step.record(PROOF_OPENED, evidence, evidence=evidence.pk, sha256=evidence.sha256)
    except BaseException:
        evidence.file.close()
        raise


def _refusal_of_products(claim: Claim, covers: Sequence[str]) -> Refused | None:
    """Return why the file cannot be said to cover these products, which the locked claim has or has not; or None."""
    if claim.submitted_at is None:
        claimed = {entry["product"] for entry in claim.entries}
    else:
        claimed = set(claim.items.values_list("products__code", flat=True))
    wrong = next((place for place, code in enumerate(covers) if code not in claimed), None)
    if wrong is None:
        return None
    return Refused(
        _("This is not one of the products of the claim."), code="INVALID_FIELD", pointer=f"/covers/{wrong}"
    )


def _refusal_beside(attached: list[Evidence], verdict: Verdict) -> Refused | None:
    """Return why the claim cannot take this file beside those it has, or None."""
    for index, evidence in enumerate(attached):
        if evidence.sha256 == verdict.sha256:
            return duplicate_refusal(first_index=index, first_name=evidence.name)
    if len(attached) >= rulebook.poe_max_files:
        return Refused(
            _("A claim takes at most %(limit)d files of proof. Put several documents into one PDF.")
            % {"limit": rulebook.poe_max_files},
            code="POE_TOO_MANY",
            pointer="/file",
        )
    return None


def _described(step: Step, claim: Claim, verdict: Verdict, name: str, details: ProofDetails) -> Evidence:
    return Evidence(
        claim=claim,
        name=name,
        size=verdict.size,
        content_type=verdict.content_type,
        sha256=verdict.sha256,
        kind=details.kind,
        signed_on=details.signed_on,
        signer_name=details.signer_name,
        signer_title=details.signer_title,
        covers=list(details.covers),
        scan_state=ScanState.NOT_SCANNED,
        added_by_id=step.actor.person_id,
        added_at=step.at,
    )


def _store(step: Step, claim: Claim, evidence: Evidence, stream: BinaryIO) -> None:
    stream.seek(0)
    evidence.file.save(uuid.uuid4().hex, File(stream), save=False)
    evidence.save(force_insert=True)
    evidence.sealed_by.set(open_seals(claim))
    Claim.objects.filter(pk=claim.pk).update(touched_at=step.at, idle_warned_at=None)
    step.record(PROOF_ADDED, evidence, evidence=evidence.pk, sha256=evidence.sha256, size=evidence.size)
