"""Two changes of one text come together, or are told to be in each other's way."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inkstand.workspace.merging import merged

LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "\n", "d"]), max_size=12).map("".join)


def test_changes_of_different_lines_are_both_kept() -> None:
    base = "one\n\ntwo\n\nthree\n"
    assert merged(base, "ONE\n\ntwo\n\nthree\n", "one\n\ntwo\n\nTHREE\n") == (
        "ONE\n\ntwo\n\nTHREE\n"
    )


def test_changes_of_the_same_line_are_refused() -> None:
    assert merged("one\ntwo\n", "ONE\ntwo\n", "uno\ntwo\n") is None


def test_the_same_change_twice_is_one_change() -> None:
    assert merged("one\ntwo\n", "ONE\ntwo\n", "ONE\ntwo\n") == "ONE\ntwo\n"


def test_a_line_added_beside_a_deleted_one_is_not_guessed_at() -> None:
    assert merged("one\ntwo\nthree\n", "one\nthree\n", "one\ntwo and a half\nthree\n") is None


def test_a_novel_of_blank_lines_merges_without_comparing_all_with_all() -> None:
    base = "\n".join(f"Paragraph {number}.\n" for number in range(20_000))
    ours = base.replace("Paragraph 5.", "The fifth.")
    theirs = base.replace("Paragraph 19990.", "Nearly the last.")
    both = merged(base, ours, theirs)
    assert both is not None
    assert "The fifth." in both
    assert "Nearly the last." in both


@given(LINES, LINES)
def test_a_change_of_one_side_alone_is_taken_as_it_is(base: str, changed: str) -> None:
    assert merged(base, changed, base) == changed
    assert merged(base, base, changed) == changed


@given(LINES, LINES, LINES)
def test_it_does_not_matter_whose_change_is_named_first(base: str, one: str, two: str) -> None:
    assert merged(base, one, two) == merged(base, two, one)


@given(LINES, LINES)
def test_a_line_put_before_everything_joins_any_change_behind_it(base: str, tail: str) -> None:
    kept = "kept line\n"
    result = merged(kept + base, "new line\n" + kept + base, kept + tail)
    assert result == "new line\n" + kept + tail
