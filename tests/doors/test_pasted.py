"""What people paste means the same at every door (domain.md part 2, Formats)."""

from typing import Any

import pytest
from django.urls import reverse

from claims.models import Claim, Contact
from foundation.kernel.findings import Severity
from tenants.models import Domain, Tenant
from tests.api.client import ApiClient, check_body, claim_body, codes, drafted
from tests.directory_files import counts, take, told, write_csv
from tests.world import CONTOSO_GUID, World, build_world

pytestmark = pytest.mark.django_db

NOBODY_SEES = "\u200b\u2066\ufeff"


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def ana(world: World) -> ApiClient:
    return ApiClient(world.ana)


def typed(world: World, **fields: Any) -> dict[str, Any]:
    return claim_body(world) | fields


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("mpn_id", "４３９１５０７"),
        ("mpn_id", NOBODY_SEES + "4391507\u00a0"),
        ("tenant_id", str(CONTOSO_GUID).replace("-", "")),
        ("tenant_id", f"urn:uuid:{CONTOSO_GUID}"),
        ("tenant_id", str(CONTOSO_GUID).replace("-", "\u2011").upper()),
        ("domain", "https://contoso.onmicrosoft.com:443/?a=b#c"),
        ("domain", "Cora <cora@contoso.onmicrosoft.com>"),
        ("domain", "www.contoso.com"),
        ("mpn_id", "“4391507”"),
        ("tenant_id", f'"{CONTOSO_GUID}"'),
        ("tenant_id", f"URN:UUID:{CONTOSO_GUID}".upper()),
        ("domain", "‘contoso.com’"),
        ("domain", "ｃｏｎｔｏｓｏ。ｃｏｍ。"),
        ("domain", "con\u200ctoso.com"),
        ("domain", "https:/user:secret@contoso.com.:8080/?a#b"),
    ],
)
def test_the_api_takes_what_was_meant(world: World, ana: ApiClient, field: str, text: str) -> None:
    answer = ana.post("claim-checks/", check_body(world) | {field: text})

    assert (answer.status_code, codes(answer)) == (200, [])


@pytest.mark.parametrize("domain", ["straße.example", "xn--strae-oqa.example", "STRAẞE.example"])
def test_an_international_domain_is_that_of_its_own_tenant_only(
    world: World, ana: ApiClient, domain: str
) -> None:
    Domain.objects.create(name="xn--strae-oqa.example", tenant=world.contoso)
    Domain.objects.create(name="strasse.example", tenant=world.adatum)

    meant = ana.post("claim-checks/", check_body(world) | {"domain": domain})
    other = ana.post(
        "claim-checks/", check_body(world) | {"domain": domain, "tenant_id": str(world.adatum.guid)}
    )

    assert codes(meant) == []
    assert "DOMAIN_TENANT_MISMATCH" in codes(other)


@pytest.mark.parametrize(
    ("meant", "alike"),
    [
        ("βόλος.example", "βόλοσ.example"),
        ("نامه\u200cای.example", "نامهای.example"),
        ("ශ්\u200dරී.example", "ශ්රී.example"),
    ],
    ids=["final sigma", "non-joiner", "joiner"],
)
def test_two_domains_that_look_alike_are_two(
    tmp_path: Any, world: World, ana: ApiClient, meant: str, alike: str
) -> None:
    rows = (f"{meant},{CONTOSO_GUID}", f"{alike},{world.adatum.guid}")
    result = take(write_csv(tmp_path / "domains.csv", "domain,tenant_id", *rows))
    body = claim_body(world)
    body["contacts"]["customer"]["email"] = f"cora@{meant}"

    own, others = (ana.post("claim-checks/", check_body(world, domain=domain)) for domain in (meant, alike))
    created = ana.post("claims/", body | {"domain": meant})

    assert counts(result) == (2, 0, 0, 0)
    assert (codes(own), codes(others)) == ([], ["DOMAIN_TENANT_MISMATCH"])
    assert (codes(created), codes(created, "warning")) == ([], [])


def test_an_imported_international_domain_takes_no_other_away(tmp_path: Any, world: World) -> None:
    Domain.objects.create(name="strasse.example", tenant=world.adatum)
    path = write_csv(tmp_path / "domains.csv", "domain,tenant_id", f"straße.example,{CONTOSO_GUID}")

    result = take(path)

    assert counts(result) == (1, 0, 0, 0)
    assert Domain.objects.get(name="strasse.example").tenant == world.adatum
    assert Domain.objects.get(name="xn--strae-oqa.example").tenant == world.contoso


def test_a_contact_is_stored_as_it_will_be_written_to(world: World, ana: ApiClient) -> None:
    body = typed(world)
    body["contacts"]["customer"] |= {"last_name": "Zoe\u0308", "email": "Cora <cora@straße.example>"}

    created = ana.post("claims/", body).json()
    again = ana.patch(f"claims/{created['id']}/", {"contacts": created["contacts"]}).json()

    stored = Contact.objects.get(kind="customer")
    assert (stored.last_name, stored.email) == ("Zoë", "cora@xn--strae-oqa.example")
    assert again["contacts"] == created["contacts"]


def test_a_name_that_nobody_sees_is_missing(world: World, ana: ApiClient) -> None:
    body = typed(world, name=NOBODY_SEES)
    body["contacts"]["customer"]["last_name"] = NOBODY_SEES

    created = ana.post("claims/", body)

    assert codes(created) == ["CONTACT_REQUIRED"]
    assert Claim.objects.get().name == ""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("mpn_id", "４３９１５０７\u200b"),
        ("tenant_id", f"{{{CONTOSO_GUID}}}".upper()),
        ("tenant_id", CONTOSO_GUID.hex),
    ],
)
def test_a_filter_takes_what_was_pasted(world: World, ana: ApiClient, name: str, text: str) -> None:
    claim_id = drafted(ana, claim_body(world))

    found = ana.get("claims/", {name: text}).json()["results"]

    assert [claim["id"] for claim in found] == [claim_id]


def test_an_address_of_a_claim_is_found_in_upper_case(world: World, ana: ApiClient) -> None:
    claim_id = drafted(ana, claim_body(world))

    assert ana.get(f"claims/{claim_id.upper()}/").json()["id"] == claim_id
    assert reverse("claims-api:claim", args=[claim_id.upper()]) == f"/api/v1/claims/{claim_id}/"


@pytest.mark.parametrize(
    ("country", "reason"),
    [
        ("UK", "UK is no country's code in ISO 3166-1; the code that it stands for is GB."),
        ("ＵＫ", "UK is no country's code in ISO 3166-1; the code that it stands for is GB."),
        ("el", "EL is no country's code in ISO 3166-1; the code that it stands for is GR."),
        ("ZZ", "No country has this code in ISO 3166-1 (alpha-2)."),
        ("USA", "A country is two letters, such as US."),
    ],
)
def test_a_country_that_does_not_exist_is_refused(
    tmp_path: Any, world: World, country: str, reason: str
) -> None:
    path = write_csv(tmp_path / "tenants.csv", "tenant_id,name,country", f"{CONTOSO_GUID},Contoso,{country}")

    result = take(path)

    assert told(result) == [(2, "country", country, reason)]
    assert Tenant.objects.get(guid=CONTOSO_GUID).country == "US"


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("43 91507", "It contains a blank between other characters."),
        ("439150l", "It contains “l”, which is none of the digits 0 to 9."),
        ("0439150", "It begins with 0."),
        ("439", "It has 3 digits."),
        (NOBODY_SEES, "It is missing."),
    ],
)
def test_a_refused_mpn_says_what_is_wrong_with_it(
    world: World, ana: ApiClient, text: str, cause: str
) -> None:
    findings = ana.post("claim-checks/", check_body(world) | {"mpn_id": text}).json()["findings"]

    assert [found["cause"] for found in findings if found["code"] == "MPN_FORMAT"] == [cause]


# --- The customer's contact is the customer (E4) ---


@pytest.mark.parametrize(
    "address",
    [
        "tom_tailspin.example#EXT#@contoso.onmicrosoft.com",
        "tom_tailspin.example#ext#@contoso.com",
        "tom_tailspin.example＃Ｅｘｔ＃@contoso.com",
        "tom_tailspin.example#E\u00adXT#@contoso.com",
        "tom_tailspin.example%23EXT%23@contoso.com",
        "tom_tailspin.example%2523ext%2523@contoso.com",
        "mailto:tom_tailspin.example%23EXT%23@contoso.com",
        "boss@a.b.FABRIKAM。example.",
        "'boss@fabrikam.example'",
        "SMTP:boss@fabrikam.example",
        "ana@fabrikam.example",
        "Ana <ANA+cpor@Fabrikam.example>",
        "boss@fabrikam.example",
        "boss@mail.fabrikam.example",
        "boss@fabrikam-own.example",
    ],
)
def test_silence_cannot_be_ones_own_consent(world: World, ana: ApiClient, address: str) -> None:
    type(world.ana).objects.filter(pk=world.ana.pk).update(email="ana@fabrikam.example")
    own = Tenant.objects.create(guid=world.fabrikam.own_tenants.get().guid, name="Fabrikam", country="US")
    Domain.objects.create(name="fabrikam-own.example", tenant=own)
    body = typed(world)
    body["contacts"]["customer"]["email"] = address

    created = ana.post("claims/", body)
    refused = ana.post(
        f"claims/{created.json()['id']}/submit/", {"confirmed_warnings": ["CONTACT_DOMAIN_MISMATCH"]}
    )

    found = [(one["code"], one["severity"], one["pointer"]) for one in created.json()["findings"]]
    assert ("CONTACT_DOMAIN_MISMATCH", Severity.ERROR.value, "/contacts/customer/email") in found
    assert refused.status_code == 422
    assert Claim.objects.get().status == "draft"


def test_a_member_with_an_address_at_the_customer_forbids_only_that_address(
    world: World, ana: ApiClient
) -> None:
    type(world.ana).objects.filter(pk=world.ana.pk).update(email="ana@contoso.com")
    body = typed(world)

    body["contacts"]["customer"]["email"] = "cora@contoso.com"
    of_another = ana.post("claims/", body)
    body["contacts"]["customer"]["email"] = "ana@contoso.com"
    of_the_member = ana.post("claims/", body)

    assert codes(of_another) == []
    assert codes(of_the_member) == ["CONTACT_DOMAIN_MISMATCH"]
