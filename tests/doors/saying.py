"""The findings on a page as (code, sentence): every code with the words next to it."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from django.http.response import HttpResponseBase

CODE = re.compile(r"[A-Z][A-Z0-9_]{3,}")
NEVER_CLOSED = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "use", "path"}


class Element:
    """One element of a page: its attributes, and its texts and elements in order."""

    def __init__(self, tag: str, attributes: dict[str, str], parent: "Element | None") -> None:
        self.tag = tag
        self.attributes = attributes
        self.parent = parent
        self.content: list[Element | str] = []

    @property
    def text(self) -> str:
        """Return its words with normalised white space."""
        return " ".join(" ".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for part in self.content:
            yield from [part] if isinstance(part, str) else part._texts()

    def elements(self) -> Iterator["Element"]:
        """Yield the element and all its descendants."""
        yield self
        for part in self.content:
            if isinstance(part, Element):
                yield from part.elements()

    def with_id(self, name: str) -> "Element | None":
        return next((each for each in self.elements() if each.attributes.get("id") == name), None)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.here = Element("", {}, None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.content.append(element)
        if tag not in NEVER_CLOSED:
            self.here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.here.content.append(Element(tag, {name: value or "" for name, value in attrs}, self.here))

    def handle_endtag(self, tag: str) -> None:
        above: Element | None = self.here
        while above is not None and above.tag != tag:
            above = above.parent
        if above is not None and above.parent is not None:
            self.here = above.parent

    def handle_data(self, data: str) -> None:
        self.here.content.append(data)


def page_of(response: HttpResponseBase) -> Element:
    reader = _Reader()
    reader.feed(response.getvalue().decode())
    return reader.root


def said_on(page: Element) -> Iterator[tuple[str, str]]:
    """Yield every code on the page (or a part of it) with its sentence."""
    for element in page.elements():
        if code := element.attributes.get("data-code"):
            yield code, element.text
        is_code = element.tag == "code" or "code" in element.attributes.get("class", "").split()
        if is_code and CODE.fullmatch(element.text) and element.parent is not None:
            beside = element.parent
            if beside.text.startswith("Code:") and beside.parent is not None:
                beside = beside.parent  # a page that is nothing but a refusal
            yield element.text, beside.text


def says(response: HttpResponseBase, code: str, message: object, *, beside: str = "") -> bool:
    """Return whether the page shows this code with exactly this message, next to the field `beside` if given."""
    page: Element | None = page_of(response)
    if beside and page is not None:
        page = page.with_id(f"id_{beside}_error")
    words = " ".join(str(message).split())
    return page is not None and any(found == code and words in sentence for found, sentence in said_on(page))


def codes_on(response: HttpResponseBase) -> set[str]:
    return {code for code, _sentence in said_on(page_of(response))}
