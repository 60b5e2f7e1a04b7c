"""How a location and its enrolments are shown: never with a partner type (S38)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from partners.enums import Programme
from partners.models import Location


@dataclass(frozen=True, kw_only=True)
class LocationCard:
    """One MPN. `years` lists programmes by year, newest first; `now` are those of this year."""

    mpn_id: str
    label: str
    country: str
    now: tuple[Programme, ...]
    years: tuple[tuple[int, tuple[Programme, ...]], ...]


def location_cards(locations: Iterable[Location], *, year: int) -> Sequence[LocationCard]:
    """Return the locations as cards, in the given order."""
    return [_card(location, year) for location in locations]


def _card(location: Location, year: int) -> LocationCard:
    by_year: dict[int, list[Programme]] = defaultdict(list)
    for enrolment in location.enrolments.all():
        by_year[enrolment.year].append(Programme(enrolment.programme))
    return LocationCard(
        mpn_id=location.mpn_id,
        label=location.label,
        country=location.country,
        now=tuple(by_year.get(year, ())),
        years=tuple((each, tuple(programmes)) for each, programmes in sorted(by_year.items(), reverse=True)),
    )
