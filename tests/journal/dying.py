"""A small installation of its own, and mail backends that kill the process that sends.

`python -m tests.journal.dying` prepares the installation that CPOR_DATA_DIR names: an approved claim whose consent mail
waits in the outbox.
"""

import os
import signal
from collections.abc import Sequence
from io import StringIO

import django
from django.core.mail.message import EmailMessage

from notifications.mailbox import MailFolder


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class DiesBeforeSending(MailFolder):
    """The power goes while the mail is about to leave."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        _die()
        return 0


class DiesAfterSending(MailFolder):
    """The power goes when the mail has left and before anybody could note it."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        super().send_messages(email_messages)
        _die()
        return 0


def prepare() -> None:
    from django.core.management import call_command

    from cpor.journal.relay import drain
    from tests.notifications.filing import approve, file_claim, take_up
    from tests.world import NOW, build_world

    call_command("migrate", verbosity=0, stdout=StringIO())
    world = build_world()
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    drain(now=NOW)
    approve(claim, world.rev1)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpor.settings")
    django.setup()
    prepare()
