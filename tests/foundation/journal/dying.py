"""A small installation to break, and mail backends that kill the sending process."""

import os
import signal
from collections.abc import Sequence

from django.core.mail.message import EmailMessage

from foundation.journal.relay import drain
from notifications.mailbox import MailFolder
from tests.notifications.filing import approve, file_claim, take_up
from tests.world import NOW, build_world


def prepare() -> None:
    """Fill the empty database with an approved claim whose consent mail waits in the outbox."""
    world = build_world()
    claim = file_claim(world, world.ana)
    take_up(claim, world.rev1)
    drain(now=NOW)
    approve(claim, world.rev1)


class DiesBeforeSending(MailFolder):
    """Kills the process before the mail leaves."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        os.kill(os.getpid(), signal.SIGKILL)
        return 0


class DiesAfterSending(MailFolder):
    """Kills the process after the mail left and before that is recorded."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        super().send_messages(email_messages)
        os.kill(os.getpid(), signal.SIGKILL)
        return 0
