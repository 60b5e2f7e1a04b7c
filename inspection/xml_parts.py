"""Reading the XML of a package part by part with expat: no document type, no entity, no outside access.

The parser knows no place to load entities from, and the first sign of a document type declaration ends the
reading. So an entity can neither be declared nor expanded.
"""

import re
from collections.abc import Callable
from xml.parsers import expat

from .verdict import Detail, unsafe, wrong_type

Attributes = dict[str, str]
OnElement = Callable[[str, Attributes], None]

# The parser restarts a tag with every new chunk, so one giant tag would cost the square of its length.
_MAX_PENDING_BYTES = 4_000_000
_ENCODINGS = frozenset({"utf-8", "utf-16", "us-ascii", "iso-8859-1", "windows-1252"})
_FIELD_TAIL = 64
_FIELD_WORDS = re.compile(rb"i\x00?n\x00?s\x00?t\x00?r\x00?T|f\x00?l\x00?d\x00?S")
_DDE_FIELD = re.compile(r"(?i)(?<![a-z])dde(?:auto)?(?![a-z])")


class PartReader:
    """A reader of one part, fed in chunks. Raises Refused for a document type and, unless ``lenient``, broken XML.

    ``lenient`` is for legacy drawings, which Office itself does not write as proper XML: an error after the
    root element is tolerated, because a document type can only come before it. ``allow_doctype`` is for
    SVG pictures, whose drawing programs name a public document type; one with declarations of its own is
    refused there too.
    """

    def __init__(
        self, *, on_element: OnElement | None = None, lenient: bool = False, allow_doctype: bool = False
    ) -> None:
        self.root = ""
        self._on_element = on_element
        self._lenient = lenient
        self._allow_doctype = allow_doctype
        self._broken = False
        self._fed = 0
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.XmlDeclHandler = self._declaration
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.EntityDeclHandler = self._entity
        self._parser.StartElementHandler = self._element

    def feed(self, chunk: bytes) -> None:
        self._parse(chunk, last=False)
        self._fed += len(chunk)
        if not self._broken and self._fed - self._parser.CurrentByteIndex > _MAX_PENDING_BYTES:
            raise unsafe(Detail.ZIP_BOMB)

    def close(self) -> None:
        self._parse(b"", last=True)

    def _parse(self, chunk: bytes, *, last: bool) -> None:
        if self._broken:
            return
        try:
            self._parser.Parse(chunk, last)
        except expat.ExpatError:
            if not self._lenient or not self.root:
                raise wrong_type(Detail.XML_DAMAGED) from None
            self._broken = True

    def _element(self, name: str, attributes: Attributes) -> None:
        if not self.root:
            self.root = name
        if self._on_element is not None:
            self._on_element(name, attributes)
        else:
            # The other elements do not matter: from here on the parser stays in its own fast code.
            self._parser.StartElementHandler = None

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        # The standard allows the first two; any other would be looked up among all of Python's encodings.
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            raise wrong_type(Detail.XML_DAMAGED)

    def _doctype(self, _name: str, _system_id: str | None, _public_id: str | None, has_subset: int) -> None:
        if has_subset or not self._allow_doctype:
            raise unsafe(Detail.XML_DTD)

    def _entity(self, *_declaration: object) -> None:
        raise unsafe(Detail.XML_DTD)


class FieldReader(PartReader):
    """A reader of Word parts that finds fields starting another program (DDE), even split over several runs."""

    def __init__(self) -> None:
        super().__init__(on_element=self._started)
        self._instruction = ""
        self._parser.buffer_text = True
        self._parser.EndElementHandler = self._ended

    def _started(self, name: str, attributes: Attributes) -> None:
        match local_name(name):
            case "instrText":
                self._parser.CharacterDataHandler = self._text
            case "fldSimple":
                self._look(" ".join(text for key, text in attributes.items() if local_name(key) == "instr"))
            case "fldChar":
                self._instruction = ""

    def _ended(self, name: str) -> None:
        if local_name(name) == "instrText":
            self._parser.CharacterDataHandler = None

    def _text(self, text: str) -> None:
        self._look(self._instruction + text)
        self._instruction = (self._instruction + text)[-_FIELD_TAIL:]

    def _look(self, instruction: str) -> None:
        if _DDE_FIELD.search(instruction):
            raise unsafe(Detail.OFFICE_DDE)


class FieldSpotter:
    """A detector of fields in a part's raw bytes; it saves most parts a second reading."""

    def __init__(self) -> None:
        self.found = False
        self._tail = b""

    def feed(self, chunk: bytes) -> None:
        # Element names cannot be escaped; the only other spelling has two bytes per letter.
        if not self.found:
            text = self._tail + chunk
            self.found = _FIELD_WORDS.search(text) is not None
            self._tail = text[-_FIELD_TAIL:]


def local_name(name: str) -> str:
    """Return the name of an element or attribute without its namespace."""
    return name.rpartition(" ")[2]
