"""Pages live under a strict content security policy: nothing inline, nothing from elsewhere."""

import re
from pathlib import Path

from tests.architecture.source import PACKAGES, ROOT

FORBIDDEN = {
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>", re.I),
    "inline style": re.compile(r"<style\b|\sstyle\s*=", re.I),
    "inline handler": re.compile(r"<[^>]+\son[a-z]+\s*=", re.I),
    "javascript address": re.compile(r"javascript:", re.I),
    "foreign resource": re.compile(
        r"<(?:script|link|img|iframe|source)\b[^>]+(?:src|href)=[\"']?(?:https?:)?//", re.I
    ),
}


def _templates() -> list[Path]:
    roots = [ROOT / "templates", *(ROOT / package for package in PACKAGES)]
    return sorted(path for root in roots for path in root.rglob("*.html"))


def test_templates_need_no_exception_from_the_content_security_policy() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {what}"
        for path in _templates()
        for what, pattern in FORBIDDEN.items()
        if pattern.search(path.read_text())
    ]

    assert found == []


def test_unescaped_text_is_never_put_on_a_page() -> None:
    pattern = re.compile(r"\|\s*safe\b|autoescape\s+off")

    found = [str(path.relative_to(ROOT)) for path in _templates() if pattern.search(path.read_text())]

    assert found == []
