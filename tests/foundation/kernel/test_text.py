"""What people paste, in the form in which it is stored (domain.md part 2, Formats)."""

import unicodedata
from collections.abc import Sequence
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.kernel.countries import COUNTRIES
from foundation.kernel.references import parse_reference
from foundation.kernel.text import (
    folded,
    is_guest_name,
    parse_address,
    parse_domain,
    parse_guid,
    parse_mpn,
    pasted,
    tidy_name,
)

GUID = "12345678-90ab-cdef-1234-567890abcdef"
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u202a\u202e\u2066\u2069\u00ad\u034f\ufe0f\U000e0041"
BLANKS = " \t\n\u00a0\u2003\u2028\u202f\u3000\u2800\u3164"
HYPHENS = "-\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d"


@st.composite
def spellings(draw: st.DrawFn, text: str) -> str:
    """Return the text as another program could hand it over."""
    wide = {sign: chr(ord(sign) + 0xFEE0) for sign in text if sign.isascii() and sign.isalnum()}
    chosen = iter(draw(st.binary(min_size=2 * len(text), max_size=2 * len(text))))  # one draw, which is fast

    def one_of(ways: Sequence[str]) -> str:
        return ways[next(chosen) % len(ways)]

    unseen = ["", "", "", *INVISIBLE]
    signs = [
        one_of(unseen) + one_of(HYPHENS if sign == "-" else [sign, wide.get(sign, sign)]) for sign in text
    ]
    before, after = (draw(st.text(BLANKS + INVISIBLE, max_size=3)) for _side in range(2))
    return before + "".join(signs) + after


@given(st.uuids().filter(lambda guid: guid.int != 0), st.data())
def test_a_guid_is_the_same_in_every_spelling(guid: UUID, data: st.DataObject) -> None:
    written = data.draw(
        st.sampled_from(
            [
                *(str(guid), str(guid).upper(), guid.hex, f"{{{guid}}}", f"{{ {guid} }}"),
                *(guid.urn, guid.urn.upper(), f'"{guid}"', f"“{{{guid}}}”"),
            ]
        )
    )

    found = parse_guid(data.draw(spellings(written)))

    assert found == guid
    assert parse_guid(str(found)) == guid


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\u200b",
        "contoso",
        GUID[:-1],
        GUID + "0",
        GUID.replace("a", "g"),
        "{" + GUID,
        GUID.replace("-", "", 1),
        GUID.replace("-", "/"),
        f"“{GUID}",
        f"‘{GUID}”",
        f'""{GUID}""',
        "0" * 32,
        "{00000000-0000-0000-0000-000000000000}",
        "urn:uuid:00000000-0000-0000-0000-000000000000",
    ],
)
@given(data=st.data())
def test_what_is_no_guid_is_none_in_every_spelling(text: str, data: st.DataObject) -> None:
    assert parse_guid(data.draw(spellings(text))) is None


@given(st.integers(1_000, 9_999_999_999), st.data())
def test_an_mpn_is_the_same_in_every_spelling(number: int, data: st.DataObject) -> None:
    assert parse_mpn(data.draw(spellings(str(number)))) == str(number)


@pytest.mark.parametrize(
    "text", ["", "123", "0123", "12345678901", "43 91507", "4391507a", "MPN4391507", "٤٣٩١٥٠٧"]
)
@given(data=st.data())
def test_what_is_no_mpn_is_none_in_every_spelling(text: str, data: st.DataObject) -> None:
    assert parse_mpn(data.draw(spellings(text))) is None


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("contoso", "contoso.onmicrosoft.com"),
        ("Contoso.OnMicrosoft.com", "contoso.onmicrosoft.com"),
        ("contoso.com.", "contoso.com"),
        ("contoso.com:8080", "contoso.com"),
        ("contoso.com/about", "contoso.com"),
        ("contoso.com?from=cora@adatum.com", "contoso.com"),
        ("contoso.com#cora@adatum.com", "contoso.com"),
        ("https://user:pass@contoso.com:443/a?b@c#d", "contoso.com"),
        ("//contoso.com/a", "contoso.com"),
        ("<https://contoso.com/>", "contoso.com"),
        ("www.contoso.com", "www.contoso.com"),
        ("cora@contoso.com", "contoso.com"),
        ("Cora Customer <cora@contoso.com>", "contoso.com"),
        ("mailto:cora@contoso.com?subject=a@b.c", "contoso.com"),
        ("tom_tailspin.example#EXT#@contoso.com", "contoso.com"),
        ("ｃｏｎｔｏｓｏ。ｃｏｍ", "contoso.com"),
        ("con\u00adtoso\u2011eu.com", "contoso-eu.com"),
        ("straße.example", "xn--strae-oqa.example"),
        ("XN--STRAE-OQA.example", "xn--strae-oqa.example"),
        ("strasse.example", "strasse.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("bu\u0308cher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("пример.example", "xn--e1afmkfd.example"),
        ("βόλος.example", "xn--nxasmm1c.example"),
        ("βόλοσ.example", "xn--nxasmq6b.example"),
        ("ΒΌΛΟΣ.example", "xn--nxasmq6b.example"),
        ("نامه\u200cای.example", "xn--mgba3gch31f060k.example"),
        ("نامهای.example", "xn--mgba3gch31f.example"),
        ("ශ්\u200dරී.example", "xn--10cl1a0b660p.example"),
        ("ශ්රී.example", "xn--10cl1a0b.example"),
        ("\u200dhttps://con\u200ctoso\u200d.com/\u200c", "contoso.com"),
        ("ｈｔｔｐｓ：／／ｗｗｗ．ｃｏｎｔｏｓｏ．ｃｏｍ：８０８０／ａ？ｂ＃ｃ", "www.contoso.com"),
        ("ｃｏｒａ＠ｃｏｎｔｏｓｏ．ｃｏｍ", "contoso.com"),
        ("con\ufefftoso.com", "contoso.com"),
        ("\u202econtoso.com\u202c", "contoso.com"),
        ("\u2067contoso\u2069.com", "contoso.com"),
        ("cafe\u0301.example", "xn--caf-dma.example"),
        ("contoso。com。", "contoso.com"),
        ("contoso｡com", "contoso.com"),
        ("https://contoso.com.:443/", "contoso.com"),
        ("contoso.com.?a", "contoso.com"),
        ("user:secret@contoso.com", "contoso.com"),
        ("https://adatum.com@contoso.com/", "contoso.com"),
        ("xn--BCHER-KVA", "xn--bcher-kva.onmicrosoft.com"),
        ("“contoso.com”", "contoso.com"),
        ("'contoso'", "contoso.onmicrosoft.com"),
        ("«https://contoso.com/»", "contoso.com"),
        ("＂contoso.com＂", "contoso.com"),
        ("https:/contoso.com", "contoso.com"),
        ("https//contoso.com/a", "contoso.com"),
        ("http:contoso.com", "contoso.com"),
        ("https.example", "https.example"),
        ("smtp:cora@contoso.com", "contoso.com"),
        ("tom_tailspin.example%23EXT%23@contoso.com", "contoso.com"),
        ("contoso․com", "contoso.com"),
    ],
)
def test_a_domain_is_found_in_whatever_was_pasted(text: str, domain: str) -> None:
    assert parse_domain(text) == domain
    assert parse_domain(domain) == domain


@pytest.mark.parametrize(
    "text",
    [
        "",
        "con toso",
        "a..b",
        "-a.com",
        "a_b.com",
        "1.2.3.4",
        "https://[::1]/",
        "I❤.ws",
        "xn--i-7iq.ws",
        "xn--a.com",
        "@",
        "contoso.com..",
        "contoso.com:port",
        "contoso.com\n/about",
        "contoso.com\x1a",
        "contoso\x85.com",
        "con\u2028toso.com",
        "contoso…com",
        "contoso·com",
        "“contoso.com",
        '"contoso.com”',
        "contoso.com,adatum.com",
        "contoso .com",
        "*.contoso.com",
        "contoso.com%2Fa",
    ],
)
def test_what_is_no_domain_is_none(text: str) -> None:
    assert parse_domain(text) is None


@given(st.text(max_size=60))
def test_a_parsed_text_is_parsed_into_itself(text: str) -> None:
    for parse in (parse_domain, parse_address):
        found = parse(text)
        assert found is None or parse(found) == found
    assert pasted(pasted(text)) == pasted(text)
    assert tidy_name(tidy_name(text)) == tidy_name(text)
    assert folded(folded(text)) == folded(text)


@given(st.from_regex(r"[a-z][a-z0-9]{0,10}(-[a-z0-9]{1,5})?\.(com|example)", fullmatch=True), st.data())
def test_a_domain_is_the_same_in_every_spelling(domain: str, data: st.DataObject) -> None:
    assert parse_domain(data.draw(spellings(domain.upper()))) == domain


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("cora@contoso.com", "cora@contoso.com"),
        ("Cora@CONTOSO.com", "Cora@contoso.com"),
        ("Cora Customer <cora@contoso.com>", "cora@contoso.com"),
        ("mailto:cora%2Bcpor@contoso.com?subject=Hello", "cora+cpor@contoso.com"),
        ("\u200ecora@contoso.com\u00a0", "cora@contoso.com"),
        ("cora@straße.example", "cora@xn--strae-oqa.example"),
        ("cora@βόλος.example", "cora@xn--nxasmm1c.example"),
        ("cora@ශ්\u200dරී.example", "cora@xn--10cl1a0b660p.example"),
        ("co\u200dra@contoso.com", "cora@contoso.com"),
        ("cora@contoso。com", "cora@contoso.com"),
        ("ｃｏｒａ＠ｃｏｎｔｏｓｏ．ｃｏｍ", "cora@contoso.com"),
        ("cora@contoso.com.", "cora@contoso.com"),
        ("'cora@contoso.com'", "cora@contoso.com"),
        ("“cora@contoso.com”", "cora@contoso.com"),
        ("SMTP:cora@contoso.com", "cora@contoso.com"),
        ("<mailto:cora@contoso.com>", "cora@contoso.com"),
        ("mailto:cora@contoso.com%0a", "cora@contoso.com"),
        ("mailto:%E2%80%8Bcora@contoso.com", "cora@contoso.com"),
        ('"Cora, C." <cora@XN--BCHER-KVA.example>', "cora@xn--bcher-kva.example"),
    ],
)
def test_a_mail_address_goes_to_the_domain_that_was_meant(text: str, address: str) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "cora",
        "cora@",
        "@contoso.com",
        "cora@contoso",
        "cora@contoso.com..",
        "cora@[10.0.0.1]",
        "cora@contoso.com:25",
    ],
)
def test_what_has_no_domain_behind_one_at_sign_is_no_address(text: str) -> None:
    assert parse_address(text) is None


def test_a_guest_name_is_known_in_every_spelling() -> None:
    assert is_guest_name("tom_tailspin.example#EXT#@adatum.onmicrosoft.com")
    assert is_guest_name("tom_tailspin.example＃ｅｘｔ＃@adatum.onmicrosoft.com")
    assert is_guest_name("tom_tailspin.example#E\u200bxT#@adatum.onmicrosoft.com")
    assert is_guest_name("tom_tailspin.example%23EXT%23@adatum.onmicrosoft.com")
    assert is_guest_name("tom_tailspin.example%2523ext%2523@adatum.onmicrosoft.com")
    assert is_guest_name("tom_tailspin.example=23EXT=23@adatum.onmicrosoft.com")
    assert not is_guest_name("tom.ext@adatum.com")
    assert not is_guest_name("tom#ext@adatum.com")
    assert not is_guest_name("tom_ext_@adatum.com")


def test_a_name_keeps_what_is_seen_and_is_empty_if_nothing_is() -> None:
    assert tidy_name(" Zoe\u0308 \u00a0") == "Zoë"
    assert tidy_name("ﬁ") == "ﬁ"
    assert tidy_name("می\u200cخواهم") == "می\u200cخواهم"
    assert tidy_name(INVISIBLE + BLANKS) == ""


@given(st.text(max_size=40))
def test_a_name_is_found_whatever_its_form_and_case(name: str) -> None:
    assert folded(unicodedata.normalize("NFD", name)) == folded(unicodedata.normalize("NFC", name))
    assert folded(name.casefold()) == folded(name)


def test_the_countries_are_those_that_exist() -> None:
    assert len(COUNTRIES) == 249
    assert {"DE", "GB", "US", "ZA"} <= COUNTRIES
    assert not {"UK", "EL", "EU", "ZZ", "AN"} & COUNTRIES


@given(st.data())
def test_a_reference_is_the_same_in_every_spelling(data: st.DataObject) -> None:
    typed = data.draw(
        spellings(data.draw(st.sampled_from(["CPOR-2026-0O1LIZ", "cpor-2026-00111z", "“CPOR-2026-00111Z”"])))
    )

    assert parse_reference(typed) == "CPOR-2026-00111Z"


# --- Whatever program handed it over ---


@pytest.mark.parametrize(
    "text",
    [
        *("", "a..b", "-a.com", "a_b.com", "1.2.3.4", "xn--a.com", "@", "contoso.com..", "contoso.com:port"),
        *("contoso com", "contoso.com,adatum.com", "*.contoso.com", "contoso.com%2Fa", "a" * 64 + ".com"),
    ],
)
@given(data=st.data())
def test_what_is_no_domain_is_none_in_every_spelling(text: str, data: st.DataObject) -> None:
    assert parse_domain(data.draw(spellings(text))) is None


LOCAL_PARTS = st.from_regex(r"[a-z][a-z0-9]{0,8}([.+_-][a-z0-9]{1,5})?", fullmatch=True)
DOMAINS = st.from_regex(r"[a-z][a-z0-9]{0,8}\.(com|example)", fullmatch=True)


@given(
    LOCAL_PARTS,
    DOMAINS,
    st.sampled_from(["{}", "<{}>", "Cora Customer <{}>", "mailto:{}", "'{}'"]),
    st.data(),
)
def test_an_address_is_the_same_in_every_spelling(
    local: str, domain: str, form: str, data: st.DataObject
) -> None:
    address = f"{local}@{domain}"

    found = parse_address(data.draw(spellings(form.format(address))))

    assert found == address
    assert parse_address(address) == address


@pytest.mark.parametrize(
    "text", ["", "cora", "@contoso.com", "cora@", "cora@contoso", "cora@a..com", "cora@-contoso.com"]
)
@given(data=st.data())
def test_what_is_no_address_is_none_in_every_spelling(text: str, data: st.DataObject) -> None:
    assert parse_address(data.draw(spellings(text))) is None


@pytest.mark.parametrize(
    "text",
    [
        *("", "CPOR", "CPOR-2020", "CPOR-2020-", "CPOR-20-7K3QXM", "CPOR-2020-7K3QX", "CPOR-2020-7K3QXU"),
        *("XPOR-2020-7K3QXM", "CPOR-2020-7K3QXM-1", "CPOR-2020-7K3QXMAAAAAAA"),
    ],
)
@given(data=st.data())
def test_what_is_no_reference_is_none_in_every_spelling(text: str, data: st.DataObject) -> None:
    assert parse_reference(data.draw(spellings(text))) is None


@given(st.sampled_from(sorted(COUNTRIES)), st.data())
def test_a_guest_name_stays_one_in_every_spelling(country: str, data: st.DataObject) -> None:
    guest = f"tom_tailspin.{country.lower()}#EXT#@contoso.onmicrosoft.com"

    assert is_guest_name(data.draw(spellings(guest)))
    assert not is_guest_name(data.draw(spellings(f"tom@{country.lower()}.example")))
