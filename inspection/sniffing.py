"""The family of a file by its bytes, whatever its name claims."""

import re
import struct
from enum import StrEnum

from .reading import Data

HEAD_BYTES = 1024


class Family(StrEnum):
    """The families that a file's first bytes distinguish."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"
    ZIP = "zip"
    OLE = "ole"
    MARKUP = "markup"
    UNKNOWN = "unknown"


PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
JPEG_SIGNATURE = b"\xff\xd8\xff"
ZIP_SIGNATURE = b"PK\x03\x04"
OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# A few programs write a byte order mark or blank lines before the header. Anything else is a disguise.
PDF_HEADER = re.compile(rb"(?:\xef\xbb\xbf)?[\x00\t\n\x0c\r ]{0,16}%PDF-(?:1\.[0-7]|2\.0)(?![0-9])")

_MARKUP_START = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\x00\s]*<")
_MARKUP = re.compile(
    rb"(?i)<(?:html|head|body|script|iframe|object|embed|svg|img|meta|form|!doctype\s+html|\?php)[\s>/]"
)
_END_OF_DIRECTORY = b"PK\x05\x06"


def family_of(data: Data) -> Family:
    """Return the family of a file by its first bytes."""
    head = bytes(data[:HEAD_BYTES])
    if PDF_HEADER.match(head):
        return Family.PDF
    if head.startswith(PNG_SIGNATURE):
        return Family.PNG
    if head.startswith(JPEG_SIGNATURE):
        return Family.JPEG
    if head.startswith(ZIP_SIGNATURE):
        return Family.ZIP
    if head.startswith(OLE_SIGNATURE):
        return Family.OLE
    if _MARKUP_START.match(head) or holds_markup(head):
        return Family.MARKUP
    return Family.UNKNOWN


def holds_markup(text: bytes) -> bool:
    """Return whether a browser that guesses types could treat this as a page."""
    return _MARKUP.search(text.replace(b"\x00", b"")) is not None


def ends_as_archive(data: Data) -> bool:
    """Return whether the file, read from its end as archivers do, is a zip archive as well."""
    size = len(data)
    floor = max(0, size - 22 - 0xFFFF)
    at = data.rfind(_END_OF_DIRECTORY, floor)
    while at != -1:
        if at + 22 <= size:
            disk, start_disk, here, total, length, offset = struct.unpack("<4H2L", data[at + 4 : at + 20])
            if disk == start_disk == 0 and here == total > 0 and 46 * total <= length <= at and offset < size:
                return True
        at = data.rfind(_END_OF_DIRECTORY, floor, at)
    return False
