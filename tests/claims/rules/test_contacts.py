"""Rules E: contacts and revenue details."""

from dataclasses import replace

import pytest

from claims.inputs import ContactInput, Purpose, RevenueInput
from tests.claims.rules.stated import PERSON, facts, report, rule, said

THREE = {"customer": PERSON, "partner": PERSON, "technical": PERSON}


@pytest.mark.parametrize("kind", ["customer", "partner"])
@pytest.mark.parametrize("field", ["last_name", "title", "email"])
def test_e1_reports_every_blank_required_field(kind: str, field: str) -> None:
    contacts = {**THREE, kind: replace(PERSON, **{field: "  "})}

    assert said("E1", facts(given={"contacts": contacts})) == [
        ("CONTACT_REQUIRED", f"/contacts/{kind}/{field}")
    ]


@pytest.mark.parametrize("field", ["first_name", "phone"])
def test_e1_and_e2_take_a_person_without_first_name_or_phone_number(field: str) -> None:
    person = replace(PERSON, **{field: ""})
    stated = facts(given={"contacts": dict.fromkeys(THREE, person)})

    assert said("E1", stated) + said("E2", stated) == []


@pytest.mark.parametrize("address", ["cora", "cora@", "@contoso.com", "cora@contoso", "co ra@contoso.com"])
def test_e1_refuses_an_address_that_is_not_an_email_address(address: str) -> None:
    contacts = {**THREE, "customer": replace(PERSON, email=address)}

    assert said("E1", facts(given={"contacts": contacts})) == [
        ("CONTACT_REQUIRED", "/contacts/customer/email")
    ]


def test_e1_reports_a_missing_contact_at_submission() -> None:
    assert said("E1", facts(given={"contacts": {}})) == [
        ("CONTACT_REQUIRED", "/contacts/customer"),
        ("CONTACT_REQUIRED", "/contacts/partner"),
    ]


def test_e1_judges_only_contacts_that_were_sent_before_submission() -> None:
    one = {"partner": ContactInput(first_name="Paul")}

    assert said("E1", facts(given={"contacts": one}, purpose=Purpose.CHECK)) == [
        ("CONTACT_REQUIRED", "/contacts/partner/last_name"),
        ("CONTACT_REQUIRED", "/contacts/partner/title"),
        ("CONTACT_REQUIRED", "/contacts/partner/email"),
    ]


def test_e2_business_applications_needs_a_technical_contact_and_microsoft_365_does_not() -> None:
    two = {"customer": PERSON, "partner": PERSON}

    assert said("E2", facts(given={"contacts": two})) == [("TECH_CONTACT_REQUIRED", "/contacts/technical")]
    assert said("E2", facts(given={"contacts": two, "solution_area": "microsoft_365"})) == []


def test_e2_reports_a_blank_field() -> None:
    contacts = {**THREE, "technical": replace(PERSON, title="")}

    assert said("E2", facts(given={"contacts": contacts})) == [
        ("TECH_CONTACT_REQUIRED", "/contacts/technical/title")
    ]


@pytest.mark.parametrize("field", ["seller_name", "customer_name", "solution_name"])
def test_e3_revenue_association_needs_each_detail(field: str) -> None:
    details = replace(RevenueInput(seller_name="S", customer_name="C", solution_name="I"), **{field: " "})
    given = {"activities": ("revenue_association",), "revenue_details": details}

    assert said("E3", facts(given=given)) == [("REVENUE_DETAILS_REQUIRED", f"/revenue_details/{field}")]


@pytest.mark.parametrize("activity", ["presales", "usage"])
def test_e3_other_activities_need_no_details(activity: str) -> None:
    assert said("E3", facts(given={"activities": (activity,), "revenue_details": RevenueInput()})) == []


def test_e3_is_silent_while_no_details_were_sent() -> None:
    given = {"activities": ("revenue_association",), "revenue_details": None}

    assert said("E3", facts(given=given)) == []


def test_e4_warns_about_an_address_outside_the_tenant() -> None:
    assert said("E4", facts()) == []
    assert said("E4", facts(customer_mail_is_tenants=False)) == [
        ("CONTACT_DOMAIN_MISMATCH", "/contacts/customer/email")
    ]


def test_e4_is_silent_about_a_malformed_address() -> None:
    contacts = {**THREE, "customer": replace(PERSON, email="cora")}

    assert said("E4", facts(given={"contacts": contacts}, customer_mail_is_tenants=False)) == []


def test_e4_needs_b3() -> None:
    assert rule("E4").needs == ("B3",)
    assert report(facts(tenant=None, customer_mail_is_tenants=False)) == [
        ("DOMAIN_TENANT_MISMATCH", "/domain")
    ]
