"""Files about customers, kind by kind: which rows are created, updated, unchanged or refused (domain.md part 2)."""

from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from foundation.journal.models import Event
from tenants.importing.kinds import CUSTOMER_KINDS
from tenants.models import DirectoryImport, Domain, Product, Subscription, Tenant
from tenants.selectors import CUSTOMER_FILES, directory_as_of
from tests.directory_files import AS_OF, counts, take, told, write_csv, write_jsonl
from tests.world import ADATUM_GUID, CONTOSO_GUID, World, build_world

pytestmark = pytest.mark.django_db

S_NEW = "00000000-0000-4000-8000-00000000000a"
HEADER = "subscription_id,tenant_id,products,channel,state,provisioning,starts_on,ends_on"


@pytest.fixture
def world() -> World:
    return build_world()


def subscription_row(world: World, state: str = "active", products: str = "dynamics-365-sales") -> str:
    starts, ends = world.s_a.starts_on, world.s_a.ends_on
    return f"{world.s_a.guid},{CONTOSO_GUID},{products},volume_licensing,{state},success,{starts},{ends}"


def ends_and_suspensions() -> list[tuple[str, int, dict[str, str]]]:
    events = Event.objects.exclude(type="directory.imported").order_by("id")
    return [(event.type, event.subject_id, event.payload) for event in events]


def test_tenants_are_created_updated_unchanged_or_refused(tmp_path: Path, world: World) -> None:
    path = write_csv(
        tmp_path / "tenants.csv",
        "tenant_id,name,country",
        "{9B2F3C11-7A64-4E0D-8B57-1C2D3E4F5A6B},Ädel & Söhne,de",
        f"{CONTOSO_GUID},Contoso Ltd,US",
        f"{ADATUM_GUID},Adatum,US",
        "9b2f3c11,Wingtip,US",
        "9b2f3c11-7a64-4e0d-8b57-1c2d3e4f5a6c,,USA",
        "00000000-0000-0000-0000-000000000000,Nil,US",
    )

    result = take(path)

    assert counts(result) == (1, 1, 1, 3)
    assert told(result) == [
        (5, "tenant_id", "9b2f3c11", "This is not a GUID."),
        (6, "name", "", "A value is needed."),
        (6, "country", "USA", "A country is two letters, such as US."),
        (
            7,
            "tenant_id",
            "00000000-0000-0000-0000-000000000000",
            "This GUID consists of zeros only, which stands for none.",
        ),
    ]
    assert set(Tenant.objects.values_list("guid", "name", "country")) == {
        (UUID("9b2f3c11-7a64-4e0d-8b57-1c2d3e4f5a6b"), "Ädel & Söhne", "DE"),
        (CONTOSO_GUID, "Contoso Ltd", "US"),
        (ADATUM_GUID, "Adatum", "US"),
    }


def test_a_domain_is_stored_in_lower_case_and_follows_the_directory(tmp_path: Path, world: World) -> None:
    path = write_csv(
        tmp_path / "domains.csv",
        "domain,tenant_id",
        f"Contoso-EU,{CONTOSO_GUID}",
        f"https://CONTOSO.com./,{ADATUM_GUID}",
        f"adatum.onmicrosoft.com,{ADATUM_GUID}",
        f"con toso,{CONTOSO_GUID}",
        "fourth.example,9b2f3c11-7a64-4e0d-8b57-1c2d3e4f5a6b",
    )

    result = take(path)

    assert counts(result) == (1, 1, 1, 2)
    assert told(result) == [
        (5, "domain", "con toso", "This is not a domain."),
        (
            6,
            "tenant_id",
            "9b2f3c11-7a64-4e0d-8b57-1c2d3e4f5a6b",
            "Unknown tenants: 9b2f3c11-7a64-4e0d-8b57-1c2d3e4f5a6b. Import them first.",
        ),
    ]

    assert dict(Domain.objects.values_list("name", "tenant__name")) == {
        "contoso-eu.onmicrosoft.com": "Contoso",
        "contoso.onmicrosoft.com": "Contoso",
        "contoso.com": "Adatum",
        "adatum.onmicrosoft.com": "Adatum",
    }


def test_products_keep_values_that_the_file_leaves_out(tmp_path: Path, world: World) -> None:
    path = write_jsonl(
        tmp_path / "products.jsonl",
        {
            "code": "POWER-BI",
            "name": "Power BI Pro",
            "solution_area": "business_applications",
            "kind": "other",
        },
        {
            "code": "dynamics-365-sales",
            "name": "Dynamics 365 Sales",
            "solution_area": "business_applications",
            "kind": "dynamics",
            "claimable": None,
            "valid_until": "2020-12-31",
        },
        {
            "code": "viva",
            "name": "Viva",
            "solution_area": "MICROSOFT_365",
            "kind": "workload",
            "incentive_eligible": False,
            "valid_from": "2020-01-01",
        },
        {"code": "yammer", "name": "Yammer", "solution_area": "microsoft_365", "kind": "workload"},
    )

    result = take(path)

    assert counts(result) == (1, 2, 1, 0)
    fields = ("name", "claimable", "incentive_eligible", "valid_from", "valid_until")
    assert {
        row[0]: row[1:]
        for row in Product.objects.filter(
            code__in=["power-bi", "dynamics-365-sales", "viva", "yammer"]
        ).values_list("code", *fields)
    } == {
        "power-bi": ("Power BI Pro", False, False, None, None),
        "dynamics-365-sales": ("Dynamics 365 Sales", True, True, None, date(2020, 12, 31)),
        "viva": ("Viva", True, False, date(2020, 1, 1), None),
        "yammer": ("Yammer", True, True, None, None),
    }


def test_products_that_contradict_themselves_or_change_fixed_values_are_refused(
    tmp_path: Path, world: World
) -> None:
    before = list(Product.objects.order_by("id").values())
    path = write_csv(
        tmp_path / "products.csv",
        "code,name,solution_area,kind,claimable,valid_from,valid_until",
        "viva,Viva,business_applications,workload,true,,",
        "viva,Viva,microsoft_365,dynamics,true,,",
        "viva,Viva,microsoft_365,workload,perhaps,06.07.2020,2020-02-30",
        "viva,Viva,microsoft_365,workload,true,2020-07-06,2020-07-05",
        "power-bi,Power BI,business_applications,dynamics,false,,",
        "vi va,Viva,office,workload,true,,",
    )

    result = take(path)

    assert counts(result) == (0, 0, 0, 6)
    assert told(result) == [
        (
            2,
            "kind",
            "workload",
            "The products of business_applications are of these kinds: dynamics, other.",
        ),
        (
            3,
            "kind",
            "dynamics",
            "The products of microsoft_365 are of these kinds: workload.",
        ),
        (4, "claimable", "perhaps", "This must be true or false."),
        (4, "valid_from", "06.07.2020", "This is not a date written YYYY-MM-DD."),
        (4, "valid_until", "2020-02-30", "This is not a date written YYYY-MM-DD."),
        (5, "valid_until", "2020-07-05", "This is before valid_from, 2020-07-06."),
        (6, "kind", "dynamics", "This cannot change once it is stored."),
        (
            7,
            "code",
            "vi va",
            "A code is up to 64 letters, digits and hyphens, such as dynamics-365-sales.",
        ),
        (7, "solution_area", "office", "This must be one of business_applications, microsoft_365."),
    ]
    assert list(Product.objects.order_by("id").values()) == before


def test_subscriptions_are_created_with_their_products(tmp_path: Path, world: World) -> None:
    path = write_csv(
        tmp_path / "subscriptions-2020-07.csv",
        HEADER,
        f"{{{S_NEW.upper()}}},{ADATUM_GUID},Dynamics-365-Sales; intune;intune;,CSP,Active,success,2020-07-01,",
    )

    result = take(path)

    assert counts(result) == (1, 0, 0, 0)
    made = Subscription.objects.get(guid=S_NEW)
    assert (made.tenant, made.channel, made.state, made.provisioning) == (
        world.adatum,
        "csp",
        "active",
        "success",
    )
    assert (made.starts_on, made.ends_on) == (date(2020, 7, 1), None)
    assert set(made.products.values_list("code", flat=True)) == {"dynamics-365-sales", "intune"}
    assert ends_and_suspensions() == []


def test_the_product_list_of_a_subscription_replaces_the_stored_one(tmp_path: Path, world: World) -> None:
    path = write_csv(
        tmp_path / "subscriptions.csv",
        HEADER,
        subscription_row(world, products="dynamics-365-finance;dynamics-365-retail"),
    )

    result = take(path)

    assert counts(result) == (0, 1, 0, 0)
    codes = set(world.s_a.products.values_list("code", flat=True))
    assert codes == {"dynamics-365-finance", "dynamics-365-retail"}


def test_subscriptions_with_unknown_references_or_another_tenant_are_refused(
    tmp_path: Path, world: World
) -> None:
    path = write_csv(
        tmp_path / "subscriptions.csv",
        HEADER,
        f"{S_NEW},{S_NEW},dynamics-365-sales;word;excel,volume_licensing,active,success,,",
        f"{world.s_a.guid},{ADATUM_GUID},dynamics-365-sales,volume_licensing,active,success,,",
        f"ORDER-12345,{CONTOSO_GUID},,retail,on,done,2020-07-06,2020-7-5",
        f"{S_NEW},{CONTOSO_GUID},dynamics-365-sales,csp,active,success,2020-07-06,2020-07-05",
    )

    result = take(path)

    assert counts(result) == (0, 0, 0, 4)
    assert told(result) == [
        (2, "tenant_id", S_NEW, f"Unknown tenants: {S_NEW}. Import them first."),
        (
            2,
            "products",
            "dynamics-365-sales;word;excel",
            "Unknown products: excel, word. Import them first.",
        ),
        (3, "tenant_id", str(ADATUM_GUID), "This cannot change once it is stored."),
        (4, "subscription_id", "ORDER-12345", "This is not a GUID."),
        (4, "products", "", "At least one value is needed."),
        (4, "channel", "retail", "This must be one of volume_licensing, web_direct, csp, other."),
        (
            4,
            "state",
            "on",
            "This must be one of pending, active, in_grace, suspended, disabled, expired, deleted.",
        ),
        (4, "provisioning", "done", "This must be one of success, pending, failed."),
        (4, "ends_on", "2020-7-5", "This is not a date written YYYY-MM-DD."),
        (5, "ends_on", "2020-07-05", "This is before starts_on, 2020-07-06."),
    ]
    assert not Subscription.objects.filter(guid=S_NEW).exists()
    world.s_a.refresh_from_db()
    assert world.s_a.tenant == world.contoso


@pytest.mark.parametrize("state", ["expired", "disabled", "deleted"])
def test_a_subscription_that_comes_to_an_end_is_recorded_once(
    tmp_path: Path, world: World, state: str
) -> None:
    path = write_csv(tmp_path / "subscriptions.csv", HEADER, subscription_row(world, state))

    first, second = take(path), take(path)

    assert (counts(first), counts(second)) == ((0, 1, 0, 0), (0, 0, 1, 0))
    assert ends_and_suspensions() == [("directory.subscription_ended", world.s_a.pk, {"state": state})]


def test_changing_from_one_ended_state_to_another_is_not_a_second_end(tmp_path: Path, world: World) -> None:
    for state in ("expired", "deleted"):
        take(write_csv(tmp_path / "subscriptions.csv", HEADER, subscription_row(world, state)))

    assert ends_and_suspensions() == [("directory.subscription_ended", world.s_a.pk, {"state": "expired"})]


def test_a_subscription_that_became_active_again_can_end_again(tmp_path: Path, world: World) -> None:
    for state in ("expired", "active", "deleted"):
        take(write_csv(tmp_path / "subscriptions.csv", HEADER, subscription_row(world, state)))

    assert ends_and_suspensions() == [
        ("directory.subscription_ended", world.s_a.pk, {"state": "expired"}),
        ("directory.subscription_ended", world.s_a.pk, {"state": "deleted"}),
    ]


def test_a_suspension_is_recorded_once_and_a_grace_period_not_at_all(tmp_path: Path, world: World) -> None:
    for state in ("in_grace", "suspended", "suspended"):
        take(write_csv(tmp_path / "subscriptions.csv", HEADER, subscription_row(world, state)))

    assert ends_and_suspensions() == [("directory.subscription_suspended", world.s_a.pk, {})]


def test_a_new_subscription_that_has_already_ended_records_no_end(tmp_path: Path, world: World) -> None:
    path = write_csv(
        tmp_path / "subscriptions.csv",
        HEADER,
        f"{S_NEW},{CONTOSO_GUID},dynamics-365-sales,volume_licensing,expired,success,,",
    )

    result = take(path)

    assert counts(result) == (1, 0, 0, 0)
    assert ends_and_suspensions() == []


def test_a_row_missing_from_a_file_ends_nothing(tmp_path: Path, world: World) -> None:
    path = write_csv(tmp_path / "subscriptions.csv", HEADER, subscription_row(world))
    take(path)
    before = list(Subscription.objects.order_by("id").values())

    result = take(path)

    assert counts(result) == (0, 0, 1, 0)
    assert list(Subscription.objects.order_by("id").values()) == before
    assert ends_and_suspensions() == []


def test_every_import_is_stored_even_if_nothing_changed(tmp_path: Path, world: World) -> None:
    path = write_csv(tmp_path / "subscriptions.csv", HEADER, subscription_row(world), "x,,,,,,,")

    take(path)

    account = DirectoryImport.objects.exclude(pk=world.directory_import.pk).get()
    assert (account.file_name, account.kind, account.as_of) == ("subscriptions.csv", "subscriptions", AS_OF)
    assert (account.created, account.updated, account.unchanged, account.refused) == (0, 0, 1, 1)
    event = Event.objects.get()
    assert (event.type, event.subject_type, event.subject_id) == (
        "directory.imported",
        "tenants.directoryimport",
        account.pk,
    )
    assert event.payload == {
        "file": "subscriptions.csv",
        "kind": "subscriptions",
        "as_of": AS_OF.isoformat(),
        "created": 0,
        "updated": 0,
        "unchanged": 1,
        "older": 0,
        "refused": 1,
    }
    assert directory_as_of() == AS_OF


def test_only_files_about_customers_set_the_as_of_time_of_the_directory() -> None:
    assert tuple(kind.name for kind in CUSTOMER_KINDS) == CUSTOMER_FILES
