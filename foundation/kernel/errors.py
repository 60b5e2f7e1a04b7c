"""Expected refusals. Any other exception is a bug and surfaces as one.

Each door maps them in one place (problem+json, form errors, admin messages, command output); the code is the same at
every door. HTTP statuses are listed here because the rulebook lists them with the codes (domain.md part 4).
"""

from collections.abc import Sequence
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.kernel.findings import Finding
from foundation.kernel.lookalikes import Passage

Text = str | Promise


class DomainError(Exception):
    """A refusal with a stable `code`, a plain `message` and, where known, the `pointer` of a field."""

    http_status: ClassVar[int] = 400
    default_code: ClassVar[str] = "REFUSED"

    def __init__(
        self,
        message: Text,
        *,
        code: str | None = None,
        pointer: str = "",
        findings: Sequence[Finding] = (),
        passages: Sequence[Passage] = (),
        retry_after: int | None = None,
    ) -> None:
        super().__init__(str(message))
        self.code = code or self.default_code
        self.message = message
        self.pointer = pointer
        self.findings = tuple(findings)
        self.passages = tuple(passages)
        self.retry_after = retry_after


class NotPermitted(DomainError):
    """The caller's role does not allow this, whatever the state (403)."""

    http_status = 403
    default_code = "ROLE_NOT_ALLOWED"


class NotFound(DomainError):
    """Missing or hidden from the caller; the refusal is the same for both (404)."""

    http_status = 404
    default_code = "NOT_FOUND"

    def __init__(self) -> None:
        super().__init__(_("There is nothing here that you can see. Check the address or the reference."))


class Conflict(DomainError):
    """Not possible in the current state (409)."""

    http_status = 409
    default_code = "INVALID_TRANSITION"


class StaleVersion(DomainError):
    """The caller saw an older version than the one stored (412)."""

    http_status = 412
    default_code = "STALE_VERSION"

    def __init__(self, message: Text = "") -> None:
        super().__init__(
            message
            or _("This was changed after you opened it. Reload it, check what changed, and try again.")
        )


class Refused(DomainError):
    """Understood, but against a rule (422); `findings` lists every failed rule."""

    http_status = 422
    default_code = "VALIDATION_FAILED"


class RateLimited(DomainError):
    """Too many attempts; retry after `retry_after` seconds (429)."""

    http_status = 429
    default_code = "RATE_LIMITED"


class Unavailable(DomainError):
    """The directory cannot be read, and nothing is accepted unchecked (503)."""

    http_status = 503
    default_code = "VALIDATION_UNAVAILABLE"


def enforce(refusal: DomainError | None) -> None:
    """Raise the refusal, if there is one."""
    if refusal is not None:
        raise refusal


def require_version(stored: int, seen: int | None) -> None:
    """Raise StaleVersion if the caller gives the version it saw and another one is stored."""
    if seen is not None and seen != stored:
        raise StaleVersion
