"""The only entry point: extension, first bytes and structure must agree (rule F2, part 7)."""

from . import jpeg, ooxml, pdf, png
from .names import clean_name, extension_of
from .reading import Readable, Spool, spooled
from .sniffing import HEAD_BYTES, Family, ends_as_archive, family_of, holds_markup
from .verdict import (
    DEFAULT_LIMITS,
    EXTENSIONS,
    Detail,
    InspectionLimits,
    Kind,
    Problem,
    Refused,
    Verdict,
    unsafe,
    wrong_type,
)

_OLD_OFFICE = frozenset({"doc", "dot", "xls", "xlt", "ppt", "pps", "pot"})
_MACRO_OFFICE = frozenset(
    {"docm", "dotm", "xlsm", "xltm", "xlam", "xlsb", "pptm", "potm", "ppam", "ppsm", "sldm"}
)
_PLAIN_FAMILIES = {Family.PDF: Kind.PDF, Family.PNG: Kind.PNG, Family.JPEG: Kind.JPEG}


def inspect_file(stream: Readable, name: str | None, limits: InspectionLimits = DEFAULT_LIMITS) -> Verdict:
    """Return what the file is, or why it is refused. A bad file never raises; a failing stream does.

    Reads the stream once, in chunks, at most one byte beyond the size limit, and then restores its position if
    it can seek. Memory use is bounded whatever the file's size.
    """
    with spooled(stream, limits) as spool:
        try:
            kind = _judge(spool, clean_name(name), limits)
        except Refused as refusal:
            return Verdict(
                size=spool.size, sha256=spool.sha256, problem=refusal.problem, detail=refusal.detail
            )
        return Verdict(kind=kind, size=spool.size, sha256=spool.sha256)


def _judge(spool: Spool, name: str, limits: InspectionLimits) -> Kind:
    if not spool.complete:
        raise Refused(Problem.SIZE, Detail.TOO_LARGE)
    if spool.size == 0:
        raise Refused(Problem.EMPTY, Detail.EMPTY)
    promised = _promised_kind(name)
    family = family_of(spool.data)
    _require_same(promised, family)
    if family is Family.ZIP:
        found = ooxml.inspect_ooxml(spool.file, spool.data, limits)
        if found is not promised:
            raise wrong_type(Detail.EXTENSION_MISMATCH)
        return found
    if holds_markup(bytes(spool.data[:HEAD_BYTES])):
        raise unsafe(Detail.HTML_INSIDE)
    if ends_as_archive(spool.data):
        raise unsafe(Detail.ARCHIVE_INSIDE)
    {Kind.PDF: pdf.inspect_pdf, Kind.PNG: png.inspect_png, Kind.JPEG: jpeg.inspect_jpeg}[promised](
        spool.data, limits
    )
    return promised


def _promised_kind(name: str) -> Kind:
    extension = extension_of(name)
    if not extension:
        raise wrong_type(Detail.EXTENSION_MISSING)
    if extension in _OLD_OFFICE:
        raise wrong_type(Detail.EXTENSION_OLD_OFFICE)
    if extension in _MACRO_OFFICE:
        raise wrong_type(Detail.EXTENSION_MACROS)
    kind = EXTENSIONS.get(extension)
    if kind is None:
        raise wrong_type(Detail.EXTENSION_NOT_ALLOWED)
    return kind


def _require_same(promised: Kind, family: Family) -> None:
    if family is Family.MARKUP:
        raise wrong_type(Detail.HTML_IN_DISGUISE)
    if family is Family.OLE:
        raise wrong_type(Detail.OFFICE_LOCKED_OR_OLD)
    if family is Family.UNKNOWN:
        raise wrong_type(Detail.CONTENT_UNKNOWN)
    if family is Family.ZIP and not promised.is_office:
        raise wrong_type(Detail.EXTENSION_MISMATCH)
    if family is not Family.ZIP and _PLAIN_FAMILIES[family] is not promised:
        raise wrong_type(Detail.EXTENSION_MISMATCH)
