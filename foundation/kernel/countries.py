"""The countries that exist, by their codes of ISO 3166-1 alpha-2, from the list that comes with the time zones."""

from importlib.resources import files
from typing import Final


def _listed() -> frozenset[str]:
    table = (files("tzdata") / "zoneinfo" / "iso3166.tab").read_text(encoding="utf-8")
    return frozenset(line.partition("\t")[0] for line in table.splitlines() if line and line[0] != "#")


COUNTRIES: Final = _listed()

MEANT: Final = {"UK": "GB", "EL": "GR"}
"""Codes in common use that ISO gives to no country, and the codes of the countries that they mean."""
