"""A mail is sent once to each recipient, is known by its identifier, and is retried if it could not be sent."""

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default as readable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.urls import resolve
from django.utils import translation
from pytest_django import Settings

from associations.models import ConsentRequest, Grant
from associations.services import activate_consented
from claims.inputs import Entry
from claims.models import Claim, Contact
from cpor.sweeps import sweep
from foundation.journal.enums import DeliveryState
from foundation.journal.models import Delivery, Event
from foundation.journal.relay import BACKOFF, drain
from foundation.journal.routing import routes
from notifications.mails import MAILED, MAILS, deliver, message_id
from tenants.enums import SolutionArea
from tests.notifications.filing import (
    DAY,
    approve,
    draft,
    file_claim,
    give_notice,
    hold,
    sent,
    take_up,
)
from tests.platform.running import ROOT
from tests.world import NOW, TEAMS, World

NOBODY_LISTENS = 9  # the discard port: refused on every machine


@pytest.fixture
def no_mail_server(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", NOBODY_LISTENS


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.EMAIL_BACKEND = "notifications.mailbox.MailFolder"
    settings.MAILS_DIR = mails = tmp_path / "mails"
    return mails


def _approved(world: World) -> Delivery:
    """Approve a claim, with everything before it sent, and return the delivery of its consent mail."""
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    sent()
    approve(claim, world.rev1)
    return Delivery.objects.get(event__type="association.consent_requested")


def test_a_mail_carries_the_identifier_of_its_delivery(world: World) -> None:
    file_claim(world, world.ana)

    [message] = sent()

    delivery = Delivery.objects.get()
    headers = message.message()
    assert headers["Message-ID"] == message_id(delivery)
    assert re.fullmatch(r"<[0-9a-f]{32}@claims\.example>", message_id(delivery))
    assert headers["From"] == "desk@cpor.example"
    assert headers["To"] == "ana@fabrikam.example"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Date"] == "Mon, 06 Jul 2020 09:00:00 +0000"
    assert "Reply-To" not in headers
    assert headers.get_content_type() == "text/plain"


def test_a_mail_becomes_one_file_however_often_it_is_delivered(world: World, folder: Path) -> None:
    file_claim(world, world.ana)
    delivery = Delivery.objects.select_related("event").get()

    deliver(delivery, NOW)
    deliver(delivery, NOW + DAY)
    drain(now=NOW + DAY)

    [path] = folder.iterdir()
    message = message_from_bytes(path.read_bytes(), policy=readable)
    assert path.name == f"{message_id(delivery)[1:-1]}.eml"
    assert message["Subject"] == f"We received your claim {Claim.objects.get().reference}"
    assert "for Contoso. It is about:" in message.get_content()
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.DELIVERED


def test_letters_of_any_language_arrive_unchanged(world: World, folder: Path) -> None:
    world.fabrikam.name = "Fäbrikåm 株式会社"
    world.fabrikam.save()
    delivery = _approved(world)

    drain(now=NOW)

    path = folder / f"{message_id(delivery)[1:-1]}.eml"
    message = message_from_bytes(path.read_bytes(), policy=readable)
    assert message["Subject"].strip().startswith("Fäbrikåm 株式会社 as partner of Contoso")
    assert "What Fäbrikåm 株式会社 will see" in message.get_content()


def test_a_line_break_in_a_name_adds_no_header(world: World) -> None:
    world.fabrikam.name = "Fabrikam\nBcc: everybody@evil.example"
    world.fabrikam.save()
    _approved(world)

    [message] = [found for found in sent() if found.to == ["custana@contoso.com"]]

    headers = message.message()
    assert headers["Bcc"] is None
    assert message.recipients() == ["custana@contoso.com"]
    assert headers["Subject"].startswith("Fabrikam Bcc: everybody@evil.example as partner")


def test_mails_are_written_in_the_products_language_whatever_the_users_language(world: World) -> None:
    file_claim(world, world.ana)

    with translation.override("de"):
        [message] = sent()

    assert "Why this date? Received Mon 6 July 2020." in message.body


def test_a_mail_that_cannot_be_sent_is_retried(
    world: World, no_mail_server: None, settings: Settings
) -> None:
    file_claim(world, world.ana)

    report = drain(now=NOW)
    waiting = Delivery.objects.get()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    too_early = sent(now=NOW)
    in_time = sent(now=NOW + BACKOFF[0])

    assert (report.delivered, report.failed, report.dead) == (0, 1, 0)
    assert (waiting.state, waiting.attempts) == (DeliveryState.PENDING, 1)
    assert waiting.next_attempt_at == NOW + BACKOFF[0]
    assert waiting.last_error.startswith("ConnectionRefusedError")
    assert too_early == []
    assert len(in_time) == 1


def test_the_window_starts_when_the_consent_mail_is_handed_over_and_ends_as_the_mail_says(
    world: World,
) -> None:
    _approved(world)
    before = ConsentRequest.objects.get()

    [message] = [found for found in sent(now=NOW + 2 * DAY) if found.reply_to]

    request = ConsentRequest.objects.get()
    assert (before.handed_over_at, before.window_ends_at) == (None, None)
    assert request.handed_over_at == NOW + 2 * DAY
    assert request.window_ends_at == datetime(2020, 7, 16, tzinfo=UTC)
    assert "It takes effect on Wednesday\n15 July 2020, 24:00 UTC." in message.body
    assert Event.objects.filter(type="association.consent_window_started").count() == 1


def _until_given_up(now: datetime) -> datetime:
    """Drain at each next attempt until the relay gives up; return that instant."""
    drain(now=now)
    for pause in BACKOFF:
        now += pause
        drain(now=now)
    return now


def test_an_undeliverable_consent_mail_blocks_the_activation_and_alerts_the_desk(
    world: World, no_mail_server: None, settings: Settings
) -> None:
    delivery = _approved(world)
    claim = Contact.objects.get(kind="customer").claim

    given_up_at = _until_given_up(NOW)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    [alert] = [message for message in sent(now=given_up_at) if message.to == ["desk@cpor.example"]]
    activated = activate_consented(
        consent_request_id=ConsentRequest.objects.get().pk, now=given_up_at + 30 * DAY
    )

    delivery.refresh_from_db()
    request = ConsentRequest.objects.get()
    assert (delivery.state, delivery.attempts) == (DeliveryState.DEAD, len(BACKOFF) + 1)
    assert (request.undeliverable_at, request.window_ends_at) == (given_up_at, None)
    assert Event.objects.filter(type="association.consent_undeliverable").count() == 1
    assert activated == 0
    assert set(Grant.objects.values_list("state", flat=True)) == {"pending_consent"}
    assert alert.subject == f"Consent mail not delivered: claim {claim.reference}"
    assert alert.body == (
        f"The mail that asks the customer contact of claim {claim.reference} to agree\n"
        "could not be delivered and will not be sent again.\n"
        "\n"
        "The consent window is not running, and the association does not take effect\n"
        "until you settle this. What to do: find the right contact and correct it in\n"
        "the claim.\n"
        f"https://claims.example/admin/claims/claim/{claim.public_id}/\n"
        "\n"
        "The CPOR claim desk, https://claims.example\n"
    )


def test_a_customer_contact_without_an_address_does_not_count_as_consent(world: World) -> None:
    """A missing address must block the activation, as one that does not work does."""
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    Contact.objects.filter(claim=claim, kind="customer").update(email=" ")
    approve(claim, world.rev1)

    given_up_at = _until_given_up(NOW)

    request = ConsentRequest.objects.get()
    delivery = Delivery.objects.get(event__type="association.consent_requested")
    assert (delivery.state, delivery.last_error) == (
        DeliveryState.DEAD,
        "MailNotSent: there is no address to send to",
    )
    assert (request.undeliverable_at, request.window_ends_at) == (given_up_at, None)


def test_a_dead_mail_to_a_partner_changes_nothing_else(world: World, no_mail_server: None) -> None:
    file_claim(world, world.ana)
    events = Event.objects.count()

    _until_given_up(NOW)

    assert Delivery.objects.get().state == DeliveryState.DEAD
    assert Event.objects.count() == events


def test_links_in_mails_lead_to_existing_pages(world: World) -> None:
    hold(world, world.ned)
    file_claim(world, world.ana)
    give_notice(world)
    file_claim(world, world.tom, Entry(product=TEAMS), area=SolutionArea.MICROSOFT_365)
    draft(world, world.uma, mpn="4391507")
    sweep(now=NOW + 100 * DAY)

    paths = {
        urlsplit(link).path
        for message in mail.outbox
        for link in re.findall(r"^https://claims\.example\S*$", str(message.body), re.MULTILINE)
    }

    names = {resolve(path).view_name for path in paths}
    assert names == {"claims:claim", "admin:claims_claim_change", "admin:arbitration_case_changelist"}


def test_every_mailed_event_is_connected_and_every_template_is_used() -> None:
    templates = {path.stem for path in (ROOT / "templates" / "notifications").glob("*.txt")}

    assert len({event_type.name for event_type in MAILED}) == len(MAILED) == len(MAILS)
    assert {mail_.template for mail_ in MAILS} == templates - {"footer"}
    assert all(routes.consumer(event_type.name, "mail").name == "mail" for event_type in MAILED)
