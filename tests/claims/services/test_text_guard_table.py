"""What the guard refuses and allows (5.7): a table of texts to Fabrikam, and the same words in every spelling.

Its rival is Northwind Traders GmbH (MPN 5120001), with contacts called Nolan, Page, May, Berg and Müller.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from arbitration.steps.parties import notice_to_challenger
from claims.models import Claim, Contact
from claims.steps.naming import Naming, company_names
from claims.steps.text_guard import passages_naming_parties
from foundation.kernel.errors import Refused
from foundation.kernel.lookalikes import _ALIKE
from partners.models import Location, Member, Organisation, User
from tests.filing import (
    case_of,
    file_claim,
    notify,
    reference_of,
    refusal,
    say,
    withdraw,
    workload_rivals,
    workloads,
)
from tests.tampering import without_triggers
from tests.world import INTUNE, TEAMS, World

CONTACTS = {
    "customer": ("Cora", "Page", "cora.page@contoso.com"),
    "partner": ("Mae", "May", "mae.may@northwind.example"),
    "technical": ("Ingrid", "Müller", "i.mueller@northwind.example"),
}
PHONES = {"customer": "030 1234567", "partner": "+49 30 1234567", "technical": "0049 30 1234567"}
REFUSED = """
Northwind was first.
northwind was first
NORTHWIND
We decided for Northwind Traders GmbH.
Northwind Traders holds it.
Northwind Traders Ltd holds it.
northwind traders
Northwind's proof is newer.
Northwind’s proof is newer.
“Northwind”
(northwind)
Northwind-Traders
Northwind/Fabrikam
Northwind_Traders
North wind was first.
North-wind was first.
North\u00a0wind
N o r t h w i n d
N.o.r.t.h.w.i.n.d
north\twind
NorthWind
Nörthwind
No\u0308rthwind
Northwi\u0301nd
Ｎｏｒｔｈｗｉｎｄ
ｎｏｒｔｈｗｉｎｄ
𝐍𝐨𝐫𝐭𝐡𝐰𝐢𝐧𝐝
𝓝𝓸𝓻𝓽𝓱𝔀𝓲𝓷𝓭
Ⓝⓞⓡⓣⓗⓦⓘⓝⓓ
🅽🅾🆁🆃🅷🆆🅸🅽🅳
🇳🇴🇷🇹🇭🇼🇮🇳🇩
North\u200bwind
North\u200dwind
North\u2060wind
North\u00adwind
\u202eNorthwind\u202c
Nor\ufeffthwind
North\u180ewind
Nоrthwind
Νorthwind
Nοrthwind
ΝОRТНWІND
Northwіnd
Northwınd
Northԝind
N0rthwind
Northw1nd
Northw|nd
Northvvind
ɴᴏʀᴛʜᴡɪɴᴅ
Nørthwind
5120001
MPN5120001
mpn 5120001
MPN:5120001.
5 120 001
5-120-001
5.120.001
5\u202f120\u202f001
5\u2011120\u2011001
5/120/001
5\u200b120\u200b001
５１２０００１
٥١٢٠٠٠١
5120 001
51 20 00 1
512OOO1
5l2000l
#5120001#
x5120001x
No. 5120777 too
Nolan signed it.
nolan signed it
NOLAN
Ask Ned Nolan.
ned nolan
Nolan, Ned
N\u200bolan
Nоlan
NoIan
No-lan
N o l a n
Ñolan
Page signed it.
May signed it.
You may add proof.
Berg signed it.
Write to berg.
Müller
Muller
Mueller
MUELLER
Mu\u0308ller
Ingrid Müller
cora.page@contoso.com
Cora Page
mae.may@northwind.example
MAE.MAY@NORTHWIND.EXAMPLE
mae.may [at] northwind.example
northwind.example
northwind[.]example
www.northwind.example/about
https://northwind.example
@northwind.example
Northwinds Nachweis
Northwinds' proof
die Northwindgruppe
der Northwindschen Datei
NORTHWINDS
Nolans Unterschrift
Herrn Nolans Datei
Nolans' file
NOLANs
Müllers Unterschrift
Muellers Datei
Die Müllersche Datei
Nolan-Ned
N. Nolan
Nolan (Ned)
ned_nolan
CoraPage
C. Page
Northwind2020
#Northwind
Northwind®
Northwind(TM)
North•wind
North+wind
North<b>wind</b>
North<wbr>wind
North&shy;wind
North&#173;wind
&#78;orthwind
Nort&#x68;wind
&Nu;orthwind
M&uuml;ller
N&ouml;rthwind
Nort%68wind
%4Eorthwind
North%20wind
North%E2%80%8Bwind
M%C3%BCller
https://x.example/?q=North%20wind
xn--nrthwind-n4a.example
mailto:mae.may%40northwind.example
mae.may&#64;northwind.example
info@mail.northwind.example
\u202edniwhtroN\u202c signed
\u202enaloN
\u202e1000215
⑤①②⓪⓪⓪①
⁵¹²⁰⁰⁰¹
₅₁₂₀₀₀₁
𝟻𝟷𝟸𝟶𝟶𝟶𝟷
۵۱۲۰۰۰۱
५१२०००१
五一二〇〇〇一
0005120001
MPN 05120001
5 1 2 O O O 1
S120001
5|20001
5!2OOO1
&#53;120001
5%3120001
5,120,001
5’120’001
5_120_001
5120001a
4391507/5120001
5120001 5120777
(5120001)
2020 5120001
+49 30 1234567
0049 (30) 123-4567
030/1234567
ⲚⲞrthwind
ᑎorthwind
Ŋorthwind
ꓠorthwind
Nor\u034fthwind
Nor\u2061thwind
Nor\ufffcthwind
Nor\u17b4thwind
n\u0332o\u0332l\u0332a\u0332n
n\u0336o\u0336r\u0336t\u0336h\u0336wind
""".strip("\n").split("\n")
REFUSED += ["Nol-\nan", "North\nwind", "North-\r\nwind", "5120\n001", "MPN 5120-\r\n001"]
ALLOWED = """
Your claim has been reviewed.
Add proof at any time.
The statement of work is signed, but it does not name the workload.
Who signed it, and when?
The signature is older than twelve months.
Fabrikam signed.
Fabrikam's MPN is 4391507.
MPN4391507
Ana Alves filed the claim.
Contoso confirmed it.
contoso.com
contoso.onmicrosoft.com
Write to cora@contoso.com.
There is no LAN in the building.
The wind is from the north.
A trader of goods
Traders
The traders' association
GmbH
a GmbH or an AG
Microsoft Teams
Exchange Online and Intune
Dynamics 365 Sales
Pages 5 to 12
See the second pages.
Maybe.
The mayor signed.
Bergen
The iceberg
Order 51200019
Order 15120001
512000
5120002
5 120 002
12 July 2020
13.07.2020
EUR 5,120.00
5120,002 and one more: 5 120 0010
34828c05-c16c-4d6f-9cfc-4d2650ef19a1
CPOR-2020-7K3QXM
CASE 1
In case 2 items are missing, add them.
The snorthwinder module
The colander
Null and void
Straße
Ελλάδα
Москва
北京
日本
😀
Please use a new file.
The file covers Teams only; the claim names Intune too.
The signature is missing: the last sheet has none.
The claim is complete &amp; signed.
See https://learn.microsoft.com/partner-center/sheet%20one
<b>Important:</b> add the signature.
Sign sheet two of three.
12.07.2020, 13:00
Call us at +49 30 7654321.
a < b and b > c
50 % of the seats
100%25
In case no signature is there, add one.
In case - as you say - it is signed, fine.
The case is open.
case 12 of the handbook
Your two claims are complete.
The norther wind
Nola signed.
No land in sight
Enrol all users.
Team Northgate
Trade terms
Nolana
Bergisch Gladbach
Mühle
Müll
Millers Bericht
Pagesize 50
pagination
paged
dismay
Bergung
Invoice 2020-0042
Order 0051200019
Version 5.12.0
Address 5.12.0.1
UTC+02:00
R&D
AT&T; and so on
&copy; 2020
Größe
Bitte laden Sie das Dokument hoch.
Veuillez signer.
Пожалуйста, подпишите
署名してください
وقّع من فضلك ١٢
\u202eعربي\u202c
The SLA is 99.9%.
CPOR
CPOR 2020
xn--mnchen-3ya.example
0b8c1e52-9d3e-4c06-8f1b-2a5d6e7f8091
""".strip("\n").split("\n")


@pytest.fixture
def ours(world: World) -> Claim:
    """Return Fabrikam's claim in a contest with the rival of this table."""
    theirs, ours, _case = workload_rivals(world)
    Organisation.objects.filter(pk=world.northwind.pk).update(name="Northwind Traders GmbH")
    for kind, (first, last, address) in CONTACTS.items():
        Contact.objects.update_or_create(
            claim=theirs,
            kind=kind,
            defaults={
                "first_name": first,
                "last_name": last,
                "email": address,
                "phone": PHONES.get(kind, ""),
            },
        )
    User.objects.filter(pk=world.bea.pk).update(last_name="Bauer")
    ben = User.objects.create(
        username="ben", first_name="Ben", last_name="Berg", email="ben@northwind.example"
    )
    Member.objects.create(user=ben, organisation=world.northwind)
    Location.objects.create(organisation=world.northwind, mpn_id="5120777", country="US")
    return ours


def named(claim: Claim, text: str) -> list[str]:
    return [passage.words for passage in passages_naming_parties(text, claim_id=claim.pk)]


def test_the_table_is_refused_and_allowed_as_it_says(ours: Claim) -> None:
    passed = [text for text in REFUSED if not named(ours, text)]
    refused = {text: named(ours, text) for text in ALLOWED if named(ours, text)}

    assert passed == []
    assert refused == {}
    assert (len(REFUSED) >= 180, len(ALLOWED) >= 80) == (True, True)


def test_the_refusal_lists_the_words_and_their_places(world: World, ours: Claim) -> None:
    text = "We weighed it.\nNorth\u200bwind (MPN 5 120 001) was first."

    with pytest.raises(Refused) as refused:
        say(ours, world.rev1, text)

    assert (refused.value.code, ours.comments.count()) == ("TEXT_NAMES_OTHER_PARTY", 0)
    assert [(passage.words, passage.start) for passage in refused.value.passages] == [
        ("North\u200bwind", 15),
        ("5 120 001", 31),
    ]
    assert "“North\u200bwind” (line 2) and “5 120 001” (line 2)" in str(refused.value.message)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ООО Ромашка", "РОМАШКА была первой"),
        ("Dupont S.A.", "Dupont was first"),
        ("Meyer & Co. KG", "meyer was first"),
        ("Acme Holdings, Inc.", "ACME was first"),
        ("Kone Oyj", "Kone was first"),
        ("Global Data Systems Ltd", "Global Data Systems was first"),
        ("First Northwind B.V.", "Northwind was first"),
        ("Global GmbH", "Global was first"),
        ("株式会社日本", "株式会社日本 was first"),
        ("Ærø A/S", "aero was first"),
    ],
)
def test_a_company_is_named_without_its_legal_form(world: World, ours: Claim, name: str, text: str) -> None:
    Organisation.objects.filter(pk=world.northwind.pk).update(name=name)

    assert named(ours, text) != []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Global Data Systems Ltd", "A global rollout of data"),
        ("First Northwind B.V.", "First, sign the page."),
        ("Microsoft Gold Partners Inc", "Microsoft Teams"),
        ("Contoso Consulting", "Contoso confirmed it; write to contoso.com"),
    ],
)
def test_a_common_word_or_the_customers_name_alone_names_nobody(
    world: World, ours: Claim, name: str, text: str
) -> None:
    Contact.objects.filter(last_name="Page").update(last_name="Pagel", email="c@contoso.com")
    Organisation.objects.filter(pk=world.northwind.pk).update(name=name)

    assert named(ours, text) == []


@pytest.mark.parametrize("only_name", ["Suharto", "Wu"])
def test_somebody_with_one_name_is_named_by_it(world: World, ours: Claim, only_name: str) -> None:
    Contact.objects.filter(last_name="May").update(first_name="", last_name=only_name)

    assert named(ours, f"Ask {only_name.upper()}.") == [only_name.upper()]
    assert named(ours, f"Ask {only_name}bert.") == []


# --- Whom a text can name ---


def test_a_text_on_any_claim_of_a_party_names_no_other_party_of_its_cases(world: World, ours: Claim) -> None:
    elsewhere = file_claim(world, world.ana, *workloads(INTUNE))

    assert refusal(lambda: say(elsewhere, world.rev1, "Northwind is first.")) == "TEXT_NAMES_OTHER_PARTY"
    assert elsewhere.comments.count() == 0


def test_the_guard_stays_for_who_left_the_case_long_ago(world: World, ours: Claim) -> None:
    withdraw(Claim.objects.get(organisation=world.northwind), world.ned)
    elsewhere = file_claim(world, world.ana, *workloads(INTUNE))

    assert named(elsewhere, "Northwind has withdrawn; so has Nolan.") == ["Northwind", "Nolan"]


def test_a_partner_without_a_common_case_is_no_other_party(world: World, ours: Claim) -> None:
    assert named(ours, "Tailspin and Toth are nobody's rivals.") == []


def test_references_of_a_rivals_claims_and_of_cases_are_refused(world: World, ours: Claim) -> None:
    elsewhere = file_claim(world, world.ned, *workloads(INTUNE))
    reference = reference_of(elsewhere)
    spaced = " ".join(reference.lower().replace("0", "o").replace("1", "l"))

    assert named(ours, f"See {reference}.") == [reference]
    assert named(ours, f"See {spaced}.") == [reference]
    assert named(ours, f"See {case_of(ours)}.") == [str(case_of(ours))]
    assert named(ours, f"Your claim {reference_of(ours)} is complete.") == []


def test_a_reference_is_refused_without_its_beginning_and_in_addresses(world: World, ours: Claim) -> None:
    theirs, case = Claim.objects.get(organisation=world.northwind), case_of(ours)
    with without_triggers("claims_claim"):
        Claim.objects.filter(pk=theirs.pk).update(reference="CPOR-2020-3K4E2C")
    elsewhere = file_claim(world, world.ned, *workloads(INTUNE))
    _start, year, drawn = reference_of(elsewhere).split("-")
    named_so = [
        "2020-3K4E2C",
        "claim 3k4e2c",
        "CPOR–2020–3K4E2C",
        "CPOR%2D2020%2D3K4E2C",
        "3 K 4 E 2 C",
        f"no. {year}/{drawn}",
        f"/claims/{theirs.public_id}/",
        f"https://desk.example/claims/{elsewhere.public_id}/",
        theirs.public_id.hex.upper(),
        f"/admin/arbitration/case/{case.public_id}/",
        f"case no. {case.pk}",
        f"Case #{case.pk}",
        f"case-{case.pk}",
        f"Fall Nr. {case.pk}",
        f"cаse number {case.pk}",
    ]
    own = [
        f"Your claim {ours.reference} is complete.",
        f"/claims/{ours.public_id}/",
        f"In case {case.pk} signature is missing, add it.",
        "Case no. 987654321",
    ]

    assert [text for text in named_so if not named(ours, text)] == []
    assert {text: named(ours, text) for text in own if named(ours, text)} == {}


def test_what_a_language_adds_to_a_name_is_refused_but_the_partners_own_name(
    world: World, ours: Claim
) -> None:
    Organisation.objects.filter(pk=world.fabrikam.pk).update(name="Northwinds Ltd")

    assert named(ours, "Northwinds proof") == []
    assert named(ours, "Northwind's proof") == ["Northwind"]
    assert named(ours, "Northwindgruppe") == ["Northwindgruppe"]


def test_our_own_notice_is_sent_even_where_a_rival_is_called_like_a_word_of_it(
    world: World, ours: Claim
) -> None:
    case = case_of(ours)

    notify(case, world.rev1, challenger_text=notice_to_challenger())

    assert "may stay" in notice_to_challenger()
    assert ours.comments.get().text == notice_to_challenger()


def test_the_guards_queries_do_not_grow_with_parties_contacts_and_claims(world: World, ours: Claim) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            named(ours, f"Northwind, {reference_of(ours)}, CASE-000999")
        return len(captured)

    few = queries()
    file_claim(world, world.tom, *workloads(TEAMS))
    file_claim(world, world.ned, *workloads(INTUNE))
    file_claim(world, world.ana, *workloads(INTUNE))

    assert queries() == few
    assert few <= 14


# --- Every spelling ---

NAMING = Naming(
    companies=company_names("Northwind Traders GmbH"),
    surnames=frozenset({"Nolan"}),
    digits=frozenset({"5120001"}),
)
LETTERS: dict[str, list[str]] = {}
for look, latin in _ALIKE.items():
    LETTERS.setdefault(latin.casefold(), []).append(look)
INVISIBLE = ["", "\u200b", "\u00ad", "\u2060", "\u202e", "\ufeff", "\u0301", "\ufe0f", "\u3164"]
SIGNS = ["", " ", "-", ".", "\u00a0", "\u2011", "/", " – ", "\u200b"]
FULL_WIDTH = {chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)}


@st.composite
def spelled(draw: st.DrawFn, word: str) -> str:
    def one(letter: str) -> str:
        ways = [letter, letter.upper(), FULL_WIDTH[letter], *LETTERS.get(letter, [])]
        return draw(st.sampled_from(ways)) + draw(st.sampled_from(INVISIBLE))

    return "".join(map(one, word))


@given(spelled("northwind") | spelled("nolan"))
def test_a_name_is_found_in_every_spelling(name: str) -> None:
    text = f"Then {name} signed."

    (found,) = NAMING.passages(text)

    assert (text[found.start : found.end], found.start) == (found.words, 5)
    assert found.words[0] == name[0]


@given(
    st.lists(st.sampled_from(SIGNS), min_size=6, max_size=6),
    st.booleans(),
    st.sampled_from(["", "MPN", "x "]),
)
def test_an_mpn_is_found_however_it_is_spaced(signs: list[str], wide: bool, before: str) -> None:
    digits = [FULL_WIDTH[digit] if wide else digit for digit in "5120001"]
    number = "".join(digit + sign for digit, sign in zip(digits, [*signs, ""], strict=True))

    (found,) = NAMING.passages(f"{before}{number}, please")

    assert found.words == number


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    for passage in NAMING.passages(text):
        assert text[passage.start : passage.end] == passage.words


ORDINARY = [
    "the",
    "claim",
    "names",
    "a",
    "workload",
    "and",
    "its",
    "proof",
    "is",
    "signed",
    "by",
    "no",
    "one",
    "on",
    "12",
    "July",
    "2020",
]


@given(st.lists(st.sampled_from(ORDINARY)))
def test_ordinary_texts_pass(words: list[str]) -> None:
    assert NAMING.passages(" ".join(words)) == []
