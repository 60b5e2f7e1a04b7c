"""A post office that is closed to customers."""

from django.core.mail.backends.locmem import EmailBackend


class Backend(EmailBackend):
    def send_messages(self, messages):
        if any("contoso.com" in address for message in messages for address in message.to):
            raise OSError("the other side refuses the address")
        return super().send_messages(messages)
