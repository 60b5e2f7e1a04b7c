"""Public holidays of a country, taken once from the `holidays` library and kept as our own data from then on.

A release of the library may move a day; a published calendar version never moves.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import holidays


class UnknownCountryError(LookupError):
    """The library has no such country or subdivision."""


@dataclass(frozen=True)
class PublicHolidays:
    """Free days with their names, and weekend days that are worked in exchange for others."""

    names: dict[date, str]
    working_days: frozenset[date]


def public_holidays(country: str, subdivision: str | None, years: Iterable[int]) -> PublicHolidays:
    """What the library knows, in English where it can; raises UnknownCountryError."""
    wanted = frozenset(years)
    try:
        # Without years the library answers none, and only then tells which languages it has.
        languages = holidays.country_holidays(country, subdivision).supported_languages
        language = "en_US" if "en_US" in languages else None
        found = holidays.country_holidays(country, subdivision, years=wanted, language=language)
    except NotImplementedError as error:
        raise UnknownCountryError(country, subdivision) from error
    return PublicHolidays(
        names={day: name for day, name in sorted(found.items()) if day.year in wanted},
        working_days=frozenset(day for day in found.weekend_workdays if day.year in wanted),
    )
