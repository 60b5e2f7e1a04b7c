"""A mail backend that cannot reach customers."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend


class Backend(EmailBackend):
    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        if any("contoso.com" in address for message in messages for address in message.to):
            raise OSError("the other side refuses the address")
        return super().send_messages(messages)
