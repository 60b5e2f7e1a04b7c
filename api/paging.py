"""Keyset pages in DRF's cursor shape, without counts and offsets."""

import base64
import binascii
import json
import re
from datetime import UTC, datetime
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

BIGGEST_KEY = 2**63 - 1


class KeysetPage:
    """One page of rows in DRF's cursor shape {next, previous, results}.

    `order` lists the columns to sort by, most significant first, the last one unique, all in one direction. The cursor
    holds those columns of the row that it continues from, so rows added meanwhile neither repeat nor hide others.
    """

    default_size = 50
    largest_size = 200

    def __init__(
        self, request: Request, rows: QuerySet[Any], *, order: tuple[str, ...], newest_first: bool
    ) -> None:
        """Read the page. Raises ValidationError if the page size or the cursor is invalid."""
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
        """Return the page with `results` and links to its neighbours."""
        return {
            "next": self._link(self.rows[-1], "n") if self.rows and self.has_next else None,
            "previous": self._link(self.rows[0], "p") if self.rows and self.has_previous else None,
            "results": results,
        }

    def _size(self) -> int:
        asked = self.request.query_params.get("page_size", str(self.default_size))
        if not re.fullmatch(r"[0-9]{1,9}", asked) or int(asked) < 1:
            raise ValidationError({"page_size": [_("Enter a number from 1 to %d.") % self.largest_size]})
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
            message = _("This cursor does not belong to this list. Start again without one.")
            raise ValidationError({"cursor": [message]}) from error

    def _beyond(self, keys: list[Any], descending: bool) -> Q:
        """Select the rows after the keys. The outer condition on the first column is the one that an index can seek."""
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
    """Return a cursor's value for a column. Raises ValueError or OverflowError for a value that no row can hold."""
    if not column.endswith("_at"):
        if not isinstance(key, int) or isinstance(key, bool) or not 0 <= key <= BIGGEST_KEY:
            raise ValueError(key)
        return key
    if not isinstance(key, str):
        raise ValueError(key)
    return parse_instant(key)


def parse_instant(text: str) -> datetime:
    """Return the instant written in `text` with its offset. Raises ValueError or OverflowError if there is none."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return at.astimezone(UTC)


def whole_page(results: list[Any]) -> dict[str, Any]:
    """Wrap a list that is always short in the shape of every other list."""
    return {"next": None, "previous": None, "results": results}
