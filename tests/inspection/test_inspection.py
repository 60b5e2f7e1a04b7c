"""Rules for every proof, whatever its format (scenario 50, rule F2, part 7)."""

import dataclasses
import hashlib
import io
import tracemalloc

import pytest

from inspection import DEFAULT_LIMITS, Detail, Kind, Problem, Verdict, inspect_file
from tests.inspection import files
from tests.inspection.support import ACCEPTED, look_at, refusal, unsafe, wrong_type

KINDS = {
    "proof.pdf": (Kind.PDF, "application/pdf"),
    "proof.png": (Kind.PNG, "image/png"),
    "proof.jpg": (Kind.JPEG, "image/jpeg"),
    "proof.docx": (Kind.DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "proof.xlsx": (Kind.XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "proof.pptx": (Kind.PPTX, "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
}


class Endless:
    """An endless stream that counts the bytes read from it."""

    taken = 0

    def read(self, size: int, /) -> bytes:
        self.taken += size
        return bytes(size)


@pytest.mark.parametrize("name", KINDS)
def test_a_good_file_gets_a_verdict_with_its_kind_size_and_hash(name: str) -> None:
    content = files.samples()[name]

    verdict = look_at(content, name)

    kind, content_type = KINDS[name]
    assert verdict == Verdict(kind=kind, size=len(content), sha256=hashlib.sha256(content).hexdigest())
    assert verdict.acceptable
    assert verdict.content_type == content_type


@pytest.mark.parametrize(
    "name", ["PROOF.PDF", "proof.final.pdf", "C:\\Users\\ana\\proof.pdf", "proof.exe.pdf", "a.pdf."]
)
def test_only_the_last_extension_of_the_cleaned_name_counts_in_any_case(name: str) -> None:
    assert refusal(files.pdf(), name) == ACCEPTED


def test_a_jpeg_may_end_in_jpg_or_jpeg() -> None:
    assert refusal(files.jpeg(), "a.jpg") == ACCEPTED
    assert refusal(files.jpeg(), "a.jpeg") == ACCEPTED


@pytest.mark.parametrize("name", [*KINDS, "proof.exe", "proof", ""])
def test_an_empty_file_is_refused_as_empty_under_every_name(name: str) -> None:
    verdict = look_at(b"", name)

    assert verdict == Verdict(
        sha256=hashlib.sha256(b"").hexdigest(), problem=Problem.EMPTY, detail=Detail.EMPTY
    )
    assert verdict.content_type == ""


def test_a_file_of_25_million_bytes_is_still_accepted() -> None:
    room = 25_000_000 - len(files.pdf(files.stream(bytes(24_000_000))))
    largest = files.pdf(files.stream(bytes(24_000_000 + room)))
    assert len(largest) == 25_000_000

    assert refusal(largest, "proof.pdf") == ACCEPTED
    assert refusal(largest + b"\n", "proof.pdf") == (Problem.SIZE, Detail.TOO_LARGE)


def test_a_file_of_26_mb_is_refused_without_being_read_completely() -> None:
    stream = Endless()

    verdict = inspect_file(stream, "proof.pdf")

    assert verdict == Verdict(size=25_000_001, problem=Problem.SIZE, detail=Detail.TOO_LARGE)
    assert stream.taken == 25_000_001


def test_memory_stays_small_for_a_large_file() -> None:
    stream = io.BytesIO(files.pdf(files.stream(bytes(20_000_000))))
    tracemalloc.start()

    verdict = inspect_file(stream, "proof.pdf")

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert verdict.acceptable
    assert peak < 2_000_000


def test_the_stream_is_read_from_its_position_and_returned_to_it() -> None:
    stream = io.BytesIO(b"ignored" + files.pdf())
    stream.seek(7)

    verdict = inspect_file(stream, "proof.pdf")

    assert verdict.acceptable
    assert stream.tell() == 7


def test_a_stream_that_cannot_seek_is_accepted() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    assert inspect_file(Pipe(files.pdf()), "proof.pdf").acceptable


def test_a_verdict_cannot_be_changed() -> None:
    verdict = look_at(files.pdf(), "proof.pdf")

    with pytest.raises(dataclasses.FrozenInstanceError):
        verdict.kind = Kind.PNG  # type: ignore[misc] # the refusal is what is tested


@pytest.mark.parametrize(
    ("name", "detail"),
    [
        ("setup.exe", Detail.EXTENSION_NOT_ALLOWED),
        ("page.html", Detail.EXTENSION_NOT_ALLOWED),
        ("drawing.svg", Detail.EXTENSION_NOT_ALLOWED),
        ("proof.pdf.exe", Detail.EXTENSION_NOT_ALLOWED),
        ("proof.pdf::$DATA", Detail.EXTENSION_NOT_ALLOWED),
        ("proof\u202efdp.exe", Detail.EXTENSION_NOT_ALLOWED),
        ("letter.doc", Detail.EXTENSION_OLD_OFFICE),
        ("letter.docm", Detail.EXTENSION_MACROS),
        ("book.xlsb", Detail.EXTENSION_MACROS),
        ("proof", Detail.EXTENSION_MISSING),
        (".pdf", Detail.EXTENSION_MISSING),
        ("", Detail.EXTENSION_MISSING),
    ],
)
def test_a_name_must_have_the_extension_of_an_accepted_type(name: str, detail: Detail) -> None:
    assert refusal(files.pdf(), name) == wrong_type(detail)


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("other", KINDS)
def test_a_file_with_the_extension_of_another_type_is_refused(name: str, other: str) -> None:
    expected = ACCEPTED if name == other else wrong_type(Detail.EXTENSION_MISMATCH)

    assert refusal(files.samples()[name], other) == expected


@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE html><html><body>Accepted</body></html>",
        b"\xef\xbb\xbf  \r\n<html></html>",
        "\ufeff<html><script>1</script></html>".encode("utf-16-le"),
        b"<html><!-- %PDF-1.7 --></html>\n%%EOF",
        b"<script>/*" + files.pdf() + b"*/</script>",
        b"<?xml version='1.0'?><svg onload='x()'/>",
        b"<?php system($_GET[0]); ?>",
        b"MIME-Version: 1.0\n\n<html><body>",
    ],
)
@pytest.mark.parametrize("name", KINDS)
def test_a_web_page_in_disguise_is_refused_under_every_name(content: bytes, name: str) -> None:
    assert refusal(content, name) == wrong_type(Detail.HTML_IN_DISGUISE)


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00" + bytes(100),
        b"\x7fELF" + bytes(100),
        b"GIF89a" + bytes(20) + files.pdf(),
        b"x" * 17 + files.pdf(),
        b"plain text",
        b" ",
        b"\x00" * 100,
        b"PK\x05\x06" + bytes(18),
        b"{\\rtf1}",
    ],
)
@pytest.mark.parametrize("name", KINDS)
def test_other_content_is_refused_under_every_name(content: bytes, name: str) -> None:
    assert refusal(content, name) == wrong_type(Detail.CONTENT_UNKNOWN)


@pytest.mark.parametrize("name", KINDS)
def test_an_old_or_locked_office_file_gets_a_detail_of_its_own(name: str) -> None:
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)

    assert refusal(content, name) == wrong_type(Detail.OFFICE_LOCKED_OR_OLD)


def test_a_page_hidden_behind_the_right_first_bytes_is_unsafe() -> None:
    script = b"<script>alert(1)</script>"

    assert refusal(files.pdf().replace(b"\n", b"\n%" + script + b"\n", 1), "a.pdf") == unsafe(
        Detail.HTML_INSIDE
    )
    assert refusal(files.png(files.chunk(b"teXt", b"c\x00" + script)), "a.png") == unsafe(Detail.HTML_INSIDE)
    assert refusal(files.jpeg(files.segment(0xFE, script)), "a.jpg") == unsafe(Detail.HTML_INSIDE)


def test_a_document_that_is_also_an_archive_is_unsafe() -> None:
    packed = files.archive({"setup.exe": b"MZ"})

    assert refusal(files.pdf(files.stream(packed)), "a.pdf") == unsafe(Detail.ARCHIVE_INSIDE)
    assert refusal(files.png(files.chunk(b"teXt", packed)), "a.png") == unsafe(Detail.ARCHIVE_INSIDE)
    assert refusal(files.jpeg(files.segment(0xFE, packed)), "a.jpg") == unsafe(Detail.ARCHIVE_INSIDE)
    assert refusal(files.pdf() + packed, "a.pdf") == unsafe(Detail.ARCHIVE_INSIDE)


@pytest.mark.parametrize("name", KINDS)
def test_a_file_cut_off_anywhere_is_never_accepted(name: str) -> None:
    content = files.samples()[name]
    # Only the line break after a PDF's end marker may be missing without harm.
    whole = len(content.rstrip(b"\r\n")) if name.endswith("pdf") else len(content)

    accepted = [size for size in range(whole) if look_at(content[:size], name).acceptable]

    assert accepted == []


def test_a_failing_stream_is_not_mistaken_for_a_bad_file() -> None:
    class Broken:
        def read(self, size: int, /) -> bytes:
            raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        inspect_file(Broken(), "proof.pdf", DEFAULT_LIMITS)
