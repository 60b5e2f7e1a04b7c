"""File names from users, made safe to store, to show and to offer for download."""

import re
import unicodedata
from email.errors import HeaderParseError
from email.header import decode_header, make_header

NAME_MAX_LENGTH = 150
# A longer "extension" is part of a sentence that contains a full stop.
_EXTENSION_MAX_LENGTH = 16

_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)")
_MAIL_WORD = re.compile(r"=\?[^?\s]+\?[BbQq]\?[^?]*\?=")
_WIDE_ENDING = re.compile(r"[.\uff0e\uff61\u3002]([^.\uff0e\uff61\u3002]{1,16})$")
_FORBIDDEN = re.compile(r'[<>:"|?*]')


def clean_name(name: str | None) -> str:
    """Return the last part of ``name`` as one harmless line, never empty, at most 150 characters.

    Keeps the extension. Removes paths of any system, control and invisible characters, direction overrides,
    lone surrogates, leading dots and characters that some systems forbid. A name in the words of a mail's header
    (RFC 2047) is decoded, and an extension in full-width letters is written in plain ones. Idempotent.
    """
    parts = [part for part in re.split(r"[/\\]", decoded_name(name or "")) if _tidy(part)]
    tidy = _tidy(parts[-1]) if parts else ""
    stem, extension = _split(tidy)
    stem = stem[: NAME_MAX_LENGTH - len(extension)].rstrip(" .")
    return (stem or "file") + extension


def decoded_name(name: str) -> str:
    """Return the name that some programs send in the words of a mail's header (RFC 2047); any other name unchanged."""
    if not _MAIL_WORD.search(name):
        return name
    try:
        return str(make_header(decode_header(name)))
    except (HeaderParseError, LookupError, ValueError):
        return name


def extension_of(name: str) -> str:
    """Return the part after the last dot of a cleaned name in lower case, or an empty string without a dot."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def _tidy(part: str) -> str:
    text = "".join(" " if unicodedata.category(char) == "Zs" else char for char in part if _is_visible(char))
    text = _WIDE_ENDING.sub(_plain_ending, unicodedata.normalize("NFC", text).rstrip(" ."))
    text = _FORBIDDEN.sub("_", text)
    text = re.sub(r" {2,}", " ", text).lstrip(" .").rstrip(" .")
    # A device name is dangerous on Windows whatever its extension.
    return f"_{text}" if _RESERVED.match(text) else text


def _plain_ending(match: re.Match[str]) -> str:
    """Return the extension in plain letters and digits if it means some, else what was there."""
    plain = unicodedata.normalize("NFKC", match.group(1))
    return f".{plain}" if plain.isascii() and plain.isalnum() else match.group()


def _is_visible(char: str) -> bool:
    # Excludes Cc, Cf (bidi marks and overrides, zero width), Cs, Co and Cn; Zl and Zp would break the line.
    category = unicodedata.category(char)
    return not category.startswith("C") and category not in ("Zl", "Zp")


def _split(name: str) -> tuple[str, str]:
    stem, dot, extension = name.rpartition(".")
    if not dot or not stem or len(extension) > _EXTENSION_MAX_LENGTH:
        return name, ""
    return stem, dot + extension
