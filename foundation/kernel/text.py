"""Parse identifiers into the form in which they are stored (domain.md part 2, Formats)."""

import re
from urllib.parse import urlsplit
from uuid import UUID

ONMICROSOFT = "onmicrosoft.com"

_GUID = re.compile(r"^\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?$")
_LABEL = re.compile(r"^(?!-)[a-z0-9-]{1,63}(?<!-)$")
_MPN = re.compile(r"^[1-9][0-9]{3,9}$")


def parse_guid(text: str) -> UUID | None:
    """Return the GUID in `text`, in any case, with or without braces and spaces; None for other text or the nil GUID."""
    match = _GUID.match(text.strip().lower().strip("{} ").strip())
    if match is None:
        return None
    guid = UUID(match.group(1))
    return guid if guid.int else None


def parse_domain(text: str) -> str | None:
    """Return the domain in `text` (a label, a domain, a URL or a mail address) in lower case; None if there is none.

    A bare label means `<label>.onmicrosoft.com`. International names are returned in their ASCII (punycode) form.
    """
    name = text.strip().lower()
    if "://" in name:
        try:
            name = urlsplit(name).hostname or ""
        except ValueError:
            return None
    else:
        name = name.split("/", 1)[0].rsplit("@", 1)[-1]
    name = name.removesuffix(".")
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.match(label) for label in labels):
        return None
    if len(labels) == 1:
        return f"{name}.{ONMICROSOFT}"
    return None if labels[-1].isdigit() else name


def parse_mpn(text: str) -> str | None:
    """Return the MPN in `text` (four to ten digits, no leading zero), or None."""
    mpn = text.strip()
    return mpn if _MPN.match(mpn) else None


def mail_domain(address: str) -> str:
    """Return the part after the last @ of a mail address in lower case, or an empty string."""
    return address.strip().lower().rpartition("@")[2] if "@" in address else ""
