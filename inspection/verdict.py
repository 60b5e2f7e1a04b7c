"""The vocabulary of the inspection: kinds, problems, details, limits and the verdict itself."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The accepted kinds of proof (part 7)."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"
    DOCX = "docx"
    XLSX = "xlsx"
    PPTX = "pptx"

    @property
    def content_type(self) -> str:
        """The only content type that this kind is stored and served with, whatever the browser claimed."""
        return _CONTENT_TYPES[self]

    @property
    def is_office(self) -> bool:
        return self in (Kind.DOCX, Kind.XLSX, Kind.PPTX)


_OFFICE = "application/vnd.openxmlformats-officedocument."
_CONTENT_TYPES = {
    Kind.PDF: "application/pdf",
    Kind.PNG: "image/png",
    Kind.JPEG: "image/jpeg",
    Kind.DOCX: _OFFICE + "wordprocessingml.document",
    Kind.XLSX: _OFFICE + "spreadsheetml.sheet",
    Kind.PPTX: _OFFICE + "presentationml.presentation",
}

EXTENSIONS = {
    "pdf": Kind.PDF,
    "png": Kind.PNG,
    "jpg": Kind.JPEG,
    "jpeg": Kind.JPEG,
    "docx": Kind.DOCX,
    "xlsx": Kind.XLSX,
    "pptx": Kind.PPTX,
}


class Problem(StrEnum):
    """The finding codes of rule F2 that one file can cause by itself."""

    TYPE = "POE_FILE_TYPE"
    SIZE = "POE_FILE_SIZE"
    EMPTY = "POE_FILE_EMPTY"
    UNSAFE = "POE_FILE_UNSAFE"


class Detail(StrEnum):
    """Why a file was refused; each has a sentence in ``DETAIL_TEXTS``."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"

    EXTENSION_MISSING = "extension_missing"
    EXTENSION_NOT_ALLOWED = "extension_not_allowed"
    EXTENSION_OLD_OFFICE = "extension_old_office"
    EXTENSION_MACROS = "extension_macros"
    EXTENSION_MISMATCH = "extension_mismatch"
    CONTENT_UNKNOWN = "content_unknown"
    HTML_IN_DISGUISE = "html_in_disguise"
    OFFICE_LOCKED_OR_OLD = "office_locked_or_old"

    HTML_INSIDE = "html_inside"
    ARCHIVE_INSIDE = "archive_inside"
    TRAILING_DATA = "trailing_data"

    PDF_DAMAGED = "pdf_damaged"
    PDF_CUT_OFF = "pdf_cut_off"
    PDF_ENCRYPTED = "pdf_encrypted"
    PDF_SCRIPT = "pdf_script"
    PDF_LAUNCH = "pdf_launch"
    PDF_EMBEDDED_FILE = "pdf_embedded_file"
    PDF_ACTIVE_FORM = "pdf_active_form"
    PDF_MEDIA = "pdf_media"
    PDF_OPENS_SOMETHING = "pdf_opens_something"
    PDF_UNREADABLE = "pdf_unreadable"
    PDF_TOO_COMPLEX = "pdf_too_complex"

    IMAGE_DAMAGED = "image_damaged"
    IMAGE_CUT_OFF = "image_cut_off"
    IMAGE_UNSUPPORTED = "image_unsupported"
    IMAGE_TOO_MANY_PIXELS = "image_too_many_pixels"
    IMAGE_HIDDEN_BULK = "image_hidden_bulk"

    ZIP_DAMAGED = "zip_damaged"
    ZIP_COMPRESSION = "zip_compression"
    ZIP_ENCRYPTED = "zip_encrypted"
    ZIP_BOMB = "zip_bomb"
    ZIP_TOO_MANY_ENTRIES = "zip_too_many_entries"
    ZIP_BAD_NAME = "zip_bad_name"
    ZIP_DUPLICATE_NAME = "zip_duplicate_name"
    ZIP_HIDDEN_DATA = "zip_hidden_data"
    ZIP_NESTED = "zip_nested"

    OFFICE_PARTS_MISSING = "office_parts_missing"
    OFFICE_MACROS = "office_macros"
    OFFICE_ACTIVEX = "office_activex"
    OFFICE_EMBEDDED_OBJECT = "office_embedded_object"
    OFFICE_EXTERNAL_TEMPLATE = "office_external_template"
    OFFICE_EXTERNAL_CONTENT = "office_external_content"
    OFFICE_UNSAFE_LINK = "office_unsafe_link"
    OFFICE_DDE = "office_dde"
    OFFICE_PROGRAM_INSIDE = "office_program_inside"
    XML_DAMAGED = "xml_damaged"
    XML_DTD = "xml_dtd"


@dataclass(frozen=True)
class InspectionLimits:
    """Limits for one file. The first comes from part 7; the others bound work and memory."""

    max_bytes: int = 25_000_000
    chunk_bytes: int = 64 * 1024

    # A 600 dpi scan of an A3 page has 70 million pixels, a common phone camera 108 million.
    max_pixels: int = 120_000_000
    max_image_text_bytes: int = 8_000_000
    max_image_scans: int = 500
    max_image_parts: int = 100_000

    max_entries: int = 5_000
    max_unpacked_bytes: int = 200_000_000
    max_ratio: int = 300
    # Small parts compress extremely well without being suspicious.
    ratio_from_bytes: int = 4_000_000
    # The workbook behind a chart is a package inside a package; it is inspected too.
    max_nested_bytes: int = 10_000_000
    # Word parts with fields are read a second time, slowly.
    max_field_bytes: int = 40_000_000

    max_pdf_streams: int = 100_000
    max_pdf_object_stream_bytes: int = 16_000_000
    max_pdf_unpacked_bytes: int = 128_000_000
    max_pdf_triggers: int = 20_000


DEFAULT_LIMITS = InspectionLimits()


@dataclass(frozen=True)
class Verdict:
    """The result of an inspection. Either ``kind`` is set, or ``problem`` and ``detail`` are.

    ``size`` and ``sha256`` describe the whole file, even a refused one. Only for a file that is too large,
    ``size`` counts the bytes read before reading stopped, and ``sha256`` is empty.
    """

    kind: Kind | None = None
    size: int = 0
    sha256: str = ""
    problem: Problem | None = None
    detail: Detail | None = None

    @property
    def acceptable(self) -> bool:
        return self.problem is None

    @property
    def content_type(self) -> str:
        """The canonical content type, or an empty string for a refused file."""
        return self.kind.content_type if self.kind else ""


class Refused(Exception):
    """The reason for a refusal, raised inside the package; ``inspect_file`` turns it into a verdict."""

    def __init__(self, problem: Problem, detail: Detail) -> None:
        super().__init__(problem, detail)
        self.problem = problem
        self.detail = detail


def wrong_type(detail: Detail) -> Refused:
    """Return a refusal for a file that is not, or not completely, what its name claims."""
    return Refused(Problem.TYPE, detail)


def unsafe(detail: Detail) -> Refused:
    """Return a refusal for a file of the right type whose content could harm its reader."""
    return Refused(Problem.UNSAFE, detail)
