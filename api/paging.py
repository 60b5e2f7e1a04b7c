"""Keyset pages in DRF's cursor shape, without counts and offsets."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param


class RowNames(Protocol):
    """Names of rows for cursors."""

    def name(self, row: Any) -> str:
        """Return the row's name."""
        ...

    def row(self, name: str) -> Model:
        """Return the row of that name. Raises ValueError or LookupError if the reader may see none."""
        ...


@dataclass(frozen=True)
class PublicNames:
    """Rows by their public ids, among all that the reader may see, whatever the list is filtered by."""

    among: QuerySet[Any]

    def name(self, row: Any) -> str:
        return str(row.public_id)

    def row(self, name: str) -> Model:
        found: Model | None = self.among.filter(public_id=UUID(name)).first()
        if found is None:
            raise LookupError(name)
        return found


@dataclass(frozen=True)
class Positions:
    """Rows by their place among the reader's own, from the oldest; they are only ever added at the end."""

    among: QuerySet[Any]

    def name(self, row: Any) -> str:
        return str(self.among.filter(pk__lte=row.pk).count())

    def row(self, name: str) -> Model:
        if not re.fullmatch(r"[1-9][0-9]{0,8}", name):
            raise ValueError(name)
        found: Model = self.among.order_by("pk")[int(name) - 1]
        return found


class KeysetPage:
    """One page of rows in DRF's cursor shape {next, previous, results}.

    `order` lists the columns to sort by, most significant first, the last one unique, all in one direction. The cursor
    names the row that it continues from, so rows added meanwhile neither repeat nor hide others. `names` gives rows
    names that count nothing outside of the reader's own rows, as a row's number would.
    """

    default_size = 50
    largest_size = 200

    def __init__(
        self,
        request: Request,
        rows: QuerySet[Any],
        *,
        names: "RowNames",
        order: tuple[str, ...],
        newest_first: bool,
    ) -> None:
        """Read the page. Raises ValidationError if the page size or the cursor is invalid."""
        self.request = request
        self.order = order
        self.names = names
        size = self._size()
        backwards, last = self._cursor()
        descending = newest_first != backwards
        if last is not None:
            rows = rows.filter(self._beyond([getattr(last, column) for column in order], descending))
        sign = "-" if descending else ""
        found = list(rows.order_by(*(f"{sign}{column}" for column in order))[: size + 1])
        more = len(found) > size
        self.rows = found[:size][::-1] if backwards else found[:size]
        self.has_next = backwards or more
        self.has_previous = more if backwards else last is not None

    def answer(self, results: list[Any]) -> dict[str, Any]:
        """Return the page with `results` and links to its neighbours."""
        return {
            "next": self._link(self.rows[-1], "n") if self.rows and self.has_next else None,
            "previous": self._link(self.rows[0], "p") if self.rows and self.has_previous else None,
            "results": results,
        }

    def _size(self) -> int:
        asked = self.request.query_params.get("page_size", str(self.default_size))
        if not re.fullmatch(r"[0-9]{1,9}", asked) or not 1 <= int(asked) <= self.largest_size:
            raise ValidationError({"page_size": [_("Enter a number from 1 to %d.") % self.largest_size]})
        return int(asked)

    def _cursor(self) -> tuple[bool, Model | None]:
        """Return the direction and the row to continue from. Raises ValidationError if there is no such row."""
        given = self.request.query_params.get("cursor")
        if given is None:
            return False, None
        try:
            direction, name = given[:1], given[1:]
            if direction not in ("n", "p"):
                raise ValueError(given)
            return direction == "p", self.names.row(name)
        except (ValueError, LookupError) as error:
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
        cursor = f"{direction}{self.names.name(row)}"
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor)


def parse_instant(text: str) -> datetime:
    """Return the instant written in `text` with its offset. Raises ValueError or OverflowError if there is none."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return at.astimezone(UTC)


def whole_page(results: list[Any]) -> dict[str, Any]:
    """Wrap a list that is always short in the shape of every other list."""
    return {"next": None, "previous": None, "results": results}
