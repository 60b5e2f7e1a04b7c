"""Whoever silences a tool says why, so that the next reader can see whether the reason still holds."""

import re
import tokenize
from collections.abc import Iterator

from tests.architecture.source import PACKAGES, ROOT

SILENCED = re.compile(r"#\s*(?:noqa|type:\s*ignore|pragma:\s*no)\b(?P<rest>.*)")
CODES_AND_REASON = re.compile(r"(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*|\[[a-z, -]+\])\s+(?:- |\(|#\s*)\w.*")


def _comments() -> Iterator[tuple[str, str]]:
    """Yield each comment of our Python files with its place."""
    rooms = [ROOT / name for name in (*PACKAGES, "benchmarks", "scripts", "tests")]
    for path in sorted([*ROOT.glob("*.py"), *(file for room in rooms for file in room.rglob("*.py"))]):
        with path.open("rb") as file:
            for token in tokenize.tokenize(file.readline):
                if token.type == tokenize.COMMENT:
                    yield f"{path.relative_to(ROOT)}:{token.start[0]}", token.string


def test_every_silenced_tool_is_told_what_and_why() -> None:
    silenced = [
        (place, found["rest"]) for place, comment in _comments() if (found := SILENCED.search(comment))
    ]

    assert [place for place, rest in silenced if not CODES_AND_REASON.fullmatch(rest)] == []
    assert len(silenced) > 30
