"""Rules as objects: codes, a text and a pure function over frozen facts. Their order is the report's order."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from django.utils.functional import Promise

Text = str | Promise
F = TypeVar("F")


class Severity(StrEnum):
    """ERROR blocks, WARNING must be confirmed by its code, INFO is shown."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link to the next step: `rel` is its kind (claim, enrolment, support), `href` a path in this product."""

    rel: str
    href: str
    text: Text


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One result of a check.

    `pointer` is a JSON pointer into the claim ("/items/0/subscription_id"), "" for the whole claim. `guidance` lists
    steps in the order to take them: customer, global admin, support (S19-S21, S24-S25, S40).
    """

    code: str
    severity: Severity
    message: Text
    pointer: str = ""
    cause: Text = ""
    guidance: tuple[Text, ...] = ()
    links: tuple[Link, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Return plain values in the current language, as the API returns and reports store them."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "pointer": self.pointer,
            "message": str(self.message),
            "cause": str(self.cause),
            "guidance": [str(step) for step in self.guidance],
            "links": [{"rel": link.rel, "href": link.href, "text": str(link.text)} for link in self.links],
        }


@dataclass(frozen=True, kw_only=True)
class Rule(Generic[F]):
    """One rule of a list.

    `present` returns whether the rule's inputs are there; `judge` returns findings, none if the rule passes. `needs`
    names the rules that must pass before this one is evaluated, so that mere consequences are not reported.
    """

    id: str
    codes: tuple[str, ...]
    statement: Text
    basis: str = ""
    judge: Callable[[F], Iterable[Finding]]
    needs: tuple[str, ...] = ()
    present: Callable[[F], bool] = field(default=lambda _facts: True)


def errors_of(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings that block."""
    return [finding for finding in findings if finding.severity is Severity.ERROR]


def warnings_of(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings whose codes must be confirmed."""
    return [finding for finding in findings if finding.severity is Severity.WARNING]
