"""`manage.py changepassword USER`: set a user's password. It stands in for Django's command, which leaves no event."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cpor.management.passwords import encoded_password
from foundation.kernel.actor import SYSTEM, Channel
from partners.models import User
from partners.services import set_password


class Command(BaseCommand):
    help = "Ask for a user's new password and set it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", metavar="USER", help="user name")

    def handle(self, *_args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["user"]).first()
        if user is None:
            raise CommandError(f"There is no user called {options['user']}.")
        set_password(
            user_id=user.pk,
            encoded_password=encoded_password(user, asks=True),
            actor=SYSTEM.through(Channel.COMMAND),
            now=timezone.now(),
        )
        self.stdout.write(f"The password of {user.username} is set.")
