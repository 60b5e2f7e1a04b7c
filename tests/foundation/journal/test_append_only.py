"""History rows never change: the database itself refuses, on both engines (domain.md part 3, Invariants)."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from foundation.journal.models import Delivery, Event, EventDetail
from tests.foundation.journal.conftest import Connect, Notebook, happen


@pytest.fixture
def event(db: None, connect: Connect) -> Event:
    connect(Notebook().as_consumer("somebody"))
    return happen(personal={"email": ("old", "new")})


def _as_stored(event: Event) -> dict[str, object]:
    return dict(Event.objects.filter(pk=event.pk).values().get())


@pytest.mark.parametrize(
    "changes",
    [
        {"payload": {}},
        {"at": F("at")},
        {"actor_name": "Somebody else"},
        {"type": "test.other"},
        {"claim_id": 7},
    ],
)
def test_an_event_cannot_be_changed(event: Event, changes: dict[str, object]) -> None:
    before = _as_stored(event)

    with pytest.raises(IntegrityError, match="an event never changes"), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(**changes)

    assert _as_stored(event) == before


def test_an_event_cannot_be_deleted(event: Event) -> None:
    Delivery.objects.filter(event=event).delete()

    with pytest.raises(IntegrityError, match="an event never changes"), transaction.atomic():
        Event.objects.filter(pk=event.pk)._raw_delete("default")

    assert Event.objects.filter(pk=event.pk).exists()


@pytest.mark.parametrize(
    "statement", ["UPDATE journal_event SET audience = 'desk'", "DELETE FROM journal_event"]
)
def test_plain_sql_is_refused_too(event: Event, statement: str) -> None:
    with (
        pytest.raises(IntegrityError, match="an event never changes"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert Event.objects.filter(pk=event.pk, audience="partner").exists()


def test_a_detail_can_be_erased_but_not_altered(event: Event) -> None:
    detail = EventDetail.objects.get(event=event)

    with pytest.raises(IntegrityError, match="a detail is erased, never altered"), transaction.atomic():
        EventDetail.objects.filter(pk=detail.pk).update(new="something else")
    detail.refresh_from_db()
    assert detail.new == "new"

    EventDetail.objects.filter(pk=detail.pk).delete()

    assert not EventDetail.objects.filter(event=event).exists()


def test_new_events_are_still_written(event: Event) -> None:
    other = happen("more")

    assert Event.objects.filter(pk__in=[event.pk, other.pk]).count() == 2


def test_a_delivery_changes_state_while_its_event_stays_unchanged(event: Event) -> None:
    moved = Delivery.objects.filter(event=event).update(attempts=F("attempts") + 1)

    assert moved == 1
