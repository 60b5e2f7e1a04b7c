"""The list of rules as a whole: its order, needs and texts, and its evaluation over any facts."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from associations.enums import Activity
from claims.facts import (
    ClaimFacts,
    ItemFacts,
    LocationFacts,
    ProductFacts,
    SubscriptionFacts,
    TenantFacts,
)
from claims.inputs import ClaimInput, ContactInput, Entry, ProofInput, Purpose, RevenueInput
from claims.rules import RULES, AnyRule, ItemRule, evaluate, ruleset_version
from foundation.kernel.findings import Finding
from tests.claims.rules.stated import TODAY, facts, item, partner, report

TABLE = {
    "A1": ("ROLE_NOT_ALLOWED",),
    "A2": ("MPN_FORMAT",),
    "A3": ("MPN_NOT_YOURS",),
    "A4": ("MPN_NOT_ENROLLED",),
    "A5": ("MPN_TYPE_NOT_SHOWN",),
    "A6": ("MPN_REGION",),
    "B1": ("TENANT_ID_FORMAT",),
    "B2": ("SUBDOMAIN_FORMAT",),
    "B3": ("DOMAIN_TENANT_MISMATCH",),
    "B4": ("OWN_TENANT",),
    "C1": ("ACTIVITY_NOT_FOR_AREA",),
    "C2": ("ACTIVITY_COMBINATION",),
    "C3": ("ACTIVITY_CHECK",),
    "C4": ("PRODUCT_REQUIRED", "PRODUCT_NOT_FOR_AREA", "PRODUCT_NOT_CLAIMABLE"),
    "C5": ("ITEM_DUPLICATE",),
    "D3": ("NOT_A_SUBSCRIPTION_ID",),
    "D4": ("SUBSCRIPTION_NOT_ON_TENANT",),
    "D1": ("PRODUCT_NOT_ON_TENANT",),
    "D2": ("SUBSCRIPTION_REQUIRED",),
    "D5": ("SUBSCRIPTION_NOT_DYNAMICS",),
    "D6": ("SUBSCRIPTION_PRODUCT_MISMATCH",),
    "D7": ("SUBSCRIPTION_IS_CSP", "CHANNEL_NOT_ELIGIBLE"),
    "D8": ("SUBSCRIPTION_NOT_PROVISIONED",),
    "D9": ("SUBSCRIPTION_NOT_ACTIVE",),
    "D10": ("SUBSCRIPTION_ALREADY_CLAIMED", "WORKLOAD_ALREADY_CLAIMED"),
    "D11": ("COMPETING_CLAIM",),
    "E1": ("CONTACT_REQUIRED",),
    "E2": ("TECH_CONTACT_REQUIRED",),
    "E3": ("REVENUE_DETAILS_REQUIRED",),
    "E4": ("CONTACT_DOMAIN_MISMATCH",),
    "F1": ("POE_REQUIRED",),
    "F2": ("POE_FILE_TYPE", "POE_FILE_SIZE", "POE_FILE_EMPTY", "POE_FILE_UNSAFE", "POE_DUPLICATE"),
    "F3": ("POE_DATE_FUTURE", "POE_DATE_OLD"),
    "F4": ("ACK_REQUIRED",),
}
NEEDS = {
    "A3": {"A2"},
    "A4": {"A3", "C1"},
    "A6": {"A3", "B3"},
    "B3": {"B1", "B2"},
    "B4": {"B1"},
    "C2": {"C1"},
    "E4": {"B3"},
    "C4": {"C1"},
    "D1": {"B3", "C4"},
    "D3": {"B3"},
    "D4": {"D3"},
    "D2": {"D1"},
    "D5": {"D4"},
    "D6": {"D1", "D5"},
    "D7": {"D6"},
    "D8": {"D6"},
    "D9": {"D6"},
    "D10": {"D7", "D8", "D9"},
    "D11": {"D7", "D8", "D9"},
}
RULE_OF = {code: rule_id for rule_id, codes in TABLE.items() for code in codes}


def test_the_rules_have_the_order_and_the_codes_of_the_rulebook() -> None:
    assert {rule.id: rule.codes for rule in RULES} == TABLE
    assert [rule.id for rule in RULES] == list(TABLE)


def test_the_rules_need_what_the_rulebook_lists() -> None:
    assert {rule.id: set(rule.needs) for rule in RULES if rule.needs} == NEEDS


def test_a_needed_rule_runs_first_wherever_it_is_listed() -> None:
    """A4 is listed before C1, which it needs: the report follows the list, the judging follows the needs."""
    enrolled_nowhere = LocationFacts(id=1, country="US", programmes=frozenset())

    assert report(facts(location=enrolled_nowhere)) == [("MPN_NOT_ENROLLED", "/mpn_id")]


def test_the_version_of_the_rules_is_stated() -> None:
    edition, _dot, digest = ruleset_version.partition(".")

    assert (edition.isdigit(), len(digest)) == (True, 12)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_has_a_text(rule: AnyRule) -> None:
    assert str(rule.statement).endswith(".")


# --- Any facts ---

ids = st.integers(1, 3)
texts = st.sampled_from(["", "x", "usage", "presales", "revenue_association", "business_applications"])
products = st.builds(
    ProductFacts,
    id=ids,
    name=st.just("Product"),
    solution_area=st.sampled_from(["business_applications", "microsoft_365"]),
    is_workload=st.booleans(),
    is_claimable=st.booleans(),
)
subscriptions = st.builds(
    SubscriptionFacts,
    id=ids,
    channel=st.sampled_from(["volume_licensing", "csp", "other"]),
    state=st.sampled_from(["active", "in_grace", "suspended", "deleted"]),
    provisioning=st.sampled_from(["success", "pending"]),
    product_ids=st.frozensets(ids),
    has_claimable_kind=st.booleans(),
)
items = st.builds(
    ItemFacts,
    index=st.just(0),
    product_code=st.sampled_from(["", "a", "b"]),
    typed_id=st.sampled_from(["", "ORDER-1", "guid"]),
    product=st.none() | products,
    is_workload=st.booleans(),
    guid=st.none() | st.just(UUID(int=5)),
    is_subscription_id=st.booleans(),
    subscription=st.none() | subscriptions,
    attached=st.booleans(),
    is_repeated=st.booleans(),
    subscriptions_known=st.integers(0, 2),
    is_carried=st.booleans(),
    already_claimed=st.booleans(),
    is_contested=st.booleans(),
)
contacts = st.builds(
    ContactInput,
    first_name=st.sampled_from(["", "A"]),
    last_name=st.just("B"),
    title=st.just("C"),
    email=st.sampled_from(["", "no", "a@contoso.com"]),
)
inputs = st.builds(
    ClaimInput,
    organisation_id=st.just(1),
    mpn_id=st.none() | texts,
    tenant_guid=st.none() | texts,
    domain=st.none() | texts,
    solution_area=st.none() | st.sampled_from(["", "x", "business_applications", "microsoft_365"]),
    activities=st.none() | st.lists(texts, max_size=3).map(tuple),
    items=st.none() | st.just(()) | st.just((Entry(product="a"),)),
    contacts=st.none() | st.dictionaries(st.sampled_from(["customer", "partner", "technical"]), contacts),
    revenue_details=st.none() | st.just(RevenueInput()),
    evidence=st.none()
    | st.lists(st.builds(ProofInput, signed_on=st.none() | st.dates()), max_size=2).map(tuple),
    acknowledged=st.none() | st.booleans(),
)


@st.composite
def any_facts(draw: st.DrawFn) -> ClaimFacts:
    typed = draw(inputs)
    drawn = draw(st.lists(items, max_size=3))
    return ClaimFacts(
        given=typed,
        actor=partner(),
        purpose=draw(st.sampled_from(list(Purpose))),
        today=TODAY,
        oldest_signature_on=date(2019, 7, 6),
        activities=tuple(
            dict.fromkeys(Activity(code) for code in typed.activities or () if code in Activity.values)
        ),
        mpn_id=draw(st.none() | st.just("4391507")),
        location=draw(
            st.none()
            | st.builds(
                LocationFacts,
                id=ids,
                country=st.sampled_from(["US", "FR"]),
                programmes=st.frozensets(st.sampled_from(["OSA_SELL", "OSU_BA", "OSU_M365"])),
            )
        ),
        tenant_guid=draw(st.none() | st.just(UUID(int=9))),
        domain=draw(st.none() | st.just("contoso.com")),
        tenant=draw(st.none() | st.just(TenantFacts(id=1, country="US"))),
        is_own_tenant=draw(st.booleans()),
        customer_mail_is_tenants=draw(st.booleans()),
        items=tuple(replace(one, index=index) for index, one in enumerate(drawn)),
    )


def _index(finding: Finding) -> int | None:
    parts = finding.pointer.split("/")
    return int(parts[2]) if parts[1:2] == ["items"] and len(parts) > 2 else None


@settings(max_examples=300, deadline=None)
@given(any_facts())
def test_findings_keep_the_order_and_follow_only_rules_whose_needs_passed(stated: ClaimFacts) -> None:
    findings = evaluate(RULES, stated).findings

    order = list(TABLE)
    places = [(order.index(RULE_OF[finding.code]), _index(finding) or 0) for finding in findings]
    assert places == sorted(places)
    blocked: dict[int | None, set[str]] = {}
    for finding in findings:
        if finding.severity == "error":
            blocked.setdefault(_index(finding), set()).add(RULE_OF[finding.code])
    by_id = {rule.id: rule for rule in RULES}
    for finding in findings:
        rule, index = by_id[RULE_OF[finding.code]], _index(finding)
        needs = set(rule.needs)
        if isinstance(rule, ItemRule) and index is not None:
            one = stated.items[index]
            if one.is_workload:
                assert rule.workload_needs is not None
                needs = set(rule.workload_needs)
            elif rule.attached_suffices and one.attached:
                needs = {"D2"}
        assert not needs & (
            blocked.get(None, set()) | (blocked.get(index, set()) if index is not None else set())
        )


@settings(max_examples=100, deadline=None)
@given(any_facts(), st.data())
def test_one_item_never_changes_the_findings_of_another(stated: ClaimFacts, data: st.DataObject) -> None:
    if not stated.items:
        return
    alone = data.draw(st.sampled_from(stated.items))

    together = [finding for finding in evaluate(RULES, stated).findings if _index(finding) == alone.index]
    by_itself = [
        finding
        for finding in evaluate(RULES, replace(stated, items=(alone,))).findings
        if _index(finding) == alone.index
    ]

    assert together == by_itself


def test_all_failures_are_reported_together() -> None:
    stated = facts(
        item(is_subscription_id=False, subscription=None),
        item(index=1, product=None),
        mpn_id=None,
        given={"contacts": {}, "evidence": (), "acknowledged": False},
    )

    assert report(stated) == [
        ("MPN_FORMAT", "/mpn_id"),
        ("PRODUCT_NOT_FOR_AREA", "/items/1/product"),
        ("NOT_A_SUBSCRIPTION_ID", "/items/0/subscription_id"),
        ("CONTACT_REQUIRED", "/contacts/customer"),
        ("CONTACT_REQUIRED", "/contacts/partner"),
        ("TECH_CONTACT_REQUIRED", "/contacts/technical"),
        ("POE_REQUIRED", "/evidence"),
        ("ACK_REQUIRED", "/acknowledged"),
    ]
