"""References of claims: drawn at random, so that no partner can count the filings of others (domain.md part 2)."""

import re
import secrets

from foundation.kernel.text import pasted, unquoted

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: without I, L and O, which are read as digits, and without U."""

DRAWN = 6
_READ_AS = str.maketrans("OIL", "011")
_REFERENCE = re.compile(rf"CP0R-([0-9]{{4}})-([{ALPHABET}]{{{DRAWN},12}})")  # older ones can be longer


def draw_reference(year: int) -> str:
    """Return a reference of that year. Whether it is free is for the database to say."""
    return f"CPOR-{year:04d}-{''.join(secrets.choice(ALPHABET) for _position in range(DRAWN))}"


def parse_reference(text: str) -> str | None:
    """Return the reference in `text` as it is stored, with letters in any case and O, I, L read as 0, 1, 1; or None."""
    found = _REFERENCE.fullmatch(unquoted(pasted(text)).upper().translate(_READ_AS))
    return found and f"CPOR-{found[1]}-{found[2]}"
