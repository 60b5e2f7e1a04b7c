"""What REST doors share: strict bodies, strict shapes, keyset pages, and the version a caller saw."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import IO, Any

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import ErrorDetail, ParseError, PermissionDenied, ValidationError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from foundation.doors.problems import UNKNOWN_FIELD

# --- Who calls ---


class SessionWithCsrf(SessionAuthentication):
    """A browser's session; writing with it needs the CSRF token."""

    def enforce_csrf(self, request: Request) -> None:
        """Raise PermissionDenied CSRF_FAILED where the token is missing or wrong."""
        try:
            super().enforce_csrf(request)
        except PermissionDenied as refusal:
            detail = _("This request carries no valid CSRF token. Reload the page, or use a bearer token.")
            raise PermissionDenied(detail, code="CSRF_FAILED") from refusal


# --- What they send ---


class StrictJSONParser(JSONParser):
    """JSON as RFC 8259 has it: UTF-8 whatever the header says, no NaN, no name twice, nothing nobody can store."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,  # noqa: ARG002 - the library's shape
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> Any:
        """The value; raises ParseError for whatever is not JSON."""
        try:
            text = stream.read().decode("utf-8-sig")
            data = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_without_repetition)
            if "\\u" in text:
                json.dumps(data, ensure_ascii=False).encode()  # half a character pair is no text
        except (ValueError, RecursionError) as error:
            raise ParseError(_("The body is not JSON that can be read: %s") % _reason(error)) from error
        return data


def _refuse_constant(name: str) -> None:
    raise ValueError(_("%s is not a JSON number.") % name)


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) < len(pairs):
        raise ValueError(_("a name appears twice in one object."))
    return names


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return _("it is nested too deeply.")
    if isinstance(error, UnicodeError):
        return _("it is not UTF-8 text.")
    return str(error)


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses names that it does not know: a mistyped one must not be accepted and then lost."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The values sent; raises ValidationError with everything that is of the wrong shape."""
        unknown = set(data) - set(self.fields) if isinstance(data, Mapping) else set()
        try:
            values: dict[str, Any] = super().to_internal_value(data)
        except ValidationError as refusal:
            if not isinstance(refusal.detail, dict):
                raise
            raise ValidationError({**refusal.detail, **_unknown(unknown)}) from refusal
        if unknown:
            raise ValidationError(_unknown(unknown))
        return values


def _unknown(names: set[str]) -> dict[str, list[ErrorDetail]]:
    message = _("There is no such field here, or it cannot be set.")
    return {name: [ErrorDetail(message, code=UNKNOWN_FIELD)] for name in sorted(names)}


class Text(serializers.CharField):
    """A JSON string, kept as typed; empty is allowed, since what it means is a rule's to say."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"allow_blank": True, "trim_whitespace": False, **kwargs})

    def to_internal_value(self, data: Any) -> str:
        """The string; a number is none, however much it looks like an identifier."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Flag(serializers.Field[bool, Any, bool, Any]):
    """JSON's true or false and nothing that resembles them."""

    default_error_messages = {"invalid": gettext_lazy("Must be true or false.")}

    def to_internal_value(self, data: Any) -> bool:
        """The flag."""
        if not isinstance(data, bool):
            self.fail("invalid")
        return bool(data)

    def to_representation(self, value: bool) -> bool:
        """The flag, as it is."""
        return value


def body_of(request: Request, serializer: type[serializers.BaseSerializer[Any]], **kwargs: Any) -> Any:
    """The request's body in the serializer's shape; raises ValidationError (400) with every wrong place."""
    bound = serializer(data=request.data, **kwargs)
    bound.is_valid(raise_exception=True)
    return bound.validated_data


# --- Which version they saw ---

_VERSION = re.compile(r'(?:W/)?(?P<quote>"?)(?P<number>[0-9]{1,9})(?P=quote)')


def version_seen(request: Request) -> int | None:
    """The version in `If-Match`: a single number, quoted or not; None without the header, or for `*`.

    A proxy that compresses may have marked the tag as weak; it still means the same version.
    """
    header = request.headers.get("If-Match", "").strip()
    if header in ("", "*"):
        return None
    match = _VERSION.fullmatch(header)
    if match is None:
        message = _('If-Match takes the claim\'s version, for example "3".')
        raise ParseError(message)
    return int(match["number"])


def etag(version: int) -> dict[str, str]:
    """The header that tells the version, to be sent back in `If-Match`."""
    return {"ETag": f'"{version}"'}


# --- Pages ---

BIGGEST_KEY = 2**63 - 1


class KeysetPage:
    """One page of rows, in DRF's cursor shape {next, previous, results}: neither counts nor offsets.

    `order` are the columns of the order, most significant first, the last one unique, all in one direction. The cursor
    holds those columns of the row it continues from, so that rows added meanwhile neither repeat nor hide others.
    """

    default_size = 50
    largest_size = 200

    def __init__(
        self, request: Request, rows: QuerySet[Any], *, order: tuple[str, ...], newest_first: bool
    ) -> None:
        """Raises ValidationError for a page size or a cursor that cannot be one."""
        self.request = request
        self.order = order
        size = self._size()
        backwards, keys = self._cursor()
        descending = newest_first != backwards
        if keys is not None:
            rows = rows.filter(self._beyond(keys, descending))
        sign = "-" if descending else ""
        found = list(rows.order_by(*(f"{sign}{column}" for column in order))[: size + 1])
        more = len(found) > size
        self.rows = found[:size][::-1] if backwards else found[:size]
        self.has_next = backwards or more
        self.has_previous = more if backwards else keys is not None

    def answer(self, results: list[Any]) -> dict[str, Any]:
        """The page with its rows as `results` and links to its neighbours."""
        return {
            "next": self._link(self.rows[-1], "n") if self.rows and self.has_next else None,
            "previous": self._link(self.rows[0], "p") if self.rows and self.has_previous else None,
            "results": results,
        }

    def _size(self) -> int:
        asked = self.request.query_params.get("page_size", str(self.default_size))
        if not re.fullmatch(r"[0-9]{1,9}", asked) or int(asked) < 1:
            raise ValidationError({"page_size": [_("Must be a number from 1 to %d.") % self.largest_size]})
        return min(int(asked), self.largest_size)

    def _cursor(self) -> tuple[bool, list[Any] | None]:
        given = self.request.query_params.get("cursor")
        if given is None:
            return False, None
        try:
            direction, *keys = json.loads(base64.urlsafe_b64decode(given.encode("ascii")))
            if direction not in ("n", "p") or len(keys) != len(self.order):
                raise ValueError(given)
            return direction == "p", [
                _read_key(column, key) for column, key in zip(self.order, keys, strict=True)
            ]
        except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error) as error:
            message = _("This is no cursor of this list. Start again without one.")
            raise ValidationError({"cursor": [message]}) from error

    def _beyond(self, keys: list[Any], descending: bool) -> Q:
        """Rows after the keys. The outer condition on the first column is what an index can seek."""
        strictly = "lt" if descending else "gt"
        beyond = Q()
        for position in reversed(range(len(keys))):
            column, key = self.order[position], keys[position]
            if position == len(keys) - 1:
                beyond = Q(**{f"{column}__{strictly}": key})
            else:
                beyond = Q(**{f"{column}__{strictly}e": key}) & (Q(**{f"{column}__{strictly}": key}) | beyond)
        return beyond

    def _link(self, row: Model, direction: str) -> str:
        keys = [getattr(row, column) for column in self.order]
        texts = [key.isoformat() if isinstance(key, datetime) else key for key in keys]
        cursor = base64.urlsafe_b64encode(json.dumps([direction, *texts]).encode()).decode()
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor)


def _read_key(column: str, key: object) -> object:
    """A cursor's value for a column; raises ValueError or OverflowError for what no row can hold."""
    if not column.endswith("_at"):
        if not isinstance(key, int) or isinstance(key, bool) or not 0 <= key <= BIGGEST_KEY:
            raise ValueError(key)
        return key
    if not isinstance(key, str):
        raise ValueError(key)
    return instant(key)


def instant(text: str) -> datetime:
    """The instant written in `text` with its offset; raises ValueError or OverflowError where there is none."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return at.astimezone(UTC)


def whole_page(results: list[Any]) -> dict[str, Any]:
    """A list that is always short, in the shape of every other list."""
    return {"next": None, "previous": None, "results": results}
