"""The parts of a proposed change, and where they are once the text has changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkstand.workspace.placing import Places
from inkstand.workspace.units import applied, units_of

_TEXTS = st.lists(
    st.sampled_from(["He went", "She", "stayed", ".", "!", " ", "\n\n", "“No.”", "春。"]),
    max_size=25,
).map("".join)


@given(_TEXTS, _TEXTS, _TEXTS, _TEXTS)
def test_all_units_together_make_the_proposed_text(
    before: str, old: str, after: str, new: str
) -> None:
    basis = before + old + after
    units = units_of(basis, len(before), len(before) + len(old), new)

    assert applied(basis, units) == before + new + after
    assert [unit.hunk for unit in units] == sorted(unit.hunk for unit in units)
    assert sorted({unit.sentence for unit in units}) == list(
        range(1, len({unit.sentence for unit in units}) + 1)
    )
    for unit in units:
        assert len(before) <= unit.start <= unit.end <= len(before) + len(old)


def test_an_appended_text_is_one_hunk_of_several_sentences() -> None:
    units = units_of("He went.\n", 8, 8, "\n\nShe stayed. Then? Nothing.")

    assert [(unit.hunk, unit.sentence, unit.text) for unit in units] == [
        (1, 1, "\n\nShe stayed."),
        (1, 2, " Then?"),
        (1, 3, " Nothing."),
    ]


def test_two_changes_of_one_sentence_are_two_hunks_and_one_sentence() -> None:
    old = "The quick brown fox jumps over the lazy dog. It slept."
    units = units_of(old, 0, len(old), "The slow brown fox jumps over the busy dog. It woke.")

    assert [(unit.hunk, unit.sentence) for unit in units] == [(1, 1), (2, 1), (3, 2)]


OLD = "One is first.\n\nThe second paragraph stands here alone.\n\nThree is last.\n"
SECOND = (OLD.index("stands"), OLD.index("stands") + 6)


@pytest.mark.parametrize(
    ("new", "found"),
    [
        (OLD, "stands"),
        ("More. " + OLD, "stands"),
        (OLD.replace("One is", "It is"), "stands"),
        (OLD.replace("The second", "That second"), "stands"),
        (OLD.replace("stands", "stood"), None),
        (OLD.replace("stands here", "here"), None),
        (OLD.replace("stands", "still stands"), "stands"),
        ("Three is last.\n\nOne is first.\n\nThe second paragraph stands here alone.\n", "stands"),
        ("", None),
    ],
)
def test_a_stretch_is_found_unless_it_changed(new: str, found: str | None) -> None:
    place = Places(OLD, new).find(*SECOND)

    assert (None if place is None else new[slice(*place)]) == found


@pytest.mark.parametrize(
    ("new", "is_there"),
    [
        ("Before it.\n\n" + OLD, True),
        (OLD.replace("first", "the first"), True),
        (OLD.rstrip("\n") + " And more.\n", False),
        (OLD + "\nAnother paragraph.\n", False),
        (OLD.replace("Three is last.\n", ""), False),
    ],
)
def test_the_end_of_a_text_is_another_once_somebody_wrote_on(new: str, is_there: bool) -> None:
    end = len(OLD.rstrip())
    place = Places(OLD, new).find(end, end)

    assert (place is not None) == is_there
    if place is not None:
        assert new[: place[0]].endswith("Three is last.")
        assert place[0] == place[1]


@given(_TEXTS, _TEXTS)
def test_what_is_found_is_what_it_was(old: str, new: str) -> None:
    places = Places(old, new)
    for start in range(0, len(old), 3):
        found = places.find(start, min(len(old), start + 4))
        if found is not None:
            assert new[slice(*found)] == old[start : start + 4]
