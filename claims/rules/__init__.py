"""All rules, in the order of the report (domain.md part 4)."""

import hashlib

from claims.rules import access, activity, contacts, holding, products, proof, subscription, tenant
from claims.rules.base import AnyRule, ClaimRule, ItemRule, ItemView
from claims.rules.evaluation import Evaluation, evaluate

RULES: tuple[AnyRule, ...] = (
    *access.RULES,
    *tenant.RULES,
    *activity.RULES,
    *products.RULES,
    *subscription.RULES,
    *holding.RULES,
    *contacts.RULES,
    *proof.RULES,
)

EDITION = 1  # raise it if a rule's judgement changes but its declaration does not


def _digest_of(rules: tuple[AnyRule, ...]) -> str:
    declared = "\n".join(
        f"{type(rule).__name__} {rule.id} {rule.codes} {rule.needs} {rule.inputs}" for rule in rules
    )
    return hashlib.sha256(declared.encode()).hexdigest()[:12]


ruleset_version = f"{EDITION}.{_digest_of(RULES)}"

__all__ = [
    "RULES",
    "AnyRule",
    "ClaimRule",
    "Evaluation",
    "ItemRule",
    "ItemView",
    "evaluate",
    "ruleset_version",
]
