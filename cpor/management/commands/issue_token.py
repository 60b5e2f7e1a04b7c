"""`manage.py issue_token USER [--organisation CODE]`: print a bearer token for the API once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from foundation.kernel.actor import SYSTEM, Channel
from foundation.kernel.errors import DomainError
from partners.services import issue_token


class Command(BaseCommand):
    help = "Print a new bearer token for the API once; only its hash is stored."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", metavar="USER", help="user name")
        parser.add_argument(
            "--organisation", metavar="CODE", help="required for a member of several organisations"
        )
        parser.add_argument("--name", default="", help="the purpose of the token")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            _token, secret = issue_token(
                username=options["user"],
                organisation=options["organisation"],
                name=options["name"],
                actor=SYSTEM.through(Channel.COMMAND),
                now=timezone.now(),
            )
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(secret)
