"""Rules B: the customer's tenant."""

from tests.claims.rules.stated import facts, report, rule, said


def test_b1_a_guid_passes_and_anything_else_fails() -> None:
    assert said("B1", facts()) == []
    assert said("B1", facts(tenant_guid=None)) == [("TENANT_ID_FORMAT", "/tenant_id")]


def test_b1_is_silent_while_no_tenant_id_was_sent() -> None:
    assert said("B1", facts(given={"tenant_guid": None}, tenant_guid=None)) == []


def test_b2_a_domain_passes_and_anything_else_fails() -> None:
    assert said("B2", facts()) == []
    assert said("B2", facts(domain=None)) == [("SUBDOMAIN_FORMAT", "/domain")]


def test_b2_is_silent_while_no_domain_was_sent() -> None:
    assert said("B2", facts(given={"domain": None}, domain=None)) == []


def test_b3_refuses_in_one_way_if_no_tenant_has_both() -> None:
    assert said("B3", facts()) == []
    assert said("B3", facts(tenant=None)) == [("DOMAIN_TENANT_MISMATCH", "/domain")]


def test_b3_waits_for_both_inputs() -> None:
    assert said("B3", facts(given={"domain": None}, domain=None, tenant=None)) == []
    assert said("B3", facts(given={"tenant_guid": None}, tenant_guid=None, tenant=None)) == []


def test_b3_needs_b1_and_b2() -> None:
    assert rule("B3").needs == ("B1", "B2")
    assert report(facts(tenant_guid=None, domain=None, tenant=None)) == [
        ("TENANT_ID_FORMAT", "/tenant_id"),
        ("SUBDOMAIN_FORMAT", "/domain"),
    ]


def test_b4_refuses_the_companys_own_tenant() -> None:
    assert said("B4", facts()) == []
    assert said("B4", facts(is_own_tenant=True)) == [("OWN_TENANT", "/tenant_id")]


def test_b4_needs_b1_only() -> None:
    assert rule("B4").needs == ("B1",)
    assert report(facts(is_own_tenant=True, tenant=None)) == [
        ("DOMAIN_TENANT_MISMATCH", "/domain"),
        ("OWN_TENANT", "/tenant_id"),
    ]
