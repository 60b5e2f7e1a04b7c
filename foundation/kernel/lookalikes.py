"""Read a text as an eye would, whatever characters it is written with (domain.md 5.7).

A reading keeps letters and digits only: without accents, invisible and direction characters, in one case, letters of
other alphabets as the Latin ones that they look like. Each knows which characters of the text it was read from.
The table holds the letters of Unicode's confusables (UTS 39) that pass for a single Latin letter in the alphabets a
keyboard or a converter offers: Cyrillic, Greek, Armenian, Cherokee, Lisu, phonetic and enclosed Latin letters. What
NFKD maps (full-width, mathematical, superscript letters) needs no row.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate, pairwise

_ALIKE = {
    # Cyrillic
    **dict(zip("АВЕЅЗІЈКМНОРСТУХԌԚԜҮӀ", "ABES3IJKMHOPCTYXGQWYI", strict=True)),
    **dict(zip("авеѕіјкмнорстухгпиԁԛԝһүӏԍъь", "abesijkmhopctyxrnudqwhylgbb", strict=True)),
    # Greek
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹ", "ABEZHIKMNOPTYXC", strict=True)),
    **dict(zip("αβγεηικνοπρστυχωϲ", "abyenikvonpotuxwc", strict=True)),
    # Armenian
    **dict(zip("ՍՏՕԼաոցսօհյզ", "USOLwngnohjq", strict=True)),
    # Cherokee and Lisu
    **dict(zip("ᎠᎡᎢᎪᎫᎬᎳᎷᎻᎽᏀᏃᏎᏙᏚᏞᏟᏢᏦᏧᏴ", "DRTAJEWMHYGZ4VSLCPKJB", strict=True)),
    **dict(zip("ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ", "BPDTGKJCZFMNLSRVHWXYAEIOU", strict=True)),
    # Latin: small capitals, letters with strokes and hooks, dotless and script forms
    **dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz", strict=True)),
    **dict(zip("ıȷłŁøØđĐħĦŧŦɑɡɩɓɗƒƙɱŋɲɾʂƭʋƴʐƅɨɫɵƦ", "ijlLoOdDhHtTagibdfkmnnrstvyzbiloR", strict=True)),
    "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ð": "d", "Ð": "D", "¡": "i", "ǃ": "l", "ǀ": "l",
}  # fmt: skip
_ENCLOSED = (0x1F150, 0x1F170, 0x1F1E6)  # negative circled and squared letters, and the letters of flags
_BLANK_LETTERS = (
    "\u115f\u1160\u3164\uffa0\u2800"  # shown as nothing, though Unicode calls most of them letters
)
_MERGED = {"rn": "m", "vv": "w"}
_SOMETIMES = {"0": ("o", "o"), "1": ("l", "i"), "|": ("l", "i")}


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

    def passages(self, read: str, *, through_blanks: bool = True) -> Iterator[Passage]:
        """Yield where whole tokens together read so, through signs and, by default, through blanks."""
        joined, starts = self._joined
        place = joined.find(read) if read else -1
        while place >= 0:
            first, beyond = starts.get(place), starts.get(place + len(read))
            if first is not None and beyond is not None:
                tokens = self.tokens[first:beyond]
                if through_blanks or not self._is_split_by_blanks(tokens):
                    start, end = tokens[0].start, tokens[-1].end
                    yield Passage(self.text[start:end], start, end)
            place = joined.find(read, place + 1)

    def _is_split_by_blanks(self, tokens: tuple[Token, ...]) -> bool:
        """Return whether blanks part the tokens as they part words; letters that are spaced out are still one word."""
        gaps = [self.text[one.end : two.start] for one, two in pairwise(tokens)]
        spaced_out = len(tokens) > 2 and all(len(token.read) == 1 for token in tokens)
        return any(any(map(str.isspace, gap)) for gap in gaps) and not spaced_out


def readings(text: str) -> tuple[Reading, ...]:
    """Return every way to read the text: as it is, by what letters look like, and with 0 and 1 for o, l, i."""
    plain = [(character, place) for place, character in enumerate(text)]
    ways = (
        _read(plain, alike=False, sometimes=None),
        _read(plain, alike=True, sometimes=None),
        _read(plain, alike=True, sometimes=0),
        _read(plain, alike=True, sometimes=1),
    )
    return tuple(dict.fromkeys(Reading(text, tokens) for tokens in ways))


def numbers(text: str) -> Reading:
    """Return the reading of the text's numbers; words part them, blanks and signs do not."""
    tokens: list[Token] = []
    for token in _read(
        [(character, place) for place, character in enumerate(text)], alike=True, sometimes=None
    ):
        tokens.append(token if token.read.isdigit() else Token("/" * len(token.read), token.start, token.end))
    return Reading(text, tuple(tokens))


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
    letters = [(character, place) for place, character in enumerate(name)]
    words: list[str] = []
    last_end = -1
    for token in _read(letters, alike=True, sometimes=None):
        if token.start == last_end:
            words[-1] += token.read  # 3M is one word
        else:
            words.append(token.read)
        last_end = token.end
    return words


def letters_of(text: str) -> str:
    """Return the text's letters and digits as they look, in lower case, without anything between them."""
    seen = "".join(_seen(character, True) for character in text)
    return "".join(filter(str.isalnum, seen)).casefold()


def _spelled_out(name: str) -> set[str]:
    lower = unicodedata.normalize("NFC", name).casefold()
    out, back = lower, lower
    for letter, pair in (("ä", "ae"), ("ö", "oe"), ("ü", "ue")):
        out = out.replace(letter, pair)
        back = back.replace(pair, letter) if len(lower) > 4 else back
    return {out, back}


def _read(characters: list[tuple[str, int]], *, alike: bool, sometimes: int | None) -> tuple[Token, ...]:
    """Return the tokens: runs of letters, and runs of digits."""
    runs: list[list[tuple[str, int]]] = [[]]
    for character, place in characters:
        seen = _seen(character, alike)
        for letter in seen:
            if letter.isalnum() or (letter == "|" and sometimes is not None):
                runs[-1].append((letter, place))
            elif runs[-1]:
                runs.append([])
    return tuple(token for run in runs for token in _tokens(run, sometimes))


@cache
def _seen(character: str, alike: bool) -> str:
    """Return what is seen of one character: nothing of an invisible one, the letter of an accented one."""
    seen = []
    for part in unicodedata.normalize("NFKD", _letter_in_sign(character)):
        category = unicodedata.category(part)
        if category in ("Cf", "Mn", "Me", "Cs", "Co") or part in _BLANK_LETTERS:
            continue
        if category == "Cc":
            if part.isspace():
                seen.append(" ")
            continue
        digit = unicodedata.decimal(part, None)
        shown = _ALIKE.get(part, part) if alike else part
        seen.append(shown if digit is None else str(digit))
    return "".join(seen)


def _letter_in_sign(character: str) -> str:
    code = ord(character)
    base = next((first for first in _ENCLOSED if first <= code < first + 26), None)
    return character if base is None else chr(ord("A") + code - base)


def _tokens(run: list[tuple[str, int]], sometimes: int | None) -> Iterator[Token]:
    """Yield one run's letters and digits apart, each in lower case."""
    letters = "".join(letter for letter, _place in run)
    if sometimes is not None:
        run = [(_taken_for(letters, at, sometimes), place) for at, (_letter, place) in enumerate(run)]
    elif any(map(str.isdigit, letters)) and all(each.isdigit() or each in "OoIl" for each in letters):
        run = [({"O": "0", "o": "0", "I": "1", "l": "1"}.get(each, each), place) for each, place in run]
    start = 0
    for at in range(1, len(run) + 1):
        if at == len(run) or run[at][0].isdigit() != run[at - 1][0].isdigit():
            part = run[start:at]
            read = "".join(letter for letter, _place in part).casefold()
            for pair, one in _MERGED.items():
                read = read.replace(pair, one)
            if part:
                yield Token(read, part[0][1], part[-1][1] + 1)
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
