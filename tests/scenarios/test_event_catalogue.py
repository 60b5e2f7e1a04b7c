"""The catalogue of events is true: in one long story every type of event of the domain occurs, and every key that its
payload promises has a value at least once."""

from collections.abc import Collection

import pytest

from arbitration import events as arbitration_events
from arbitration import services as desk
from arbitration.models import Case
from associations import events as association_events
from associations.models import ConsentRequest
from associations.services import hold_undeliverable_consent
from claims import events as claim_events
from claims.inputs import DraftChanges, Entry
from claims.models import Claim, Evidence
from claims.services import (
    ask_override,
    change_items,
    confirm_override,
    create_draft,
    open_evidence,
    save_claim,
)
from clocks.enums import ClockKind
from clocks.selectors import clock_for
from foundation.journal.models import Event
from foundation.journal.routing import EventType
from foundation.kernel.actor import SYSTEM
from partners.models import User
from tests.factories import SubscriptionFactory, TenantFactory
from tests.filing import (
    DAY,
    add_proof,
    answer,
    ask,
    ask_parties,
    at,
    confirm,
    contacts_of,
    decide_for,
    decline,
    desk_admin,
    directory_says,
    draft,
    file_claim,
    held_and_claimed,
    items_of,
    lift,
    notify,
    open_items_of,
    pending,
    propose_for,
    ruling,
    sales,
    say,
    second_decision,
    send_back,
    take_up,
    time_passes,
    withdraw,
    workload_rivals,
    workloads,
)
from tests.world import EXCHANGE, INTUNE, MARKETING, NOW, SALES, World, actor

EVENT_TYPES = [
    *claim_events.EVENT_TYPES,
    *arbitration_events.EVENT_TYPES,
    *association_events.EVENT_TYPES,
]
EMPTY: tuple[object, ...] = (None, "", [])


@pytest.fixture
def written(world: World) -> dict[str, list[Event]]:
    """Return all events of the story, by type."""
    _drafts_are_given_up(world)
    _a_text_is_allowed(world)
    _a_holder_loses(world)
    _rivals_are_asked_and_one_leaves(world)
    _an_asked_claim_changes(world)
    _an_arbiter_cannot_wait(world)
    _a_second_arbiter_decides(world)
    _the_rest(world)
    events: dict[str, list[Event]] = {}
    for event in Event.objects.order_by("id"):
        events.setdefault(event.type, []).append(event)
    return events


def _save(claim: Claim, world: World, changes: DraftChanges) -> None:
    save_claim(public_id=str(claim.public_id), changes=changes, actor=actor(world.ana), now=NOW)


def _drafts_are_given_up(world: World) -> None:
    long_ago = NOW - 120 * DAY
    create_draft(changes=DraftChanges(name="Forgotten"), actor=actor(world.ana), now=long_ago)
    for days in (84, 92):
        time_passes(long_ago + days * DAY)
    given_up = draft(world, world.ana)
    _save(given_up, world, DraftChanges(name="Other"))
    withdraw(given_up, world.ana)


def _a_text_is_allowed(world: World) -> None:
    theirs, ours, _case = workload_rivals(world)
    text = "You signed with Fabrikam's own form."
    asked = ask_override(
        public_id=str(theirs.public_id),
        text=text,
        reason="It is on the form.",
        actor=actor(world.rev1),
        now=NOW,
    )
    confirm_override(public_id=str(theirs.public_id), override_id=asked.pk, actor=actor(world.rev2), now=NOW)
    withdraw(theirs, world.ned)
    withdraw(ours, world.ana)


def _a_holder_loses(world: World) -> None:
    """Let both answer in their case, let the challenger win, and let the customer's silence swap them."""
    theirs, ours, case = held_and_claimed(world)
    notify(case, world.rev1, now=at(7))
    ask_parties(Case.objects.get(pk=case.pk), world.arb, now=at(7))
    add_proof(ours, world.ana, now=at(8))
    answer(ours, world.ana, now=at(8))
    answer(theirs, world.ned, now=at(8))
    decide_for(Case.objects.get(pk=case.pk), world.arb, world.fabrikam, now=at(8))
    time_passes(at(8))
    time_passes(at(20))


def _rivals_are_asked_and_one_leaves(world: World) -> None:
    theirs, ours, case = workload_rivals(world)
    notify(case, world.rev1)
    ask_parties(Case.objects.get(pk=case.pk), world.arb)
    withdraw(theirs, world.ned)
    say(ours, world.ana, "Still here.")
    lapsing, _other = (file_claim(world, who, *workloads(INTUNE)) for who in (world.ana, world.ned))
    ask_parties(Case.objects.get(parties__claim=lapsing), world.arb, lapsing)
    time_passes(at(15))


def _an_asked_claim_changes(world: World) -> None:
    claim = file_claim(world, world.ana, sales(world.s_b), activities=("usage",))
    take_up(claim, world.rev1)
    asked = clock_for(ClockKind.RESPONSE, ask(claim, world.rev1).pk)
    assert asked is not None
    desk.extend_deadline(clock_id=asked.pk, days=1, reason="A strike", actor=SYSTEM, now=NOW)
    _save(claim, world, DraftChanges(contacts=contacts_of(world.uma), mpn_id="4391509"))
    change_items(
        public_id=str(claim.public_id),
        remove=[str(item.public_id) for item in items_of(claim)],
        add=[sales(world.s_b)],
        actor=actor(world.ana),
        now=NOW,
    )
    answer(claim, world.ana)
    _open(add_proof(claim, world.ana), world)
    directory_says(world.s_b, state="suspended")
    desk.add_note(public_id=str(claim.public_id), text="Odd.", actor=actor(world.rev1), now=NOW)


def _open(evidence: Evidence, world: World) -> None:
    open_evidence(
        public_id=evidence.claim.public_id,
        evidence_id=evidence.public_id,
        reads=True,
        actor=actor(world.rev1),
        now=NOW,
    ).file.close()


def _an_arbiter_cannot_wait(world: World) -> None:
    ours, _theirs = (file_claim(world, who, *workloads(EXCHANGE)) for who in (world.ana, world.ned))
    case = Case.objects.get(parties__claim=ours)
    given = ruling(world.fabrikam, unheard_reason="The customer asked for a decision today.")
    desk.decide_case(case_id=str(case.public_id), ruling=given, actor=actor(world.arb), now=NOW)


def _a_second_arbiter_decides(world: World) -> None:
    """Return a decision, confirm the next one, and let a third wait until its case ends."""
    tenant = TenantFactory.create(domain="proseware.example")
    subscription = SubscriptionFactory.create(tenant=tenant, products=[world.products[SALES]])

    def filed(user: User, activity: str) -> Claim:
        return file_claim(
            world,
            user,
            sales(subscription),
            activities=(activity,),
            tenant_guid=str(tenant.guid),
            domain="proseware.example",
            confirmed=("COMPETING_CLAIM", "CONTACT_DOMAIN_MISMATCH"),
        )

    _theirs, ours = filed(world.ned, "usage"), filed(world.ana, "usage")
    case = Case.objects.get(parties__claim=ours)
    given = ruling(world.fabrikam, unheard_reason="The customer asked for a decision today.")
    with second_decision():
        desk.decide_case(case_id=str(case.public_id), ruling=given, actor=actor(world.arb), now=NOW)
    send_back(case, world.arb2)
    lift(case, desk_admin(), world.arb)
    propose_for(case, world.arb2, world.fabrikam)
    confirm(case, world.arb)
    withdrawn, rival = filed(world.ana, "revenue_association"), filed(world.tom, "revenue_association")
    propose_for(Case.objects.get(parties__claim=rival), world.arb, world.tailspin)
    withdraw(withdrawn, world.ana)


def _the_rest(world: World) -> None:
    """Answer two requests in one act, return a consent mail, and decline an item."""
    tenant = TenantFactory.create(domain="litware.example")
    subscriptions = SubscriptionFactory.create_batch(2, tenant=tenant, products=[world.products[SALES]])
    claim = file_claim(
        world,
        world.tom,
        *map(sales, subscriptions),
        tenant_guid=str(tenant.guid),
        domain="litware.example",
        confirmed=("CONTACT_DOMAIN_MISMATCH",),
    )
    take_up(claim, world.rev1)
    for item in open_items_of(claim):
        ask(claim, world.rev1, item)
    answer(claim, world.tom)
    declined = file_claim(world, world.ned, Entry(product=MARKETING))
    take_up(declined, world.rev1)
    decline(declined, world.rev1)
    held = pending(world, world.ned, Entry(product=MARKETING))
    request = ConsentRequest.objects.get(claim_id=held.pk)
    hold_undeliverable_consent(consent_request_id=request.pk, now=NOW)


@pytest.mark.django_db
def test_every_type_of_event_occurs_and_every_key_of_its_payload_has_a_value(
    written: dict[str, list[Event]],
) -> None:
    silent = {
        event_type.name: keys
        for event_type in EVENT_TYPES
        if (keys := _silent(event_type, written.get(event_type.name, ())))
    }

    assert silent == {}


def _silent(event_type: EventType, events: Collection[Event]) -> set[str]:
    """Return the promised keys that none of the events fills, or the type's name if there is no event."""
    if not events:
        return {event_type.name}
    promised = {*event_type.fields, *event_type.optional}
    return {key for key in promised if all(event.payload.get(key) in EMPTY for event in events)}


@pytest.mark.django_db
def test_every_event_of_a_claim_names_its_claim_and_its_organisation(written: dict[str, list[Event]]) -> None:
    of_cases = {name for name in written if name.startswith("case.")} - {"case.joined", "case.left"}
    homeless = {
        event.type
        for event_type in EVENT_TYPES
        if event_type.name not in of_cases
        for event in written.get(event_type.name, ())
        if event.claim_id is None or event.organisation_id is None
    }

    assert homeless == {"association.ended"}  # several claims can have earned it
