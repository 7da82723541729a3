"""Phrases that are counted from those before an edit are those that counting anew finds."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from inkstand_prose.style import phrases, recount
from inkstand_prose.style.phrases import Phrases, count_phrases

TOKENS = ["he", "looked", "down", "|", "the", "xylograph"]


def tidy(found: Phrases) -> Phrases:
    by_length = {size: rows for size, rows in found.by_length.items() if rows}
    return Phrases(by_length, found.words, found.familiar, found.telling)


@given(st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_phrases_after_any_edits_are_those_of_a_fresh_count(choose: random.Random) -> None:
    tokens = choose.choices(TOKENS, k=choose.randint(0, 200))
    for _ in range(4):
        assert tidy(recount.phrases_of(" ".join(tokens))) == tidy(count_phrases(tokens))
        start = choose.randint(0, len(tokens))
        end = min(len(tokens), start + choose.randint(0, 30))
        tokens[start:end] = choose.choices(TOKENS, k=choose.randint(0, 30))


def test_an_edit_that_makes_a_text_long_counts_anew() -> None:
    tokens = [f"w{n % 9_000}" for n in range(29_999)]
    for more in ([], ["new"], ["new", "w1"]):
        stream = [*tokens, *more]
        assert tidy(recount.phrases_of(" ".join(stream))) == tidy(count_phrases(stream))
    assert phrases.least_count(29_999) < phrases.least_count(30_000)


def test_a_text_that_says_all_again_has_no_phrases_to_tell_of() -> None:
    tokens = [f"w{n}" for n in range(21_000)] * 3
    for stream in (tokens, [*tokens[:500], "new", *tokens[500:]], tokens[:30_000]):
        found = recount.phrases_of(" ".join(stream))
        assert tidy(found) == tidy(count_phrases(stream))
        assert found.countless == (len(stream) > 60_000)
        assert not found.countless or not list(phrases.repeated(found, set()))
