"""Parse what people paste into the form in which it is stored (domain.md part 2, Formats)."""

import re
import unicodedata
from urllib.parse import unquote
from uuid import UUID

import idna

ONMICROSOFT = "onmicrosoft.com"

_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
_BLANK_BRAILLE = "\u2800"  # looks like a blank, though Unicode calls it a symbol
_HYPHENS = re.compile("[\u02d7\u2010-\u2015\u2043\u2212\u2e3a\u2e3b]")
_DRAWN_HYPHENS = re.compile(
    "[-\u2500\u30fc]"
)  # what input methods for Chinese and Japanese type for a hyphen
_BLANKS = re.compile(r"\s+")

_GUID_PREFIX = re.compile(r"^(?:urn:)?(?:uuid|guid):")
_GUID = re.compile(r"^[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}$")
_LABEL = re.compile(r"^(?!-)[a-z0-9-]{1,63}(?<!-)$")
_MPN = re.compile(r"^[1-9][0-9]{3,9}$")
_SCHEME = re.compile(r"^(?:mailto:|(?:[a-z][a-z0-9+.-]*:)?//)", re.IGNORECASE)
_PORT = re.compile(r":[0-9]{0,5}$")
_GUEST = re.compile(r"^.*#ext#@", re.IGNORECASE)
_LONGEST_DOMAIN_TYPED = 1_000
_IN_ANGLES = re.compile(r"^[^<>]*<([^<>]*)>$")


# --- Any text ---


def pasted(text: str) -> str:
    """Return one pasted line in the form in which identifiers are compared. Idempotent.

    It is in Unicode form NFKC, has no invisible or direction characters and no blanks around it, and all its hyphens are
    the one on the keyboard. Letters keep their case.
    """
    plain = unicodedata.normalize("NFKC", visible(text)).replace(_BLANK_BRAILLE, " ")
    return unicodedata.normalize("NFKC", _HYPHENS.sub("-", plain)).strip()


def visible(text: str) -> str:
    """Return the text without characters that nobody sees: format and direction characters, fillers, selectors."""
    if text.isascii():
        return text
    return _INVISIBLE.sub("", "".join(sign for sign in text if unicodedata.category(sign) != "Cf"))


def tidy_name(text: str) -> str:
    """Return a name in form NFC without blanks around it; empty if it holds nothing that can be seen.

    Invisible characters inside stay, since some scripts are misspelt without them.
    """
    return unicodedata.normalize("NFC", text).strip() if pasted(text) else ""


def folded(text: str) -> str:
    """Return the text in the form in which names are searched: whatever its case, composition and blanks."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", pasted(text).casefold()))


# --- Identifiers ---


def parse_guid(text: str) -> UUID | None:
    """Return the GUID in `text`; None for other text or the nil GUID.

    It can be in any case, with or without braces, hyphens and blanks, and be a `urn:uuid:`.
    """
    name = _DRAWN_HYPHENS.sub("-", _BLANKS.sub("", pasted(text).lower()))
    name = _GUID_PREFIX.sub("", name)
    for opening, closing in ("{}", "()"):
        if name.startswith(opening) and name.endswith(closing):
            name = name[1:-1]
    if not _GUID.match(name):
        return None
    guid = UUID(name)
    return guid if guid.int else None


def is_nil_guid(text: str) -> bool:
    """Return whether the text has all 32 digits of a GUID, each of them 0."""
    digits = re.sub(r"[\s{}()-]", "", pasted(text))
    return digits == "0" * 32


def parse_mpn(text: str) -> str | None:
    """Return the MPN in `text` (four to ten digits, no leading zero), or None."""
    mpn = pasted(text)
    return mpn if _MPN.match(mpn) else None


# --- Domains and addresses ---


def parse_domain(text: str) -> str | None:
    """Return the domain in `text` (a label, a domain, a URL or a mail address) in lower case; None if there is none.

    A bare label means `<label>.onmicrosoft.com`. International names are returned in their ASCII form (IDNA 2008).
    """
    name = pasted(text)
    angled = _IN_ANGLES.match(name)
    return _ascii_domain(_host(angled.group(1).strip() if angled else name))


def without_www(domain: str) -> str | None:
    """Return what follows `www.` in a parsed domain, as far as that is a domain; None if it does not begin so."""
    rest = domain.removeprefix("www.")
    return rest if rest != domain and "." in rest else None


def parse_address(text: str) -> str | None:
    """Return the mail address in `text` (alone, after `mailto:` or as `Name <address>`) with its domain in ASCII.

    None if there is no domain after a single @. Whether the part before it can be one is not judged here.
    """
    address = pasted(text)
    if angled := _IN_ANGLES.match(address):
        address = angled.group(1).strip()
    if address[:7].lower() == "mailto:":
        address = unquote(address[7:].partition("?")[0])
    local, _at, domain = address.rpartition("@")
    if not local or "." not in domain.strip("."):
        return None
    parsed = _ascii_domain(domain)
    return f"{local}@{parsed}" if parsed else None


def is_guest_name(address: str) -> bool:
    """Return whether this is the name under which a directory lists somebody else's account, which is no mailbox."""
    return "#ext#" in pasted(address).lower()


def mail_domain(address: str) -> str:
    """Return the part after the last @ of a mail address in lower case, or an empty string."""
    return pasted(address).lower().rpartition("@")[2] if "@" in address else ""


def _host(address: str) -> str:
    """Return what stands where an address has its host, without scheme, user, port, path, query and fragment."""
    bare = _GUEST.sub("", _SCHEME.sub("", address))
    authority = re.split(r"[/?#]", bare, maxsplit=1)[0]
    return _PORT.sub("", authority.rpartition("@")[2])


def _ascii_domain(name: str) -> str | None:
    if len(name) > _LONGEST_DOMAIN_TYPED:
        return None
    name = name.lower() if name.isascii() else _mapped(name)
    labels = [_ascii_label(label) for label in name.removesuffix(".").split(".")]
    domain = ".".join(label or "" for label in labels)
    if not all(labels) or len(domain) > 253:
        return None
    if len(labels) == 1:
        return f"{domain}.{ONMICROSOFT}"
    return None if domain.rpartition(".")[2].isdigit() else domain


def _mapped(name: str) -> str:
    """Return the name as UTS 46 maps it, non-transitionally; empty if it holds what no domain can."""
    try:
        return idna.uts46_remap(name, std3_rules=True, transitional=False)
    except idna.IDNAError:
        return ""


def _ascii_label(label: str) -> str | None:
    if label.isascii() and not label.startswith("xn--"):
        return label if _LABEL.match(label) else None
    try:
        return idna.alabel(label).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return None
