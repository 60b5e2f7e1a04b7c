"""The forms in which identifiers are accepted and stored (domain.md part 2, Formats)."""

import re
from urllib.parse import urlsplit
from uuid import UUID

ONMICROSOFT = "onmicrosoft.com"

_GUID = re.compile(r"^\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?$")
_LABEL = re.compile(r"^(?!-)[a-z0-9-]{1,63}(?<!-)$")
_MPN = re.compile(r"^[1-9][0-9]{3,9}$")


def parse_guid(text: str) -> UUID | None:
    """The GUID written in `text`, in any case, with braces and spaces around; None for anything else or the nil GUID."""
    match = _GUID.match(text.strip().lower().strip("{} ").strip())
    if match is None:
        return None
    guid = UUID(match.group(1))
    return guid if guid.int else None


def parse_domain(text: str) -> str | None:
    """The domain meant by `text`: bare label, domain, pasted URL or address; lower case. None where there is none.

    A bare label means `<label>.onmicrosoft.com`. International names are stored in their ASCII (punycode) form.
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
    """The MPN in `text` (four to ten digits, no leading zero), None when it is not one."""
    mpn = text.strip()
    return mpn if _MPN.match(mpn) else None


def mail_domain(address: str) -> str:
    """The part behind the last @ of a mail address, lower case; empty when there is none."""
    return address.strip().lower().rpartition("@")[2] if "@" in address else ""
