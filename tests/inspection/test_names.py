"""Names as they are stored, shown and offered for download."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspection import clean_name, extension_of


@pytest.mark.parametrize(
    ("given_name", "cleaned"),
    [
        ("proof.pdf", "proof.pdf"),
        ("Подтверждение работ 2020.pdf", "Подтверждение работ 2020.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ana\\proof.pdf", "proof.pdf"),
        ("/var/tmp/", "tmp"),
        ("proof\u202efdp.exe", "prooffdp.exe"),
        ("pro\u200bof\ufeff.p\x00df", "proof.pdf"),
        ("a\r\nContent-Type: text.pdf", "aContent-Type_ text.pdf"),
        ("two\u2028lines.pdf", "twolines.pdf"),
        ("wide\u3000 \u00a0 space.pdf", "wide space.pdf"),
        ('a<b>"c"|d?e*.pdf', "a_b__c__d_e_.pdf"),
        ("proof.pdf . .", "proof.pdf"),
        ("..hidden.pdf", "hidden.pdf"),
        ("con.pdf", "_con.pdf"),
        ("e\u0301.pdf", "\u00e9.pdf"),
        ("\ud800.pdf", "pdf"),
        ("=?UTF-8?B?5aWR57SELnBkZg==?=", "契約.pdf"),
        ("=?utf-8?Q?Angebot=5FM=C3=BCller.pdf?=", "Angebot_Müller.pdf"),
        ("=?iso-8859-1?q?M=FCller.pdf?=", "Müller.pdf"),
        ("=?utf-8?B?Li4vLi4vZXRjL3Bhc3N3ZA==?=", "passwd"),
        ("=?nonsense?B?5aWR?=.pdf", "=_nonsense_B_5aWR_=.pdf"),
        ("契約\uff0e\uff50\uff44\uff46", "契約.pdf"),
        ("\uff43\uff4f\uff4e.\uff30\uff24\uff26", "\uff43\uff4f\uff4e.PDF"),
        ("Stundenzettel 3。Quartal.pdf", "Stundenzettel 3。Quartal.pdf"),
        ("", "file"),
        (None, "file"),
        ("...", "file"),
        ("\u202e", "file"),
        (" / / ", "file"),
    ],
)
def test_a_name_becomes_one_harmless_line(given_name: str | None, cleaned: str) -> None:
    assert clean_name(given_name) == cleaned


def test_a_long_name_is_shortened_and_keeps_its_extension() -> None:
    assert clean_name("a" * 300 + ".docx") == "a" * 145 + ".docx"
    assert clean_name("a" * 150) == "a" * 150
    assert clean_name("a." + "b" * 300) == "a." + "b" * 148
    assert clean_name("a" * 144 + "  " + "b" * 9 + ".docx") == "a" * 144 + ".docx"


@given(st.one_of(st.text(), st.text(alphabet="a./\\ :*\u202e\x00~CONn1\u0301", max_size=400)))
def test_any_name_becomes_clean_and_cleaning_again_changes_nothing(name: str) -> None:
    cleaned = clean_name(name)

    assert 1 <= len(cleaned) <= 150
    assert not set(cleaned) & set('/\\<>:"|?*')
    assert not any(unicodedata.category(char)[0] == "C" for char in cleaned)
    assert cleaned.strip(" .") == cleaned
    assert clean_name(cleaned) == cleaned


def test_the_extension_follows_the_last_dot() -> None:
    assert extension_of("Proof.Final.PDF") == "pdf"
    assert extension_of("proof") == ""
