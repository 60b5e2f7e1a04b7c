"""The shape of rules: about the claim as a whole, or about each of its items by itself."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from claims.facts import ClaimFacts, ItemFacts
from claims.guidance import ASK_FOR_HELP
from claims.links import support_link
from foundation.kernel.findings import Finding, Link, Rule, Severity, Text


@dataclass(frozen=True, kw_only=True)
class ItemView:
    """One item in its claim, which is what a rule about items looks at."""

    claim: ClaimFacts
    item: ItemFacts


@dataclass(frozen=True, kw_only=True)
class ClaimRule(Rule[ClaimFacts]):
    """A rule about the claim as a whole. It runs again if one of the fields in `inputs` changes."""

    inputs: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ItemRule(Rule[ItemView]):
    """A rule judged for each item; a failure of one item never silences the others.

    `workload_needs` replaces `needs` for workloads; None means that the rule does not judge them.
    `attached_suffices` means that an item with an attached subscription needs that attachment and nothing else.
    `judge_none` judges a claim without items.
    """

    inputs: tuple[str, ...] = ()
    workload_needs: tuple[str, ...] | None = None
    attached_suffices: bool = False
    judge_none: Callable[[ClaimFacts], Iterable[Finding]] = field(default=lambda _facts: ())


AnyRule = ClaimRule | ItemRule


def given(*names: str) -> Callable[[ClaimFacts], bool]:
    """Return a test of whether the caller sent all of these fields, empty or not."""
    return lambda facts: all(getattr(facts.given, name) is not None for name in names)


def id_typed(view: ItemView) -> bool:
    """Return whether a subscription ID was typed for the item; an empty one counts as absent."""
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
