"""What changed between two texts, by words."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from inkstand.workspace.word_diff import Hunk, apply, hunks, pieces

_WORDS = st.sampled_from(
    [
        "the",
        "king",
        "don't",
        "e\u0301t\u00e9",
        "पढ़ना",
        "春",
        "猫",
        ",",
        ".",
        "“",
        "—",
        "\n",
        "\n\n",
        " ",
    ]
)
_TEXTS = st.one_of(st.text(max_size=80), st.lists(_WORDS, max_size=60).map(" ".join))


@given(_TEXTS, _TEXTS)
@example("a b", "a b a b")
@example("a\r\nb", "a\nb")
def test_the_changes_of_two_texts_make_one_of_the_other(old: str, new: str) -> None:
    changes = hunks(old, new)

    assert apply(old, changes) == new
    for one, next_one in pairwise(changes):
        assert one.old_start <= one.old_end < next_one.old_start
    for change in changes:
        assert old[change.old_start : change.old_end] != change.new_text


@given(_TEXTS, _TEXTS)
def test_the_pieces_hold_both_texts(old: str, new: str) -> None:
    told = list(pieces(old, hunks(old, new)))

    assert "".join(each.text for each in told if each.kind != "added") == old
    assert "".join(each.text for each in told if each.kind != "removed") == new


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ("He went home.", "He ran home.", [(3, 7, "ran")]),
        ("He went.", "He went. She stayed.", [(8, 8, " She stayed.")]),
        ("words", "word", [(0, 5, "word")]),
        ("don't go", "do go", [(0, 5, "do")]),
        ("the king\nof old", "the\nking of old", [(3, 4, "\n"), (8, 9, " ")]),
        ("春の猫が", "春の犬が", [(2, 3, "犬")]),
        ("हिन्दी है", "हिन्दि है", [(0, 6, "हिन्दि")]),
        ("", "All of it.", [(0, 0, "All of it.")]),
        ("One quick fox.", "One slow fox.", [(4, 9, "slow")]),
    ],
)
def test_a_change_is_as_large_as_the_words_it_touches(
    old: str, new: str, changes: list[tuple[int, int, str]]
) -> None:
    assert hunks(old, new) == tuple(Hunk(*change) for change in changes)


def test_changes_that_a_short_word_parts_are_one() -> None:
    old = "She looked over at the window, and sighed."
    new = "She turned away from the closed old door, and sighed."

    assert len(hunks(old, new)) == 1


def _novel(words: int, seed: int) -> list[str]:
    rng = random.Random(seed)
    vocabulary = [f"w{number}" for number in range(8_000)]
    weights = [1 / (rank + 2) for rank in range(8_000)]
    return rng.choices(vocabulary, weights, k=words)


def test_few_changes_in_a_long_scene_are_found_as_they_were_made() -> None:
    words = _novel(30_000, 1)
    changed = list(words)
    for place in range(500, 30_000, 1_000):
        changed[place] = "CHANGED"

    found = hunks(" ".join(words), " ".join(changed))

    assert [change.new_text for change in found] == ["CHANGED"] * 30


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x" * 10_000_000, "x" * 5_000_000 + "y" + "x" * 5_000_000),
        ("a b " * 200_000, "b a " * 200_000),
        ("a " * 2_000_000 + "b", "a " * 1_999_990 + "c " + "a " * 20),
        (" " * 5_000_000, "\n" * 5_000_000),
        (" ".join(_novel(60_000, 2)), " ".join(_novel(60_000, 3))),
    ],
)
def test_a_text_without_end_is_compared_all_the_same(old: str, new: str) -> None:
    assert apply(old, hunks(old, new)) == new
