"""Every import gives each row one outcome, in one transaction and with little memory."""

import hashlib
import json
import tracemalloc
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.imports.rows import Refusal
from foundation.journal.models import Event
from foundation.kernel.actor import Actor, ActorKind, Channel, DeskRole
from foundation.kernel.errors import NotPermitted, Refused
from tenants.enums import Provisioning, SubscriptionState
from tenants.models import DirectoryImport, Product, Subscription, SubscriptionProduct, Tenant
from tests.directory_files import AS_OF, IMPORTER, NOW, SAMPLES, counts, take, told, write_csv, write_jsonl

pytestmark = pytest.mark.django_db

ORDER = ("tenants", "domains", "products", "subscriptions", "organisations", "locations", "enrolments")
HEADER = "tenant_id,name,country"


def guid(number: int) -> UUID:
    return UUID(int=0x4000_8000_0000_0000_0000 + number)


def tenants_csv(path: Path, number: int, name: str = "Tenant") -> Path:
    return write_csv(path, HEADER, *(f"{guid(i)},{name} {i},US" for i in range(1, number + 1)))


def subscriptions_jsonl(path: Path, number: int, state: str = "active", product: str = "sales") -> Path:
    return write_jsonl(
        path,
        *(
            {
                "subscription_id": str(guid(i)),
                "tenant_id": str(guid(1)),
                "products": [product],
                "channel": "csp",
                "state": state,
                "provisioning": Provisioning.SUCCESS,
            }
            for i in range(1, number + 1)
        ),
    )


def two_products() -> None:
    for code in ("sales", "finance"):
        Product.objects.create(code=code, name=code, solution_area="business_applications", kind="dynamics")


@pytest.mark.parametrize(("first", "second"), [("csv", "jsonl"), ("jsonl", "csv")])
def test_the_samples_are_the_same_in_both_formats_and_change_nothing_the_second_time(
    first: str, second: str
) -> None:
    created = [counts(take(SAMPLES / f"{kind}.{first}")) for kind in ORDER]
    again = [counts(take(SAMPLES / f"{kind}.{second}")) for kind in ORDER]

    assert created == [(rows, 0, 0, 0) for rows in (2, 3, 23, 8, 3, 5, 24)]
    assert again == [(0, 0, rows, 0) for rows in (2, 3, 23, 8, 3, 5, 24)]


def test_a_crash_in_the_middle_changes_nothing(tmp_path: Path) -> None:
    path = tenants_csv(tmp_path / "tenants.csv", 5_000)

    def crash(rows: int, _bytes_read: int) -> None:
        if rows > 2_000:
            raise RuntimeError("the power went")

    with pytest.raises(RuntimeError, match="the power went"):
        take(path, progress=crash)

    assert Tenant.objects.count() == 0
    assert DirectoryImport.objects.count() == 0
    assert Event.objects.count() == 0


def test_a_dry_run_reports_everything_and_changes_nothing(tmp_path: Path) -> None:
    take(write_csv(tmp_path / "tenants.csv", HEADER, f"{guid(1)},Old,US"))
    before = [list(model.objects.values()) for model in (Tenant, DirectoryImport, Event)]
    path = write_csv(tmp_path / "tenants.csv", HEADER, f"{guid(1)},New,US", f"{guid(2)},Other,US", "x,,")

    result = take(path, dry_run=True)

    assert counts(result) == (1, 1, 0, 1)
    assert [list(model.objects.values()) for model in (Tenant, DirectoryImport, Event)] == before


def test_the_stored_import_has_the_hash_of_the_bytes_that_were_read(tmp_path: Path) -> None:
    path = tenants_csv(tmp_path / "tenants.csv", 3)

    take(path)

    assert DirectoryImport.objects.get().sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_repeated_key_counts_once_and_contradicting_rows_are_refused(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "tenants.csv",
        HEADER,
        f"{guid(1)},,US",
        f"{guid(1)},Contoso,US",
        f"{str(guid(1)).upper()}, Contoso ,us",
        f"{guid(1)},Contoso,FR",
    )

    result = take(path)

    assert counts(result) == (1, 0, 1, 2)
    assert told(result) == [
        (2, "name", "", "A value is needed."),
        (5, "tenant_id", str(guid(1)), "Line 3 already gave this, with other values."),
    ]
    assert Tenant.objects.get().country == "US"


def test_a_key_is_remembered_from_batch_to_batch(tmp_path: Path) -> None:
    path = tenants_csv(tmp_path / "tenants.csv", 4_500)
    with path.open("a") as file:
        file.write(f"{guid(1)},Tenant 1,US\n{guid(2)},Another name,US\n")

    result = take(path)

    assert counts(result) == (4_500, 0, 1, 1)
    assert told(result) == [
        (4_503, "tenant_id", str(guid(2)), "Line 3 already gave this, with other values.")
    ]
    assert Tenant.objects.get(guid=guid(2)).name == "Tenant 2"


def test_all_refusals_are_reported_and_only_a_hundred_kept(tmp_path: Path) -> None:
    heard: list[Refusal] = []
    path = write_csv(tmp_path / "tenants.csv", HEADER, *(f"{i},Contoso,US" for i in range(3_000)))

    result = take(path, refused=heard.append)

    assert counts(result) == (0, 0, 0, 3_000)
    assert [refusal.line for refusal in heard] == list(range(2, 3_002))
    assert (len(result.refusals), result.faults) == (100, 3_000)


def test_progress_is_reported_after_every_batch_and_ends_with_the_file(tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    path = tenants_csv(tmp_path / "tenants.csv", 4_100)

    take(path, progress=lambda rows, bytes_read: heard.append((rows, bytes_read)))

    assert [rows for rows, _bytes in heard] == [2_000, 4_000, 4_100]
    assert heard[-1][1] == path.stat().st_size


def test_a_batch_costs_the_same_queries_with_one_row_and_with_many(tmp_path: Path) -> None:
    two_products()
    take(write_csv(tmp_path / "tenants.csv", HEADER, f"{guid(1)},Contoso,US"))
    # SQLite accepts 999 values per statement: more rows would need more statements there, and only there.
    many = 2_000 if connection.vendor == "postgresql" else 60

    def queries(path: Path) -> int:
        with CaptureQueriesContext(connection) as captured:
            take(path)
        return len(captured)

    def story(number: int) -> list[int]:
        Subscription.objects.all().delete()
        path = tmp_path / "subscriptions.jsonl"
        return [
            queries(subscriptions_jsonl(path, number)),
            queries(subscriptions_jsonl(path, number)),
            queries(subscriptions_jsonl(path, number, state="suspended", product="finance")),
            queries(subscriptions_jsonl(path, number, state="expired", product="sales")),
        ]

    assert story(1) == story(many)
    assert Event.objects.filter(type="directory.subscription_ended").count() == 1 + many


def test_memory_does_not_grow_with_the_size_of_a_file(tmp_path: Path) -> None:
    def peak(number: int) -> int:
        path = tmp_path / "tenants.csv"
        with path.open("w") as file:
            file.write(HEADER + "\n")
            file.writelines(
                f"{guid(i)},,US\n" if i % 3 else f"{guid(i)},Tenant {i},US\n" for i in range(number)
            )
        tracemalloc.start()
        try:
            take(path)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(2_000)

    small, large = peak(4_000), peak(12_000)

    assert large < small + 500_000


def test_only_the_system_and_a_desk_admin_may_import(tmp_path: Path) -> None:
    path = tenants_csv(tmp_path / "tenants.csv", 1)
    reviewer = Actor(kind=ActorKind.DESK, name="Rita", desk_roles=frozenset({DeskRole.REVIEWER}))
    admin = Actor(
        kind=ActorKind.DESK, name="Ada", desk_roles=frozenset({DeskRole.DESK_ADMIN}), channel=Channel.ADMIN
    )

    with pytest.raises(NotPermitted):
        take(path, actor=reviewer)
    assert Tenant.objects.count() == 0
    assert counts(take(path, actor=admin)) == (1, 0, 0, 0)


def test_the_as_of_time_cannot_be_in_the_future(tmp_path: Path) -> None:
    path = tenants_csv(tmp_path / "tenants.csv", 1)

    with pytest.raises(Refused) as refusal:
        take(path, as_of=NOW, now=AS_OF, actor=IMPORTER)

    assert str(refusal.value) == "The as-of time is in the future. Enter when the directory was read."
    assert Tenant.objects.count() == 0


def test_contents_and_subscriptions_agree_after_many_batches(tmp_path: Path) -> None:
    two_products()
    take(write_csv(tmp_path / "tenants.csv", HEADER, f"{guid(1)},Contoso,US"))
    path = subscriptions_jsonl(tmp_path / "subscriptions.jsonl", 2_500)

    take(path)
    result = take(subscriptions_jsonl(path, 2_500, state=SubscriptionState.DISABLED, product="finance"))

    assert counts(result) == (0, 2_500, 0, 0)
    assert SubscriptionProduct.objects.filter(product__code="finance").count() == 2_500
    assert SubscriptionProduct.objects.count() == 2_500
    assert Event.objects.filter(type="directory.subscription_ended").count() == 2_500


def test_values_of_json_lines_are_read_by_their_meaning(tmp_path: Path) -> None:
    path = write_jsonl(
        tmp_path / "tenants.jsonl",
        {"tenant_id": str(guid(1)), "name": 365, "country": "US"},
        {"tenant_id": str(guid(2)), "name": {"en": "Contoso"}, "country": ["US"]},
        {"tenant_id": None, "name": 10**30, "country": 1.5},
        json.dumps({"tenant_id": str(guid(3)), "name": "zero\u0000byte", "country": "US"}),
        json.dumps({"tenant_id": str(guid(4)), "name": "half \ud83d", "country": "US"}),
    )

    result = take(path)

    assert counts(result) == (1, 0, 0, 4)
    assert told(result) == [
        (2, "name", "{…}", "This must be a text."),
        (2, "country", "US", "This must be a text."),
        (3, "tenant_id", "", "A value is needed."),
        (3, "name", "1000000000000000000000000000000", "The number is too large."),
        (3, "country", "1.5", "This must be a text."),
        (4, "name", "zero\\x00byte", "It contains a line break or another control character."),
        (5, "name", "half \\ud83d", "It contains a line break or another control character."),
    ]
    assert Tenant.objects.get().name == "365"
