"""The check that live checks, drafts, submissions, edits, approvals and imports share (domain.md part 4)."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import Error as AnyDatabaseError
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from associations.enums import Activity, Lane
from claims.facts import ClaimFacts, ItemFacts, completed, gather_facts
from claims.inputs import ClaimInput, Purpose
from claims.rules import RULES, AnyRule, Evaluation, evaluate, ruleset_version
from claims.rules.access import role_findings
from foundation.kernel.actor import Actor
from foundation.kernel.errors import NotPermitted, Unavailable
from foundation.kernel.findings import Finding, errors_of, warnings_of
from partners.selectors import global_admins_of

AT_APPROVAL = frozenset({"D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8", "D9", "D10"})
ANSWERS_AVAILABILITY = frozenset({"D10", "D11"})


@dataclass(frozen=True, kw_only=True)
class ItemReport:
    """What a report reveals about one entry besides findings.

    State and channel appear only if a typed ID is the tenant's (D4 passed). The ID is the typed one, never that of an
    attached subscription (S42).
    """

    index: int
    product: str
    subscription_id: str = ""
    state: str | None = None
    channel: str | None = None

    def as_dict(self) -> dict[str, object]:
        typed = {"subscription_id": self.subscription_id} if self.subscription_id else {}
        return {"product": self.product, **typed, "state": self.state, "channel": self.channel}


@dataclass(frozen=True, kw_only=True)
class ResolvedItem:
    """One future item: a subscription with its claimed products, or a workload.

    `entries` are the indexes of the input's entries that make up the item.
    """

    subscription_id: int | None
    workload_id: int | None
    product_ids: tuple[int, ...]
    attached: bool
    entries: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """What a submission stores. It is complete if the report has no errors, and is never shown."""

    location_id: int | None = None
    tenant_id: int | None = None
    mpn_id: str | None = None
    tenant_guid: UUID | None = None
    domain: str | None = None
    activities: tuple[Activity, ...] = ()
    lane: Lane | None = None
    items: tuple[ResolvedItem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Report:
    """The result of a check. The caller can see everything but `resolved`."""

    findings: tuple[Finding, ...]
    items: tuple[ItemReport, ...]
    directory_as_of: datetime | None
    ruleset_version: str
    resolved: Resolved
    withheld: tuple[str, ...] = ()  # codes that are missing because they may not be told just now (metered)
    availability_answers: int  # entries for which the report reveals whether their scope is free (metered)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Return the findings that block."""
        return tuple(errors_of(self.findings))

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Return the findings that must be confirmed."""
        return tuple(warnings_of(self.findings))

    def unconfirmed(self, confirmed_codes: Collection[str]) -> tuple[Finding, ...]:
        """Return the warnings whose codes are not among the confirmed ones."""
        return tuple(warning for warning in self.warnings if warning.code not in confirmed_codes)

    def as_dict(self) -> dict[str, object]:
        """Return the report as the API shows it, in the reader's language."""
        return {
            "findings": [finding.as_dict() for finding in self.findings],
            "items": [item.as_dict() for item in self.items],
            "directory_as_of": None
            if self.directory_as_of is None
            else self.directory_as_of.isoformat().replace("+00:00", "Z"),
        }

    def as_record(self) -> dict[str, object]:
        """Return what is stored with a submitted claim: the report and the version of the rules."""
        return {**self.as_dict(), "ruleset_version": self.ruleset_version}


def check(
    claim_input: ClaimInput,
    *,
    actor: Actor,
    now: datetime,
    purpose: Purpose,
    changed: Collection[str] | None = None,
    withheld: Collection[str] = (),
) -> Report:
    """Return the report on a claim, with all failures together in the order of the rules. Reads only.

    `changed` names the fields that an edit changes. Rules that look at one of them are judged on the whole claim; the
    others count as passed, and the claim's tenant and location as settled. Rules named in `withheld` are not judged, and
    neither is what needs them. For an APPROVAL, the items name their stored
    subscriptions, attached ones included.

    Raises NotPermitted ROLE_NOT_ALLOWED (A1), and Unavailable VALIDATION_UNAVAILABLE if the directory cannot be read and
    nothing was checked.
    """
    if purpose is Purpose.SUBMISSION:
        claim_input = completed(claim_input)
    is_judged = _selection(purpose, changed)
    with _directory_readable():
        refuse_role(actor=actor, purpose=purpose)
        facts = gather_facts(
            claim_input,
            actor=actor,
            purpose=purpose,
            now=now,
            tenant_is_settled=not is_judged(_RULE["B3"]),
            location_is_settled=not is_judged(_RULE["A3"]),
        )
    evaluation = evaluate(RULES, facts, is_judged=is_judged, withheld=withheld)
    return Report(
        findings=tuple(evaluation.findings),
        items=tuple(_item_report(item, evaluation) for item in facts.items),
        directory_as_of=facts.directory_as_of,
        ruleset_version=ruleset_version,
        resolved=_resolved(facts, evaluation),
        withheld=tuple(code for rule in RULES if rule.id in withheld for code in rule.codes),
        availability_answers=sum(
            not ANSWERS_AVAILABILITY.isdisjoint(judged) for judged in evaluation.judged_by_item.values()
        ),
    )


def judged_rules(purpose: Purpose, changed: Collection[str] | None) -> frozenset[str]:
    """Return the ids of the rules that such a check judges."""
    is_judged = _selection(purpose, changed)
    return frozenset(rule.id for rule in RULES if is_judged(rule))


def refuse_role(*, actor: Actor, purpose: Purpose) -> None:
    """Raise NotPermitted, with the roles needed and the people to ask, if the actor's role does not allow this (A1)."""
    if not any(True for _finding in role_findings(actor, purpose)):
        return
    names = global_admins_of(actor.organisation_id) if actor.organisation_id else ()
    (finding,) = role_findings(actor, purpose, names)
    message = " ".join(str(part) for part in (finding.message, *finding.guidance))
    raise NotPermitted(message, code=finding.code, findings=(finding,))


_RULE: Mapping[str, AnyRule] = {rule.id: rule for rule in RULES}


def _selection(purpose: Purpose, changed: Collection[str] | None) -> Callable[[AnyRule], bool]:
    """Return a test of which rules are judged this time."""
    if purpose is Purpose.APPROVAL:
        return lambda rule: rule.id in AT_APPROVAL
    if changed is not None:
        fields = frozenset(changed)
        return lambda rule: not fields.isdisjoint(rule.inputs)
    return lambda _rule: True


@contextmanager
def _directory_readable() -> Iterator[None]:
    """Turn any error of the database into Unavailable and leave a surrounding transaction usable."""
    try:
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            yield
    except AnyDatabaseError as error:
        raise Unavailable(
            _(
                "We cannot read the customer directory at the moment, so nothing was checked and nothing was "
                "accepted. What you saved before is kept. Try again in a few minutes."
            )
        ) from error


def _item_report(item: ItemFacts, evaluation: Evaluation) -> ItemReport:
    subscription = item.subscription if "D4" in evaluation.passed_by_item[item.index] else None
    shown = subscription if subscription is not None and not item.attached else None
    return ItemReport(
        index=item.index,
        product=item.product_code,
        subscription_id="" if item.is_workload else str(item.guid or item.typed_id),
        state=shown.state if shown else None,
        channel=shown.channel if shown else None,
    )


def _resolved(facts: ClaimFacts, evaluation: Evaluation) -> Resolved:
    return Resolved(
        location_id=facts.location.id if facts.location else None,
        tenant_id=facts.tenant.id if facts.tenant else None,
        mpn_id=facts.mpn_id,
        tenant_guid=facts.tenant_guid,
        domain=facts.domain,
        activities=facts.activities,
        lane=facts.lane,
        items=_resolved_items(facts, evaluation),
    )


def _resolved_items(facts: ClaimFacts, evaluation: Evaluation) -> tuple[ResolvedItem, ...]:
    """Return items for the entries on the tenant, in order; entries of one subscription form one item."""
    groups: dict[tuple[int | None, int | None], list[ItemFacts]] = {}
    for item in facts.items:
        passed = evaluation.passed_by_item[item.index]
        if item.product is None or "D1" not in passed:
            continue
        if item.is_workload:
            groups.setdefault((None, item.product.id), []).append(item)
        elif item.subscription is not None and not passed.isdisjoint({"D2", "D6"}):
            groups.setdefault((item.subscription.id, None), []).append(item)
    return tuple(
        ResolvedItem(
            subscription_id=subscription_id,
            workload_id=workload_id,
            product_ids=tuple(dict.fromkeys(item.product.id for item in items if item.product)),
            attached=bool(subscription_id) and all(item.attached for item in items),
            entries=tuple(item.index for item in items),
        )
        for (subscription_id, workload_id), items in groups.items()
    )
