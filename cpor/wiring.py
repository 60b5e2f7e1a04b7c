"""Connect events to subscribers and consumers, in one place, once all apps are loaded.

Subscribers run in the event's transaction, so that state, history and consequences commit or roll back together.
Consumers run after commit, from delivery rows, through the relay.
"""

from datetime import datetime

from arbitration import events as arbitration_events
from arbitration.steps import reactions
from arbitration.steps.order import place
from associations import events as association_events
from associations.services import hold_undeliverable_consent, start_consent_window
from claims import events as claim_events
from claims.services import end_subscription, flag_suspension
from claims.steps import revise_claim, settle_claim
from clocks import events as clock_events
from clocks.steps import desk_calendar
from cpor import desk_settings
from cpor.nudge import nudge_relay
from foundation.journal.enums import Audience
from foundation.journal.models import Delivery, Event
from foundation.journal.routing import Consumer, routes
from foundation.journal.step import Step
from notifications.mails import MAILED, mail_consumer
from partners import events as partner_events
from tenants import events as directory_events


def connect() -> None:
    """Declare every event type and connect what reacts to it."""
    for app_events in (
        directory_events,
        partner_events,
        clock_events,
        association_events,
        claim_events,
        arbitration_events,
        desk_settings,
    ):
        routes.declare(app_events.EVENT_TYPES)
    _connect_subscribers()
    _connect_consumers()
    routes.nudge = nudge_relay


def _connect_subscribers() -> None:
    for event_type in routes.types.values():
        if event_type.audience == Audience.PARTNER:
            routes.subscribe(event_type, revise_claim)
    routes.subscribe(claim_events.CLAIM_SUBMITTED, reactions.receive_submission)
    routes.subscribe(claim_events.ITEM_ADDED, reactions.receive_item)
    routes.subscribe(claim_events.ITEM_APPROVED, reactions.receive_approval)
    routes.subscribe(claim_events.ITEM_DECLINED, reactions.receive_decline)
    routes.subscribe(claim_events.ITEM_WITHDRAWN, reactions.receive_withdrawal)
    routes.subscribe(claim_events.REQUEST_ANSWERED, reactions.receive_answer)
    routes.subscribe(claim_events.REQUEST_LAPSED, reactions.receive_request_end)
    routes.subscribe(claim_events.REQUEST_CLOSED, reactions.receive_request_end)
    routes.subscribe(association_events.ASSOCIATION_ACTIVATED, reactions.receive_activation)
    routes.subscribe(association_events.ASSOCIATION_ENDED, reactions.receive_association_end)
    routes.subscribe(association_events.GRANT_ENDED, settle_after_grant)
    routes.subscribe(clock_events.CLOCK_EXTENDED, reactions.receive_new_due_instant)
    routes.subscribe(clock_events.CLOCK_CALENDAR_PINNED, reactions.receive_new_due_instant)

    for event_type in PLACING:
        routes.subscribe(event_type, place)


PLACING = (
    clock_events.CLOCK_STARTED,
    clock_events.CLOCK_PAUSED,
    clock_events.CLOCK_RESUMED,
    clock_events.CLOCK_MET,
    clock_events.CLOCK_CANCELLED,
    clock_events.CLOCK_EXTENDED,
    clock_events.CLOCK_CALENDAR_PINNED,
    claim_events.INFORMATION_REQUESTED,
    claim_events.HOLDER_ASKED,
    claim_events.DEADLINE_MOVED,
    claim_events.REQUEST_ANSWERED,
    claim_events.REQUEST_LAPSED,
    claim_events.REQUEST_CLOSED,
    claim_events.ITEM_WITHDRAWN,
    claim_events.ITEM_DECLINED,
    arbitration_events.ROUND_OPENED,
    arbitration_events.ROUND_JOINED,
    arbitration_events.CASE_OPENED,
    arbitration_events.CASE_JOINED,
    arbitration_events.CASE_LEFT,
    arbitration_events.CASE_NOTICE_POSTED,
    arbitration_events.CASE_DECIDED,
    arbitration_events.CASE_CLOSED,
)
"""The events after which a claim or a case may stand elsewhere in the desk's lists. A breach is none: it has been late
since the instant that was due."""


def settle_after_grant(event: Event, step: Step) -> None:
    """Settle the claim that earned the ended grant, if nothing else keeps it open."""
    if event.claim_id is not None:
        settle_claim(step, event.claim_id)


def _connect_consumers() -> None:
    routes.deliver_to(mail_consumer(delivered=consent_mail_delivered, dead=consent_mail_dead), MAILED)
    routes.deliver_to(
        Consumer(name="directory-end", deliver=react_to_end, transactional=True),
        [directory_events.SUBSCRIPTION_ENDED],
    )
    routes.deliver_to(
        Consumer(name="directory-suspension", deliver=react_to_suspension, transactional=True),
        [directory_events.SUBSCRIPTION_SUSPENDED],
    )


def react_to_end(delivery: Delivery, now: datetime) -> None:
    end_subscription(subscription_id=delivery.event.subject_id, now=now)


def react_to_suspension(delivery: Delivery, now: datetime) -> None:
    flag_suspension(subscription_id=delivery.event.subject_id, now=now)


def consent_mail_delivered(delivery: Delivery, now: datetime) -> None:
    """Start the consent window when the consent mail is handed over (part 8); other mails start nothing."""
    if delivery.event.type == association_events.CONSENT_REQUESTED.name:
        zone = desk_calendar(now=now).zone
        start_consent_window(consent_request_id=delivery.event.subject_id, zone=zone, now=now)


def consent_mail_dead(delivery: Delivery, now: datetime) -> None:
    if delivery.event.type == association_events.CONSENT_REQUESTED.name:
        hold_undeliverable_consent(consent_request_id=delivery.event.subject_id, now=now)
