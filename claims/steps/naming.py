"""What names a company or a person, and where a text does so (domain.md 5.7)."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from foundation.kernel.lookalikes import Passage, forms, looks_of, numbers, readings, words_of
from foundation.kernel.references import parse_reference

SHORTEST_WORD = 3  # shorter codes and surnames occur in ordinary sentences; full names always count
SHORTEST_FULL_NAME = 2  # of somebody with one name only; one letter is a word of its own

SHORTEST_PHONE = 7  # shorter numbers are dates and amounts as well


def _as_they_look(listed: str) -> frozenset[str]:
    return frozenset("".join(words_of(word)) for word in listed.split())


BENDS = 5  # shorter names with an ending are other words: the pages are not Ms Page's
SURNAME_ENDINGS = ("s", "es", "sche", "schen", "schem", "scher", "sches")
COMPANY_ENDINGS = (*SURNAME_ENDINGS, "n", "en", "er", "ers", "gruppe", "group", "konzern", "team")


LEGAL_FORMS = _as_they_look(
    """
    ab ad ag aps as asa av bhd bt bv cc company corp corporation co cia cie cv cyf da dd doo eg eeig eirl eireli ev
    eood gbr gesmbh gk gmbh gmbhcokg hf incorporated inc is jsc kda kft kg kgaa kk kb ks kabushiki kaisha lda limited
    limitada llc llp lp ltd ltda mbh nv nyrt oao od oe ohg ok oo ood ooo ou oy oyj pao partg partgmbb plc plt pjsc pte
    pt pty pvt private public sa sab sac sae sal sapi sarl sas sasu sc sca scop scrl sdn se sia sicav sl slu snc soc
    sp spa spj spk spolka spzoo sro srl tmi ucits ug ulc unipessoal uab vof vzw xk yk zao zoo zrt ооо оао зао пао ао
    """
)
LEADING_FORMS = _as_they_look("ooo oao zao pao pt ооо оао зао пао")
COMMON_WORDS = _as_they_look(
    """
    a access active advanced alliance alpha america american and apps asia associates azure best big bit business
    center central centre cloud code com commerce community computer computing connect consult consultants consulting
    core corporate customer data defender delta design deutsche development digital direct dynamics east ecommerce edge
    elite energy enterprise enterprises euro europe european exchange experts expert express field finance first focus
    for free future general german global gold good great green group growth health help high holding holdings human
    i in info information infrastructure innovation innovations innovative integrated intelligence intelligent
    international internet intune invest it key lab labs leading link logic logistics made management manufacturing
    market marketing master media meta metro micro microsoft mobile modern my national net network networks new next
    nordic north northern now of office on one onedrive online open operations optimum our pacific partner partners
    people plan planning platform plus point power premier premium prime pro product products professional project
    protection pure quality quick real red resource resources retail right royal sales secure security service services
    sharepoint simple simply sky smart soft software solution solutions source south southern star strategic strategy
    supply support sure swiss synergy system systems team teams tech technical technologies technology telecom the
    time top total trade trading true trust union united universal us user value venture ventures via vision vital web
    west western with work works world yammer your zero
    """
)
"""Words with which many companies' names begin, and those of our own products: alone they name nobody."""

_REFERENCE = re.compile(r"(?=cp[o0]r([oil0-9]{4})([a-z0-9]{6,12}))")
_REFERENCE_SHORT = re.compile(r"(?<![a-z0-9])([oil0-9]{4})[^a-z0-9]{1,3}([a-z0-9]{6,12})(?![a-z0-9])")
_PUBLIC_ID = re.compile(r"(?=([0-9a-f]{32}))")
_CASE = re.compile(r"case(\d{6,12})")
_CASE_SHORT = re.compile(
    r"\b(?:case|fall)\s*(?:#|-|\u2010|\u2013|\u2014|\u2212|n[or]\.|number|nummer|id)[\s#]*(\d{1,12})\b"
)


@dataclass(frozen=True)
class Naming:
    """What names a party: companies by any of their words, people by surname or full name, addresses, MPNs and phones.

    Company and surname are found also where a language bends them: Northwinds, Nolans, die Northwindgruppe.
    """

    companies: frozenset[str] = frozenset()
    surnames: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    digits: frozenset[str] = frozenset()
    allowed: frozenset[str] = field(default=frozenset())

    def passages(self, text: str) -> list[Passage]:
        """Return where the text names the party, each place once and as far as it goes, in order."""
        found = {passage for passage in self._found(text) if passage.words}
        return [
            each
            for each in sorted(found, key=lambda passage: (passage.start, passage.end))
            if not any(
                other != each and other.start <= each.start and each.end <= other.end for other in found
            )
        ]

    def _found(self, text: str) -> Iterator[Passage]:
        in_words, in_numbers = readings(text), numbers(text)
        own = {read for name in self.allowed for read in forms(name)}
        for needles, endings, through_blanks in (
            (self.companies, COMPANY_ENDINGS, True),
            (self.others, (), True),
            (self.surnames, SURNAME_ENDINGS, False),
        ):
            for read in {read for name in needles for read in forms(name)} - own:
                taken = [ending for ending in endings if len(read) >= BENDS and read + ending not in own]
                for reading in in_words:
                    yield from reading.passages(read, through_blanks=through_blanks, endings=taken)
        for number in self.digits:
            for reading in in_numbers:
                yield from reading.passages(number)


def company_names(name: str) -> frozenset[str]:
    """Return what names a company: its name, the same without its legal form, and its telling first words."""
    words = words_of(name)
    core = _without_legal_form(words)
    telling = next((number for number, word in enumerate(core) if word not in COMMON_WORDS), None)
    found = {name, " ".join(core)}
    if telling is not None:
        found.add(" ".join(core[: telling + 1]))
        found.add(core[telling] if len(core[telling]) > SHORTEST_WORD else name)
    return frozenset(found)


def _without_legal_form(words: list[str]) -> list[str]:
    core = list(words)
    while len(core) > 1:
        taken = next(
            (size for size in (4, 3, 2, 1) if size < len(core) and "".join(core[-size:]) in LEGAL_FORMS), 0
        )
        if taken:
            del core[-taken:]
        elif core[-1] in ("und", "and"):  # Meyer & Co. KG has lost its &, Meyer und Co. KG has not
            del core[-1]
        else:
            break
    while len(core) > 1 and core[0] in LEADING_FORMS:
        del core[0]
    return core


def references_in(text: str) -> set[str]:
    """Return what could be the reference of a claim in the text, however it is spaced, or without its beginning."""
    found = set()
    for look in looks_of(text):
        letters_alone = "".join(filter(str.isalnum, look))
        for year, letters in (*_REFERENCE.findall(letters_alone), *_REFERENCE_SHORT.findall(look)):
            for length in range(6, len(letters) + 1):
                reference = parse_reference(f"CPOR-{year}-{letters[:length]}")
                found |= {reference} if reference else set()
    return found


def digits_of(number: str) -> str:
    """Return a number's digits."""
    return "".join(str(value) for sign in number if (value := unicodedata.decimal(sign, None)) is not None)


def drawn_part(reference: str | None) -> str:
    """Return the last part of a claim's reference if it can stand for the whole; a word or a number cannot."""
    drawn = (reference or "").rpartition("-")[2]
    return "" if drawn.isalpha() or drawn.isdigit() else drawn


def public_ids_in(text: str) -> set[UUID]:
    """Return what could be the identifier of a claim or case in an address."""
    return {
        UUID(found)
        for look in looks_of(text)
        for found in _PUBLIC_ID.findall("".join(filter(str.isalnum, look)))
    }


def case_numbers_in(text: str) -> set[int]:
    """Return the numbers of cases in the text, as the desk writes them (CASE-000012) or speaks of them (case no. 12)."""
    return {
        int(found)
        for look in looks_of(text)
        for found in (*_CASE.findall("".join(filter(str.isalnum, look))), *_CASE_SHORT.findall(look))
    }
