"""Several imports at once, with real threads and real commits."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection

from cpor.directory import KINDS
from foundation.journal.models import Event
from foundation.kernel.actor import SYSTEM
from tenants.importing.services import ImportResult, import_file
from tenants.models import DirectoryImport, Product, Subscription, SubscriptionProduct, Tenant
from tests.directory_files import NOW, counts, take, write_csv

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

HEADER = "subscription_id,tenant_id,products,channel,state,provisioning"
ROWS = 2_500


def guid(number: int) -> UUID:
    return UUID(int=0x4000_8000_0000_0000_0000 + number)


def at_once(*paths: Path) -> list[ImportResult]:
    gate = threading.Barrier(len(paths))

    def one(path: Path) -> ImportResult:
        try:
            gate.wait()
            return take(path)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(paths)) as threads:
        return list(threads.map(one, paths))


def subscriptions(path: Path, state: str, *, backwards: bool = False) -> Path:
    lines = [f"{guid(i)},{guid(1)},sales,csp,{state},success" for i in range(ROWS)]
    return write_csv(path, HEADER, *(reversed(lines) if backwards else lines))


@pytest.fixture
def catalogue() -> None:
    Tenant.objects.create(guid=guid(1), name="Contoso", country="US")
    Product.objects.create(code="sales", name="Sales", solution_area="business_applications", kind="dynamics")


@pytest.mark.usefixtures("catalogue")
def test_four_simultaneous_imports_of_one_file_import_it_once(tmp_path: Path) -> None:
    path = subscriptions(tmp_path / "subscriptions.csv", "active")

    results = at_once(path, path, path, path)

    assert sorted(counts(result) for result in results) == [(0, 0, ROWS, 0)] * 3 + [(ROWS, 0, 0, 0)]
    assert (Subscription.objects.count(), SubscriptionProduct.objects.count()) == (ROWS, ROWS)
    assert DirectoryImport.objects.count() == 4


@pytest.mark.usefixtures("catalogue")
def test_contradicting_files_in_opposite_order_do_not_deadlock(tmp_path: Path) -> None:
    take(subscriptions(tmp_path / "subscriptions.csv", "active"))

    at_once(
        subscriptions(tmp_path / "subscriptions-1.csv", "expired"),
        subscriptions(tmp_path / "subscriptions-2.csv", "deleted", backwards=True),
    )

    assert len(set(Subscription.objects.values_list("state", flat=True))) == 1
    assert Event.objects.filter(type="directory.subscription_ended").count() == ROWS


@pytest.mark.usefixtures("catalogue")
def test_of_two_simultaneous_imports_the_newer_statement_stays_whichever_comes_last(tmp_path: Path) -> None:
    newer = subscriptions(tmp_path / "subscriptions-new.csv", "active")
    older = subscriptions(tmp_path / "subscriptions-old.csv", "suspended")
    gate = threading.Barrier(2)

    def one(path: Path, as_of: datetime) -> ImportResult:
        try:
            gate.wait()
            return import_file(
                path=path, kind=KINDS["subscriptions"], as_of=as_of, dry_run=False, actor=SYSTEM, now=NOW
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(one, (newer, older), (NOW, NOW - timedelta(hours=1))))

    assert set(Subscription.objects.values_list("state", flat=True)) == {"active"}
    assert [result.rows for result in done] == [ROWS, ROWS]
