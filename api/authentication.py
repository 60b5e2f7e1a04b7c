"""Authentication: `Authorization: Bearer <token>`, or a browser's session. `request.auth` is the token."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from knox.auth import TokenAuthentication
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from partners.models import ApiToken, User

USE_NOTED_EVERY = timedelta(minutes=1)


class BearerAuthentication(TokenAuthentication):
    """Finds Knox's tokens in one query; refuses unknown tokens, expired ones and those of inactive users with 401.

    Notes when a token was used, at most once a minute. An expired token's row stays, for its history.
    """

    def authenticate_credentials(self, token: bytes) -> tuple[User, ApiToken]:
        """Return the user and the token. Raises AuthenticationFailed if the token is invalid."""
        if not token.isascii() or b"\0" in token:
            raise AuthenticationFailed(_("Invalid token."))
        user, found = super().authenticate_credentials(token)
        _note_use(found)
        return user, found

    def _cleanup_token(self, auth_token: Any) -> bool:
        """Return whether the token has expired, without deleting the user's other expired tokens as the library does."""
        return auth_token.expiry is not None and auth_token.expiry <= timezone.now()


def _note_use(token: ApiToken) -> None:
    now = timezone.now()
    if token.last_used_at is not None and token.last_used_at > now - USE_NOTED_EVERY:
        return
    unnoted = Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - USE_NOTED_EVERY)
    if ApiToken.objects.filter(unnoted, pk=token.pk).update(last_used_at=now):
        token.last_used_at = now


class SessionWithCsrf(SessionAuthentication):
    """A browser's session. Writing with it needs the CSRF token."""

    def enforce_csrf(self, request: Request) -> None:
        """Raise PermissionDenied CSRF_FAILED if the token is missing or wrong."""
        try:
            super().enforce_csrf(request)
        except PermissionDenied as refusal:
            detail = _("This request carries no valid CSRF token. Reload the page, or use a bearer token.")
            raise PermissionDenied(detail, code="CSRF_FAILED") from refusal
