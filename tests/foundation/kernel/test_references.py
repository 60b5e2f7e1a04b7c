"""References are drawn at random and read as people type them (part 2)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.kernel.references import ALPHABET, draw_reference, parse_reference

DRAWN = st.builds(lambda letters: f"CPOR-2020-{letters}", st.text(ALPHABET, min_size=6, max_size=6))


def test_a_reference_has_the_year_and_six_characters_of_crockfords_base_32() -> None:
    drawn = {draw_reference(2020) for _time in range(200)}

    assert all(re.fullmatch(r"CPOR-2020-[0-9A-HJKMNP-TV-Z]{6}", reference) for reference in drawn)
    assert len(drawn) == 200
    assert len(ALPHABET) == 32


def test_what_is_drawn_has_no_order() -> None:
    drawn = [draw_reference(2020) for _time in range(40)]

    assert drawn != sorted(drawn)
    assert len({reference[10] for reference in drawn}) > 5


@given(DRAWN, st.data())
def test_a_reference_is_read_in_every_way_to_write_it(reference: str, data: st.DataObject) -> None:
    def typed(character: str) -> str:
        alike = {"0": "0Oo", "1": "1IiLl", "O": "Oo0"}.get(character, character + character.lower())
        return data.draw(st.sampled_from(alike))

    assert parse_reference(" " + "".join(map(typed, reference)) + "\n") == reference


@pytest.mark.parametrize(
    "text",
    [
        "",
        "CPOR",
        "CPOR-2020-",
        "CPOR-2020-7K3Q9",
        "CPOR-20-7K3Q9M",
        "CPOR-2020-7K3Q9U",
        "CASE-000001",
        "7K3Q9M",
    ],
)
def test_other_text_is_no_reference(text: str) -> None:
    assert parse_reference(text) is None


def test_references_given_before_go_on() -> None:
    assert parse_reference("cpor-2020-000017") == "CPOR-2020-000017"
    assert parse_reference("CPOR-2021-1048577") == "CPOR-2021-1048577"
