"""What names a company or a person, and where a text does so (domain.md 5.7)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from foundation.kernel.lookalikes import Passage, forms, letters_of, numbers, readings, words_of
from foundation.kernel.references import parse_reference

SHORTEST_WORD = 3  # shorter codes and surnames occur in ordinary sentences; full names always count
SHORTEST_FULL_NAME = 2  # of somebody with one name only; one letter is a word of its own


def _as_they_look(listed: str) -> frozenset[str]:
    return frozenset("".join(words_of(word)) for word in listed.split())


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
_CASE = re.compile(r"case(\d{6,12})")


@dataclass(frozen=True)
class Naming:
    """What names a party: companies by any of their words, people by surname or full name, numbers, addresses."""

    companies: frozenset[str] = frozenset()
    surnames: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    mpns: frozenset[str] = frozenset()
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
        for needles, through_blanks in ((self.companies | self.others, True), (self.surnames, False)):
            for read in self._reads(needles):
                for reading in in_words:
                    yield from reading.passages(read, through_blanks=through_blanks)
        for mpn in self.mpns:
            yield from in_numbers.passages(mpn)

    def _reads(self, names: Iterable[str]) -> set[str]:
        own = {read for name in self.allowed for read in forms(name)}
        return {read for name in names for read in forms(name)} - own


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
    """Return what could be the reference of a claim in the text, however it is spaced."""
    found = set()
    for match in _REFERENCE.finditer(letters_of(text)):
        year, letters = match.groups()
        for length in range(6, len(letters) + 1):
            reference = parse_reference(f"CPOR-{year}-{letters[:length]}")
            found |= {reference} if reference else set()
    return found


def case_numbers_in(text: str) -> set[int]:
    """Return the numbers of cases in the text, as the desk writes them: CASE-000012."""
    return {int(found) for found in _CASE.findall(letters_of(text))}
