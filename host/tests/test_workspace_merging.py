"""Two changes of one text come together, or are told to be in each other's way."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
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


# -- against other ways to say what a merge is ----------------------------------------------

Edit = tuple[int, int, list[str]]
"""Which lines of the base are replaced, from and to, and what by."""


@st.composite
def apart(draw: st.DrawFn) -> tuple[list[str], list[Edit], list[Edit]]:
    """Lines that are each their own, and edits of two people with untouched lines between."""
    base = [f"{number}\n" for number in range(draw(st.integers(0, 30)))]
    ours: list[Edit] = []
    theirs: list[Edit] = []
    at = 0
    while at <= len(base) and draw(st.integers(0, 9)):
        start = draw(st.integers(at, len(base)))
        end = draw(st.integers(start, min(start + 3, len(base))))
        side, who = draw(st.sampled_from([(ours, "ours"), (theirs, "theirs")]))
        added = [f"{who} {start} {number}\n" for number in range(draw(st.integers(0, 3)))]
        side.append((start, end, added))
        at = end + 1
    return base, ours, theirs


def edited(base: list[str], edits: list[Edit]) -> str:
    lines = list(base)
    for start, end, added in sorted(edits, key=lambda edit: edit[0], reverse=True):
        lines[start:end] = added
    return "".join(lines)


@given(apart(), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_edits_with_an_untouched_line_between_are_all_made(
    case: tuple[list[str], list[Edit], list[Edit]], end: str, last_line_ends: bool
) -> None:
    base, ours, theirs = case

    def written(edits: list[Edit]) -> str:
        text = edited(base, edits).replace("\n", end)
        return text if last_line_ends else text + "the end"

    assert merged(written([]), written(ours), written(theirs)) == written(ours + theirs)


def counts(*texts: str) -> list[Counter[str]]:
    return [Counter(text.splitlines(keepends=True)) for text in texts]


@given(LINES, LINES, LINES)
def test_a_merge_drops_and_adds_only_what_one_of_both_did(base: str, one: str, two: str) -> None:
    result = merged(base, one, two)
    if result is None:
        return
    old, mine, other, new = counts(base, one, two, result)
    for line in old | mine | other | new:
        a, b = mine[line] - old[line], other[line] - old[line]
        # A change that both made counts once, so between the larger of both and their sum.
        assert min(a, b, a + b) <= new[line] - old[line] <= max(a, b, a + b)


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git to compare with")
@settings(max_examples=60)
@given(apart(), apart())
def test_what_git_merges_is_merged_alike(
    case: tuple[list[str], list[Edit], list[Edit]],
    other: tuple[list[str], list[Edit], list[Edit]],
) -> None:
    base, ours, theirs = case
    # Edits that were drawn for another text may lie beside ours, or over them.
    theirs = theirs or [edit for edit in other[2] if edit[1] <= len(base)]
    texts = {"base": "".join(base), "ours": edited(base, ours), "theirs": edited(base, theirs)}
    with tempfile.TemporaryDirectory() as folder:
        for name, text in texts.items():
            Path(folder, name).write_text(text, newline="")
        done = subprocess.run(
            ["git", "merge-file", "-p", "ours", "base", "theirs"],
            cwd=folder,
            capture_output=True,
            check=False,
        )
    result = merged(texts["base"], texts["ours"], texts["theirs"])
    if done.returncode == 0:
        assert result is None or result == done.stdout.decode()
    if result is not None:
        assert done.returncode == 0
