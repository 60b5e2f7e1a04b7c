"""PDF: a document from header to end marker in which nothing runs, starts, hides or plays anything.

This is not a parser. A viewer may begin an object anywhere in the file, so a parser that is misled about the
positions of objects sees less than the viewer does. Instead, dangerous names are searched for everywhere: in
the raw bytes, and in every compressed stream that could be a container of objects, whatever its dictionary
says. Names may contain escapes (#4A for J), so each pattern knows both spellings of a letter.
"""

import re
import zlib
from dataclasses import dataclass, field
from itertools import pairwise

from .reading import Data
from .verdict import Detail, InspectionLimits, unsafe, wrong_type

_SPACE = rb"[\x00\t\n\x0c\r ]"
_AFTER = rb"(?=[\x00\t\n\x0c\r ()<>\[\]{}/%]|\Z)"
_GAP = _SPACE + rb"{0,32}"
_REFERENCE = rb"\d{1,10}" + _SPACE + rb"{1,32}\d{1,5}" + _SPACE + rb"{1,32}R"


def _word(word: str) -> bytes:
    """Return a pattern for a name without its slash, each letter plain or escaped, and what may follow it."""
    return b"".join(b"(?:%c|#%02x|#%02X)" % (letter, letter, letter) for letter in word.encode()) + _AFTER


def _words(*words: str) -> bytes:
    return b"(?:" + b"|".join(_word(word) for word in words) + b")"


def _names(*words: str) -> bytes:
    # One slash in front of the group, not one in each name: the regex engine then jumps from slash to slash.
    return b"/" + _words(*words)


# Web addresses end in "/Launch" or "/JavaScript" too; real names follow white space, a bracket, /S, a
# reference or the start of an object. Matched from behind the slash, like everything below.
_STANDING = rb"(?:(?<=\A/)|(?<=[\x00\t\n\x0c\r ()<>\[\]{}%]/)|(?<=/S/)|(?<=#53/)|(?<=R/)|(?<=obj/))"
# A pattern this short occurs by chance in compressed data, but not after readable text.
_READABLE_BEFORE = rb"(?<=[\x00\t\n\x0c\r -~]{6}/)(?<![A-Za-z0-9.]/)"
_FORBIDDEN_NAMES = {
    Detail.PDF_SCRIPT: (
        _STANDING + _word("JavaScript"),
        _READABLE_BEFORE + _word("JS") + _GAP + rb"[(<]",
        _word("JS") + _GAP + _REFERENCE,
    ),
    Detail.PDF_LAUNCH: (_STANDING + _word("Launch"),),
    Detail.PDF_EMBEDDED_FILE: (
        _words("EmbeddedFile", "EmbeddedFiles", "FileAttachment", "GoToE"),
        _word("EF") + _GAP + b"(?:<<|" + _REFERENCE + b")",
    ),
    Detail.PDF_ACTIVE_FORM: (
        _words("SubmitForm", "ImportData"),
        _word("XFA") + _GAP + rb"(?:\[|" + _REFERENCE + b")",
    ),
    Detail.PDF_MEDIA: (_words("RichMedia", "Rendition"),),
    # Locked files are refused even if they open without a password: their containers cannot be inspected,
    # and the desk may be unable to open them.
    Detail.PDF_ENCRYPTED: (_word("Encrypt") + _GAP + b"(?:<<|" + _REFERENCE + b")",),
}
# The lookahead lists the first letters of the words above, so that most names are rejected at once.
_FORBIDDEN = re.compile(
    b"/(?=[JLEFGSIXR#])(?:"
    + b"|".join(
        b"(?P<%s>%s)" % (detail.encode(), b"|".join(patterns))
        for detail, patterns in _FORBIDDEN_NAMES.items()
    )
    + b")"
)

_TRIGGER = re.compile(b"/(?=[OA#])(?:(?P<open>" + _word("OpenAction") + b")|(?P<more>" + _word("AA") + b"))")
_TRIGGER_VALUE = re.compile(
    _SPACE + rb"*+(?:%[^\r\n]*+[\r\n]" + _SPACE + rb"*+)*+"
    rb"(?:(?P<ref>\d{1,10})" + _SPACE + rb"+\d{1,5}" + _SPACE + rb"+R|(?P<dict><<)|(?P<plain>[\[/(<n]))"
)
# A reference from an action or a set of triggers to the next action, defined elsewhere.
_FOLLOW = re.compile(
    rb"/(?:Next|O|C|WC|WS|DS|WP|DP|E|X|D|U|Fo|Bl|PO|PC|PV|PI|K|F|V)" + _SPACE + rb"+(\d{1,10})"
    rb"(?=" + _SPACE + rb"+\d{1,5}" + _SPACE + rb"+R)"
)  # fmt: skip
# Actions that reach outside the document: harmless behind a click, but not on opening.
_REACHING = re.compile(_names("S") + _GAP + _names("URI", "GoToR", "Thread"))
_PAGE = re.compile(_names("Page", "Pages"))
_BRACKETS = re.compile(rb"<<|>>")
_LOOK_AHEAD = 2048

_STREAM = re.compile(rb"stream(?<!endstream)(?:\r\n|\n|\r)")
_CONTAINER = re.compile(_names("ObjStm"))
_CONTAINER_KEYS = (re.compile(_names("First")), re.compile(_names("N")))
_FIRST = re.compile(_names("First") + _GAP + rb"(\d{1,9})")
_MAX_DICTIONARY = 65_536
_MAX_CONTAINER_HEADER = 1_000_000
_NUMBERS = re.compile(rb"[\x00\t\n\x0c\r ]*(?:%|\d+[\x00\t\n\x0c\r ]+\d)")
_OBJECT_BEFORE = re.compile(rb"(?<![0-9])(\d{1,10})" + _SPACE + rb"+\d{1,5}" + _SPACE + rb"*\Z")

# Enough for the longest code table that can begin a compressed stream.
_PEEK = 1024
_MAX_TAIL = 1024
_MAX_CHAIN = 8


def inspect_pdf(data: Data, limits: InspectionLimits) -> None:
    """Raise Refused unless the file is a complete, unlocked PDF without active or hidden content."""
    _check_frame(data)
    findings = _Findings(limits)
    findings.examine(data)
    _examine_streams(data, findings, limits)
    findings.follow(data)


@dataclass
class _Findings:
    """The actions found so far that run by themselves; an action may be far from its trigger."""

    limits: InspectionLimits
    started: set[int] = field(default_factory=set)
    packed_actions: set[int] = field(default_factory=set)
    triggers: int = 0

    def examine(self, text: Data) -> None:
        """Raise Refused for forbidden names in ``text``; remember which objects run when something opens."""
        found = _FORBIDDEN.search(text)
        if found is not None:
            raise unsafe(Detail(str(found.lastgroup)))
        for trigger in _TRIGGER.finditer(text):
            self._count()
            self._note(bytes(text[trigger.end() : trigger.end() + _LOOK_AHEAD]), trigger.lastgroup == "open")

    def _note(self, text: bytes, on_opening: bool) -> None:
        value = _TRIGGER_VALUE.match(text)
        if value is None:
            # This is not a destination; two letters alone may be chance.
            if on_opening:
                raise unsafe(Detail.PDF_OPENS_SOMETHING)
        elif value["ref"]:
            self.started.add(int(value["ref"]))
        elif value["dict"]:
            self._note_action(_dictionary(text, value.start("dict")))

    def _note_action(self, text: bytes) -> None:
        if _REACHING.search(text):
            raise unsafe(Detail.PDF_OPENS_SOMETHING)
        self.started.update(int(number) for number in _FOLLOW.findall(text))

    def note_packed(self, number: int, text: bytes) -> None:
        """Remember an object from a compressed container if it could be an action."""
        if _REACHING.search(text) and not _PAGE.search(text):
            self.packed_actions.add(number)
            if len(self.packed_actions) > self.limits.max_pdf_triggers:
                raise unsafe(Detail.PDF_TOO_COMPLEX)

    def follow(self, data: Data) -> None:
        """Raise Refused if an object that runs by itself reaches outside; follow a chain for a few steps."""
        for _ in range(_MAX_CHAIN):
            if self.started & self.packed_actions:
                raise unsafe(Detail.PDF_OPENS_SOMETHING)
            known = set(self.started)
            if known:
                self._follow_once(data, known)
            if self.started == known:
                return
        raise unsafe(Detail.PDF_OPENS_SOMETHING)

    def _follow_once(self, data: Data, known: set[int]) -> None:
        at = data.find(b"obj")
        while at != -1:
            number = _OBJECT_BEFORE.search(bytes(data[max(0, at - 32) : at]))
            if number is not None and int(number[1]) in known:
                self._count()
                text = bytes(data[at + 3 : at + 3 + _LOOK_AHEAD]).partition(b"endobj")[0]
                if not _PAGE.search(text):
                    self._note_action(text)
            at = data.find(b"obj", at + 3)

    def _count(self) -> None:
        self.triggers += 1
        if self.triggers > self.limits.max_pdf_triggers:
            raise unsafe(Detail.PDF_TOO_COMPLEX)


def _check_frame(data: Data) -> None:
    tail = bytes(data[max(0, len(data) - _MAX_TAIL) :])
    before, marker, after = tail.rpartition(b"%%EOF")
    if not marker:
        raise wrong_type(Detail.PDF_CUT_OFF)
    if after.strip(b"\x00\t\n\x0c\r \x1a"):
        raise unsafe(Detail.TRAILING_DATA)
    if b"startxref" not in before:
        raise wrong_type(Detail.PDF_DAMAGED)
    if data.find(b"obj") == -1 or (data.find(b"trailer") == -1 and data.find(b"/XRef") == -1):
        raise wrong_type(Detail.PDF_DAMAGED)
    if data.find(b"/Root") == -1:
        raise wrong_type(Detail.PDF_DAMAGED)


def _examine_streams(data: Data, findings: _Findings, limits: InspectionLimits) -> None:
    budget = limits.max_pdf_unpacked_bytes
    claimed = end = 0
    for count, keyword in enumerate(_STREAM.finditer(data)):
        if count >= limits.max_pdf_streams:
            raise unsafe(Detail.PDF_TOO_COMPLEX)
        dictionary = _dictionary_before(data, end, keyword.start())
        end = keyword.end()
        container = _CONTAINER.search(dictionary) is not None
        claimed += container
        container = container or all(key.search(dictionary) for key in _CONTAINER_KEYS)
        text = _unpack(data, keyword.end(), container, limits)
        if text:
            budget -= len(text)
            if budget < 0:
                raise unsafe(Detail.PDF_TOO_COMPLEX)
            findings.examine(text)
            _note_objects(text, dictionary, findings)
    if claimed < sum(1 for _ in _CONTAINER.finditer(data)):
        # No stream declares itself to be this container, which only happens on purpose.
        raise unsafe(Detail.PDF_UNREADABLE)


def _dictionary_before(data: Data, end_of_last: int, at: int) -> bytes:
    floor = max(end_of_last, at - _MAX_DICTIONARY)
    return bytes(data[max(floor, data.rfind(b"obj", floor, at)) : at])


def _unpack(data: Data, start: int, container: bool, limits: InspectionLimits) -> bytes:
    """Return the text of a stream that may contain objects, else nothing. Raises Refused if it hides its text.

    A container begins with numbers: the positions of its objects. Pictures and fonts do not, so the first
    bytes decide about unpacking. An uncompressed container is examined too, for its objects' numbers.
    """
    packed = bytes(data[start : start + _PEEK])
    try:
        begins = zlib.decompressobj().decompress(packed, 64)
    except zlib.error:
        if not container:
            return b""
        if not _NUMBERS.match(packed):
            raise unsafe(Detail.PDF_UNREADABLE) from None
        stop = data.find(b"endstream", start)
        length = (stop if stop != -1 else len(data)) - start
        return bytes(data[start : start + min(length, limits.max_pdf_object_stream_bytes)])
    if not container and not _NUMBERS.match(begins):
        return b""
    return _inflate(data, start, container, limits)


def _inflate(data: Data, start: int, container: bool, limits: InspectionLimits) -> bytes:
    unpacker = zlib.decompressobj()
    room = limits.max_pdf_object_stream_bytes
    pieces: list[bytes] = []
    at = start
    try:
        while room > 0 and at < len(data) and not unpacker.eof:
            piece = unpacker.decompress(data[at : at + limits.chunk_bytes], room)
            at += limits.chunk_bytes
            room -= len(piece)
            pieces.append(piece)
    except zlib.error:
        # Viewers show everything before the error, so that is what counts.
        pass
    if room <= 0 and container:
        raise unsafe(Detail.PDF_TOO_COMPLEX)
    return b"".join(pieces)


def _note_objects(text: bytes, dictionary: bytes, findings: _Findings) -> None:
    declared = _FIRST.search(dictionary)
    if declared is None:
        return
    first = int(declared[1])
    if first > _MAX_CONTAINER_HEADER:
        raise unsafe(Detail.PDF_TOO_COMPLEX)
    numbers = [int(word) for word in text[:first].split() if word.isdigit() and len(word) <= 10]
    offsets = sorted(set(numbers[1::2]))
    ends = dict(pairwise(offsets))
    for number, offset in zip(numbers[::2], numbers[1::2], strict=False):
        end = min(ends.get(offset, len(text)), offset + _LOOK_AHEAD)
        findings.note_packed(number, text[first + offset : first + end])


def _dictionary(text: bytes, start: int) -> bytes:
    """Return the dictionary that opens at ``start``, or the remaining text if it does not close."""
    depth = 0
    for bracket in _BRACKETS.finditer(text, start):
        depth += 1 if bracket[0] == b"<<" else -1
        if depth == 0:
            return text[start : bracket.end()]
    return text[start:]
