"""The desk creates accounts, so nobody can sign up; wrong passwords are limited per account and address together."""

import logging
import time
from typing import Any, cast

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import ngettext

from partners.models import User

logger = logging.getLogger(__name__)

LIMITED = "too_many_login_attempts"


class ClosedAccounts(DefaultAccountAdapter):
    """Signing in and out as the library does it, with sign-up closed.

    The limit (ACCOUNT_RATE_LIMITS) counts for an account at an address: nobody elsewhere can lock its owner out, and
    one typist does not lock an office. A second, generous limit counts for the address alone.
    """

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - the library calls it
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Raise ValidationError that says how long to wait if there were too many wrong passwords."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as refusal:
            wait = self._seconds_to_wait(request, credentials)
            self._log(request, _account(credentials), "too many wrong passwords")
            raise _too_many(wait) from refusal

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Log the failure with its reason, never with what was typed: a name may be a password."""
        user = _account(credentials)
        self._log(request, user, "wrong password" if user else "there is no such account")

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Log that the right password of a closed account was given, and answer with the page that says so."""
        self._log(request, user, "the account is closed")
        return cast(HttpResponse, super().respond_user_inactive(request, user))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        name: str = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{name} at {self.get_client_ip(request)}"

    def _log(self, request: HttpRequest, user: User | None, reason: str) -> None:
        account = user.username if user else "-"
        address = self.get_client_ip(request)
        logger.warning(
            "sign-in refused: %s: account %s from %s",
            reason,
            account,
            address,
            extra={"account": account, "address": address, "reason": reason},
        )

    def _seconds_to_wait(self, request: HttpRequest, credentials: dict[str, Any]) -> int:
        """Return when the oldest attempt that still counts is forgotten, for the limit that waits longest."""
        scheme = {"app": "allauth.account", "action": "login_failed"}
        key, now, waits = self._get_login_attempts_cache_key(request, **credentials), time.time(), [1.0]
        for rate in ratelimit.get_rates(**scheme, config=app_settings.RATE_LIMITS):
            attempts = cache.get(ratelimit.get_cache_key(request, **scheme, rate=rate, key=key), [])
            if len(attempts) >= rate.amount:
                waits.append(attempts[-1] + rate.duration - now)
        return int(max(waits)) + 1


def _account(credentials: dict[str, Any]) -> User | None:
    """Return the account that the name means; as for signing in, its case does not matter."""
    return User.objects.filter(username__iexact=credentials.get("username", "")).first()


def _too_many(wait: int) -> ValidationError:
    minutes = -(-wait // 60)
    message = ngettext(
        "There were too many wrong passwords. Wait %(minutes)d minute, then try again.",
        "There were too many wrong passwords. Wait %(minutes)d minutes, then try again.",
        minutes,
    ) % {"minutes": minutes}
    return ValidationError(message, code=LIMITED, params={"wait": wait})
