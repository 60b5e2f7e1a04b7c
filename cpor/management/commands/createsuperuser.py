"""`manage.py createsuperuser [--username NAME]`: create a superuser, who gives the first seats at the desk.

It stands in for Django's command of the same name, which leaves no event.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cpor.management.passwords import VARIABLE, encoded_password
from foundation.kernel.actor import SYSTEM, Channel
from foundation.kernel.errors import DomainError
from partners.models import User
from partners.services import AccountInput, create_account


class Command(BaseCommand):
    help = "Create a superuser, who gives the first seats at the desk and sees no claim without one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--username", help="user name (default: you are asked)")
        parser.add_argument("--email", default="", help="mail address")
        parser.add_argument(
            "--noinput",
            "--no-input",
            action="store_true",
            help=f"ask nothing: the password is {VARIABLE}, or the account has none",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        user = User(username=options["username"] or input("User name: "), email=options["email"])
        try:
            user.clean_fields(exclude=["password"])
            create_account(
                account=AccountInput(
                    username=user.username, email=user.email, is_staff=True, is_superuser=True
                ),
                encoded_password=encoded_password(user, asks=not options["noinput"]),
                actor=SYSTEM.through(Channel.COMMAND),
                now=timezone.now(),
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(f"{user.username} is a superuser.")
