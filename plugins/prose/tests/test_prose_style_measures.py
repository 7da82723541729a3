"""The measures of style: known values, bounds, and that a whole is the sum of its scenes."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkstand_prose.style import tables
from inkstand_prose.style.fingerprint import frequency
from inkstand_prose.style.readability import readability, syllables
from inkstand_prose.style.rhythm import rhythm, runs
from inkstand_prose.style.richness import Sums, of_words, richness, sums
from inkstand_prose.style.sketch import MARKS, Sketch, count_marks, merged
from inkstand_prose.style.tally import WordSums
from inkstand_prose.style.tokens import stem
from inkstand_prose.style.tone import tone
from inkstand_prose.style.voices import Said, distances, log_odds, telling

rows_of_words = st.lists(st.sampled_from([f"w{n}" for n in range(60)]), max_size=700)


def window_mean(words: list[str], size: int) -> float:
    shares = [len(set(words[at : at + size])) / size for at in range(len(words) - size + 1)]
    return sum(shares) / len(shares)


@given(st.lists(st.sampled_from("abcdefgh"), min_size=100, max_size=260))
def test_mattr_is_the_mean_over_all_windows(words: list[str]) -> None:
    assert of_words([words]).mattr == pytest.approx(window_mean(words, 100), abs=1e-4)


@given(rows_of_words)
def test_measures_of_richness_stay_within_their_bounds(words: list[str]) -> None:
    found = of_words([words])
    for share in (found.mattr, found.hdd, found.hapax):
        assert 0 <= share <= 1
    assert 0 <= found.yule_k <= 10_000
    assert 0 <= found.mtld <= max(1, len(words))


@given(rows_of_words, rows_of_words)
def test_the_sums_of_two_stretches_are_those_of_both(one: list[str], other: list[str]) -> None:
    together = Sums()
    for words in (one, other):
        together.add(sums(words))
    assert richness(Counter(one + other), together) == of_words([one, other])


def test_a_text_of_one_word_is_as_poor_as_can_be() -> None:
    found = of_words([["so"] * 200])
    assert found.mattr == 0.01
    assert found.yule_k == 9950.0
    assert found.hapax == 0.0
    assert found.hdd == pytest.approx(1 / 42, abs=1e-4)


def test_a_text_without_repetition_is_as_rich_as_can_be() -> None:
    found = of_words([[f"w{n}" for n in range(600)]])
    assert (found.mattr, found.hdd, found.hapax, found.yule_k) == (1.0, 1.0, 1.0, 0.0)


def test_richness_does_not_grow_with_length() -> None:
    words = [f"w{n * n % 331}" for n in range(3_000)]
    short, long = of_words([words]), of_words([words * 4])
    assert long.mattr == pytest.approx(short.mattr, rel=0.02)
    assert long.mtld == pytest.approx(short.mtld, rel=0.05)


def test_the_rhythm_of_a_few_lengths_is_what_one_reckons_by_hand() -> None:
    found = rhythm([[2, 4, 6], [8]])
    assert (found.count, found.mean, found.median, found.longest) == (4, 5.0, 5.0, 8)
    assert (found.first_quartile, found.third_quartile) == (3.5, 6.5)
    assert found.spread == pytest.approx(2.24, abs=0.01)
    # |2-4| / 3 and |4-6| / 5; the 8 stands alone.
    assert found.contrast == pytest.approx((2 / 3 + 2 / 5) / 2, abs=1e-3)
    assert found.even == 0.0


@given(st.lists(st.integers(1, 60), max_size=80))
def test_runs_are_apart_in_order_and_of_like_length(lengths: list[int]) -> None:
    end = 0
    for first, last in runs(lengths):
        assert end <= first
        assert last - first >= 4
        run = lengths[first:last]
        middle = (min(run) + max(run)) / 2
        assert max(run) - min(run) <= 2 * max(1, 0.1 * middle)
        end = last


def test_sentences_of_like_length_are_found_and_others_not() -> None:
    assert list(runs([3, 20, 9, 10, 10, 9, 30])) == [(2, 6)]
    assert list(runs([3, 9, 20, 4, 31, 7])) == []


@pytest.mark.parametrize(
    ("word", "count"),
    [
        *(("house", 1), ("table", 2), ("walked", 1), ("wanted", 2), ("created", 3), ("lion", 2)),
        *(("beautiful", 3), ("people", 2), ("statement", 2), ("every", 2), ("didn't", 2)),
        *(("don't", 1), ("boxes", 2), ("makes", 1), ("poet", 2), ("precious", 2), ("a", 1)),
        *(("settled", 2), ("playing", 2), ("society", 4), ("marriage", 2), ("rhythm", 2)),
    ],
)
def test_syllables_are_counted_as_one_says_them(word: str, count: int) -> None:
    assert syllables(word) == count


@given(st.text(max_size=30))
def test_every_word_has_a_syllable(word: str) -> None:
    assert syllables(word) >= 1


def test_readability_is_by_its_formulas() -> None:
    found = readability(4, 14, 5, 4.0)
    assert found.flesch == pytest.approx(206.835 - 1.015 * 4 - 84.6 * 5 / 4, abs=0.05)
    assert found.kincaid == pytest.approx(0.39 * 4 + 11.8 * 5 / 4 - 15.59, abs=0.05)
    assert found.ari == pytest.approx(4.71 * 14 / 4 + 0.5 * 4 - 21.43, abs=0.05)


def test_marks_are_counted_each_as_what_it_is() -> None:
    text = "Well... she said—no; (not) *this*, he -- 3.5 – I – said: stop! why? HELP. …"
    found = dict(zip(MARKS, count_marks(text), strict=True))
    assert found == {
        "comma": 1,
        "period": 2,
        "semicolon": 1,
        "colon": 1,
        "dash": 4,
        "ellipsis": 2,
        "question": 1,
        "exclamation": 1,
        "parenthesis": 1,
        "emphasis": 2,
    }


@given(st.text(max_size=200), st.text(max_size=200))
def test_sketches_merge_in_any_grouping(one: str, other: str) -> None:
    parts = [
        Sketch(stream=" ".join(text.split()), sentences=[[len(text)]], marks=count_marks(text))
        for text in (one, other, one)
    ]
    assert merged([merged(parts[:2]), parts[2]]) == merged(parts)


def test_the_bands_of_frequency_share_all_words() -> None:
    found = frequency(WordSums().plus({"the": 2, "weather": 1, "xylograph": 1}))
    assert found.first_100 == 0.5
    assert found.rarer == 0.25
    assert found.first_100 + found.first_1000 + found.first_5000 + found.rarer == 1.0


def test_a_tone_has_its_evidence() -> None:
    words = Counter(["gonna", "kid", "okay", "yeah", "whereupon", "the", "the", "the"])
    found = tone(words, 0, {}, words.total())
    assert found.casual > found.formal > 0
    assert {use.text for use in found.evidence["casual"]} == {"gonna", "kid", "okay", "yeah"}
    assert found.professional == found.emphatic == 0.0
    assert tone({"tree": 5}, 0, {}, 5).casual == 0.0


def test_forms_of_a_word_have_one_stem() -> None:
    assert len({stem(word) for word in ("glance", "glanced", "glancing", "glances")}) == 1
    assert len({stem(word) for word in ("happy", "happily", "happiness")}) == 1
    assert stem("running") == stem("runs")
    assert stem("lantern") != stem("later")


def test_what_one_says_and_others_do_not_is_theirs() -> None:
    said = {
        "Ada": Said.of(Counter({"cog": 9, "weather": 20, "Tom": 5})),
        "Bell": Said.of(Counter({"duty": 9, "weather": 20})),
    }
    found = telling(said, {"Tom"})
    assert [use.text for use in found["Ada"]] == ["cog"]
    assert [use.text for use in found["Bell"]] == ["duty"]
    assert telling({"Ada": said["Ada"]}, set()) == {"Ada": ()}


@given(st.integers(1, 50), st.integers(1, 50))
def test_log_odds_are_the_same_from_both_sides(mine: int, theirs: int) -> None:
    one = log_odds(mine, 100, theirs, 100, 1.0, 20.0)
    other = log_odds(theirs, 100, mine, 100, 1.0, 20.0)
    assert one == pytest.approx(-other)
    assert (one > 0) == (mine > theirs)


def test_delta_is_nought_between_like_texts_and_the_same_both_ways() -> None:
    rates = {
        "a": {"the": 60.0, "of": 30.0},
        "b": {"the": 60.0, "of": 30.0},
        "c": {"the": 40.0, "of": 10.0},
    }
    found = distances(rates)
    assert found["a"]["b"] == 0.0
    assert found["a"]["c"] == found["c"]["a"] > 1
    assert distances({"a": rates["a"], "b": rates["b"]}) == {}


def test_the_tables_hold_no_entry_twice_that_would_count_double() -> None:
    bright = {word for word, value in tables.valences().items() if value > 0}
    for name in ("bright", "dark", "function_words"):
        entries: list[Any] = [word for word in tables.words(name) if word != "strong:"]
        assert len(entries) == len(set(entries)), name
    assert not bright & set(tables.words("dark")) - {"strong:"}
