"""Evaluation of rules over facts: each runs once the rules it needs have passed; findings keep the list's order."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from graphlib import TopologicalSorter

from claims.facts import ClaimFacts, ItemFacts
from claims.rules.base import AnyRule, ClaimRule, ItemRule, ItemView
from foundation.kernel.findings import Finding, Severity

ATTACHES = "D2"  # the rule that has passed if the system attached the only subscription


@dataclass(kw_only=True)
class Evaluation:
    """The findings, the rules that passed, and for each item (by its index) the rules that were judged."""

    findings: list[Finding] = field(default_factory=list)
    passed: set[str] = field(default_factory=set)
    passed_by_item: dict[int, set[str]] = field(default_factory=dict)
    judged_by_item: dict[int, set[str]] = field(default_factory=dict)


def evaluate(
    rules: tuple[AnyRule, ...],
    facts: ClaimFacts,
    *,
    is_judged: Callable[[AnyRule], bool] = lambda _rule: True,
    withheld: Collection[str] = (),
) -> Evaluation:
    """Return the result of the rules on the facts.

    A rule that is not judged yields nothing and counts as passed; one that is withheld yields nothing and counts as not
    passed, so that nothing follows from it either.
    """
    evaluation = Evaluation(
        passed_by_item={item.index: set() for item in facts.items},
        judged_by_item={item.index: set() for item in facts.items},
    )
    said: dict[str, list[Finding]] = {}
    for rule in _judging_order(rules):
        if rule.id in withheld:
            continue
        if not is_judged(rule):
            _grant(rule, evaluation)
        elif isinstance(rule, ClaimRule):
            said[rule.id] = _judge_claim(rule, facts, evaluation)
        else:
            said[rule.id] = _judge_items(rule, facts, evaluation)
    evaluation.findings = [finding for rule in rules for finding in said.get(rule.id, ())]
    return evaluation


def _judging_order(rules: tuple[AnyRule, ...]) -> tuple[AnyRule, ...]:
    """Return the rules so that each follows those it needs; some need rules that come later in the report."""
    by_id = {rule.id: rule for rule in rules}
    return tuple(
        by_id[rule_id]
        for rule_id in TopologicalSorter({rule.id: _needs(rule) for rule in rules}).static_order()
    )


def _needs(rule: AnyRule) -> set[str]:
    needs = set(rule.needs)
    if isinstance(rule, ItemRule):
        needs |= set(rule.workload_needs or ()) | ({ATTACHES} if rule.attached_suffices else set())
    return needs


def _grant(rule: AnyRule, evaluation: Evaluation) -> None:
    if isinstance(rule, ClaimRule):
        evaluation.passed.add(rule.id)
        return
    for passed in evaluation.passed_by_item.values():
        passed.add(rule.id)


def _judge_claim(rule: ClaimRule, facts: ClaimFacts, evaluation: Evaluation) -> list[Finding]:
    if not evaluation.passed.issuperset(rule.needs) or not rule.present(facts):
        return []
    findings = list(rule.judge(facts))
    if _is_passed(findings):
        evaluation.passed.add(rule.id)
    return findings


def _judge_items(rule: ItemRule, facts: ClaimFacts, evaluation: Evaluation) -> list[Finding]:
    if not facts.items:
        return list(rule.judge_none(facts)) if evaluation.passed.issuperset(rule.needs) else []
    said = []
    for item in facts.items:
        view = ItemView(claim=facts, item=item)
        passed = evaluation.passed_by_item[item.index]
        if not _is_due(rule, item, evaluation.passed | passed) or not rule.present(view):
            continue
        evaluation.judged_by_item[item.index].add(rule.id)
        findings = list(rule.judge(view))
        if _is_passed(findings):
            passed.add(rule.id)
        said += findings
    return said


def _is_due(rule: ItemRule, item: ItemFacts, passed: set[str]) -> bool:
    if item.is_workload:
        return rule.workload_needs is not None and passed.issuperset(rule.workload_needs)
    if rule.attached_suffices and item.attached:
        return ATTACHES in passed
    return passed.issuperset(rule.needs)


def _is_passed(findings: Iterable[Finding]) -> bool:
    """Return whether none of the rule's findings is an error."""
    return not any(finding.severity is Severity.ERROR for finding in findings)
