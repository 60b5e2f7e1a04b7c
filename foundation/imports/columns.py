"""Columns of import files: the values they accept and how those are stored (domain.md part 2, Formats)."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db.models import Model, TextChoices
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.kernel.countries import COUNTRIES, MEANT
from foundation.kernel.text import is_nil_guid, parse_domain, parse_guid, parse_mpn, pasted, tidy_name

Text = str | Promise

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YEAR = re.compile(r"20[0-9]{2}")
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_LIST = re.compile(r"\s*;\s*")
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_UNSTORABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})  # control characters, halves of surrogates, line separators
LIST_LENGTH = 200

SILENT: Final = object()
"""An empty value that means the same as an absent column."""


class InvalidValue(Exception):
    """A value that its column does not accept. The argument is the reason, in words for the user."""


@dataclass(frozen=True, kw_only=True)
class ValueForm:
    """The form of a value: its description in the reference, and the function that reads a non-empty text.

    `shows_its_end`: no valid value begins with another one, so that one that was cut off is not taken for a whole one.
    """

    described: Text
    read: Callable[[str], Any]
    shows_its_end: bool = False


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column. A required column must be present and filled; an optional one can be absent or empty.

    An absent optional column says nothing about what is stored, an empty one sets it to `empty`. `fixed`:
    never changes once the row exists, another value is refused. `first_only`: counts when the row is new and
    is left alone later. `many`: a list, separated by semicolons in CSV. `field`: where the model stores it,
    if not in a field of the same name.
    """

    name: str
    form: ValueForm
    meaning: Text
    required: bool = True
    empty: Any = None
    many: bool = False
    fixed: bool = False
    first_only: bool = False
    field: str = ""

    def read(self, raw: object) -> Any:
        """Return the value to store. Raises InvalidValue with the reason."""
        if self.many:
            return self._read_list(raw)
        text = _text_of(raw)
        if pasted(text):
            return self.form.read(text)
        if self.required:
            raise InvalidValue(_("A value is needed."))
        return self.empty

    @property
    def shows_its_end(self) -> bool:
        """Return whether a value that was cut off is noticed; of a list there is no telling."""
        return self.form.shows_its_end and not self.many

    def _read_list(self, raw: object) -> tuple[Any, ...]:
        entries = raw if isinstance(raw, list) else _LIST.split(_text_of(raw))
        if len(entries) > LIST_LENGTH:
            raise InvalidValue(_("More than %d values.") % LIST_LENGTH)
        values = {self.form.read(text) for entry in entries if pasted(text := _text_of(entry))}
        if self.required and not values:
            raise InvalidValue(_("At least one value is needed."))
        return tuple(sorted(values))


def _text_of(raw: object) -> str:
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, int):
        if abs(raw) >= 10**18:
            raise InvalidValue(_("The number is too large."))
        return str(raw)
    if not isinstance(raw, str):
        raise InvalidValue(_("This must be a text."))
    text = raw.strip()
    if not text.isprintable() and any(unicodedata.category(sign) in _UNSTORABLE for sign in text):
        raise InvalidValue(_("It contains a line break or another control character."))
    return text


def _matching(pattern: re.Pattern[str], reason: Text) -> Callable[[str], str]:
    def read(text: str) -> str:
        plain = pasted(text)
        if not pattern.fullmatch(plain):
            raise InvalidValue(str(reason))
        return plain

    return read


def _found(parse: Callable[[str], Any], reason: Text) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        value = parse(text)
        if value is None:
            raise InvalidValue(str(reason))
        return value

    return read


def _read_guid(text: str) -> UUID:
    guid = parse_guid(text)
    if guid is not None:
        return guid
    if is_nil_guid(text):
        raise InvalidValue(_("This GUID consists of zeros only, which stands for none."))
    raise InvalidValue(_("This is not a GUID."))


def _read_country(text: str) -> str:
    code = pasted(text).upper()
    if code in COUNTRIES:
        return code
    if code in MEANT:
        raise InvalidValue(
            _("%(code)s is no country's code in ISO 3166-1; the code that it stands for is %(meant)s.")
            % {"code": code, "meant": MEANT[code]}
        )
    if _COUNTRY.fullmatch(code):
        raise InvalidValue(_("No country has this code in ISO 3166-1 (alpha-2)."))
    raise InvalidValue(_("A country is two letters, such as US."))


def _read_date(text: str) -> date:
    plain = pasted(text)
    try:
        if _DATE.fullmatch(plain):
            return date.fromisoformat(plain)
    except ValueError:
        pass
    raise InvalidValue(_("This is not a date written YYYY-MM-DD."))


def plain_text(model: type[Model], field_name: str) -> ValueForm:
    """Return the format of one line of text, as long as the model's field can store."""
    length = getattr(model._meta.get_field(field_name), "max_length", None)
    assert isinstance(length, int)

    def read(text: str) -> str:
        name = tidy_name(text)
        if len(name) > length:
            raise InvalidValue(_("This is longer than %d characters.") % length)
        return name

    return ValueForm(
        described=format_lazy(gettext_lazy("text, up to {length} characters"), length=length), read=read
    )


def one_of(choices: type[TextChoices]) -> ValueForm:
    """Return the format of one of the stored values of `choices`, in any case."""
    known = {value.lower(): value for value in choices.values}

    def read(text: str) -> str:
        try:
            return known[pasted(text).lower()]
        except KeyError:
            raise InvalidValue(_("This must be one of %s.") % ", ".join(choices.values)) from None

    return ValueForm(
        described=", ".join(f"`{value}`" for value in choices.values),
        read=read,
        shows_its_end=not any(
            one != other and other.startswith(one) for one in choices.values for other in choices.values
        ),
    )


GUID = ValueForm(
    described=gettext_lazy(
        "GUID in upper or lower case, with or without braces and hyphens; not the nil GUID"
    ),
    read=_read_guid,
    shows_its_end=True,
)
DOMAIN = ValueForm(
    described=gettext_lazy("domain in upper or lower case; a bare label means `<label>.onmicrosoft.com`"),
    read=_found(parse_domain, gettext_lazy("This is not a domain.")),
)
MPN = ValueForm(
    described=gettext_lazy("four to ten digits, not starting with 0"),
    read=_found(parse_mpn, gettext_lazy("An MPN is four to ten digits and does not begin with 0.")),
)
COUNTRY = ValueForm(
    described=gettext_lazy("code of a country in ISO 3166-1 alpha-2, upper or lower case; `GB`, not `UK`"),
    read=_read_country,
    shows_its_end=True,
)
DATE = ValueForm(described=gettext_lazy("date, `YYYY-MM-DD`"), read=_read_date, shows_its_end=True)
YEAR = ValueForm(
    described=gettext_lazy("year, `2000` to `2099`"),
    read=lambda text: int(_matching(_YEAR, gettext_lazy("This is not a year from 2000 to 2099."))(text)),
    shows_its_end=True,
)
FLAG = ValueForm(
    described=gettext_lazy("`true`, `yes`, `1` or `false`, `no`, `0`"),
    read=lambda text: _found(_FLAGS.get, gettext_lazy("This must be true or false."))(pasted(text).lower()),
    shows_its_end=True,
)
CODE = ValueForm(
    described=gettext_lazy("code: letters, digits, hyphens; stored in lower case"),
    read=lambda text: _matching(
        _CODE, gettext_lazy("A code is up to 64 letters, digits and hyphens, such as dynamics-365-sales.")
    )(text).lower(),
)


def read_values(columns: Sequence[Column], raw: dict[str, object]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the row's values by column, and the reasons for refused values by column."""
    values: dict[str, Any] = {}
    reasons: dict[str, str] = {}
    for column in columns:
        if column.name in raw:
            try:
                value = column.read(raw[column.name])
                if value is not SILENT:
                    values[column.name] = value
            except InvalidValue as error:
                reasons[column.name] = str(error)
    return values, reasons
