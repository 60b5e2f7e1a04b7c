"""Every upload gets a verdict: never an exception, never both a kind and a problem."""

import dataclasses
import hashlib
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspection import DEFAULT_LIMITS, Verdict
from tests.inspection import files
from tests.inspection.support import look_at

SAMPLES = {
    **files.samples(),
    "packed.pdf": files.pdf(
        files.object_stream(b"<< /Type /Annot /A 21 0 R >>", b"<< /S /URI >>"),
        files.packed_stream(b"0 0 m 1 1 l S"),
        catalog=b"/OpenAction << /S /GoTo /D [3 0 R /Fit] >> /AA << /O 10 0 R >>",
    ),
    "several.jpg": files.jpeg(files.segment(0xE1, b"Exif\x00\x00" + files.jpeg())) + files.jpeg(),
    "text.png": files.png(
        files.chunk(b"iTXt", b"a\x00\x00\x00\x00\x00b"), files.chunk(b"zTXt", b"a\x00\x00x")
    ),
    "chart.pptx": files.office(
        "pptx",
        {
            "ppt/charts/_rels/chart1.xml.rels": files.relations(("package", "../embeddings/a.xlsx")),
            "ppt/embeddings/a.xlsx": files.office("xlsx"),
            "ppt/slides/_rels/s.xml.rels": files.relations(
                ("hyperlink", "https://contoso.example", "External")
            ),
        },
    ),
    "fields.docx": files.office("docx", {"word/a.xml": files.xml("<a><instrText>PAGE</instrText></a>")}),
}
TIGHT = dataclasses.replace(DEFAULT_LIMITS, max_unpacked_bytes=1_000_000, max_pdf_unpacked_bytes=1_000_000)
HEADS = [
    b"",
    b"%PDF-1.7\n",
    files.PNG_START,
    b"\xff\xd8\xff",
    b"PK\x03\x04",
    b"<",
    files.PNG_START + files.header(),
]
TAILS = [b"", b"startxref\n0\n%%EOF", b"\xff\xd9", files.chunk(b"IEND"), b"PK\x05\x06" + bytes(18)]
ALLOWED = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def assert_is_a_verdict(verdict: Verdict, content: bytes) -> None:
    assert (verdict.kind is None) != (verdict.problem is None)
    assert (verdict.problem is None) == (verdict.detail is None)
    assert verdict.size == len(content)
    assert verdict.sha256 == hashlib.sha256(content).hexdigest()


@given(
    head=st.sampled_from(HEADS),
    body=st.binary(max_size=400),
    tail=st.sampled_from(TAILS),
    name=st.sampled_from([*SAMPLES, "", "a", "a.exe"]),
)
@ALLOWED
def test_random_bytes_get_a_verdict(head: bytes, body: bytes, tail: bytes, name: str) -> None:
    content = head + body + tail

    assert_is_a_verdict(look_at(content, name, TIGHT), content)


@given(
    body=st.lists(
        st.sampled_from(
            [
                b"1 0 obj",
                b"<<",
                b">>",
                b"/OpenAction",
                b"/AA",
                b"/ObjStm",
                b"/First",
                b"/N",
                b" 9",
                b" 1 0 R",
                b"stream\n",
                b"endstream",
                b"endobj",
                b"(",
                b")",
                b"<",
                b">",
                b"%",
                b"\n",
                b" ",
                b"/S",
                b"/URI",
                b"/Next",
                b"/Type",
                b"#",
                b"[",
                b"trailer",
                b"/Root",
                b"startxref",
                b"99999999999",
                zlib.compress(b"1 0 2 4 /Next 5 0 R /AA << /O 1 0 R"),
            ]
        ),
        max_size=80,
    )
)
@ALLOWED
def test_pdf_keywords_in_any_order_get_a_verdict(body: list[bytes]) -> None:
    content = b"%PDF-1.7\n" + b"".join(body) + b" obj trailer /Root startxref %%EOF"

    assert_is_a_verdict(look_at(content, "a.pdf", TIGHT), content)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_files_damaged_below_are_good(name: str) -> None:
    assert look_at(SAMPLES[name], name, TIGHT).acceptable


@pytest.mark.parametrize("name", SAMPLES)
@given(data=st.data())
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_good_file_with_some_bytes_changed_gets_a_verdict(name: str, data: st.DataObject) -> None:
    content = bytearray(SAMPLES[name])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        if data.draw(st.booleans()):
            content[at] = data.draw(st.sampled_from([0, 1, 0x7F, 0x80, 0xFF, 0x2F, content[at] ^ 1]))
        else:
            length = data.draw(st.integers(0, 8))
            content[at : at + length] = data.draw(st.binary(max_size=8))
        if not content:
            break

    assert_is_a_verdict(look_at(bytes(content), name, TIGHT), bytes(content))


@pytest.mark.parametrize("name", SAMPLES)
def test_a_good_file_cut_anywhere_or_without_its_beginning_gets_a_verdict(name: str) -> None:
    content = SAMPLES[name]

    for at in range(len(content) + 1):
        assert_is_a_verdict(look_at(content[:at], name, TIGHT), content[:at])
        assert_is_a_verdict(look_at(content[at:], name, TIGHT), content[at:])
