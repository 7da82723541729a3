"""The text of the editor against models that are simple enough to be right."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from inkstand.tui.editor import clusters, motions
from inkstand.tui.editor.buffer import Buffer, bare, split
from inkstand.tui.editor.document import Document
from inkstand.tui.editor.editing import Editing
from inkstand.tui.editor.marks import spans_of
from inkstand.tui.editor.painting import Painter, RowLook
from inkstand.tui.editor.words import Words
from inkstand.tui.editor.wrapping import Rows, folded
from inkstand.workspace.scenes import count_words

PIECES = st.one_of(
    st.sampled_from(["a", "bc", " ", "  ", "-", "—", "word ", "longlonglonglong", "’", "*"]),
    st.sampled_from(["\t", "\n", "\r\n", "\r", "\u202e", "\x1b", "\u2028", "\u200d", "\u0301"]),
    st.sampled_from(["👩\u200d👩\u200d👧", "é", "e\u0301", "中", "文。", "🇩🇪", "שלום "]),
)
TEXTS = st.lists(PIECES, max_size=50).map("".join)
EDITS = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 30), TEXTS), max_size=8)


@given(TEXTS, EDITS, st.integers(2, 20))
def test_rows_after_edits_are_those_of_the_text_folded_anew(
    text: str, edits: list[tuple[int, int, str]], width: int
) -> None:
    buffer = Buffer(text)
    rows = Rows(buffer.lines, width)
    for place, length, new in edits:
        start = min(place, len(text))
        end = min(start + length, len(text))
        rows.update(buffer.replace(start, end, new))
        text = text[:start] + new + text[end:]
        assert buffer.text == text
        assert len(buffer) == len(text)
        assert buffer.lines == split(text)
        fresh = [folded(bare(line), width) for line in split(text)]
        assert [rows.breaks(number) for number in range(len(fresh))] == fresh
        assert rows.height == sum(len(each) + 1 for each in fresh)
        at = 0
        for number, line in enumerate(buffer.lines):
            assert buffer.start_of(number) == at
            at += len(line)


@given(TEXTS, st.integers(2, 30))
def test_rows_hold_all_of_a_line_and_only_spaces_hang_over(text: str, width: int) -> None:
    for line in map(bare, split(text)):
        places = [0, *folded(line, width), len(line)]
        assert places == sorted(places)
        for start, end in pairwise(places):
            shown = line[start:end].rstrip()
            wide = clusters.cells(line, start, start + len(shown))
            assert wide <= width or clusters.next_cluster(line, start) >= start + len(shown)


@given(TEXTS)
def test_the_cursor_goes_through_every_character_and_back(text: str) -> None:
    buffer = Buffer(text)
    there, at = [0], 0
    while (after := motions.right(buffer, at)) != at:
        at = after
        there.append(at)
    back = [at]
    while (before := motions.left(buffer, at)) != at:
        at = before
        back.append(at)
    assert back == there[::-1]
    assert back[-1] == 0
    assert there[-1] == len(text) or text.endswith(("\r", "\n"))


@given(TEXTS, st.integers(4, 30), st.integers(0, 40))
def test_what_is_drawn_has_the_cells_that_it_is_counted_with(
    text: str, width: int, cursor: int
) -> None:
    painter = Painter({})
    for line in map(bare, split(text)):
        places = [0, *folded(line, width), len(line)]
        for start, end in pairwise(places):
            at = clusters.snapped(line, min(cursor, len(line)))
            look = RowLook(spans=spans_of(line), cursor=(at, clusters.next_cluster(line, at)))
            strip = painter.row(line, start, end, look, margin=2, width=80)
            assert strip.cell_length == 80
            assert sum(cell_len(segment.text) for segment in strip) == 80
            assert not any(ord(each) < 32 or each == "\u202e" for each in strip.text)


@given(TEXTS, EDITS)
def test_undo_brings_back_every_text_and_redo_the_last(
    text: str, edits: list[tuple[int, int, str]]
) -> None:
    document = Document(text, clock=lambda: 0.0)
    editing = Editing(document)
    seen = {text}
    for place, length, new in edits:
        start = editing.sound(min(place, len(document.text)))
        end = max(start, editing.sound(min(start + length, len(document.text))))
        if length % 3 == 0 and len(new) == 1:
            editing.go(start, seal=False)
            editing.type(new)
        else:
            with document.step(editing.cursor):
                editing.change(start, end, new)
        seen.add(document.text)
    last = document.text
    while editing.undo():
        assert document.text in seen
    assert document.text == text
    while editing.redo():
        pass
    assert document.text == last


def test_a_word_typed_is_taken_back_with_its_neighbors_but_a_pause_divides() -> None:
    now = [0.0]
    editing = Editing(Document("", clock=lambda: now[0]))
    for character in "one two":
        editing.type(character)
    now[0] = 60
    for character in " three":
        editing.type(character)
    assert editing.undo()
    assert editing.document.text == "one two"
    assert editing.undo()
    assert editing.document.text == ""
    assert not editing.undo()


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_new_line_ends_as_those_of_the_text(newline: str) -> None:
    editing = Editing(Document(f"one{newline}two"))
    editing.go(3)
    editing.type("\n")
    editing.insert("pasted\r\nfrom\nelsewhere")
    pasted = newline.join(["pasted", "from", "elsewhere"])
    assert editing.document.text == f"one{newline}{pasted}{newline}two"


def test_untouched_line_ends_of_other_kinds_stay() -> None:
    text = "a\r\nb\nc\rd\u2028e\x0cf\r\n"
    editing = Editing(Document(text))
    editing.go(1)
    editing.type("!")
    assert editing.document.text == "a!" + text[1:]


@given(TEXTS, EDITS)
def test_words_are_counted_as_everywhere(text: str, edits: list[tuple[int, int, str]]) -> None:
    document = Document(text)
    words = Words(document, count_words)
    for place, length, new in edits:
        start = min(place, len(document.text))
        document.apply([(start, min(start + length, len(document.text)), new)], 0)
        if length % 2:
            words.total()
    assert words.total() == sum(count_words(line) for line in split(document.text))


def test_headings_and_front_matter_are_no_words_of_the_scene() -> None:
    document = Document("---\ntitle: Two words\n---\n\n# A heading\n\nThree words here.\n")
    words = Words(document, count_words)
    assert words.total() == 3
    document.apply([(0, 0, "x")], 0)
    assert words.total() == 7


@settings(max_examples=50)
@given(TEXTS, EDITS)
def test_a_second_cursor_in_the_same_text_stays_on_its_character(
    text: str, edits: list[tuple[int, int, str]]
) -> None:
    document = Document(f".{text}|{text}")
    here, there = Editing(document), Editing(document)
    there.cursor = len(text) + 1
    for start, _, new in edits:
        here.go(min(start, there.cursor - 1))
        before = document.text[there.cursor :]
        here.insert(new.replace("|", ""))
        assert document.text[there.cursor :] == before
        assert there.rows.height == Rows(document.buffer.lines, 72).height


def test_emphasis_is_found_in_a_time_that_grows_with_the_line() -> None:
    looks = {(span.look, span.start, span.end) for span in spans_of("a *b* **c** snake_case_x")}
    assert ("emphasis", 2, 5) in looks
    assert ("strong", 6, 11) in looks
    assert not any(start > 11 for _, start, _ in looks)
    assert spans_of("* " * 20_000)
    assert spans_of("*a _b `c " * 10_000) is not None
