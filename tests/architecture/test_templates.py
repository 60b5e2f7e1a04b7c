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


# Forms into which nothing is typed that anybody would miss, or only passwords.
NOTHING_TYPED = {
    "templates/base.html": "switching the company, signing out",
    "templates/account/everywhere.html": "signing out everywhere",
    "templates/account/login.html": "a password",
    "templates/account/logout.html": "signing out",
    "templates/desk/claim.html": "allowing a text that somebody else typed",
    "templates/kept_discard.html": "discarding",
    "templates/kept_elsewhere.html": "switching the company",
}
POSTED = re.compile(r"<form\b[^>]*method=\"post\".*?</form>", re.I | re.S)


def test_every_form_says_for_whom_it_was_made_so_that_what_is_typed_can_be_kept() -> None:
    includes_it = ("{% sender ", 'include "portal/claims/changes.html"')

    found = {
        str(path.relative_to(ROOT))
        for path in _templates()
        for form in POSTED.findall(path.read_text())
        if not any(tag in form for tag in includes_it)
    }

    assert found == set(NOTHING_TYPED)
