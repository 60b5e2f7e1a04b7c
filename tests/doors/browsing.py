"""A browser without scripts: it fills in the forms of a page as they stand there, and sends them as they are."""

from html.parser import HTMLParser
from typing import Any

from django.test import Client

from partners.models import User
from tests.responses import Response

Fields = dict[str, list[str]]


class _Forms(HTMLParser):
    """Collects for each form of a page what a browser would send, and the names of its buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self._select = self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "form":
            self.forms.append({"action": given.get("action", ""), "fields": {}, "buttons": []})
        elif not self.forms:
            return
        elif tag == "input" and given.get("type") in ("checkbox", "radio"):
            self._add(name, *([value or "on"] if "checked" in given else []))
        elif tag == "input":
            self._add(name, value)
        elif tag == "button":
            self.forms[-1]["buttons"].append(value if name == "action" else name)
        elif tag == "select":
            self._select = name
            self._add(name)
        elif tag == "option" and "selected" in given:
            self._add(self._select, value)
        elif tag == "textarea":
            self._textarea = name
            self._add(name, "")

    def handle_data(self, data: str) -> None:
        if self._textarea:
            typed = self.forms[-1]["fields"][self._textarea]
            typed[-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            # Browsers leave out the line break with which a text field may begin.
            typed = self.forms[-1]["fields"][self._textarea]
            typed[-1] = typed[-1].removeprefix("\r").removeprefix("\n")
            self._textarea = ""

    def _add(self, name: str, *values: str) -> None:
        self.forms[-1]["fields"].setdefault(name, []).extend(values)


class Tab:
    """One tab of a browser; `beside` opens another with the same cookies."""

    def __init__(self, client: Client | None = None) -> None:
        self.client = client or Client(enforce_csrf_checks=True)
        self.page: Any = None
        self.address = ""

    def beside(self) -> "Tab":
        return Tab(self.client)

    def open(self, address: str) -> Response:
        page = self.client.get(address, follow=True)
        self.page, self.address = page, page.redirect_chain[-1][0] if page.redirect_chain else address
        return page

    def sign_in(self, user: User, to: str = "/support/") -> None:
        """Sign in on the product's page, on the way to an address."""
        self.open(f"/accounts/login/?next={to}")
        if "/login/" in self.address:  # else the session still lives
            self.send("login", login=user.username, password="demo")
        self.open(to)

    def form(self, having: str) -> dict[str, Any]:
        """Return the page's form that has a field, or a button that posts such an act."""
        parser = _Forms()
        parser.feed(self.page.content.decode())
        [found] = [form for form in parser.forms if having in form["fields"] or having in form["buttons"]]
        return dict(found)

    def shown(self, having: str) -> Fields:
        """Return what the form would send now."""
        fields: Fields = self.form(having)["fields"]
        return fields

    def send(self, having: str, *, act: str = "", **typed: Any) -> Response:
        """Fill in the form and send it; the page stays open."""
        form = self.form(having)
        fields = {**form["fields"], **typed}
        pressed = {"action": act} if act else {}
        return self.client.post(form["action"] or self.address.split("#")[0], {**fields, **pressed})
