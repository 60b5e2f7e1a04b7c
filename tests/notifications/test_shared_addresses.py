"""Several people read the desk's address: what goes there names a claim or a case, and nobody (5.9)."""

from datetime import datetime

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from pytest_django import Settings

from claims.models import Claim, Contact
from claims.services import add_comment
from cpor.sweeps import sweep
from foundation.journal.models import Delivery
from foundation.journal.relay import BACKOFF
from partners.models import User
from tests.notifications.filing import DAY, approve, file_claim, give_notice, hold, sent, take_up
from tests.portal.filed import claim_in
from tests.tampering import without_triggers
from tests.world import NOW, World, actor

NOBODY_ELSES = (
    "Fabrikam",
    "Northwind",
    "Contoso",
    "4391507",
    "Custana",
    "Partana",
    "Alves",
    "custana@contoso.com",
)


def assert_names_a_number_only(message: EmailMessage, number: str) -> None:
    said = f"{message.subject}\n{message.body}"
    assert number in said
    assert [word for word in NOBODY_ELSES if word.casefold() in said.casefold()] == []


def to_the_desk(now: datetime) -> list[EmailMessage]:
    mail.outbox.clear()
    sweep(now=now)
    return [message for message in mail.outbox if message.to == ["desk@cpor.example"]]


def test_a_review_that_nobody_keeps_is_mailed_to_the_desk_under_its_reference(world: World) -> None:
    claim = file_claim(world, world.ana)
    sent()

    warned, breached = [*to_the_desk(NOW + 5 * DAY), *to_the_desk(NOW + 8 * DAY)]

    assert_names_a_number_only(warned, str(claim))
    assert_names_a_number_only(breached, str(claim))


def test_a_case_is_mailed_to_the_desk_under_its_number(world: World) -> None:
    hold(world, world.ned)
    file_claim(world, world.ana)
    case = give_notice(world)
    sent()

    warned, breached = [*to_the_desk(NOW + 5 * DAY), *to_the_desk(NOW + 8 * DAY)]

    assert_names_a_number_only(warned, str(case))
    assert_names_a_number_only(breached, str(case))


def test_a_comment_on_a_decided_claim_is_mailed_to_the_desk_under_its_reference(world: World) -> None:
    claim = claim_in(world, "rejected")
    with without_triggers("claims_claim"):
        Claim.objects.filter(pk=claim.pk).update(assignee=None)
    sent()
    add_comment(public_id=str(claim.public_id), text="Ask Cora at Contoso.", actor=actor(world.ana), now=NOW)

    [told] = sent()

    assert told.to == ["desk@cpor.example"]
    assert_names_a_number_only(told, str(claim))
    assert "Cora" not in str(told.body)


def test_an_undeliverable_consent_mail_is_reported_under_the_claims_reference(
    world: World, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "tests.associations.broken_mail.Backend"
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    approve(claim, world.rev1)
    now = NOW
    for pause in [*BACKOFF, DAY]:
        sent(now=now)
        now += pause
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    [alert] = [message for message in sent(now=now) if message.to == ["desk@cpor.example"]]

    assert_names_a_number_only(alert, str(claim))


@pytest.mark.parametrize("address", ["desk@cpor.example", " Desk@CPOR.example "])
def test_no_partner_has_its_business_mailed_to_the_desks_address(world: World, address: str) -> None:
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    sent()
    Contact.objects.filter(claim=claim).update(email=address)
    User.objects.filter(pk=world.ana.pk).update(email=address)

    approve(claim, world.rev1)
    mails = sent()

    asked = Delivery.objects.get(event__type="association.consent_requested")
    assert mails == []
    assert (asked.address, asked.last_error) == ("", "MailNotSent: there is no address to send to")
    assert Claim.objects.get(pk=claim.pk).status == "approved"


def test_an_assignee_who_gave_the_desks_address_reads_a_number_only(world: World) -> None:
    claim = file_claim(world, world.ana)
    User.objects.filter(pk=world.rev1.pk).update(email="desk@cpor.example")
    take_up(claim, world.rev1)
    sent()

    [warned] = to_the_desk(NOW + 5 * DAY)

    assert_names_a_number_only(warned, str(claim))
