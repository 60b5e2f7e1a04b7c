"""Read a country's public holidays from the `holidays` library, once for each published calendar version.

A new release of the library may move a holiday; a published version never changes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import holidays


class UnknownCountryError(LookupError):
    """The library does not know this country or subdivision."""


@dataclass(frozen=True)
class PublicHolidays:
    """Holidays with their names, and weekend days that are worked in exchange for other days."""

    names: dict[date, str]
    working_days: frozenset[date]


def public_holidays(country: str, subdivision: str | None, years: Iterable[int]) -> PublicHolidays:
    """Return the holidays of these years, named in English if possible.

    Raises UnknownCountryError if the library does not know the country or subdivision.
    """
    wanted = frozenset(years)
    try:
        # Only a calendar made without years lists its languages.
        languages = holidays.country_holidays(country, subdivision).supported_languages
        language = "en_US" if "en_US" in languages else None
        found = holidays.country_holidays(country, subdivision, years=wanted, language=language)
    except NotImplementedError as error:
        raise UnknownCountryError(country, subdivision) from error
    return PublicHolidays(
        names={day: name for day, name in sorted(found.items()) if day.year in wanted},
        working_days=frozenset(day for day in found.weekend_workdays if day.year in wanted),
    )
