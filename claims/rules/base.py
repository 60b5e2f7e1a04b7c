"""The shape of a rule about a claim: about the whole, or about each of its items by itself."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from claims.facts import ClaimFacts, ItemFacts
from claims.guidance import ASK_FOR_HELP
from claims.links import support_link
from foundation.kernel.findings import Finding, Link, Rule, Severity, Text


@dataclass(frozen=True, kw_only=True)
class ItemView:
    """One item in its claim: what a rule about items looks at."""

    claim: ClaimFacts
    item: ItemFacts


@dataclass(frozen=True, kw_only=True)
class ClaimRule(Rule[ClaimFacts]):
    """A rule about the claim as a whole. `inputs` are the fields of the claim whose change reruns it."""

    inputs: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ItemRule(Rule[ItemView]):
    """A rule judged for each item; one item never silences another's.

    `workload_needs` replaces `needs` for Microsoft 365 items, None where such items are not judged at all.
    `attached_suffices`: an item whose subscription the system attached needs nothing of `needs` but that
    attachment. `judge_none` speaks where the claim names no item.
    """

    inputs: tuple[str, ...] = ()
    workload_needs: tuple[str, ...] | None = None
    attached_suffices: bool = False
    judge_none: Callable[[ClaimFacts], Iterable[Finding]] = field(default=lambda _facts: ())


AnyRule = ClaimRule | ItemRule


def given(*names: str) -> Callable[[ClaimFacts], bool]:
    """Whether the caller sent all of these, empty or not."""
    return lambda facts: all(getattr(facts.given, name) is not None for name in names)


def id_typed(view: ItemView) -> bool:
    """Whether a subscription ID was typed for the item; an empty one counts as absent."""
    return bool(view.item.typed_id)


def finding_at(
    code: str,
    pointer: str,
    message: Text,
    cause: Text,
    *steps: Text,
    severity: Severity = Severity.ERROR,
    last: Text = ASK_FOR_HELP,
    links: tuple[Link, ...] = (),
) -> Finding:
    """Return a finding whose guidance ends with `last`, and whose links end with the one to support."""
    return Finding(
        code=code,
        severity=severity,
        pointer=pointer,
        message=message,
        cause=cause,
        guidance=(*steps, last),
        links=(*links, support_link()),
    )
