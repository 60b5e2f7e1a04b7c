"""Rules F: proof of execution and the acknowledgement. F2 is judged at upload; its refusals are worded here too."""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from claims.facts import ClaimFacts
from claims.rules.base import ClaimRule, finding_at, given
from foundation.kernel.errors import Refused
from foundation.kernel.findings import Finding, Severity
from foundation.kernel.rulebook import rulebook
from inspection import DETAIL_TEXTS, Verdict

EVIDENCE = "/evidence"
FILE = "/file"
ACCEPTED = format_lazy(
    _(
        "We accept PDF, PNG, JPEG, DOCX, XLSX and PPTX files: up to {megabytes} MB each, up to {files} "
        "files per claim."
    ),
    megabytes=rulebook.poe_max_bytes // 1_000_000,
    files=rulebook.poe_max_files,
)


def _proof_is_attached(facts: ClaimFacts) -> Iterable[Finding]:
    if not facts.given.evidence:
        yield finding_at(
            "POE_REQUIRED",
            EVIDENCE,
            _("No proof of execution is attached."),
            _(
                "The desk decides on a document that the customer signed and that names the customer and "
                "every product."
            ),
            _("Ask the customer to sign the proof, then upload it."),
            ACCEPTED,
        )


def _signature_dates_are_plausible(facts: ClaimFacts) -> Iterable[Finding]:
    for index, proof in enumerate(facts.given.evidence or ()):
        pointer = f"{EVIDENCE}/{index}/signed_on"
        if proof.signed_on is None:
            continue
        if proof.signed_on > facts.today:
            yield _date_in_the_future(pointer, proof.signed_on)
        elif proof.signed_on < facts.oldest_signature_on:
            yield finding_at(
                "POE_DATE_OLD",
                pointer,
                _("The customer's signature date, %(date)s, is more than %(months)d months ago.")
                % {"date": date_format(proof.signed_on, "j F Y"), "months": rulebook.poe_max_age_months},
                _(
                    "We usually do not accept an older proof, and it counts less if several partners claim "
                    "the same product."
                ),
                _("Ask the customer to sign again and upload the newer proof, or confirm this warning."),
                severity=Severity.WARNING,
            )


def _date_in_the_future(pointer: str, signed_on: date) -> Finding:
    return finding_at(
        "POE_DATE_FUTURE",
        pointer,
        _("The customer's signature date, %(date)s, is in the future.")
        % {"date": date_format(signed_on, "j F Y")},
        _("A proof counts from the day on which the customer signed it."),
        _(
            "Compare the date with the one beside the customer's signature. Upload the proof once it is "
            "signed."
        ),
    )


def _acknowledgement_is_given(facts: ClaimFacts) -> Iterable[Finding]:
    if not facts.given.acknowledged:
        yield finding_at(
            "ACK_REQUIRED",
            "/acknowledged",
            _("You have not ticked the acknowledgement."),
            _("It states that what the claim says is true and that the customer knows about it."),
            _("Read the acknowledgement and tick it."),
        )


def proof_refusal(verdict: Verdict) -> Refused | None:
    """Return the refusal of an upload that inspection did not accept, with the file's own code; None if it did."""
    if verdict.problem is None or verdict.detail is None:
        return None
    return _refusal(
        finding_at(
            verdict.problem.value,
            FILE,
            DETAIL_TEXTS[verdict.detail],
            ACCEPTED,
            _("Choose another file, or save this one again as described."),
        )
    )


def date_refusal(signed_on: date, *, now: datetime) -> Refused | None:
    """Return the refusal of a signature date in the future; None if the date can be stored."""
    return _refusal(_date_in_the_future("/signed_on", signed_on)) if signed_on > now.date() else None


def duplicate_refusal(*, first_index: int, first_name: str) -> Refused:
    """Return the refusal of a file that the claim already has; it points at the first copy."""
    return _refusal(
        finding_at(
            "POE_DUPLICATE",
            f"{EVIDENCE}/{first_index}",
            _("This file is already attached to the claim, as “%(name)s”.") % {"name": first_name},
            _("The content is identical, whatever the name."),
            _("Keep the first one. If you meant a newer version, upload that file."),
        )
    )


def _refusal(finding: Finding) -> Refused:
    return Refused(finding.message, code=finding.code, pointer=finding.pointer, findings=(finding,))


RULES = (
    ClaimRule(
        id="F1",
        codes=("POE_REQUIRED",),
        statement=_("Proof of execution is attached."),
        present=given("evidence"),
        inputs=("evidence",),
        judge=_proof_is_attached,
    ),
    ClaimRule(
        id="F2",
        codes=("POE_FILE_TYPE", "POE_FILE_SIZE", "POE_FILE_EMPTY", "POE_FILE_UNSAFE", "POE_DUPLICATE"),
        statement=_(
            "Every file is acceptable; judged when it is uploaded, and a refused file is not stored."
        ),
        basis="domain.md part 7",
        present=lambda _facts: False,
        inputs=("evidence",),
        judge=lambda _facts: (),
    ),
    ClaimRule(
        id="F3",
        codes=("POE_DATE_FUTURE", "POE_DATE_OLD"),
        statement=format_lazy(
            _(
                "The customer's signature date is not in the future; a warning if it is older than "
                "{months} months."
            ),
            months=rulebook.poe_max_age_months,
        ),
        present=given("evidence"),
        inputs=("evidence",),
        judge=_signature_dates_are_plausible,
    ),
    ClaimRule(
        id="F4",
        codes=("ACK_REQUIRED",),
        statement=_("The acknowledgement is ticked."),
        present=given("acknowledged"),
        inputs=("acknowledged",),
        judge=_acknowledgement_is_given,
    ),
)
