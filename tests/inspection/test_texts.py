"""Every refusal has a sentence that the user can act on."""

import re
from pathlib import Path

import inspection
from inspection import DEFAULT_LIMITS, DETAIL_TEXTS, Detail


def test_every_detail_has_its_text_and_no_text_is_left_over() -> None:
    assert set(DETAIL_TEXTS) == set(Detail)


def test_a_text_says_what_is_wrong_and_then_what_to_do() -> None:
    for detail, text in DETAIL_TEXTS.items():
        sentences = re.split(r"(?<=[.])\s+", str(text))
        assert len(sentences) >= 2, detail
        assert all(sentence[0].isupper() and sentence.endswith(".") for sentence in sentences), detail
        assert "%" not in str(text), detail


def test_the_size_in_the_text_is_the_limit() -> None:
    assert DEFAULT_LIMITS.max_bytes == 25_000_000
    assert "25 MB" in str(DETAIL_TEXTS[Detail.TOO_LARGE])


def test_every_detail_is_used_somewhere() -> None:
    folder = Path(inspection.__file__).parent
    code = "".join(
        path.read_text() for path in folder.glob("*.py") if path.name not in ("texts.py", "verdict.py")
    )

    assert [detail for detail in Detail if f"Detail.{detail.name}" not in code] == []
