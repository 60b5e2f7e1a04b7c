"""Every page that a signed-in person can come to by links."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlsplit

from django.test import Client


def pages_of(client: Client) -> Iterator[tuple[str, str]]:
    """Yield every page that links lead to, with its headers."""
    waiting, seen = ["/"], set[str]()
    while waiting:
        address = waiting.pop()
        if address in seen or "logout" in address:
            continue
        seen.add(address)
        answer = client.get(address, follow=True)
        body = b"".join(answer) if answer.streaming else answer.content
        text = body.decode("utf-8", "replace")
        yield address, f"{address} {answer.headers} {client.cookies} {text}"
        for link in re.findall(r'href="([^"]*)"', text):
            path = urlsplit(unescape(link))
            if not path.scheme and path.path.startswith(("/", "?")) and not path.path.startswith("/static"):
                base = path.path or urlsplit(address).path
                waiting.append(f"{base}?{path.query}" if path.query else base)
