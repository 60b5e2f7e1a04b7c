"""The desk finds names whatever their form and case, and identifiers however they were pasted."""

import unicodedata

import pytest

from partners.models import DeskSeat, Location, Organisation, User
from tenants.models import Domain, Tenant
from tests.desk.desk import Desk
from tests.filing import file_claim, sales
from tests.world import World

SPELLINGS = {
    "Café Größe": [
        "café",
        "CAFÉ",
        unicodedata.normalize("NFD", "Café"),
        "GRÖSSE",
        "größe",
        " caf\u00e9\u00a0größe",
    ],
    "Ромашка": ["ромашка", "РОМАШКА", "ромаш", "Ромашка\u200b"],
    "Ｗｉｄｅ": ["wide", "ＷＩＤＥ"],
}
CASES = [(name, typed) for name, spellings in SPELLINGS.items() for typed in spellings]


@pytest.mark.parametrize(("name", "typed"), CASES)
def test_a_claim_is_found_by_customer_and_partner_in_every_form_and_case(
    world: World, rev1: Desk, name: str, typed: str
) -> None:
    claim = file_claim(world, world.ana)
    file_claim(world, world.tom, sales(world.s_x), tenant="adatum")

    world.contoso.name = name
    world.contoso.save()
    by_customer = rev1.queue(q=typed)
    world.contoso.name = "Contoso"
    world.contoso.save()
    world.fabrikam.name = unicodedata.normalize("NFD", name)
    world.fabrikam.save()
    by_partner = rev1.queue(q=typed)

    assert by_customer == by_partner == [claim.reference]


@pytest.mark.parametrize(("name", "typed"), CASES)
@pytest.mark.parametrize(
    "page",
    [
        "tenants/tenant",
        "partners/organisation",
        "partners/location",
        "partners/member",
        "partners/user",
    ],
)
def test_lists_find_names_in_every_form_and_case(world: World, page: str, name: str, typed: str) -> None:
    DeskSeat.objects.create(user=world.rev1, role="desk_admin")
    admin = Desk(world.rev1)
    Tenant.objects.create(guid="0b7d6a55-0001-4e3f-9d15-2f1c6a9b8d01", name=name, country="DE")
    organisation = Organisation.objects.create(code="cafe", name=name)
    Location.objects.create(organisation=organisation, mpn_id="7770001", country="DE", label="Berlin")
    user = User.objects.create_user("someone", last_name=name)
    organisation.members.create(user=user)

    answer = admin.get(f"/admin/{page}/", q=typed)

    assert [str(row) for row in answer.context["cl"].result_list] == [
        {
            "tenants/tenant": name,
            "partners/organisation": name,
            "partners/location": "7770001 Berlin",
            "partners/member": f"someone · {name}",
            "partners/user": "someone",
        }[page]
    ]


@pytest.mark.parametrize(
    "typed", ["https://www.Straße.example:443/", "cora@xn--strae-oqa.example", "STRAẞE.example"]
)
def test_a_tenant_is_found_by_its_domain_as_pasted(world: World, rev1: Desk, typed: str) -> None:
    Domain.objects.create(name="xn--strae-oqa.example", tenant=world.contoso)

    answer = rev1.get("/admin/tenants/tenant/", q=typed)

    assert list(answer.context["cl"].result_list) == [world.contoso]


def test_a_claim_is_found_by_its_identifiers_as_pasted(world: World, rev1: Desk) -> None:
    claim = file_claim(world, world.ana)
    guid = str(world.contoso.guid)

    for typed in (
        "\u200b" + str(claim.reference).lower().replace("-", "\u2011"),
        "４３９１５０７",
        guid.replace("-", "\u2013").upper(),
        guid.replace("-", ""),
        f"urn:uuid:{guid}",
        f"{{{world.s_a.guid}}}",
    ):
        assert rev1.queue(q=typed) == [claim.reference], typed
