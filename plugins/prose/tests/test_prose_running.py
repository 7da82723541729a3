"""Sums that are counted on from those of the book before are those that counting anew gives."""

from __future__ import annotations

import random
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from inkstand_prose.running import counts
from inkstand_prose.scene_text import read_text
from inkstand_prose.style import tally
from inkstand_prose.style.scene import SceneStyle, of_scene

SENTENCES = [
    "He looked quickly at the old lamp, softly.",
    '"I don\'t know," she said quietly.',
    "Orme's boat was taken. The boat, Orme, the boat!",
    "Suddenly it wasn't there; it never had been.",
    "",
]


def style(choose: random.Random) -> SceneStyle:
    text = " ".join(choose.choices(SENTENCES, k=choose.randint(0, 5)))
    memo = read_text(text)
    return of_scene(text, memo.paragraphs, memo.sentences, memo.quotes)


def edited(scenes: list[SceneStyle], choose: random.Random) -> list[SceneStyle]:
    left = choose.sample(scenes, max(0, len(scenes) - choose.randint(0, 2)))
    again = choose.choices(left, k=choose.randint(0, 1)) if left else []
    return [*left, *again, *(style(choose) for _ in range(choose.randint(0, 2)))]


@given(st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_words_counted_on_are_those_of_a_fresh_count(choose: random.Random) -> None:
    running = tally.running()
    scenes = [style(choose) for _ in range(4)]
    for _ in range(5):
        assert running.of(scenes) == tally.running().of(scenes)
        scenes = edited(scenes, choose)


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=4), max_size=5), st.integers(0, 4))
def test_what_no_part_has_any_more_is_in_no_count(parts: list[list[str]], left: int) -> None:
    running = counts(list[str].copy)
    running.of(parts)
    found = running.of(parts[:left])
    assert found == Counter(thing for part in parts[:left] for thing in part)
    assert 0 not in found.values()


def test_a_sum_once_given_is_never_changed_by_a_later_one() -> None:
    running = counts(list[str].copy)
    first = [["a", "b"], ["a"], ["c"]]
    given = running.of(first)
    running.of([*first, ["d"]])
    assert given == Counter(a=2, b=1, c=1)
