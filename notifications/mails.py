"""List every mail: the event that causes it, its template, its recipients and its content."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.crypto import salted_hmac

from associations import events as association_events
from claims import events as claim_events
from clocks import events as clock_events
from foundation.journal.models import Delivery, Event
from foundation.journal.routing import Consumer, EventType
from notifications import contents, recipients
from notifications.rendering import render_mail


class MailNotSent(Exception):
    """The mail could not be handed over; the relay will retry."""


@dataclass(frozen=True)
class Mail:
    event_type: EventType
    template: str
    recipients: Callable[[Event], Iterable[str]]
    content: contents.ContentOf
    answer_to_desk: bool = False


MAILS = (
    Mail(claim_events.CLAIM_SUBMITTED, "claim_submitted", recipients.submitter, contents.submitted),
    Mail(
        claim_events.INFORMATION_REQUESTED, "information_requested", recipients.partner_people, contents.asked
    ),
    Mail(claim_events.HOLDER_ASKED, "information_requested", recipients.partner_people, contents.asked),
    Mail(claim_events.REQUEST_LAPSED, "request_lapsed", recipients.partner_people, contents.lapsed),
    Mail(claim_events.ITEM_IN_ARBITRATION, "notice", recipients.partner_people, contents.noticed),
    Mail(
        claim_events.ITEM_OUT_OF_ARBITRATION,
        "hearing_closed",
        recipients.readers_of_a_closed_hearing,
        contents.about_item,
    ),
    Mail(claim_events.COMMENT_ADDED, "comment_added", recipients.comment_readers, contents.commented),
    Mail(claim_events.ITEMS_DECIDED, "items_decided", recipients.partner_people, contents.decided),
    Mail(
        claim_events.ITEM_DECLINED, "subscription_ended", recipients.ended_item_readers, contents.about_item
    ),
    Mail(claim_events.CLAIM_SETTLED, "claim_ended", recipients.ended_claim_readers, contents.ended),
    Mail(
        claim_events.CLAIM_EXPIRY_WARNED,
        "draft_expiry_warned",
        recipients.author,
        contents.draft_near_its_end,
    ),
    Mail(claim_events.CLAIM_EXPIRED, "draft_expired", recipients.author, contents.draft_over),
    Mail(
        association_events.CONSENT_REQUESTED,
        "consent_requested",
        recipients.customer_contact,
        contents.consent,
        answer_to_desk=True,
    ),
    Mail(
        association_events.CONSENT_UNDELIVERABLE,
        "consent_undeliverable",
        recipients.desk,
        contents.undeliverable,
    ),
    Mail(
        association_events.ASSOCIATION_ACTIVATED,
        "association_activated",
        recipients.partner_people,
        contents.activated,
    ),
    Mail(clock_events.CALENDAR_ENDING, "calendar_ending", recipients.desk, contents.calendar_ending),
    Mail(clock_events.CLOCK_WARNED, "clock_warned", recipients.clock_keeper, contents.clock_due),
    Mail(clock_events.CLOCK_BREACHED, "clock_breached", recipients.clock_keeper, contents.clock_due),
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

    The Message-ID is the delivery's own, so that a repeat after a crash can be recognised.
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
            "Message-ID": message_id(delivery),
            "Date": format_datetime(now),
            "Auto-Submitted": "auto-generated",
        },
    )
    if not message.send():
        raise MailNotSent("the mail server took nothing")


def message_id(delivery: Delivery) -> str:
    """Return the Message-ID: the same at every attempt, and telling nothing of how many mails others got.

    It depends on the instant of the event too, so that a mail of a new database never passes for one sent before.
    """
    told = f"{delivery.pk} {delivery.event.at.isoformat()} {delivery.address}"
    digest = salted_hmac("notifications.mail", told, algorithm="sha256").hexdigest()
    return f"<{digest[:32]}@{urlsplit(settings.SITE_URL).hostname}>"
