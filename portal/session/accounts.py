"""The desk creates accounts, so nobody can sign up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAccounts(DefaultAccountAdapter):
    """Signing in and out as the library does it, with sign-up closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - the library calls it
        return False
