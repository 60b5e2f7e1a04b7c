"""Read a text as an eye would, whatever characters it is written with (domain.md 5.7).

A reading keeps letters and digits only: without accents, invisible and direction characters, in one case, letters of
other alphabets as the Latin ones that they look like. Each knows which characters of the text it was read from. What a
browser would show of a text is read as well as the text itself: entities, percent codes and international domains
decoded, tags left out, and what is overridden to run from right to left turned around.
The table holds the letters of Unicode's confusables (UTS 39) that pass for a single Latin letter in the alphabets a
keyboard or a converter offers: Cyrillic, Greek, Coptic, Armenian, Cherokee, Canadian, Lisu, phonetic and enclosed Latin
letters. What NFKD maps (full-width, mathematical, superscript letters) needs no row.
"""

import html
import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate, pairwise
from typing import NamedTuple
from urllib.parse import unquote

_ALIKE = {
    # Cyrillic
    **dict(zip("АВЕЅЗІЈКМНОРСТУХԌԚԜҮӀ", "ABES3IJKMHOPCTYXGQWYI", strict=True)),
    **dict(zip("авеѕіјкмнорстухгпиԁԛԝһүӏԍъьҽѵѡЬѴ", "abesijkmhopctyxrnudqwhylgbbevwbV", strict=True)),
    # Greek
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹϜͿϺ", "ABEZHIKMNOPTYXCFJM", strict=True)),
    **dict(zip("αβγεηικνοπρστυχωϲϳ", "abyenikvonpotuxwcj", strict=True)),
    # Coptic
    **dict(zip("ⲤⲎⲔⲒⳐⲘⲚⲞⲢⲦⲬⲨⲂⲈⲀⲰⲥⲟⲣⲅⲱ", "CHKILMNOPTXYBEAWcoprw", strict=True)),
    # Armenian
    **dict(zip("ՍՏՕԼաոցսօհյզքռգ", "USOLwnguohjqfnq", strict=True)),
    # Cherokee and Lisu
    **dict(zip("ᎠᎡᎢᎪᎫᎬᎳᎷᎻᎽᏀᏃᏎᏙᏚᏞᏟᏢᏦᏧᏴ", "DRTAJEWMHYGZ4VSLCPKJB", strict=True)),
    **dict(zip("ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ", "BPDTGKJCZFMNLSRVHWXYAEIOU", strict=True)),
    **dict(zip("ᏏᏳᏂᎥᏒᏕᏔᎩ", "bGhiRSWY", strict=True)),
    # Canadian syllabics
    **dict(zip("ᗅᑲᗷᑯᗞᗪᖴᕼᒍᒪᗰᑎᑭᖇᑌᐯᕁ᙭ᑕ", "AbBdDDFHJLMNPRUVxXC", strict=True)),
    # Latin: small capitals, letters with strokes and hooks, dotless and script forms
    **dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz", strict=True)),
    **dict(zip("ıȷłŁøØđĐħĦŧŦɑɡɩɓɗƒƙɱŋɲɾʂƭʋƴʐƅɨɫɵƦ", "ijlLoOdDhHtTagibdfkmnnrstvyzbiloR", strict=True)),
    **dict(zip("ƵƶƖɣᶌɯꭎꭒꞟꭇꭈᴑꬽꞙɛ", "ZzlyywuuurroofE", strict=True)),
    "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ð": "d", "Ð": "D", "¡": "i", "ǃ": "l", "ǀ": "l",
}  # fmt: skip
_ENCLOSED = (0x1F150, 0x1F170, 0x1F1E6)  # negative circled and squared letters, and the letters of flags
_BLANK_LETTERS = (
    "\u115f\u1160\u3164\uffa0\u2800"  # shown as nothing, though Unicode calls most of them letters
)
_DECODED = re.compile(
    r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});|(?:%[0-9a-fA-F]{2})+|"
    r"</?[a-zA-Z][^<>]{0,200}>|(?<![a-zA-Z0-9-])[xX][nN]--[a-zA-Z0-9-]{1,59}"
)
_TURNED = re.compile("\u202e([^\u202c\u2069\n]*)")
_AS_DIGITS = {"o": "0", "i": "1", "l": "1", "|": "1", "!": "1", "z": "2", "s": "5", "g": "6", "b": "8"}
_HYPHENATED = re.compile(r"[-\u2010\u2011\u00ad\u00ac][^\S\n]*\n\s*")
_MERGED = {"rn": "m", "vv": "w"}
_SOMETIMES = {"0": ("o", "o"), "1": ("l", "i"), "|": ("l", "i")}


class Character(NamedTuple):
    """One character as it is shown, with its place in the text."""

    letter: str
    start: int
    end: int


@dataclass(frozen=True)
class Token:
    """Letters, or digits, that stand together; `start` and `end` are their place in the text."""

    read: str
    start: int
    end: int


@dataclass(frozen=True)
class Passage:
    """A part of a text as it was typed, with its place."""

    words: str
    start: int
    end: int


@dataclass(frozen=True)
class Reading:
    """One way to read a text."""

    text: str
    tokens: tuple[Token, ...]

    @cached_property
    def _joined(self) -> tuple[str, dict[int, int]]:
        """Return all tokens as one word, and which token begins where in it."""
        places = list(accumulate((len(token.read) for token in self.tokens), initial=0))
        return "".join(token.read for token in self.tokens), {
            place: number for number, place in enumerate(places)
        }

    def passages(
        self, read: str, *, through_blanks: bool = True, endings: Collection[str] = ()
    ) -> Iterator[Passage]:
        """Yield where whole tokens together read so, through signs and, by default, through blanks.

        The last token may go on with one of the `endings`.
        """
        joined, starts = self._joined
        place = joined.find(read) if read else -1
        while place >= 0:
            first, beyond = starts.get(place), self._beyond(place + len(read), endings)
            if first is not None and beyond is not None:
                tokens = self.tokens[first:beyond]
                if through_blanks or not self._is_split_by_blanks(tokens):
                    start = min(token.start for token in tokens)
                    end = max(token.end for token in tokens)
                    yield Passage(self.text[start:end], start, end)
            place = joined.find(read, place + 1)

    def _beyond(self, place: int, endings: Collection[str]) -> int | None:
        """Return the token that begins at the place, or after an ending that begins there; None if none does."""
        joined, starts = self._joined
        ways = [starts.get(place)]
        ways += [starts.get(place + len(ending)) for ending in endings if joined.startswith(ending, place)]
        return next((way for way in ways if way is not None), None)

    def _is_split_by_blanks(self, tokens: tuple[Token, ...]) -> bool:
        """Return whether blanks part the tokens as they part words; letters that are spaced out are still one word."""
        gaps = [_HYPHENATED.sub("", self.text[one.end : two.start]) for one, two in pairwise(tokens)]
        spaced_out = len(tokens) > 2 and all(len(token.read) == 1 for token in tokens)
        return any(any(map(str.isspace, gap)) for gap in gaps) and not spaced_out


def readings(text: str) -> tuple[Reading, ...]:
    """Return every way to read the text: as it is, by what letters look like, and with 0 and 1 for o, l, i."""
    ways = []
    for characters in _shown(text):
        ways.append(_read(characters, alike=False, sometimes=None))
        ways += [_read(characters, alike=True, sometimes=way) for way in (None, 0, 1)]
    return tuple(dict.fromkeys(Reading(text, tokens) for tokens in ways))


def numbers(text: str) -> tuple[Reading, ...]:
    """Return the readings of the text's numbers: of its digits, and also of what passes for digits.

    Words part numbers, blanks and signs do not. Zeros in front of a number can be left out.
    """
    ways = []
    for characters in _shown(text):
        ways.append(_numbered(_read(characters, alike=True, sometimes=None)))
        ways.append(_numbered(_read(_digits_for_letters(characters), alike=True, sometimes=None)))
    return tuple(dict.fromkeys(Reading(text, tokens) for tokens in ways))


def _numbered(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    found: list[Token] = []
    for token in tokens:
        if not token.read.isdigit():
            found.append(Token("/" * len(token.read), token.start, token.end))
            continue
        value = token.read.lstrip("0")
        zeros = len(token.read) - len(value)
        if zeros and value:
            found.append(Token("0" * zeros, token.start, token.start))
        found.append(Token(value or token.read, token.start, token.end))
    return tuple(found)


def _shown(text: str) -> list[list[Character]]:
    """Return the text's characters, and those that a browser would show in their place if that differs."""
    typed = _typed(text)
    shown = _turned(_decoded(text, typed))
    return [typed] if shown == typed else [typed, shown]


def _typed(text: str) -> list[Character]:
    return [Character(letter, place, place + 1) for place, letter in enumerate(text)]


def _decoded(text: str, typed: list[Character]) -> list[Character]:
    """Return the characters with entities, percent codes and international domains decoded, and without tags."""
    shown, place = [], 0
    for match in _DECODED.finditer(text):
        shown += typed[place : match.start()]
        shown += [Character(letter, match.start(), match.end()) for letter in _meant(match.group())]
        place = match.end()
    return shown + typed[place:]


def _meant(code: str) -> str:
    if code.startswith("<"):
        return ""
    if code.startswith("%"):
        return unquote(code)
    if code.startswith("&"):
        return html.unescape(code)
    try:
        return code[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return code


def _turned(characters: list[Character]) -> list[Character]:
    """Return the characters in the order in which they are seen where the text overrides their direction."""
    shown = list(characters)
    for match in _TURNED.finditer("".join(character.letter for character in characters)):
        shown[match.start(1) : match.end(1)] = reversed(shown[match.start(1) : match.end(1)])
    return shown


def _digits_for_letters(characters: list[Character]) -> list[Character]:
    """Return the characters with digits for the letters of each run that consists of what passes for digits."""
    shown, run = [], list[Character]()
    for character in [*characters, Character(" ", 0, 0)]:
        seen = _seen(character.letter, True)
        if seen.isalnum() or seen in ("|", "!"):
            run.append(character)
            continue
        digits = [_digit(each.letter) for each in run]
        shown += [
            Character(digit or each.letter, each.start, each.end) if all(digits) else each
            for digit, each in zip(digits, run, strict=True)
        ]
        shown.append(character)
        run = []
    return shown


def _digit(letter: str) -> str:
    """Return the digit that the character is or passes for, or nothing."""
    value = unicodedata.numeric(letter, None)
    if value is not None and value in range(10):
        return str(int(value))
    return _AS_DIGITS.get(_seen(letter, True).casefold(), "")


@cache
def forms(name: str) -> frozenset[str]:
    """Return what a name reads as: in its own letters, as it looks, and with ä as a or ae."""
    spelled = {name, *_spelled_out(name)}
    found = {
        "".join(token.read for token in reading.tokens) for each in spelled for reading in readings(each)
    }
    return frozenset(found - {""})


def words_of(name: str) -> list[str]:
    """Return the words of a name as they look, each in one form."""
    words: list[str] = []
    last_end = -1
    for token in _read(_typed(name), alike=True, sometimes=None):
        if token.start == last_end:
            words[-1] += token.read  # 3M is one word
        else:
            words.append(token.read)
        last_end = token.end
    return words


def looks_of(text: str) -> tuple[str, ...]:
    """Return what the text looks like, in lower case, as it is typed and as a browser would show it."""
    return tuple(
        "".join(_seen(character.letter, True) for character in characters).casefold()
        for characters in _shown(text)
    )


def _spelled_out(name: str) -> set[str]:
    lower = unicodedata.normalize("NFC", name).casefold()
    out, back = lower, lower
    for letter, pair in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ø", "oe"), ("å", "aa")):
        out = out.replace(letter, pair)
        back = back.replace(pair, letter) if len(lower) > 4 else back
    return {out, back}


def _read(characters: list[Character], *, alike: bool, sometimes: int | None) -> tuple[Token, ...]:
    """Return the tokens: runs of letters, and runs of digits."""
    runs: list[list[Character]] = [[]]
    for character in characters:
        for letter in _seen(character.letter, alike):
            if letter.isalnum() or (letter == "|" and sometimes is not None):
                runs[-1].append(character._replace(letter=letter))
            elif runs[-1]:
                runs.append([])
    return tuple(token for run in runs for token in _tokens(run, sometimes))


@cache
def _seen(character: str, alike: bool) -> str:
    """Return what is seen of one character: nothing of an invisible one, the letter of an accented one."""
    seen = []
    letters = _ALIKE.get(character) if alike else None  # NFKD changes some of the table's letters
    for part in unicodedata.normalize("NFKD", letters or _letter_in_sign(character)):
        category = unicodedata.category(part)
        if category in ("Cf", "Mn", "Me", "Cs", "Co") or part in _BLANK_LETTERS:
            continue
        if category == "Cc":
            if part.isspace():
                seen.append(" ")
            continue
        digit = unicodedata.decimal(part, None)
        shown = _ALIKE.get(part) or _ALIKE.get(part.casefold(), part) if alike else part
        seen.append(shown if digit is None else str(digit))
    return "".join(seen)


def _letter_in_sign(character: str) -> str:
    code = ord(character)
    base = next((first for first in _ENCLOSED if first <= code < first + 26), None)
    return character if base is None else chr(ord("A") + code - base)


def _tokens(run: list[Character], sometimes: int | None) -> Iterator[Token]:
    """Yield one run's letters and digits apart, each in lower case."""
    letters = "".join(each.letter for each in run)
    if sometimes is not None:
        run = [each._replace(letter=_taken_for(letters, at, sometimes)) for at, each in enumerate(run)]
    elif any(map(str.isdigit, letters)) and all(each.isdigit() or each in "OoIl" for each in letters):
        digits = {"O": "0", "o": "0", "I": "1", "l": "1"}
        run = [each._replace(letter=digits.get(each.letter, each.letter)) for each in run]
    start = 0
    for at in range(1, len(run) + 1):
        if at == len(run) or run[at].letter.isdigit() != run[at - 1].letter.isdigit():
            part = run[start:at]
            read = "".join(each.letter for each in part).casefold()
            for pair, one in _MERGED.items():
                read = read.replace(pair, one)
            if part:
                places = [place for each in part for place in (each.start, each.end)]
                yield Token(read, min(places), max(places))
            start = at


def _taken_for(letters: str, at: int, way: int) -> str:
    """Return what a character that can pass for another passes for: 0 and 1 in a word, I and l where they stand in."""
    letter = letters[at]
    other_digits = any(each.isdigit() and each not in "01" for each in letters)
    if letter in _SOMETIMES and not other_digits and sum(map(str.isalpha, letters)) >= 2:
        return _SOMETIMES[letter][way]
    if letter == "I" and way == 0:
        return "l"
    if letter == "l" and at == 0 and way == 1:
        return "i"
    return letter
