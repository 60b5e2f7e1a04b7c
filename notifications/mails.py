"""Being written."""

from cpor.journal.routing import Consumer

MAILED: list = []


def mail_consumer(*, delivered, dead) -> Consumer:
    return Consumer(name="mail", deliver=lambda delivery, now: None, delivered=delivered, dead=dead)
