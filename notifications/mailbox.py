"""The mail backend of the embedded mode: every mail becomes a file that a person can open and read."""

import os
import re
import tempfile
from collections.abc import Sequence
from email.utils import make_msgid
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage

MAX_NAME = 120


class MailFolder(BaseEmailBackend):
    """Writes each mail to MAILS_DIR as `<message id>.eml`.

    A mail whose file exists counts as sent and stays unchanged, so that sending it again after a crash duplicates
    nothing. A file appears whole or not at all.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the mails that have a recipient; return how many of them are in the folder now."""
        folder = Path(settings.MAILS_DIR)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        addressed = [message for message in email_messages if message.recipients()]
        for message in addressed:
            _write(folder, message)
        return len(addressed)


def file_name(message_id: str) -> str:
    """Return the name of the mail's file: its identifier's harmless characters, without the angle brackets."""
    return re.sub(r"[^A-Za-z0-9._@-]", "_", message_id.strip("<> "))[:MAX_NAME].lstrip(".") + ".eml"


def _write(folder: Path, message: EmailMessage) -> None:
    identifier = message.extra_headers.setdefault("Message-ID", make_msgid(domain="cpor"))
    handle, draft = tempfile.mkstemp(dir=folder, prefix=".draft-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(message.message().as_bytes())
        os.link(draft, folder / file_name(identifier))
    except FileExistsError:
        pass  # it was sent before
    finally:
        os.unlink(draft)
