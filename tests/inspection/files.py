"""Sample files for these tests, made in code: complete ones, and the parts to damage them with."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from typing import Any

from reportlab.pdfgen.canvas import Canvas

# --- PDF ---------------------------------------------------------------------------------------------------


def real_pdf(text: str = "Accepted by Contoso") -> bytes:
    """Return a PDF written by a real program."""
    target = io.BytesIO()
    canvas = Canvas(target, invariant=True)
    canvas.drawString(72, 720, text)
    canvas.linkURL("https://contoso.example/Launch", (72, 700, 200, 715))
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def pdf(*objects: bytes, catalog: bytes = b"", trailer: bytes = b"", end: bytes = b"%%EOF\n") -> bytes:
    """Return a PDF of one blank page, with extra catalog entries and extra objects from number 10 on."""
    bodies = {
        1: b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] >>",
        **dict(enumerate(objects, start=10)),
    }
    content = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    table = b""
    for number, body in bodies.items():
        table += b"%d 1\n%010d 00000 n \n" % (number, len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(content)
    content += b"xref\n0 1\n0000000000 65535 f \n" + table
    content += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n" % (max(bodies) + 1, trailer, start)
    return bytes(content) + end


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), entries, data)


def packed_stream(data: bytes, entries: bytes = b"") -> bytes:
    return stream(zlib.compress(data), b"/Filter /FlateDecode " + entries)


def object_stream(*objects: bytes, first_number: int = 20, type_entry: bytes = b"/Type /ObjStm") -> bytes:
    """Return a compressed container of objects, as current PDF writers produce it."""
    header, content = object_stream_text(*objects, first_number=first_number)
    return packed_stream(header + content, type_entry + b" /N %d /First %d" % (len(objects), len(header)))


def object_stream_text(*objects: bytes, first_number: int = 20) -> tuple[bytes, bytes]:
    header, content = b"", b""
    for number, body in enumerate(objects, start=first_number):
        header += b"%d %d " % (number, len(content))
        content += body + b"\n"
    return header, content


# --- pictures ----------------------------------------------------------------------------------------------


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))


def header(width: int = 2, height: int = 2, depth: int = 8, colour: int = 2, *rest: int) -> bytes:
    return chunk(b"IHDR", struct.pack(">2L5B", width, height, depth, colour, *(rest or (0, 0, 0))))


PNG_START = b"\x89PNG\r\n\x1a\n"
PIXELS = chunk(b"IDAT", zlib.compress(b"\x00" + b"\x10\x20\x30" * 2 + b"\x00" + b"\x40\x50\x60" * 2))


def png(*chunks: bytes, first: bytes | None = None, end: bytes | None = None) -> bytes:
    """Return a picture of two by two pixels, with extra chunks between its header and its pixels."""
    parts = (PNG_START, header() if first is None else first, *chunks, PIXELS)
    return b"".join(parts) + (chunk(b"IEND") if end is None else end)


def segment(marker: int, data: bytes = b"") -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(data) + 2) + data


def frame(width: int = 8, height: int = 8, marker: int = 0xC0) -> bytes:
    return segment(marker, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00")


SCAN = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56"


def jpeg(
    *segments: bytes, framing: bytes | None = None, scans: bytes = SCAN, end: bytes = b"\xff\xd9"
) -> bytes:
    """Return a picture with all its markers and meaningless pixels."""
    tables = segment(0xDB, b"\x00" + bytes(64)) + segment(0xC4, b"\x00" + bytes(16))
    jfif = segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")
    return (
        b"\xff\xd8"
        + jfif
        + b"".join(segments)
        + (frame() if framing is None else framing)
        + tables
        + scans
        + end
    )


# --- Office ------------------------------------------------------------------------------------------------

_OFFICE = "application/vnd.openxmlformats-officedocument."
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
MAIN = {
    "docx": (
        "word/document.xml",
        _OFFICE + "wordprocessingml.document.main+xml",
        "wordprocessingml",
        "document",
    ),
    "xlsx": ("xl/workbook.xml", _OFFICE + "spreadsheetml.sheet.main+xml", "spreadsheetml", "workbook"),
    "pptx": (
        "ppt/presentation.xml",
        _OFFICE + "presentationml.presentation.main+xml",
        "presentationml",
        "presentation",
    ),
}


def xml(text: str) -> bytes:
    return b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + text.encode()


def types(main_part: str, main_type: str, overrides: dict[str, str] | None = None) -> bytes:
    listed = {main_part: main_type, **(overrides or {})}
    return xml(
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + "".join(f'<Override PartName="/{part}" ContentType="{kind}"/>' for part, kind in listed.items())
        + "</Types>"
    )


def relations(*listed: tuple[str, str] | tuple[str, str, str]) -> bytes:
    """Return a relations part from (kind, target) inside the package, or (kind, target, "External")."""
    rows = []
    for number, (kind, target, *mode) in enumerate(listed, start=1):
        place = f' TargetMode="{mode[0]}"' if mode else ""
        rows.append(f'<Relationship Id="rId{number}" Type="{_RELATION}{kind}" Target="{target}"{place}/>')
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return xml(f'<Relationships xmlns="{space}">' + "".join(rows) + "</Relationships>")


def parts(
    kind: str, *, overrides: dict[str, str] | None = None, main_type: str | None = None, body: str = ""
) -> dict[str, bytes]:
    """Return the parts that every document of that kind has, changed as given; ``archive`` them afterwards."""
    main_part, its_type, area, root = MAIN[kind]
    space = f"http://schemas.openxmlformats.org/{area}/2006/main"
    return {
        "[Content_Types].xml": types(main_part, main_type or its_type, overrides),
        "_rels/.rels": relations(("officeDocument", main_part)),
        main_part: xml(f'<x:{root} xmlns:x="{space}">{body}</x:{root}>'),
    }


def archive(
    content: dict[str, bytes] | Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    target = io.BytesIO()
    pairs = content.items() if isinstance(content, dict) else content
    with zipfile.ZipFile(target, "w", method) as package:
        for name, data in pairs:
            package.writestr(zipfile.ZipInfo(name), data, method)
    return target.getvalue()


def office(kind: str, extra: dict[str, bytes] | None = None, **changes: Any) -> bytes:
    return archive({**parts(kind, **changes), **(extra or {})})


def samples() -> dict[str, bytes]:
    """Return one acceptable file of every kind, by a matching name."""
    return {
        "proof.pdf": real_pdf(),
        "proof.png": png(),
        "proof.jpg": jpeg(),
        "proof.docx": office("docx"),
        "proof.xlsx": office("xlsx"),
        "proof.pptx": office("pptx"),
    }
