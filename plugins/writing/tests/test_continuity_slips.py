"""Slips of spelling in names, and deaths that are heard of in talk: found, and left alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from inkstand_writing.continuity.slips import is_short_slip, is_slip

NAMED = "Ada Tuddenham came in. Tuddenham sat down by Mr. Bell. They spoke of the Tuddenham house. "
Find = Callable[..., list[str]]


@pytest.mark.parametrize(
    "rare",
    ["Tudenham", "Tuddenam", "Tuddennham", "Tuddehnam", "Tuddemham", "Tuddenhma"],
)
def test_one_wrong_key_in_a_long_name_is_found(find: Find, rare: str) -> None:
    assert find("name_spelling", NAMED * 4 + f"Then Ada {rare} left.")


def test_the_rest_of_a_name_tells_whose_it_is_even_where_it_is_rare(find: Find) -> None:
    once = "Ada Tuddenham came in. Tuddenham sat down. "
    assert find("name_spelling", once + "It rained. Ada Tudenham left.")
    assert find("name_spelling", once + "It rained. Tudenham left.") == []


@pytest.mark.parametrize(
    "text",
    [
        "The vicar said Tudenham twice, and nobody laughed.",
        "She spelled it Tudenham in her letter.",
        "There was a man called Tudenham in the town.",
    ],
)
def test_a_name_that_is_spoken_of_is_no_slip(find: Find, text: str) -> None:
    assert find("name_spelling", NAMED * 4 + text) == []


@pytest.mark.parametrize(
    ("usual", "rare"),
    [("Marian", "Marion"), ("Dick", "Dicks"), ("Bolton", "Boston")],
)
def test_another_s_own_name_a_plural_and_a_place_are_no_slips(usual: str, rare: str) -> None:
    assert not is_slip(usual, rare)
    assert not is_short_slip(usual, rare)


BEFORE = "Ada came in. Ada laughed. Bell laughed.\n\n"
LATER = "\n\nIt rained.\n\nIt stopped.\n\nIt rained.\n\nAda came in and laughed."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The machine was switched off at noon. Ada’s hand stayed warm for a while.", 1),
        ("The machine was switched off at noon. Ada looked at Mr. Bell.", 0),
        ("The hospital called at six. Ada was gone.", 1),
        ("The train left at six. Ada was gone.", 0),
        ("The car went off the bridge with Ada at the wheel. There were no survivors.", 1),
        ("Ada read of the wreck to Bell. There were no survivors.", 0),
        ("Ada read of the wreck. There were no survivors.", 0),
    ],
)
def test_a_death_may_be_told_by_what_is_round_it(find: Find, text: str, expected: int) -> None:
    assert len(find("dead_speak", BEFORE + text + LATER)) == expected


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("And Ada?", "Drowned, sir.", 1),
        ("And Ada?", "Gone, sir. We put her in the ground this morning.", 1),
        ("And Ada?", "Gone to London.", 0),
        ("And Ada?", "Dead tired, sir.", 0),
        ("And Ada?", "He’s dead.", 0),
    ],
)
def test_an_answer_may_tell_a_death(find: Find, question: str, answer: str, expected: int) -> None:
    text = f"{BEFORE}“{question}” asked the clerk.\n\n“{answer}”{LATER}"
    assert len(find("dead_speak", text, speakers=["Mr. Bell", "Mr. Bell"])) == expected
