"""A password typed twice at the terminal, or given by the environment, for the commands about accounts."""

import os
from getpass import getpass

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from partners.models import User

VARIABLE = "DJANGO_SUPERUSER_PASSWORD"


def encoded_password(user: User, *, asks: bool) -> str:
    """Return a new password for the user, encoded. Without asking it is the variable's value, or one nobody can use.

    Raises CommandError if the two differ or the password is too weak for this user.
    """
    if not asks:
        return make_password(os.environ.get(VARIABLE) or None)
    typed = getpass("Password: ")
    if typed != getpass("Password (again): "):
        raise CommandError("The two passwords differ. Nothing was changed.")
    try:
        validate_password(typed, user)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    return make_password(typed)
