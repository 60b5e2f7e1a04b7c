"""`manage.py load_demo [--today DATE]`: load the demo's users, customers and claims."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cpor.demo.loading import load_demo
from foundation.kernel.errors import DomainError


class Command(BaseCommand):
    help = "Load the demo into an empty database; loading it again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--today",
            type=date.fromisoformat,
            help="the day the demo's dates are relative to (default: today)",
        )

    def handle(self, *_args: Any, today: date | None = None, **_options: Any) -> None:
        try:
            loaded = load_demo(today=today or timezone.now().date())
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(
            "The demo is loaded." if loaded else "The demo is here already; nothing was changed."
        )
