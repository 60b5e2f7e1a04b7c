"""`manage.py sweep [--now ISO-8601]`: run all sweeps and drain the outbox once."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from cpor.sweeps import sweep


class Command(BaseCommand):
    help = "Run every sweep and drain the outbox once, as of now or of a given instant."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--now", help="ISO 8601 instant to run as of; UTC without an offset")

    def handle(self, *_args: Any, now: str | None = None, **_options: Any) -> None:
        report = sweep(now=_instant(now)) if now else sweep(now=timezone.now(), clock=timezone.now)
        for name, count in report.done.items():
            self.stdout.write(f"{name}: {count}")
        if report.is_gone:
            raise CommandError("The database does not answer. Start it, then sweep again; nothing was lost.")
        if report.failed:
            raise CommandError(f"{report.failed} failed; the next sweep tries them again. See the log.")


def _instant(text: str) -> datetime:
    if settings.PRODUCTION:
        raise CommandError("--now is for demonstrations and tests; production runs as of now.")
    try:
        instant = parse_datetime(text)
    except ValueError:
        instant = None
    if instant is None:
        raise CommandError(f"“{text}” is not an ISO 8601 instant such as 2020-07-13T00:00:00Z.")
    return (
        instant
        if timezone.is_aware(instant)
        else timezone.make_aware(instant, timezone.get_default_timezone())
    )
