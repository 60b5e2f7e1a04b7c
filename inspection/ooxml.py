"""DOCX, XLSX and PPTX: the package has the right parts, and no part runs, hides or fetches anything."""

import posixpath
import re
import tempfile
import zipfile
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import IO
from urllib.parse import unquote

from .reading import Data
from .verdict import Detail, InspectionLimits, Kind, unsafe, wrong_type
from .xml_parts import Attributes, FieldReader, FieldSpotter, PartReader, local_name
from .zips import chunks, opened, part_name

_TYPES_PART = "[content_types].xml"
_ROOT_RELATIONS = "_rels/.rels"
_MAX_DESCRIPTION_BYTES = 4_000_000
# Large, because the XML parser restarts an unfinished tag with every chunk.
_CHUNK = 256 * 1024

_PREFIX = "application/vnd.openxmlformats-officedocument."
_MAIN_TYPES = {
    _PREFIX + "wordprocessingml.document.main+xml": Kind.DOCX,
    _PREFIX + "spreadsheetml.sheet.main+xml": Kind.XLSX,
    _PREFIX + "presentationml.presentation.main+xml": Kind.PPTX,
}
# The main part's root element, in the namespace of either edition of the standard.
_ROOTS = {
    kind: (
        f"http://schemas.openxmlformats.org/{area}/2006/main {root}",
        f"http://purl.oclc.org/ooxml/{area}/main {root}",
    )
    for kind, area, root in (
        (Kind.DOCX, "wordprocessingml", "document"),
        (Kind.XLSX, "spreadsheetml", "workbook"),
        (Kind.PPTX, "presentationml", "presentation"),
    )
}

_MACRO_WORDS = ("macroenabled", "vbaproject", "vbadata", "macrosheet")
_MACRO_NAMES = re.compile(r"(?i)(^|/)(vbaproject[^/]*\.bin|vbadata\.xml|macrosheets/.*)$")
_ACTIVEX_NAMES = re.compile(r"(?i)(^|/)activex/")
_PROGRAM_NAMES = re.compile(
    r"(?i)\.(exe|dll|com|scr|bat|cmd|ps1|vbs|vbe|js|jse|wsf|wsh|hta|html?|xhtml|mht|lnk|jar|msi|reg|url|swf|py|sh)$"
)
_PAGES = ("text/html", "application/xhtml+xml", "message/rfc822")
_PROGRAM_STARTS = (b"mz", b"\x7felf", b"\xca\xfe\xba\xbe", b"#!", b"<script", b"<html", b"<!doctype html")
_OBJECT_STARTS = (b"\xd0\xcf\x11\xe0", b"{\\rt", b"%PDF-", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")

_CHART_SOURCE = re.compile(r"(?i)(^|/)charts/[^/]+$")
_LOCAL_DISK = re.compile(r"(?i)^(?:file:/{2,3})?[a-z]:[\\/]")
_SCHEME = re.compile(r"(?i)^([a-z][a-z0-9+.\-]*):")
# Schemes that run something, or pass the click to a program known for running things.
_BAD_SCHEMES = re.compile(
    r"(?i)^(?:javascript|vbscript|livescript|data|shell|search|search-ms|ms-.+|mhtml|its|mk|res)$"
)
_HYPERLINKS = (
    "http://schemas.openxmlformats.org/officedocument/2006/relationships/hyperlink",
    "http://purl.oclc.org/ooxml/officedocument/relationships/hyperlink",
)
_REMOTE = re.compile(r"(?i)^(?:[a-z][a-z0-9+.\-]+:|[\\/]{2})")


@dataclass
class _Package:
    """The parts of a package as its descriptions declare them."""

    defaults: dict[str, str] = field(default_factory=dict)
    overrides: dict[str, str] = field(default_factory=dict)
    main_parts: list[str] = field(default_factory=list)
    chart_workbooks: set[str] = field(default_factory=set)
    unpacked_bytes: int = 0
    field_bytes: int = 0

    def type_of(self, name: str) -> str:
        return self.overrides.get(name) or self.defaults.get(name.rpartition(".")[2], "")

    def is_word(self, name: str) -> bool:
        return "wordprocessingml" in self.type_of(name) or name.startswith("word/")


def inspect_ooxml(file: IO[bytes], data: Data, limits: InspectionLimits) -> Kind:
    """Return the package's kind of Office document. Raises Refused if it is none, damaged or unsafe."""
    kind, _ = _inspect(file, data, limits, nested=False)
    return kind


def _inspect(file: IO[bytes], data: Data, limits: InspectionLimits, *, nested: bool) -> tuple[Kind, int]:
    with opened(file, data, limits) as archive:
        package = _Package(unpacked_bytes=sum(entry.file_size for entry in archive.infolist()))
        entries = {part_name(entry): entry for entry in archive.infolist() if not entry.is_dir()}
        _read_types(archive, entries, package)
        for name in entries:
            _check_part(name, package.type_of(name))
        for name, entry in entries.items():
            if name.endswith(".rels"):
                _read_relations(archive, entry, name, package)
        kind, main = _main_part(package, entries)
        for name, entry in entries.items():
            root = _read_part(archive, entry, name, package, limits, nested=nested)
            if name == main and root not in _ROOTS[kind]:
                raise wrong_type(Detail.OFFICE_PARTS_MISSING)
    return kind, package.unpacked_bytes


def _read_types(archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], package: _Package) -> None:
    def note(name: str, attributes: Attributes) -> None:
        content_type = attributes.get("ContentType", "").strip().lower()
        match local_name(name):
            case "Default":
                package.defaults[attributes.get("Extension", "").lower()] = content_type
            case "Override":
                package.overrides[unquote(attributes.get("PartName", "")).lower().lstrip("/")] = content_type

    entry = entries.get(_TYPES_PART)
    if entry is None:
        raise wrong_type(Detail.OFFICE_PARTS_MISSING)
    _read_description(archive, entry, PartReader(on_element=note))


def _check_part(name: str, content_type: str) -> None:
    """Raise Refused if the part's name or the type that the package declares for it is forbidden."""
    if any(word in content_type for word in _MACRO_WORDS) or _MACRO_NAMES.search(name):
        raise unsafe(Detail.OFFICE_MACROS)
    if "activex" in content_type or _ACTIVEX_NAMES.search(name):
        raise unsafe(Detail.OFFICE_ACTIVEX)
    if "oleobject" in content_type:
        raise unsafe(Detail.OFFICE_EMBEDDED_OBJECT)
    if _PROGRAM_NAMES.search(name) or content_type in _PAGES:
        raise unsafe(Detail.OFFICE_PROGRAM_INSIDE)


def _read_relations(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, package: _Package) -> None:
    folder, _, own_name = name.rpartition("_rels/")
    source = folder + own_name.removesuffix(".rels")

    def note(element: str, attributes: Attributes) -> None:
        if local_name(element) != "Relationship":
            return
        kind = attributes.get("Type", "").strip().lower()
        target = attributes.get("Target", "").strip()
        external = attributes.get("TargetMode", "").strip().lower() == "external"
        part = _resolve(folder, target)
        from_chart = _CHART_SOURCE.search(source) is not None
        _check_relation(kind, target, external=external, from_chart=from_chart)
        if external:
            return
        if kind.endswith("/package"):
            package.chart_workbooks.add(part)
        elif kind.endswith("/officedocument") and name == _ROOT_RELATIONS:
            package.main_parts.append(part)

    _read_description(archive, entry, PartReader(on_element=note))


def _check_relation(kind: str, target: str, *, external: bool, from_chart: bool) -> None:
    last = kind.rpartition("/")[2]
    if last in ("vbaproject", "wordvbadata", "xlmacrosheet", "xlintlmacrosheet"):
        raise unsafe(Detail.OFFICE_MACROS)
    if last in ("control", "activexcontrolbinary"):
        raise unsafe(Detail.OFFICE_ACTIVEX)
    if last in ("oleobject", "afchunk", "subdocument", "frame") or (last == "package" and not from_chart):
        raise unsafe(Detail.OFFICE_EMBEDDED_OBJECT)
    if not external:
        return
    if kind in _HYPERLINKS:
        # Followed only on a click, so the reader decides where it leads, but not what it starts.
        scheme = _SCHEME.match(re.sub(r"[\x00-\x20]", "", target))
        if scheme and _BAD_SCHEMES.match(scheme.group(1)):
            raise unsafe(Detail.OFFICE_UNSAFE_LINK)
        return
    # Everything else external is fetched when the file opens. A path on the author's own disk leads nowhere
    # here, and Word writes one into every document made from a local template.
    if _LOCAL_DISK.match(unquote(target)) or not _REMOTE.match(unquote(target)):
        return
    if last == "attachedtemplate":
        raise unsafe(Detail.OFFICE_EXTERNAL_TEMPLATE)
    raise unsafe(Detail.OFFICE_EXTERNAL_CONTENT)


def _resolve(folder: str, target: str) -> str:
    path = unquote(target).lower()
    return posixpath.normpath(posixpath.join("/", folder, path)).lstrip("/")


def _main_part(package: _Package, entries: dict[str, zipfile.ZipInfo]) -> tuple[Kind, str]:
    if len(package.main_parts) != 1 or package.main_parts[0] not in entries:
        raise wrong_type(Detail.OFFICE_PARTS_MISSING)
    main = package.main_parts[0]
    kind = _MAIN_TYPES.get(package.type_of(main))
    if kind is None:
        raise wrong_type(Detail.OFFICE_PARTS_MISSING)
    return kind, main


def _read_part(
    archive: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    name: str,
    package: _Package,
    limits: InspectionLimits,
    *,
    nested: bool,
) -> str:
    """Unpack one part to its end, which checks size and checksum; return its root element if it is XML."""
    reader = _reader_for(name, package.type_of(name))
    stream = chunks(archive, entry, _CHUNK)
    head = next(stream, b"")
    _check_head(head)
    if head.startswith(b"PK\x03\x04"):
        if nested or name not in package.chart_workbooks or not name.endswith(".xlsx"):
            raise unsafe(Detail.OFFICE_EMBEDDED_OBJECT if "/embeddings/" in name else Detail.ZIP_NESTED)
        _inspect_nested(archive, entry, package, limits)
        return ""
    spotter = FieldSpotter()
    is_word = package.is_word(name)
    for chunk in chain([head], stream):
        if reader is not None:
            reader.feed(chunk)
            if is_word:
                spotter.feed(chunk)
    if reader is None:
        return ""
    reader.close()
    if spotter.found:
        _read_fields(archive, entry, package, limits)
    return reader.root


def _read_fields(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, package: _Package, limits: InspectionLimits
) -> None:
    package.field_bytes += entry.file_size
    if package.field_bytes > limits.max_field_bytes:
        raise unsafe(Detail.ZIP_BOMB)
    reader = FieldReader()
    for chunk in chunks(archive, entry, _CHUNK):
        reader.feed(chunk)
    reader.close()


def _check_head(head: bytes) -> None:
    if head.startswith(_OBJECT_STARTS):
        raise unsafe(Detail.OFFICE_EMBEDDED_OBJECT)
    if head[:64].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_PROGRAM_STARTS):
        raise unsafe(Detail.OFFICE_PROGRAM_INSIDE)


def _reader_for(name: str, content_type: str) -> PartReader | None:
    extension = name.rpartition(".")[2]
    if extension not in ("xml", "rels", "vml", "svg") and not content_type.endswith(("+xml", "/xml")):
        return None
    if extension == "svg" or content_type.startswith("image/svg"):
        return PartReader(allow_doctype=True)
    if extension == "vml" or "vmldrawing" in content_type:
        return PartReader(lenient=True)
    if name.startswith("xl/externallinks/") or "externallink" in content_type:
        return PartReader(on_element=_refuse_dde_links)
    return PartReader()


def _refuse_dde_links(element: str, _: Attributes) -> None:
    if local_name(element) in ("ddeLink", "oleLink"):
        raise unsafe(Detail.OFFICE_DDE)


def _read_description(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, reader: PartReader) -> None:
    if entry.file_size > _MAX_DESCRIPTION_BYTES:
        raise unsafe(Detail.ZIP_BOMB)
    for chunk in chunks(archive, entry, _CHUNK):
        reader.feed(chunk)
    reader.close()


def _inspect_nested(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, package: _Package, limits: InspectionLimits
) -> None:
    """Raise Refused unless a chart's workbook passes the same rules and contains no further package.

    All packages of a document share one size limit.
    """
    if entry.file_size > limits.max_nested_bytes:
        raise unsafe(Detail.ZIP_NESTED)
    content = b"".join(chunks(archive, entry, _CHUNK))
    room = replace(limits, max_unpacked_bytes=limits.max_unpacked_bytes - package.unpacked_bytes)
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        kind, unpacked = _inspect(file, content, room, nested=True)
    if kind is not Kind.XLSX:
        raise unsafe(Detail.ZIP_NESTED)
    package.unpacked_bytes += unpacked
