"""docs/validation-rules.md: all rules for claims, in the order of the report."""

from claims.rules import RULES, AnyRule, ItemRule, ruleset_version


def render_rules() -> str:
    rows = "\n".join(_row(rule) for rule in RULES)
    return f"""# Validation rules

Rule set {ruleset_version}. A rule runs if its inputs are present and the rules it needs have passed; all failures are
reported together, in this order. Live checks, drafts and submission run the same rules; approval runs D1 to D10 again.
If the directory cannot be read, no rule runs and the response is `VALIDATION_UNAVAILABLE` (503).

| Rule | Requirement | Codes | Needs | Checked for | Basis |
|---|---|---|---|---|---|
{rows}
"""


def _row(rule: AnyRule) -> str:
    codes = ", ".join(f"`{code}`" for code in rule.codes)
    needs = ", ".join(rule.needs) or "-"
    if isinstance(rule, ItemRule) and rule.attached_suffices:
        needs += " or an attached subscription"
    if isinstance(rule, ItemRule) and rule.workload_needs is not None and rule.workload_needs != rule.needs:
        needs += f" (workloads: {', '.join(rule.workload_needs) or '-'})"
    subject = "each item" if isinstance(rule, ItemRule) else "the claim"
    return f"| {rule.id} | {rule.statement} | {codes} | {needs} | {subject} | {rule.basis} |"
