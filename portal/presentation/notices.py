"""What a page says about what was typed: findings of the check and faults of the fields, in one shape."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from django.urls import reverse

from foundation.kernel.errors import DomainError
from foundation.kernel.findings import Finding, Severity

Links = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One thing said: in the summary on top and beside its field, in the same words.

    `anchor` is the address of the field or of the step it belongs to, "" where there is none.
    """

    severity: str
    code: str
    message: str
    pointer: str = ""
    cause: str = ""
    guidance: tuple[str, ...] = ()
    links: Links = ()
    anchor: str = ""

    @property
    def is_error(self) -> bool:
        return self.severity == Severity.ERROR

    @property
    def is_warning(self) -> bool:
        return self.severity == Severity.WARNING

    def at(self, anchor: str) -> "Notice":
        """Return the same notice with the address of the place that it is about."""
        return replace(self, anchor=anchor)


def notices_from(
    findings: Iterable[Finding | Mapping[str, Any]], *, public_id: object = None
) -> list[Notice]:
    """Return findings, or what was kept of them between two requests, as notices; support links name the claim."""
    return [_notice(finding, public_id) for finding in findings]


def notices_of_refusal(refusal: DomainError, *, public_id: object = None) -> list[Notice]:
    """Return a refusal's findings, after the refusal itself unless one of them is the error."""
    notices = notices_from(refusal.findings, public_id=public_id)
    if errors_in(notices):
        return notices
    pointer = "" if notices else refusal.pointer
    itself = Notice(severity=Severity.ERROR, code=refusal.code, message=str(refusal.message), pointer=pointer)
    return [itself, *notices]


def errors_in(notices: Iterable[Notice]) -> list[Notice]:
    return [notice for notice in notices if notice.is_error]


def warnings_in(notices: Iterable[Notice]) -> list[Notice]:
    return [notice for notice in notices if notice.is_warning]


def one_of_each_code(notices: Sequence[Notice]) -> list[tuple[str, list[Notice]]]:
    """Return the warnings grouped by code, as they are confirmed, in the order of the report."""
    grouped: dict[str, list[Notice]] = {}
    for notice in notices:
        grouped.setdefault(notice.code, []).append(notice)
    return list(grouped.items())


def _notice(finding: Finding | Mapping[str, Any], public_id: object) -> Notice:
    row = finding.as_dict() if isinstance(finding, Finding) else finding
    links = cast("list[dict[str, str]]", row["links"])
    return Notice(
        severity=str(row["severity"]),
        code=str(row["code"]),
        message=str(row["message"]),
        pointer=str(row["pointer"]),
        cause=str(row["cause"]),
        guidance=tuple(cast("list[str]", row["guidance"])),
        links=tuple((_address(link, public_id, str(row["code"])), link["text"]) for link in links),
    )


def _address(link: Mapping[str, str], public_id: object, code: str) -> str:
    if link["rel"] == "support" and public_id is not None:
        return f"{reverse('claims:support')}?claim={public_id}&code={code}"
    return link["href"]
