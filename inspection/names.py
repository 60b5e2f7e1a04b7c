"""File names from users, made safe to store, to show and to offer for download."""

import re
import unicodedata

NAME_MAX_LENGTH = 150
# A longer "extension" is part of a sentence that contains a full stop.
_EXTENSION_MAX_LENGTH = 16

_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)")
_FORBIDDEN = re.compile(r'[<>:"|?*]')


def clean_name(name: str | None) -> str:
    """Return the last part of ``name`` as one harmless line, never empty, at most 150 characters.

    Keeps the extension. Removes paths of any system, control and invisible characters, direction overrides,
    lone surrogates, leading dots and characters that some systems forbid. Idempotent.
    """
    parts = [part for part in re.split(r"[/\\]", name or "") if _tidy(part)]
    tidy = _tidy(parts[-1]) if parts else ""
    stem, extension = _split(tidy)
    stem = stem[: NAME_MAX_LENGTH - len(extension)].rstrip(" .")
    return (stem or "file") + extension


def extension_of(name: str) -> str:
    """Return the part after the last dot of a cleaned name in lower case, or an empty string without a dot."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def _tidy(part: str) -> str:
    text = "".join(" " if unicodedata.category(char) == "Zs" else char for char in part if _is_visible(char))
    text = unicodedata.normalize("NFC", text)
    text = _FORBIDDEN.sub("_", text)
    text = re.sub(r" {2,}", " ", text).lstrip(" .").rstrip(" .")
    # A device name is dangerous on Windows whatever its extension.
    return f"_{text}" if _RESERVED.match(text) else text


def _is_visible(char: str) -> bool:
    # Excludes Cc, Cf (bidi marks and overrides, zero width), Cs, Co and Cn; Zl and Zp would break the line.
    category = unicodedata.category(char)
    return not category.startswith("C") and category not in ("Zl", "Zp")


def _split(name: str) -> tuple[str, str]:
    stem, dot, extension = name.rpartition(".")
    if not dot or not stem or len(extension) > _EXTENSION_MAX_LENGTH:
        return name, ""
    return stem, dot + extension
