"""PDF: complete, unlocked, and with nothing that runs, starts, hides or plays anything."""

import dataclasses
import io
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from inspection import DEFAULT_LIMITS, Detail
from tests.inspection import files
from tests.inspection.files import object_stream, object_stream_text, packed_stream, pdf, stream
from tests.inspection.support import ACCEPTED, refusal, unsafe, wrong_type

SCRIPT = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
WEB = b"<< /Type /Action /S /URI /URI (https://contoso.example/) >>"


def written(change: Callable[[PdfWriter], object] | None = None, **encryption: Any) -> bytes:
    """Return the real PDF, read and rewritten by a second program."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(files.real_pdf())))
    if change is not None:
        change(writer)
    if encryption:
        writer.encrypt(**encryption, algorithm="RC4-128")
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def add_script(writer: PdfWriter) -> None:
    action = {
        NameObject("/S"): NameObject("/JavaScript"),
        NameObject("/JS"): TextStringObject("app.alert(1)"),
    }
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)


def test_files_from_real_programs_are_accepted() -> None:
    assert refusal(files.real_pdf(), "a.pdf") == ACCEPTED
    assert refusal(written(), "a.pdf") == ACCEPTED


def test_active_content_added_by_a_real_program_is_found() -> None:
    assert refusal(written(add_script), "a.pdf") == unsafe(Detail.PDF_SCRIPT)
    assert refusal(written(lambda writer: writer.add_attachment("a.txt", b"hidden")), "a.pdf") == unsafe(
        Detail.PDF_EMBEDDED_FILE
    )
    assert refusal(written(user_password="", owner_password="x"), "a.pdf") == unsafe(Detail.PDF_ENCRYPTED)


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + pdf(),
        b"\r\n\n" + pdf(),
        pdf().replace(b"%PDF-1.7", b"%PDF-2.0"),
        pdf(end=b"%%EOF"),
        pdf(end=b"%%EOF\r\n\x00\x00 \x1a"),
        pdf() + pdf()[9:],
        pdf(catalog=b"/OpenAction [3 0 R /Fit]"),
        pdf(b"[3 0 R /Fit]", catalog=b"/OpenAction 10 0 R"),
        pdf(b"<< /S /GoTo /D [3 0 R /Fit] /Next 10 0 R >>", catalog=b"/OpenAction 10 0 R"),
        pdf(catalog=b"/OpenAction << /S /Named /N /NextPage >> /OpenAction (first) /OpenAction /Chapter1"),
        pdf(catalog=b"/AA << >> /OpenAction null"),
        # A link waits for a click, and so does everything behind it.
        pdf(b"<< /Subtype /Link /A << /S /URI /URI (https://contoso.example/JavaScript) >> >>", WEB),
        pdf(object_stream(b"<< /A 21 0 R >>", WEB)),
        # The words alone are harmless as text or as parts of other names.
        pdf(b"(https://contoso.example/Launch) (and/or/JavaScript) (React/JS (web))"),
        pdf(b"<< /JavaScripting 1 /Launched 2 /JSX (a) /EFG << >> /EncryptMetadata true /Encrypt null >>"),
        pdf(stream(b"(slides/Launch) Tj")),
        pdf(packed_stream(b"0 0 m (slides/Launch) Tj")),
        pdf(packed_stream(b"\xff\x00" * 50_000), packed_stream(b"%!PS-AdobeFont")),
        # Two letters by chance, between bytes that are not text.
        pdf(stream(b"\xf3\x99\x81\xfe\x80\x90\xab/JS(\xff\xfe/AA\x80")),
        pdf(object_stream(b"<< /Type /Annot >>", b"[1 2 3]")),
        pdf(stream(b"20 0 << /Type /Annot >>", b"/Type /ObjStm /N 1 /First 5")),
    ],
)
def test_an_ordinary_pdf_is_accepted(content: bytes) -> None:
    assert refusal(content, "a.pdf") == ACCEPTED


@pytest.mark.parametrize(
    ("entry", "detail"),
    [
        (b"/OpenAction " + SCRIPT, Detail.PDF_SCRIPT),
        (b"/OpenAction<</S/JavaScript/JS(x)>>", Detail.PDF_SCRIPT),
        (b"/OpenAction << /S /#4AavaScr#69pt /JS (x) >>", Detail.PDF_SCRIPT),
        (b"/OpenAction << /S /#4aavaScript /JS (x) >>", Detail.PDF_SCRIPT),
        (b"/OpenAction << /#53/JavaScript /JS (x) >>", Detail.PDF_SCRIPT),
        (b"/OpenAction << /S %/\n%\n /JavaScript >>", Detail.PDF_SCRIPT),
        (b"/Names << /Dests 5 0 R/JavaScript 6 0 R >>", Detail.PDF_SCRIPT),
        (b"/X << /JS 6 0 R >>", Detail.PDF_SCRIPT),
        (b"/X << /J#53 <61> >>", Detail.PDF_SCRIPT),
        (b"/A << /S /Launch /F (cmd.exe) >>", Detail.PDF_LAUNCH),
        (b"/A << /S/L#61unch /Win << >> >>", Detail.PDF_LAUNCH),
        (b"/Names << /EmbeddedFiles 9 0 R >>", Detail.PDF_EMBEDDED_FILE),
        (b"/X << /Type/EmbeddedFile >>", Detail.PDF_EMBEDDED_FILE),
        (b"/X << /Type/Filespec/EF<< /F 9 0 R >> >>", Detail.PDF_EMBEDDED_FILE),
        (b"/X << /EF 9 0 R >>", Detail.PDF_EMBEDDED_FILE),
        (b"/X << /Subtype /FileAttachment >>", Detail.PDF_EMBEDDED_FILE),
        (b"/A << /S /GoToE >>", Detail.PDF_EMBEDDED_FILE),
        (b"/AcroForm << /XFA [ (template) 9 0 R ] >>", Detail.PDF_ACTIVE_FORM),
        (b"/AcroForm << /XFA 9 0 R >>", Detail.PDF_ACTIVE_FORM),
        (b"/A << /S /SubmitForm /F (https://evil.example) >>", Detail.PDF_ACTIVE_FORM),
        (b"/A << /S /ImportData >>", Detail.PDF_ACTIVE_FORM),
        (b"/X << /Subtype /RichMedia >>", Detail.PDF_MEDIA),
        (b"/A << /S /Rendition >>", Detail.PDF_MEDIA),
    ],
)
@pytest.mark.parametrize("place", ["catalog", "object", "inside a stream", "container", "nameless container"])
def test_active_content_is_found_wherever_it_is(entry: bytes, detail: Detail, place: str) -> None:
    body = b"<< " + entry + b" >>"
    content = {
        "catalog": lambda: pdf(catalog=entry),
        "object": lambda: pdf(body),
        # A viewer that finds an object listed here reads it, whether it is in a stream or not.
        "inside a stream": lambda: pdf(stream(b"\n77 0 obj\n" + body + b"\nendobj\n")),
        "container": lambda: pdf(object_stream(b"<< >>", body)),
        "nameless container": lambda: pdf(object_stream(b"<< >>", body, type_entry=b"")),
    }[place]()

    assert refusal(content, "a.pdf") == unsafe(detail)


def test_a_name_in_an_object_of_its_own_is_found() -> None:
    assert refusal(pdf(b"/JavaScript"), "a.pdf") == unsafe(Detail.PDF_SCRIPT)
    assert refusal(pdf().replace(b"startxref", b"7 0 obj/Launch endobj\nstartxref"), "a.pdf") == unsafe(
        Detail.PDF_LAUNCH
    )
    assert refusal(pdf(object_stream(b"/JavaScript")), "a.pdf") == unsafe(Detail.PDF_SCRIPT)


@pytest.mark.parametrize(
    "content",
    [
        pdf(catalog=b"/OpenAction " + WEB),
        pdf(catalog=b"/OpenAction << /S /GoTo /Next " + WEB + b" >>"),
        pdf(catalog=b"/Open#41ction << /#53 /#55RI >>"),
        pdf(catalog=b"/OpenAction << /S /GoToR /F (\\\\\\\\evil\\\\share) >>"),
        pdf(catalog=b"/OpenAction % a comment\n << /S /URI >>"),
        pdf(catalog=b"/OpenAction } /S /URI"),
        pdf(catalog=b"/OpenAction %" + b"x" * 3000 + b"\n10 0 R"),
        pdf(catalog=b"/AA << /WC " + WEB + b" >>"),
        pdf(catalog=b"/AA<</O<</S/URI>>>>"),
        pdf(WEB, catalog=b"/OpenAction 10 0 R"),
        pdf(WEB, catalog=b"/AA << /O 10 0 R >>"),
        pdf(b"<< /O 11 0 R >>", WEB, catalog=b"/AA 10 0 R"),
        pdf(b"<< /S /GoTo /Next 11 0 R >>", WEB, catalog=b"/OpenAction 10 0 R"),
        pdf(object_stream(WEB), catalog=b"/OpenAction 20 0 R"),
        pdf(object_stream(b"<< /Type /Catalog /OpenAction 21 0 R >>", WEB)),
        pdf(object_stream(b"<< /Type /Catalog /OpenAction 10 0 R >>"), b"<< >>").replace(
            b"10 0 obj\n<<", b"10 0 obj\n<</S/URI", 1
        ),
        pdf(stream(b"20 0 " + WEB, b"/Type /ObjStm /N 1 /First 5"), catalog=b"/OpenAction 20 0 R"),
    ],
)
def test_opening_something_without_a_click_is_unsafe(content: bytes) -> None:
    assert refusal(content, "a.pdf") == unsafe(Detail.PDF_OPENS_SOMETHING)


def test_a_chain_of_actions_too_long_to_follow_is_unsafe() -> None:
    chain = [b"<< /S /GoTo /Next %d 0 R >>" % number for number in range(11, 31)]

    assert refusal(pdf(*chain, catalog=b"/OpenAction 10 0 R"), "a.pdf") == unsafe(Detail.PDF_OPENS_SOMETHING)


@pytest.mark.parametrize(
    "trailer", [b"/Encrypt 9 0 R", b"/Encrypt << /Filter /Standard >>", b"/#45ncrypt 9 0 R"]
)
def test_a_locked_pdf_is_unsafe_even_if_it_opens_without_a_password(trailer: bytes) -> None:
    assert refusal(pdf(trailer=trailer), "a.pdf") == unsafe(Detail.PDF_ENCRYPTED)


@pytest.mark.parametrize(
    "container",
    [
        stream(b"3230203020", b"/Type /ObjStm /N 1 /First 5 /Filter /ASCIIHexDecode").replace(
            b"3230", b"<32 "
        ),
        stream(b"\x80\x0b\x60\x50", b"/Type /ObjStm /N 1 /First 5 /Filter /LZWDecode"),
        stream(b"\x80\x0b\x60\x50", b"/Type /Obj#53tm /N 1 /First 5 /Filter /LZWDecode"),
        stream(b"\x80\x0b\x60\x50", b"/N 1 /First 5 /Filter /LZWDecode"),
        b"<< /Type /ObjStm >>",
    ],
)
def test_a_container_that_cannot_be_inspected_is_unsafe(container: bytes) -> None:
    assert refusal(pdf(container), "a.pdf") == unsafe(Detail.PDF_UNREADABLE)


def test_a_truncated_container_is_judged_by_its_readable_part() -> None:
    header, content = object_stream_text(SCRIPT, b"<< /X (" + bytes(range(1, 30)) * 200 + b") >>")
    packed = zlib.compress(header + content, 0)[:-100]
    broken = stream(packed, b"/Type /ObjStm /N 2 /First %d /Filter /FlateDecode" % len(header))

    assert refusal(pdf(broken), "a.pdf") == unsafe(Detail.PDF_SCRIPT)


def test_a_pdf_that_costs_too_much_to_check_is_unsafe() -> None:
    tight = dataclasses.replace(
        DEFAULT_LIMITS,
        max_pdf_streams=3,
        max_pdf_object_stream_bytes=4_000,
        max_pdf_unpacked_bytes=6_000,
        max_pdf_triggers=5,
    )
    drawing = packed_stream(b"0 0 m " * 500)
    large_drawing = packed_stream(b"0 0 m " * 5_000)

    assert refusal(pdf(drawing), "a.pdf", tight) == ACCEPTED
    assert refusal(pdf(large_drawing), "a.pdf", tight) == ACCEPTED
    for content in (
        pdf(drawing, drawing, drawing),
        pdf(*[stream(b"x")] * 4),
        pdf(object_stream(b"<< /X (" + bytes(5_000) + b") >>")),
        pdf(*[b"<< /AA << >> >>"] * 6),
        pdf(object_stream(*[WEB] * 6)),
        pdf(stream(b"20 0 << >>", b"/Type /ObjStm /N 1 /First 1000001")),
        pdf(*[b"10 0 obj << /S /GoTo >> endobj"] * 6, catalog=b"/OpenAction 10 0 R"),
    ):
        assert refusal(content, "a.pdf", tight) == unsafe(Detail.PDF_TOO_COMPLEX)


@pytest.mark.parametrize("end", [b"", b"%%EO", b"%%EOF" + b"\n" * 1100])
def test_a_pdf_without_its_end_is_cut_off(end: bytes) -> None:
    assert refusal(pdf(end=end), "a.pdf") == wrong_type(Detail.PDF_CUT_OFF)


@pytest.mark.parametrize("tail", [b"x", b"<b>bold</b>", bytes(10) + b"MZ", b"\x89PNG"])
def test_data_after_the_end_of_a_pdf_is_unsafe(tail: bytes) -> None:
    assert refusal(pdf() + tail, "a.pdf") == unsafe(Detail.TRAILING_DATA)


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n%%EOF",
        pdf().replace(b"startxref", b"startxxxx"),
        pdf().replace(b"/Root", b"/Boot"),
        pdf().replace(b"trailer", b"tractor"),
        pdf().replace(b" obj", b" job").replace(b"endobj", b"endjob"),
    ],
)
def test_a_pdf_without_its_basic_structure_is_damaged(content: bytes) -> None:
    assert refusal(content, "a.pdf") == wrong_type(Detail.PDF_DAMAGED)


@pytest.mark.parametrize(
    "start", [b"%PDF-1.8", b"%PDF-3.0", b"%PDF-1.77", b"%pdf-1.7", b"%!PS-Adobe-3.0 PDF-1.7"]
)
def test_a_header_with_an_unknown_version_is_not_a_pdf(start: bytes) -> None:
    assert refusal(pdf().replace(b"%PDF-1.7", start), "a.pdf") == wrong_type(Detail.CONTENT_UNKNOWN)
