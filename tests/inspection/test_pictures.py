"""PNG and JPEG: signature, structure, size in pixels, and nothing after the end."""

import dataclasses
import struct
import zlib

import pytest

from inspection import DEFAULT_LIMITS, Detail
from tests.inspection import files
from tests.inspection.files import chunk, header, jpeg, png, segment
from tests.inspection.support import ACCEPTED, refusal, unsafe, wrong_type

SOI, EOI = b"\xff\xd8", b"\xff\xd9"


@pytest.mark.parametrize(
    "content",
    [
        png(),
        png(chunk(b"gAMA", bytes(4)), chunk(b"tEXt", b"Comment\x00Accepted")),
        png(first=header(2, 2, 8, 3) + chunk(b"PLTE", bytes(6))),
        png(end=files.PIXELS + chunk(b"tIME", bytes(7)) + chunk(b"IEND")),
        png(chunk(b"iCCP", b"profile\x00\x00" + zlib.compress(bytes(3000)))),
        png(chunk(b"iTXt", b"XML:com.adobe.xmp\x00\x00\x00\x00\x00plain")),
        png(chunk(b"zTXt", b"broken\x00\x00no zlib at all")),
        png(end=chunk(b"IEND") + b"\r\n\x00"),
        png(first=header(12_000, 10_000)),
    ],
)
def test_a_well_formed_png_is_accepted(content: bytes) -> None:
    assert refusal(content, "a.png") == ACCEPTED


@pytest.mark.parametrize(
    "content",
    [
        files.PNG_START + files.PIXELS + chunk(b"IEND"),
        png(header()),
        png(first=chunk(b"IHDR", bytes(12))),
        png(first=header(0, 2)),
        png(first=header(2, 2, 7, 2)),
        png(first=header(2, 2, 8, 5)),
        png(first=header(2, 2, 8, 2, 1, 0, 0)),
        png(first=header(2, 2, 8, 2, 0, 0, 2)),
        png(first=header(2, 2, 8, 3)),
        png(chunk(b"ABCD")),
        png(chunk(b"a1cd")),
        png(end=chunk(b"tEXt") + files.PIXELS + chunk(b"IEND")),
        png(end=chunk(b"PLTE", bytes(3)) + chunk(b"IEND")),
        files.PNG_START + header() + chunk(b"IEND"),
        png()[:-1] + b"\x00",
        png()[:50] + bytes([png()[50] ^ 1]) + png()[51:],
        png(chunk(b"teXt")[:4] + b"\xff\xff\xff\xff"),
    ],
)
def test_a_png_whose_chunks_are_not_in_order_is_damaged(content: bytes) -> None:
    assert refusal(content, "a.png") == wrong_type(Detail.IMAGE_DAMAGED)


def test_a_png_without_its_end_is_cut_off() -> None:
    assert refusal(png(end=b""), "a.png") == wrong_type(Detail.IMAGE_CUT_OFF)
    assert refusal(png()[:-20], "a.png") == wrong_type(Detail.IMAGE_CUT_OFF)
    assert refusal(files.PNG_START, "a.png") == wrong_type(Detail.IMAGE_CUT_OFF)
    assert refusal(png(struct.pack(">L", 0x7FFFFFFF) + b"teXt"), "a.png") == wrong_type(Detail.IMAGE_CUT_OFF)


@pytest.mark.parametrize("tail", [b"x", b"\x00" * 70_000, files.PIXELS, files.pdf(), png()])
def test_data_after_the_end_of_a_png_is_unsafe(tail: bytes) -> None:
    assert refusal(png() + tail, "a.png") == unsafe(Detail.TRAILING_DATA)


@pytest.mark.parametrize("size", [(12_000, 10_001), (2**31 - 1, 2**31 - 1), (1, 120_000_001)])
def test_a_png_with_too_many_pixels_is_unsafe(size: tuple[int, int]) -> None:
    assert refusal(png(first=header(*size)), "a.png") == unsafe(Detail.IMAGE_TOO_MANY_PIXELS)


@pytest.mark.parametrize(
    "kind_and_head",
    [(b"zTXt", b"c\x00\x00"), (b"iCCP", b"c\x00\x00"), (b"iTXt", b"c\x00\x01\x00en\x00k\x00")],
)
def test_a_png_text_that_unpacks_to_an_enormous_size_is_unsafe(kind_and_head: tuple[bytes, bytes]) -> None:
    kind, head = kind_and_head
    bomb = chunk(kind, head + zlib.compress(bytes(8_000_001)))

    assert refusal(png(bomb), "a.png") == unsafe(Detail.IMAGE_HIDDEN_BULK)


def test_a_picture_with_too_many_parts_is_unsafe() -> None:
    few = dataclasses.replace(DEFAULT_LIMITS, max_image_parts=20, max_image_scans=3)

    assert refusal(png(*[chunk(b"teXt")] * 30), "a.png", few) == unsafe(Detail.IMAGE_HIDDEN_BULK)
    assert refusal(jpeg(*[segment(0xFE)] * 30), "a.jpg", few) == unsafe(Detail.IMAGE_HIDDEN_BULK)
    assert refusal(jpeg(scans=files.SCAN * 4), "a.jpg", few) == unsafe(Detail.IMAGE_HIDDEN_BULK)


@pytest.mark.parametrize(
    "content",
    [
        jpeg(),
        jpeg(framing=files.frame(marker=0xC2), scans=files.SCAN * 5),
        jpeg(segment(0xE1, b"Exif\x00\x00" + jpeg())),
        jpeg(segment(0xFE, b"Accepted")),
        jpeg(end=b"\xff\xff\xff\xd9"),
        jpeg(framing=files.frame(12_000, 10_000)),
        jpeg() + b"\x00" * 40,
        jpeg() + jpeg(),
        jpeg() + b"\x00" * 40 + jpeg() + jpeg(),
        jpeg() + b"\x00\x00\x00\x18ftypmp42" + bytes(200),
        jpeg() + b"\x00\x00\x01\x0a" + bytes(64) + b"SEFT",
    ],
)
def test_a_jpeg_with_data_that_cameras_add_is_accepted(content: bytes) -> None:
    assert refusal(content, "a.jpg") == ACCEPTED


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (jpeg(framing=b""), Detail.IMAGE_DAMAGED),
        (jpeg(scans=b""), Detail.IMAGE_DAMAGED),
        (jpeg(b"garbage"), Detail.IMAGE_DAMAGED),
        (jpeg(SOI), Detail.IMAGE_DAMAGED),
        (jpeg(b"\xff\xfe\x00\x01"), Detail.IMAGE_DAMAGED),
        (jpeg(framing=files.frame(0, 8)), Detail.IMAGE_DAMAGED),
        (jpeg(framing=files.frame(8, 0)), Detail.IMAGE_DAMAGED),
        (jpeg(framing=segment(0xC0, b"\x08\x00\x08")), Detail.IMAGE_DAMAGED),
        (jpeg(framing=segment(0xC0, b"\x08\x00\x08\x00\x08\x02" + bytes(6))), Detail.IMAGE_DAMAGED),
        (jpeg(framing=files.frame(marker=0xC3)), Detail.IMAGE_UNSUPPORTED),
        (jpeg(framing=files.frame(marker=0xC9)), Detail.IMAGE_UNSUPPORTED),
        (jpeg(end=b""), Detail.IMAGE_CUT_OFF),
        (jpeg(end=b"\xff"), Detail.IMAGE_CUT_OFF),
        (b"\xff\xd8\xff", Detail.IMAGE_CUT_OFF),
        (b"\xff\xd8\xff\xe0", Detail.IMAGE_CUT_OFF),
        (b"\xff\xd8\xff\xe0\x00\x10JF", Detail.IMAGE_CUT_OFF),
        (jpeg() + jpeg()[:-2], Detail.IMAGE_CUT_OFF),
    ],
)
def test_a_jpeg_with_inconsistent_segments_is_refused(content: bytes, detail: Detail) -> None:
    assert refusal(content, "a.jpg") == wrong_type(detail)


@pytest.mark.parametrize(
    "tail",
    [
        b"x",
        files.pdf(),
        b"MZ" + bytes(100),
        b"\x00\x00\x00\x18ftypmp42" + files.pdf(),
        b"\x00\x00\x00\x18ftypmp42" + bytes(70_000) + b"<script >1</script>",
        bytes(2000) + b"<html></html>SEFT",
        jpeg() * 17,
    ],
)
def test_foreign_data_after_the_end_of_a_jpeg_is_unsafe(tail: bytes) -> None:
    assert refusal(jpeg() + tail, "a.jpg") == unsafe(Detail.TRAILING_DATA)


@pytest.mark.parametrize("size", [(12_000, 10_001), (65_535, 65_535)])
def test_a_jpeg_with_too_many_pixels_is_unsafe(size: tuple[int, int]) -> None:
    assert refusal(jpeg(framing=files.frame(*size)), "a.jpg") == unsafe(Detail.IMAGE_TOO_MANY_PIXELS)
    assert refusal(jpeg() + jpeg(framing=files.frame(*size)), "a.jpg") == unsafe(Detail.IMAGE_TOO_MANY_PIXELS)
