"""/healthz reports whether the process runs, /readyz whether the product works."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from clocks.services import publish_calendar
from foundation.journal.models import Delivery, Event
from foundation.journal.services import stamp_heartbeat
from foundation.kernel.actor import SYSTEM

READY = {
    "status": "ok",
    "database": "ok",
    "migrations": "ok",
    "outbox": "ok",
    "sweep": "ok",
    "cache": "ok",
    "broker": "ok",
}


def test_healthz_does_not_use_the_database(client: Client) -> None:
    response = client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_readyz_is_ok_once_the_sweep_has_run(client: Client) -> None:
    stamp_heartbeat(name="sweep", now=timezone.now())

    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (200, READY)


@pytest.mark.django_db
def test_readyz_reports_that_the_sweep_never_ran(client: Client) -> None:
    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (
        503,
        READY | {"status": "not ready", "sweep": "has not run yet"},
    )


@pytest.mark.django_db
def test_readyz_reports_that_the_sweep_stopped(client: Client) -> None:
    stamp_heartbeat(name="sweep", now=timezone.now() - timedelta(seconds=300))

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["sweep"] in ("last ran 300 s ago", "last ran 301 s ago")


@pytest.mark.django_db
def test_readyz_reports_late_deliveries(client: Client) -> None:
    now = timezone.now()
    stamp_heartbeat(name="sweep", now=now)
    event = Event.objects.create(
        type="Sample", subject_type="sample", subject_id=1, audience="desk", actor_name="system", at=now
    )
    Delivery.objects.create(event=event, consumer="mail", next_attempt_at=now - timedelta(minutes=6))

    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (
        503,
        READY | {"status": "not ready", "outbox": "1 deliveries are more than 0:05:00 late"},
    )


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_only_reading_is_allowed(client: Client, method: str) -> None:
    assert getattr(client, method)("/readyz").status_code == 405


@pytest.mark.django_db
def test_readyz_is_ok_and_notices_a_calendar_that_ends_soon(client: Client) -> None:
    now = timezone.now()
    stamp_heartbeat(name="sweep", now=now)
    publish_calendar(country="DE", years=[now.year - 1], actor=SYSTEM, now=now)

    response = client.get("/readyz")

    text = f"the calendar desk 1 has no holidays after {now.year - 1}: publish more years"
    assert (response.status_code, response.json()) == (200, READY | {"notices": [text]})
