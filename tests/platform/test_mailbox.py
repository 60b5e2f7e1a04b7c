"""In the embedded mode a mail is one readable file, however often it is sent."""

from pathlib import Path

import pytest
from django.core.mail import EmailMessage, get_connection
from pytest_django import Settings

from notifications.mailbox import file_name

BACKEND = "notifications.mailbox.MailFolder"


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.MAILS_DIR = mails = tmp_path / "mails"
    return mails


def _mail(message_id: str = "<claim-7.1@cpor>", body: str = "Your claim was received.") -> EmailMessage:
    return EmailMessage(
        "Claim 7", body, "desk@example.org", ["ana@example.org"], headers={"Message-ID": message_id}
    )


def test_a_mail_becomes_a_readable_file_named_after_its_identifier(folder: Path) -> None:
    sent = get_connection(BACKEND).send_messages([_mail()])

    assert sent == 1
    assert [path.name for path in folder.iterdir()] == ["claim-7.1@cpor.eml"]
    text = (folder / "claim-7.1@cpor.eml").read_text()
    assert "Subject: Claim 7\n" in text
    assert "To: ana@example.org\n" in text
    assert text.endswith("\n\nYour claim was received.")


def test_a_mail_sent_again_counts_as_sent_and_changes_nothing(folder: Path) -> None:
    get_connection(BACKEND).send_messages([_mail()])
    before = (folder / "claim-7.1@cpor.eml").read_bytes()

    sent = get_connection(BACKEND).send_messages([_mail(body="Something else.")])

    assert sent == 1
    assert [path.read_bytes() for path in folder.iterdir()] == [before]


def test_a_mail_without_recipients_is_not_written(folder: Path) -> None:
    mail = _mail()
    mail.to = []

    assert get_connection(BACKEND).send_messages([mail]) == 0
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("message_id", "name"),
    [
        ("<../../etc/passwd@cpor>", "_.._etc_passwd@cpor.eml"),
        ("<.hidden@cpor>", "hidden@cpor.eml"),
        ("<" + "a" * 300 + ">", "a" * 120 + ".eml"),
    ],
)
def test_an_identifier_cannot_lead_outside_the_folder(message_id: str, name: str) -> None:
    assert file_name(message_id) == name
