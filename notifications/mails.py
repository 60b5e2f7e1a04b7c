"""List every mail: the event that causes it, its template, its recipients and its content."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation

from associations import events as association_events
from claims import events as claim_events
from clocks import events as clock_events
from foundation.journal.models import Delivery, Event
from foundation.journal.routing import Consumer, EventType
from notifications import contents, recipients
from notifications.rendering import render_mail


class MailNotSent(Exception):
    """The mail could not be handed over; the relay will retry."""


@dataclass(frozen=True, kw_only=True)
class Mail:
    event_type: EventType
    template: str
    recipients: Callable[[Event], Iterable[str]]
    content: contents.ContentOf
    answer_to_desk: bool = False


MAILS = (
    Mail(
        event_type=claim_events.CLAIM_SUBMITTED,
        template="claim_submitted",
        recipients=recipients.submitter,
        content=contents.submitted,
    ),
    Mail(
        event_type=claim_events.INFORMATION_REQUESTED,
        template="information_requested",
        recipients=recipients.partner_people,
        content=contents.asked,
    ),
    Mail(
        event_type=claim_events.HOLDER_ASKED,
        template="information_requested",
        recipients=recipients.partner_people,
        content=contents.asked,
    ),
    Mail(
        event_type=claim_events.REQUEST_LAPSED,
        template="request_lapsed",
        recipients=recipients.partner_people,
        content=contents.lapsed,
    ),
    Mail(
        event_type=claim_events.ITEM_IN_ARBITRATION,
        template="notice",
        recipients=recipients.partner_people,
        content=contents.noticed,
    ),
    Mail(
        event_type=claim_events.ITEM_OUT_OF_ARBITRATION,
        template="hearing_closed",
        recipients=recipients.readers_of_a_closed_hearing,
        content=contents.heard,
    ),
    Mail(
        event_type=claim_events.COMMENT_ADDED,
        template="comment_added",
        recipients=recipients.comment_readers,
        content=contents.commented,
    ),
    Mail(
        event_type=claim_events.ITEMS_DECIDED,
        template="items_decided",
        recipients=recipients.partner_people,
        content=contents.decided,
    ),
    Mail(
        event_type=claim_events.ITEM_DECLINED,
        template="subscription_ended",
        recipients=recipients.ended_item_readers,
        content=contents.subscription_ended,
    ),
    Mail(
        event_type=claim_events.CLAIM_SETTLED,
        template="claim_ended",
        recipients=recipients.ended_claim_readers,
        content=contents.ended,
    ),
    Mail(
        event_type=claim_events.CLAIM_EXPIRY_WARNED,
        template="draft_expiry_warned",
        recipients=recipients.author,
        content=contents.draft_near_its_end,
    ),
    Mail(
        event_type=claim_events.CLAIM_EXPIRED,
        template="draft_expired",
        recipients=recipients.author,
        content=contents.draft_over,
    ),
    Mail(
        event_type=association_events.CONSENT_REQUESTED,
        template="consent_requested",
        recipients=recipients.customer_contact,
        content=contents.consent,
        answer_to_desk=True,
    ),
    Mail(
        event_type=association_events.CONSENT_UNDELIVERABLE,
        template="consent_undeliverable",
        recipients=recipients.desk,
        content=contents.undeliverable,
    ),
    Mail(
        event_type=association_events.ASSOCIATION_ACTIVATED,
        template="association_activated",
        recipients=recipients.partner_people,
        content=contents.activated,
    ),
    Mail(
        event_type=clock_events.CLOCK_WARNED,
        template="clock_warned",
        recipients=recipients.clock_keeper,
        content=contents.clock_due,
    ),
    Mail(
        event_type=clock_events.CLOCK_BREACHED,
        template="clock_breached",
        recipients=recipients.clock_keeper,
        content=contents.clock_due,
    ),
)

MAILED: tuple[EventType, ...] = tuple(mail.event_type for mail in MAILS)
_MAIL_OF = {mail.event_type.name: mail for mail in MAILS}


def mail_consumer(
    *, delivered: Callable[[Delivery, datetime], None], dead: Callable[[Delivery, datetime], None]
) -> Consumer:
    """Return the consumer “mail”. `delivered` and `dead` run in the transaction that records a mail's outcome."""
    return Consumer(name="mail", addresses=addresses, deliver=deliver, delivered=delivered, dead=dead)


def addresses(event: Event) -> Iterable[str]:
    """Return the addresses of the event's mail, one delivery each."""
    return _MAIL_OF[event.type].recipients(event)


def deliver(delivery: Delivery, now: datetime) -> None:
    """Write the delivery's mail and hand it over. Raises MailNotSent and the mail server's errors.

    The Message-ID comes from the delivery, so that a repeat after a crash can be recognised.
    """
    if not delivery.address:
        raise MailNotSent("there is no address to send to")
    mail = _MAIL_OF[delivery.event.type]
    with translation.override(settings.LANGUAGE_CODE):
        subject, body = render_mail(mail.template, mail.content(delivery.event, now))
    message = EmailMessage(
        subject,
        body,
        settings.DEFAULT_FROM_EMAIL,
        [delivery.address],
        reply_to=[settings.DESK_EMAIL] if mail.answer_to_desk else None,
        headers={
            "Message-ID": f"<delivery-{delivery.pk}@{urlsplit(settings.SITE_URL).hostname}>",
            "Date": format_datetime(now),
            "Auto-Submitted": "auto-generated",
        },
    )
    if not message.send():
        raise MailNotSent("the mail server took nothing")
