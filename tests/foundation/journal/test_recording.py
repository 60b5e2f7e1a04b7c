"""An event is written once, in the transaction it records, and carries no more than its type declares."""

import hashlib

import pytest
from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from foundation.journal.models import Delivery, Event, EventDetail
from foundation.journal.routing import EventType, Routes
from foundation.journal.step import Step, digest
from foundation.kernel.actor import SYSTEM, Actor, ActorKind, Channel
from partners.models import Organisation
from tests.foundation.journal.conftest import HAPPENED, NOW, Connect, Notebook, happen

STEP = Step(actor=SYSTEM, at=NOW)


@pytest.fixture
def organisation(db: None) -> Organisation:
    return Organisation.objects.create(code="somebody", name="Somebody")


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_an_event_is_refused_outside_a_transaction(connect: Connect) -> None:
    connect()
    subject = Organisation.objects.create(code="somebody", name="Somebody")

    with pytest.raises(AssertionError, match="in the transaction of what it records"):
        STEP.record(HAPPENED, subject, what="it")
    with pytest.raises(AssertionError, match="in the transaction of what it records"):
        STEP.record_each(HAPPENED, [(subject, {"what": "it"})])

    assert Event.objects.count() == 0


def test_a_payload_with_an_undeclared_key_is_refused(connect: Connect, organisation: Organisation) -> None:
    connect()

    with pytest.raises(AssertionError, match=r"test.happened does not declare \['rival'\]"):
        happen(payload={"what": "it", "rival": 7})
    with pytest.raises(AssertionError, match=r"test.happened does not declare \['rival'\]"):
        STEP.record_each(HAPPENED, [(organisation, {"what": "it", "rival": 7})])

    assert Event.objects.count() == 0


def test_a_payload_without_a_required_key_is_refused(connect: Connect, organisation: Organisation) -> None:
    connect()

    with pytest.raises(AssertionError, match=r"test.happened lacks \['what'\]"):
        STEP.record(HAPPENED, organisation)
    with pytest.raises(AssertionError, match=r"test.happened lacks \['what'\]"):
        STEP.record_each(HAPPENED, [(organisation, {"to": "there"})])

    assert Event.objects.count() == 0


def test_an_optional_key_may_be_left_out(connect: Connect, organisation: Organisation) -> None:
    connect()

    assert STEP.record(HAPPENED, organisation, what="it").payload == {"what": "it"}
    assert STEP.record(HAPPENED, organisation, what="it", to="there").payload == {"what": "it", "to": "there"}


def test_an_event_records_actor_act_door_and_instant(connect: Connect, organisation: Organisation) -> None:
    connect()
    ana = Actor(
        kind=ActorKind.PARTNER, name="Ana Alves", user_id=7, channel=Channel.API, request_id="request-1"
    )

    event = happen(actor=ana, claim_id=3, organisation_id=4)

    event.refresh_from_db()
    assert (event.type, event.version, event.audience) == ("test.happened", 1, "partner")
    assert (event.subject_type, event.subject_id) == ("partners.organisation", organisation.pk)
    assert (event.claim_id, event.organisation_id) == (3, 4)
    assert (event.actor_kind, event.actor_id, event.actor_name) == ("partner", 7, "Ana Alves")
    assert (event.channel, event.request_id, event.at) == ("api", "request-1", NOW)
    assert event.payload == {"what": "it"}


def test_personal_values_are_stored_beside_the_event_which_keeps_their_salted_hash(
    connect: Connect, organisation: Organisation
) -> None:
    connect()

    event = happen(personal={"email": ("ana@old.example", "ana@new.example"), "phone": ("", "0123")})

    details = {detail.field: detail for detail in EventDetail.objects.filter(event=event)}
    assert {name: (detail.old, detail.new) for name, detail in details.items()} == {
        "email": ("ana@old.example", "ana@new.example"),
        "phone": ("", "0123"),
    }
    assert event.payload == {
        "what": "it",
        "personal": {name: digest(detail.old, detail.new, detail.salt) for name, detail in details.items()},
    }
    assert "example" not in str(event.payload)
    assert len({detail.salt for detail in details.values()}) == 2
    assert all(len(detail.salt) == 32 for detail in details.values())


def test_the_hash_is_the_documented_one() -> None:
    expected = hashlib.sha256(b"salt\x1fold\x1fnew").hexdigest()

    assert digest("old", "new", "salt") == expected


def test_equal_values_have_different_hashes_in_different_events(
    connect: Connect, organisation: Organisation
) -> None:
    connect()

    first = happen(personal={"email": ("a", "b")})
    second = happen(personal={"email": ("a", "b")})

    assert first.payload["personal"]["email"] != second.payload["personal"]["email"]


def test_erasing_a_detail_leaves_its_event_unchanged(connect: Connect, organisation: Organisation) -> None:
    connect()
    event = happen(personal={"email": ("a", "b")})
    before = dict(event.payload)

    EventDetail.objects.filter(event=event).delete()

    event.refresh_from_db()
    assert event.payload == before


def test_there_is_one_delivery_for_each_consumer_and_address(
    connect: Connect, organisation: Organisation
) -> None:
    connect(
        Notebook().as_consumer("a@x.example", "b@x.example", "a@x.example", name="mail"),
        Notebook().as_consumer(name="index"),
    )

    event = happen()

    rows = Delivery.objects.filter(event=event).order_by("id")
    assert list(rows.values_list("consumer", "address", "state", "attempts", "next_attempt_at")) == [
        ("mail", "a@x.example", "pending", 0, NOW),
        ("mail", "b@x.example", "pending", 0, NOW),
        ("index", "", "pending", 0, NOW),
    ]


def test_an_event_without_recipients_has_no_delivery_and_no_nudge(
    connect: Connect,
    organisation: Organisation,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    nudges: list[str] = []
    consumer = Notebook().as_consumer(addresses=lambda event: ())
    connect(consumer, nudged=lambda: nudges.append("now"))

    with django_capture_on_commit_callbacks(execute=True):
        happen()

    assert Delivery.objects.count() == 0
    assert nudges == []


def test_the_relay_is_nudged_after_the_commit_and_not_before(
    connect: Connect,
    organisation: Organisation,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    nudges: list[str] = []
    connect(Notebook().as_consumer(), nudged=lambda: nudges.append("now"))

    with django_capture_on_commit_callbacks(execute=True):
        happen()
        before = list(nudges)

    assert before == []
    assert nudges == ["now"]


def test_a_rolled_back_step_leaves_no_event_and_no_delivery(
    connect: Connect, organisation: Organisation
) -> None:
    connect(Notebook().as_consumer())

    with transaction.atomic():
        happen()
        transaction.set_rollback(True)

    assert Event.objects.count() == 0
    assert Delivery.objects.count() == 0


def test_a_subscriber_that_raises_undoes_the_event(connect: Connect, organisation: Organisation) -> None:
    def refuse(event: Event, step: Step) -> None:
        raise ValueError("not like this")

    connect(Notebook().as_consumer(), subscribers=(refuse,))

    with pytest.raises(ValueError, match="not like this"):
        happen()

    assert Event.objects.count() == 0
    assert Delivery.objects.count() == 0


def test_subscribers_run_with_the_event_its_actor_and_its_instant(
    connect: Connect, organisation: Organisation
) -> None:
    seen: list[tuple[object, ...]] = []
    connect(subscribers=(lambda event, step: seen.append((event.pk, step.actor, step.at)),))

    event = happen()

    assert seen == [(event.pk, SYSTEM, NOW)]


def test_events_recorded_in_bulk_equal_events_recorded_singly(
    connect: Connect, organisation: Organisation
) -> None:
    seen: list[int] = []
    connect(Notebook().as_consumer("a", "b"), subscribers=(lambda event, step: seen.append(event.pk),))
    one = happen("first")

    many = STEP.record_each(HAPPENED, [(organisation, {"what": "first"}), (organisation, {"what": "second"})])

    own = {"id", "payload"}
    columns = [field.attname for field in Event._meta.concrete_fields if field.attname not in own]
    for event in many:
        assert [getattr(event, name) for name in columns] == [getattr(one, name) for name in columns]
    assert [event.payload for event in many] == [{"what": "first"}, {"what": "second"}]
    assert seen == [one.pk, many[0].pk, many[1].pk]
    assert list(Delivery.objects.filter(event__in=many).order_by("id").values_list("address", flat=True)) == [
        "a",
        "b",
        "a",
        "b",
    ]


def test_two_event_types_with_the_same_name_are_refused() -> None:
    routes = Routes()
    routes.declare([HAPPENED])

    with pytest.raises(ValueError, match=r"two event types have the name test.happened"):
        routes.declare([EventType(name="test.happened", summary="Something else")])
