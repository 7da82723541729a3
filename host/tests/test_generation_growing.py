"""A text that grows by a token at a time is what its tokens are together."""

from __future__ import annotations

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from inkstand.generation.growing import GrowingText


@given(st.lists(st.text(st.characters())))
def test_it_is_its_pieces_together_halves_of_characters_too(pieces: list[str]) -> None:
    text = GrowingText()
    for number, piece in enumerate(pieces):
        text.add(piece)
        assert bool(text) == bool("".join(pieces[: number + 1]))
    assert str(text) == "".join(pieces)


def test_a_long_text_takes_no_more_than_itself() -> None:
    text = GrowingText()
    tracemalloc.start()
    try:
        for number in range(100_000):
            text.add(f"{number % 10_000} ")
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken < 1.3 * len(str(text))
