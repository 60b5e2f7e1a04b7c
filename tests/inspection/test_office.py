"""DOCX, XLSX and PPTX: the right parts, and none that runs, hides or fetches anything."""

import dataclasses
import io
import random
import struct
import zipfile
import zlib

import pytest

from inspection import DEFAULT_LIMITS, Detail
from tests.inspection import files
from tests.inspection.files import archive, office, parts, relations, xml
from tests.inspection.support import ACCEPTED, refusal, unsafe, wrong_type

DOCX_TYPE = files.MAIN["docx"][1]
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
CHART_RELATIONS = "ppt/charts/_rels/chart1.xml.rels"
CHART_BOOK = "ppt/embeddings/Microsoft_Excel_Sheet1.xlsx"


def docx(extra: dict[str, bytes] | None = None, **changes: object) -> bytes:
    return office("docx", extra, **changes)


def with_relations(*listed: tuple[str, str] | tuple[str, str, str]) -> bytes:
    return docx({"word/_rels/document.xml.rels": relations(*listed)})


def with_chart(book: bytes, name: str = CHART_BOOK, relation_name: str = CHART_RELATIONS) -> bytes:
    target = "../embeddings/" + name.rpartition("/")[2]
    return office("pptx", {relation_name: relations(("package", target)), name: book})


# --- what is accepted --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "extra",
    [
        {"word/media/image1.png": files.png(), "docProps/thumbnail.jpeg": files.jpeg()},
        {"word/": b"", "word/printerSettings1.bin": b"\x00\x01"},
        {"word/media/image%201.png": files.png(), "[trash]/0000.dat": b"\xff" * 64},
        {"word/media/icon.svg": b"<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'svg11.dtd'><svg/>"},
        {"xl/drawings/vmlDrawing1.vml": b"<xml><div>first<br>second</div></xml>"},
        {"word/styles.xml": "<?xml version='1.0' encoding='utf-16'?><a>ä</a>".encode("utf-16")},
        {"word/large.xml": xml("<a>" + "<b>text</b>" * 100_000 + "</a>")},
        {"word/fields.xml": xml("<a><instrText>PAGE</instrText><instrText>ddest x</instrText></a>")},
        {"word/text.xml": xml("<a>DDEAUTO is an old trick<instrText>PAGE</instrText></a>")},
        {"xl/externalLinks/externalLink1.xml": xml("<externalLink><externalBook/></externalLink>")},
    ],
)
def test_ordinary_parts_are_accepted(extra: dict[str, bytes]) -> None:
    assert refusal(docx(extra), "a.docx") == ACCEPTED


def test_both_editions_of_the_standard_and_uncompressed_entries_are_accepted() -> None:
    strict = parts("xlsx")
    strict["xl/workbook.xml"] = xml('<workbook xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"/>')
    strict["_rels/.rels"] = strict["_rels/.rels"].replace(
        b"http://schemas.openxmlformats.org/officeDocument/2006/",
        b"http://purl.oclc.org/ooxml/officeDocument/",
    )

    assert refusal(archive(strict), "a.xlsx") == ACCEPTED
    assert refusal(archive(parts("docx"), zipfile.ZIP_STORED), "a.docx") == ACCEPTED


@pytest.mark.parametrize(
    "relation",
    [
        ("hyperlink", "https://contoso.example/a", "External"),
        ("hyperlink", "mailto:ana@fabrikam.example", "External"),
        ("hyperlink", "other.docx#page", "External"),
        ("image", "media/image1.png"),
        ("image", "file:///C:\\Users\\ana\\logo.png", "External"),
        ("attachedTemplate", "file:///C:\\Users\\ana\\Templates\\Letter.dotx", "External"),
        ("attachedTemplate", "Letter.dotx", "External"),
        ("externalLinkPath", "Book%202.xlsx", "External"),
    ],
)
def test_links_to_click_and_paths_on_the_authors_own_disk_are_accepted(relation: tuple[str, str]) -> None:
    assert refusal(with_relations(relation), "a.docx") == ACCEPTED


def test_the_workbook_behind_a_chart_is_accepted() -> None:
    assert refusal(with_chart(office("xlsx")), "a.pptx") == ACCEPTED


# --- what makes it another type ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        archive({"readme.txt": b"hello"}),
        archive({name: data for name, data in parts("docx").items() if name != "[Content_Types].xml"}),
        archive({name: data for name, data in parts("docx").items() if name != "_rels/.rels"}),
        archive({name: data for name, data in parts("docx").items() if name != "word/document.xml"}),
        docx(main_type="application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml"),
        docx(main_type="application/xml"),
        docx({"word/document.xml": xml("<html/>")}),
        docx({"word/document.xml": parts("xlsx")["xl/workbook.xml"]}),
        docx(
            {
                "_rels/.rels": relations(
                    ("officeDocument", "word/document.xml"), ("officeDocument", "word/b.xml")
                )
            }
        ),
    ],
)
def test_a_package_without_the_right_main_part_is_not_an_office_file(content: bytes) -> None:
    assert refusal(content, "a.docx") == wrong_type(Detail.OFFICE_PARTS_MISSING)


@pytest.mark.parametrize(
    "damage",
    [
        b"<a>",
        b"",
        b"no xml",
        b"<a>&undefined;</a>",
        b"<?xml version='1.0' encoding='utf-7'?><a/>",
        b"<?xml version='1.0' encoding='rot13'?><a/>",
        b"<?xml version='1.0' encoding='cp037'?><a/>",
        b"<?xml version='1.0' encoding='none'?><a/>",
    ],
)
def test_broken_xml_is_damage(damage: bytes) -> None:
    for name in ("word/styles.xml", "[Content_Types].xml", "_rels/.rels", "word/_rels/document.xml.rels"):
        assert refusal(docx({name: damage}), "a.docx") == wrong_type(Detail.XML_DAMAGED)


# --- what runs ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        docx({"word/vbaProject.bin": b"\x01"}),
        docx({"word/VBAPROJECT.BIN": b"\x01"}),
        docx({"word/vbaData.xml": xml("<a/>")}),
        docx(main_type="application/vnd.ms-word.document.macroEnabled.main+xml"),
        docx(main_type="application/vnd.ms-word.template.MACROENABLEDTemplate.main+xml"),
        docx(
            {"word/harmless.bin": b"x"},
            overrides={"word/harmless.bin": "application/vnd.ms-office.vbaProject"},
        ),
        docx(
            {"word/h%61rmless.bin": b"x"},
            overrides={"word/harmless.bin": "application/vnd.ms-office.vbaProject"},
        ),
        office("xlsx", {"xl/macrosheets/sheet1.xml": xml("<a/>")}),
        office(
            "xlsx",
            {"xl/s.xml": xml("<a/>")},
            overrides={"xl/s.xml": "application/vnd.ms-excel.macrosheet+xml"},
        ),
        with_relations(("vbaProject", "project.dat")),
    ],
)
def test_macros_are_unsafe_under_any_name(content: bytes) -> None:
    name = "a.xlsx" if b"xl/" in content else "a.docx"

    assert refusal(content, name) == unsafe(Detail.OFFICE_MACROS)


@pytest.mark.parametrize(
    "content",
    [
        docx({"word/activeX/activeX1.xml": xml("<a/>")}),
        docx({"word/x.bin": b"x"}, overrides={"word/x.bin": "application/vnd.ms-office.activeX"}),
        with_relations(("control", "x.xml")),
    ],
)
def test_activex_is_unsafe(content: bytes) -> None:
    assert refusal(content, "a.docx") == unsafe(Detail.OFFICE_ACTIVEX)


@pytest.mark.parametrize(
    "content",
    [
        docx({"word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"}),
        docx({"word/media/image1.png": b"\xd0\xcf\x11\xe0"}),
        docx({"word/media/image1.png": b"{\\rtf1}"}),
        docx({"word/proof.pdf": files.pdf()}),
        docx(
            {"word/x.bin": b"x"},
            overrides={"word/x.bin": "application/vnd.openxmlformats-officedocument.oleObject"},
        ),
        with_relations(("oleObject", "embeddings/x.bin")),
        with_relations(("oleObject", "https://evil.example/x", "External")),
        with_relations(("package", "embeddings/x.xlsx")),
        with_relations(("aFChunk", "chunk.xml")),
        with_relations(("subDocument", "other.docx", "External")),
        docx({"word/embeddings/book.xlsx": office("xlsx")}),
    ],
)
def test_embedded_objects_are_unsafe(content: bytes) -> None:
    assert refusal(content, "a.docx") == unsafe(Detail.OFFICE_EMBEDDED_OBJECT)


@pytest.mark.parametrize(
    "extra",
    [
        {"word/setup.exe": b"x"},
        {"word/page.html": b"x"},
        {"word/link.LNK": b"x"},
        {"word/media/image1.png": b"MZ\x90"},
        {"word/media/image1.png": b"\x7fELF"},
        {"word/media/image1.png": b" \r\n<HTML>"},
        {"word/media/image1.png": b"#!/bin/sh"},
    ],
)
def test_programs_and_pages_inside_are_unsafe(extra: dict[str, bytes]) -> None:
    assert refusal(docx(extra), "a.docx") == unsafe(Detail.OFFICE_PROGRAM_INSIDE)


@pytest.mark.parametrize(
    "body",
    [
        '<fldSimple instr=" DDEAUTO c:\\\\cmd.exe"/>',
        "<instrText>DDEAUTO cmd</instrText>",
        "<instrText> dde excel</instrText>",
        "<instrText>DD</instrText><r/><instrText>EAUTO cmd</instrText>",
        "<instrText>&#68;DE cmd</instrText>",
        '<x:instrText xmlns:x="u">DDE cmd</x:instrText>',
        "<instrText>" + "x" * 20_000 + " DDE cmd</instrText>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_fields_that_start_another_program_are_unsafe(body: str, encoding: str) -> None:
    part = f"<?xml version='1.0' encoding='{encoding}'?><a>{body}</a>".encode(encoding)

    assert refusal(docx({"word/footnotes.xml": part}), "a.docx") == unsafe(Detail.OFFICE_DDE)
    elsewhere = docx({"notes.xml": part}, overrides={"notes.xml": WORD})
    assert refusal(elsewhere, "a.docx") == unsafe(Detail.OFFICE_DDE)


@pytest.mark.parametrize("element", ["ddeLink", "oleLink"])
def test_links_of_a_workbook_to_another_program_are_unsafe(element: str) -> None:
    link = xml(f"<externalLink><{element} ddeService='cmd' ddeTopic='/c calc'/></externalLink>")

    assert refusal(office("xlsx", {"xl/externalLinks/externalLink1.xml": link}), "a.xlsx") == unsafe(
        Detail.OFFICE_DDE
    )


# --- what fetches ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/t.dotm",
        "file://server/share/t.dotm",
        "file:///\\\\server\\share\\t.dotm",
        "\\\\server\\share\\t.dotm",
        "//server/t.dotm",
        "%68ttps://evil.example/t.dotm",
        " https://evil.example/t.dotm",
        "mhtml:https://evil.example/t",
    ],
)
def test_templates_and_pictures_from_elsewhere_are_unsafe(target: str) -> None:
    assert refusal(with_relations(("attachedTemplate", target, "External")), "a.docx") == unsafe(
        Detail.OFFICE_EXTERNAL_TEMPLATE
    )
    assert refusal(with_relations(("image", target, "external")), "a.docx") == unsafe(
        Detail.OFFICE_EXTERNAL_CONTENT
    )


def test_a_relation_that_only_calls_itself_a_hyperlink_is_not_one() -> None:
    listed = relations(("x/hyperlink", "https://evil.example", "External"))

    assert refusal(docx({"word/_rels/document.xml.rels": listed}), "a.docx") == unsafe(
        Detail.OFFICE_EXTERNAL_CONTENT
    )


@pytest.mark.parametrize(
    "target", ["javascript:x()", "java&#9;script:x()", "VBScript:x", "ms-msdt:/id", "search-ms:x"]
)
def test_links_that_start_something_are_unsafe(target: str) -> None:
    assert refusal(with_relations(("hyperlink", target, "External")), "a.docx") == unsafe(
        Detail.OFFICE_UNSAFE_LINK
    )


# --- declarations ------------------------------------------------------------------------------------------

LAUGHS = b"<!DOCTYPE a [<!ENTITY b 'ha'><!ENTITY c '&b;&b;&b;&b;'>]><a>&c;</a>"


@pytest.mark.parametrize(
    "declaration",
    [
        LAUGHS,
        b"<!DOCTYPE a SYSTEM 'https://evil.example/a.dtd'><a/>",
        b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
        LAUGHS.decode().encode("utf-16"),
    ],
)
@pytest.mark.parametrize(
    "name",
    [
        "[Content_Types].xml",
        "_rels/.rels",
        "word/document.xml",
        "word/styles.xml",
        "word/_rels/document.xml.rels",
        "xl/drawings/vmlDrawing1.vml",
        "docProps/core.xml",
    ],
)
def test_document_types_and_entities_are_unsafe_in_every_part(declaration: bytes, name: str) -> None:
    assert refusal(docx({name: declaration}), "a.docx") == unsafe(Detail.XML_DTD)


def test_a_picture_may_name_a_document_type_but_declare_nothing() -> None:
    assert refusal(docx({"word/media/a.svg": LAUGHS}), "a.docx") == unsafe(Detail.XML_DTD)


# --- the container -----------------------------------------------------------------------------------------


def test_a_bomb_is_recognised_before_it_is_unpacked() -> None:
    tight = dataclasses.replace(DEFAULT_LIMITS, max_unpacked_bytes=50_000)

    assert refusal(docx({"word/a.bin": bytes(5_000_000)}), "a.docx") == unsafe(Detail.ZIP_BOMB)
    assert refusal(docx({"word/a.bin": bytes(49_900)}), "a.docx", tight) == unsafe(Detail.ZIP_BOMB)
    assert refusal(docx({f"word/{n}.bin": bytes(9_000) for n in range(6)}), "a.docx", tight) == unsafe(
        Detail.ZIP_BOMB
    )
    assert refusal(docx({"word/a.bin": bytes(40_000)}), "a.docx", tight) == ACCEPTED


def test_a_bomb_that_lies_about_its_size_is_damage() -> None:
    packed = docx({"word/a.bin": bytes(1_000_000)})
    lying = packed.replace(struct.pack("<L", 1_000_000), struct.pack("<L", 10))

    assert refusal(lying, "a.docx") == wrong_type(Detail.ZIP_DAMAGED)
    boasting = packed.replace(struct.pack("<L", 1_000_000), struct.pack("<L", 1_000_001))
    assert refusal(boasting, "a.docx") == wrong_type(Detail.ZIP_DAMAGED)


def test_a_wrong_checksum_is_damage() -> None:
    right = zlib.crc32(parts("docx")["word/document.xml"])

    assert refusal(
        docx().replace(struct.pack("<L", right), struct.pack("<L", right ^ 1)), "a.docx"
    ) == wrong_type(Detail.ZIP_DAMAGED)


def test_one_giant_tag_is_a_bomb() -> None:
    giant = "".join(random.Random(1).choices("abcdefgh", k=5_000_000))

    assert refusal(docx({"word/a.xml": xml(f"<a b='{giant}'/>")}), "a.docx") == unsafe(Detail.ZIP_BOMB)


def test_too_many_fields_to_read_are_a_bomb() -> None:
    tight = dataclasses.replace(DEFAULT_LIMITS, max_field_bytes=100)
    fields = xml("<a><instrText>PAGE</instrText></a>")

    assert refusal(docx({"word/a.xml": fields, "word/b.xml": fields}), "a.docx", tight) == unsafe(
        Detail.ZIP_BOMB
    )


def test_too_many_entries_are_unsafe() -> None:
    tight = dataclasses.replace(DEFAULT_LIMITS, max_entries=10)

    assert refusal(docx({f"word/{n}.bin": b"" for n in range(7)}), "a.docx", tight) == ACCEPTED
    assert refusal(docx({f"word/{n}.bin": b"" for n in range(8)}), "a.docx", tight) == unsafe(
        Detail.ZIP_TOO_MANY_ENTRIES
    )


@pytest.mark.parametrize(
    "name",
    [
        "../a.xml",
        "/a.xml",
        "word/../../a.xml",
        "word//a.xml",
        "./a.xml",
        "C:/a.xml",
        "w\\a.xml",
        "%2e%2e/a.xml",
        "a\u202eb.xml",
        "a\nb",
        "x" * 256,
    ],
)
def test_names_that_lead_out_of_the_package_are_unsafe(name: str) -> None:
    assert refusal(docx({name: b"<a/>"}), "a.docx") == unsafe(Detail.ZIP_BAD_NAME)


def test_a_name_with_a_null_byte_and_a_symbolic_link_are_unsafe() -> None:
    cut = docx({"word/a_exe.xml": b"<a/>"}).replace(b"word/a_exe", b"word/a\x00exe")
    link = zipfile.ZipInfo("word/link.bin")
    link.external_attr = 0o120777 << 16
    target = archive(parts("docx"))
    with_link = _with_entry(target, link, b"/etc/passwd")

    assert refusal(cut, "a.docx") == unsafe(Detail.ZIP_BAD_NAME)
    assert refusal(with_link, "a.docx") == unsafe(Detail.ZIP_BAD_NAME)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    "second", ["word/document.xml", "WORD/document.XML", "word/d%6fcument.xml", "word/document.xml/"]
)
def test_the_same_name_twice_is_unsafe(second: str) -> None:
    content = archive([*parts("docx").items(), (second, b"")])

    assert refusal(content, "a.docx") == unsafe(Detail.ZIP_DUPLICATE_NAME)


def test_locked_entries_are_unsafe() -> None:
    content = bytearray(docx())
    at = content.rfind(b"PK\x01\x02")
    content[at + 8] |= 1

    assert refusal(bytes(content), "a.docx") == unsafe(Detail.ZIP_ENCRYPTED)


def test_a_compression_method_unknown_to_office_is_refused() -> None:
    content = archive(parts("docx"), zipfile.ZIP_LZMA)

    assert refusal(content, "a.docx") == wrong_type(Detail.ZIP_COMPRESSION)


def test_data_hidden_around_the_entries_is_unsafe() -> None:
    content = docx()
    second = content.find(b"PK\x03\x04", 4)
    directory = content.find(b"PK\x01\x02")
    hidden = b"<html>" + bytes(100)

    assert refusal(content + b"\x00", "a.docx") == unsafe(Detail.ZIP_HIDDEN_DATA)
    assert refusal(content[:-2] + b"\x04\x00note", "a.docx") == unsafe(Detail.ZIP_HIDDEN_DATA)
    assert refusal(content[:directory] + hidden + content[directory:], "a.docx") == unsafe(
        Detail.ZIP_HIDDEN_DATA
    )
    # Before everything except a first entry that is missing from the directory.
    assert refusal(content[:second] + content, "a.docx") == unsafe(Detail.ZIP_HIDDEN_DATA)


def test_entries_that_share_their_bytes_are_unsafe() -> None:
    content = bytearray(docx({"word/a.bin": b"x" * 10, "word/b.bin": b"x" * 10}))
    last = content.rfind(b"PK\x01\x02")
    before = content.rfind(b"PK\x01\x02", 0, last)
    content[last + 42 : last + 46] = content[before + 42 : before + 46]

    assert refusal(bytes(content), "a.docx") == unsafe(Detail.ZIP_HIDDEN_DATA)


def test_a_directory_that_points_nowhere_is_damage() -> None:
    content = docx()
    away = content[:-6] + b"\xff\xff\xff\x7f" + content[-2:]
    before = content[:-10] + b"\xff\xff\xff\x7f" + content[-6:]

    assert refusal(away, "a.docx") == unsafe(Detail.ZIP_HIDDEN_DATA)
    assert refusal(before, "a.docx") == wrong_type(Detail.ZIP_DAMAGED)
    assert refusal(content[:30], "a.docx") == wrong_type(Detail.ZIP_DAMAGED)


# --- packages in packages ----------------------------------------------------------------------------------


def test_an_archive_inside_is_unsafe() -> None:
    inside = archive({"a.txt": b"x"})

    assert refusal(docx({"word/a.bin": inside}), "a.docx") == unsafe(Detail.ZIP_NESTED)
    assert refusal(docx({"word/media/image1.png": inside}), "a.docx") == unsafe(Detail.ZIP_NESTED)


def test_the_workbook_behind_a_chart_must_be_a_clean_workbook() -> None:
    macros = office("xlsx", {"xl/vbaProject.bin": b"x"})
    doll = office(
        "xlsx",
        {"xl/charts/_rels/c.xml.rels": relations(("package", "../e/b.xlsx")), "xl/e/b.xlsx": office("xlsx")},
    )

    assert refusal(with_chart(macros), "a.pptx") == unsafe(Detail.OFFICE_MACROS)
    assert refusal(with_chart(docx()), "a.pptx") == unsafe(Detail.ZIP_NESTED)
    assert refusal(with_chart(doll), "a.pptx") == unsafe(Detail.ZIP_NESTED)
    assert refusal(with_chart(office("xlsx"), "ppt/embeddings/book.bin"), "a.pptx") == unsafe(
        Detail.OFFICE_EMBEDDED_OBJECT
    )
    assert refusal(with_chart(archive({"a.txt": b"x"})), "a.pptx") == wrong_type(Detail.OFFICE_PARTS_MISSING)
    assert refusal(
        with_chart(office("xlsx"), relation_name="ppt/slides/_rels/s.xml.rels"), "a.pptx"
    ) == unsafe(Detail.OFFICE_EMBEDDED_OBJECT)


def test_all_workbooks_of_a_document_share_one_size_limit() -> None:
    book = office("xlsx", {"xl/a.bin": bytes(20_000)})
    one = with_chart(book)
    two = office(
        "pptx",
        {
            CHART_RELATIONS: relations(
                ("package", "../embeddings/1.xlsx"), ("package", "../embeddings/2.xlsx")
            ),
            "ppt/embeddings/1.xlsx": book,
            "ppt/embeddings/2.xlsx": book,
        },
    )
    tight = dataclasses.replace(DEFAULT_LIMITS, max_unpacked_bytes=40_000)
    small = dataclasses.replace(DEFAULT_LIMITS, max_nested_bytes=500)

    assert refusal(one, "a.pptx", tight) == ACCEPTED
    assert refusal(two, "a.pptx", tight) == unsafe(Detail.ZIP_BOMB)
    assert refusal(one, "a.pptx", small) == unsafe(Detail.ZIP_NESTED)


def _with_entry(content: bytes, entry: zipfile.ZipInfo, data: bytes) -> bytes:
    target = io.BytesIO(content)
    with zipfile.ZipFile(target, "a") as package:
        package.writestr(entry, data)
    return target.getvalue()
