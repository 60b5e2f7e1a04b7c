"""Parse what people paste into the form in which it is stored (domain.md part 2, Formats)."""

import re
import unicodedata
from itertools import compress
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
_GUID = re.compile(r"[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_MPN = re.compile(r"[1-9][0-9]{3,9}")
_SCHEME = re.compile(
    r"^(?:(?:mailto|smtp):|https?(?::/*|//?)|(?:[a-z][a-z0-9+.-]*:)?//)", re.IGNORECASE
)  # with a slash or a colon that got lost: https:/contoso.com is no tenant called https
_MAIL_SCHEME = re.compile(r"^(?:mailto|smtp):", re.IGNORECASE)
_PORT = re.compile(r":[0-9]{0,5}$")
_GUEST = re.compile(r"^.*#ext#@", re.IGNORECASE)
_ENCODED_NUMBER_SIGN = re.compile(r"(?:%(?:25)*|=)23", re.IGNORECASE)
_LONGEST_DOMAIN_TYPED = 1_000
_IN_ANGLES = re.compile(r"^[^<>]*<([^<>]*)>$")
_QUOTED = ('""', "''", "``", "“”", "„“", "‘’", "‚‘", "«»", "»«", "‹›", "「」")
_JOINERS = "\u200c\u200d"


# --- Any text ---


def pasted(text: str) -> str:
    """Return one pasted line in the form in which identifiers are compared. Idempotent.

    It is in Unicode form NFKC, has no invisible or direction characters and no blanks around it, and all its hyphens are
    the one on the keyboard. Letters keep their case.
    """
    return _plain(visible(text))


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).replace(_BLANK_BRAILLE, " ")
    return unicodedata.normalize("NFKC", _HYPHENS.sub("-", plain)).strip()


def visible(text: str, *, keep: str = "") -> str:
    """Return the text without characters that nobody sees: format and direction characters, fillers, selectors."""
    if text.isascii():
        return text
    seen = (sign for sign in text if sign in keep or unicodedata.category(sign) != "Cf")
    return _INVISIBLE.sub("", "".join(seen))


def unquoted(text: str) -> str:
    """Return the text without the quotation marks around it, as a sentence, a mail program or a sheet has them."""
    return text[1:-1].strip() if len(text) > 2 and text[0] + text[-1] in _QUOTED else text


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

    It can be in any case, with or without braces, quotation marks, hyphens and blanks, and be a `urn:uuid:`.
    """
    name = _DRAWN_HYPHENS.sub("-", _BLANKS.sub("", unquoted(pasted(text)).lower()))
    name = _GUID_PREFIX.sub("", name)
    for opening, closing in ("{}", "()"):
        if name.startswith(opening) and name.endswith(closing):
            name = name[1:-1]
    if not _GUID.fullmatch(name):
        return None
    guid = UUID(name)
    return guid if guid.int else None


def is_nil_guid(text: str) -> bool:
    """Return whether the text has all 32 digits of a GUID, each of them 0."""
    digits = re.sub(r"[\s{}()-]", "", pasted(text))
    return digits == "0" * 32


def parse_mpn(text: str) -> str | None:
    """Return the MPN in `text` (four to ten digits, no leading zero), or None."""
    mpn = unquoted(pasted(text))
    return mpn if _MPN.fullmatch(mpn) else None


# --- Domains and addresses ---


def parse_domain(text: str) -> str | None:
    """Return the domain in `text` (a label, a domain, a URL or a mail address) in lower case; None if there is none.

    A bare label means `<label>.onmicrosoft.com`. International names are returned in their ASCII form (IDNA 2008).
    """
    labels = _ascii_labels(_host(_without_angles(_pasted_domain(text))))
    if len(labels) == 1:
        return f"{labels[0]}.{ONMICROSOFT}"
    return ".".join(labels) or None


def without_www(domain: str) -> str | None:
    """Return what follows `www.` in a parsed domain, as far as that is a domain; None if it does not begin so."""
    rest = domain.removeprefix("www.")
    return rest if rest != domain and "." in rest else None


def parse_address(text: str) -> str | None:
    """Return the mail address in `text` (alone, after `mailto:` or as `Name <address>`) with its domain in ASCII.

    None if there is no domain after a single @. Whether the part before it can be one is not judged here.
    """
    address = _without_angles(_pasted_domain(text))
    if scheme := _MAIL_SCHEME.match(address):
        address = address[scheme.end() :].partition("?")[0]
        if scheme.group().lower() == "mailto:":
            address = _pasted_domain(unquote(address))
    local, _at, domain = address.rpartition("@")
    labels = _ascii_labels(domain)
    return f"{visible(local)}@{'.'.join(labels)}" if local and len(labels) > 1 else None


def is_guest_name(address: str) -> bool:
    """Return whether this is the name under which a directory lists somebody else's account, which is no mailbox.

    Its number signs can be encoded, as in a link or a mail from which the name was copied.
    """
    return "#ext#" in _ENCODED_NUMBER_SIGN.sub("#", pasted(address)).lower()


def mail_domain(address: str) -> str:
    """Return the part after the last @ of a mail address in lower case, or an empty string."""
    return pasted(address).lower().rpartition("@")[2] if "@" in address else ""


def _pasted_domain(text: str) -> str:
    """Return pasted text that keeps the joiners with which IDNA 2008 tells two domains apart; all others are strays."""
    plain = _plain(visible(text, keep=_JOINERS))
    meant = (sign not in _JOINERS or _joins(plain, place) for place, sign in enumerate(plain))
    return unquoted("".join(compress(plain, meant)).strip())


def _joins(text: str, place: int) -> bool:
    try:
        return idna.valid_contextj(text, place)
    except ValueError:  # beside a character that it does not know
        return False


def _without_angles(name: str) -> str:
    angled = _IN_ANGLES.match(name)
    return angled.group(1).strip() if angled else name


def _host(address: str) -> str:
    """Return what stands where an address has its host, without scheme, user, port, path, query and fragment."""
    bare = _GUEST.sub("", _SCHEME.sub("", address))
    authority = re.split(r"[/?#]", bare, maxsplit=1)[0]
    return _PORT.sub("", authority.rpartition("@")[2])


def _ascii_labels(name: str) -> list[str]:
    """Return the labels of a domain in ASCII; none if this is no domain."""
    if len(name) > _LONGEST_DOMAIN_TYPED:
        return []
    name = name.lower() if name.isascii() else _mapped(name)
    labels = [_ascii_label(label) or "" for label in name.removesuffix(".").split(".")]
    if not all(labels) or len(".".join(labels)) > 253:
        return []
    return [] if len(labels) > 1 and labels[-1].isdigit() else labels


def _mapped(name: str) -> str:
    """Return the name as UTS 46 maps it, non-transitionally; empty if it holds what no domain can."""
    try:
        return idna.uts46_remap(name, std3_rules=True, transitional=False)
    except idna.IDNAError:
        return ""


def _ascii_label(label: str) -> str | None:
    if label.isascii() and not label.startswith("xn--"):
        return label if _LABEL.fullmatch(label) else None
    try:
        return idna.alabel(label).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return None
