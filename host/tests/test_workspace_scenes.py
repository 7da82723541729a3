"""The scene splitter: offsets are true, scenes are in order, no word is lost."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from inkstand.workspace.scenes import WORD, split
from inkstand_sdk.manuscript import Scene

_PIECES = st.sampled_from(
    [
        "# A heading\n",
        "## Another one ##\n",
        "### Third\r\n",
        "#hashtag is prose\n",
        "Chapter One\n",
        "CHAPTER XII. The Long Way\n\n",
        "Book the first\n",
        "* * *\n",
        "***\r\n",
        "---\n",
        "#\n",
        "⁂\r",
        "\n",
        "\r\n",
        "\r",
        "\n\n",
        "He said “no” and left.\n",
        "It's 12 o'clock—well\n",
        "😀 émigré naïve 北京\n",
        "\0",
        " \t",
        "\x85\u2028\x1c",
        "I.\n",
        "1.\n",
        "x" * 250 + "\n",
    ]
)
TEXTS = st.lists(st.one_of(_PIECES, st.text(max_size=30)), max_size=30).map("".join)


def scenes_of(text: str, *, markdown: bool = True) -> list[Scene]:
    return split(text, 0, file="a.md", fields={}, first=0, markdown=markdown)


@given(TEXTS, st.booleans())
def test_a_scene_is_the_text_at_its_offset(text: str, markdown: bool) -> None:
    end = 0
    for place, scene in enumerate(scenes_of(text, markdown=markdown)):
        assert scene.index == place
        assert scene.text == text[scene.offset : scene.offset + len(scene.text)]
        assert scene.offset >= end
        assert scene.words == len(WORD.findall(scene.text)) > 0
        end = scene.offset + len(scene.text)


@given(TEXTS, st.booleans())
def test_the_line_of_a_scene_is_the_one_an_editor_shows(text: str, markdown: bool) -> None:
    for scene in scenes_of(text, markdown=markdown):
        before = text[: scene.offset]
        assert scene.line == 1 + len(re.findall(r"\r\n|\r|\n", before))


@given(TEXTS, st.booleans())
def test_no_word_is_lost_but_those_of_headings(text: str, markdown: bool) -> None:
    scenes = scenes_of(text, markdown=markdown)
    rest, at = [], 0
    for scene in scenes:
        rest.append(text[at : scene.offset])
        at = scene.offset + len(scene.text)
    rest.append(text[at:])
    for gap in rest:
        for line in re.split(r"\r\n|\r|\n", gap):
            if WORD.search(line):
                assert len(line) <= 200
                assert _is_heading(line.strip(), markdown=markdown), repr(line)


def _is_heading(line: str, *, markdown: bool) -> bool:
    if markdown and re.match(r"#{1,6}[ \t]+\S", line):
        return True
    words = r"(?i)[_*\[\] ]*(chapter|chap\.|letter|canto|stave|part|book|volume|[ivxlc]+\b|\d+\.|"
    words += r"(pro|epi)logue|prelude|interlude|foreword|preface|introduction|afterword)"
    return bool(re.match(words, line))


def test_prose_without_any_mark_is_one_scene() -> None:
    [scene] = scenes_of("\r\n\r\n  One line.\r\nAnother.\r\n")
    assert (scene.text, scene.offset, scene.line) == ("One line.\r\nAnother.", 6, 3)


def test_breaks_divide_scenes_and_keep_the_chapter() -> None:
    text = "# One\n\nAda came.\n\n* * *\n\nBo left.\n\n# Two\n\nRain.\n"
    assert [(scene.chapter, scene.text) for scene in scenes_of(text)] == [
        ("One", "Ada came."),
        ("One", "Bo left."),
        ("Two", "Rain."),
    ]


def test_three_heading_levels_are_part_chapter_and_title() -> None:
    text = "# Book\n## First\n### Dawn\nAda.\n### Dusk\nBo.\n## Second\nCy.\n"
    assert [(s.part, s.chapter, s.title) for s in scenes_of(text)] == [
        ("Book", "First", "Dawn"),
        ("Book", "First", "Dusk"),
        ("Book", "Second", ""),
    ]


def test_chapter_lines_of_plain_text_open_chapters() -> None:
    text = "CHAPTER I\n\nAda came.\n\nCHAPTER II. In which it rains\n\nBo left.\n"
    found = scenes_of(text, markdown=False)
    assert [scene.chapter for scene in found] == ["CHAPTER I", "CHAPTER II. In which it rains"]


def test_a_sentence_that_begins_like_a_heading_is_prose() -> None:
    text = "He turned the page.\nChapter one was dull, he thought, and so was chapter two of it.\n"
    [scene] = scenes_of(text)
    assert scene.text == text.strip()


def test_a_line_of_ten_megabytes_is_one_scene() -> None:
    text = "word " * 2_000_000
    [scene] = scenes_of(text)
    assert scene.words == 2_000_000


def test_thousands_of_scenes_have_true_lines() -> None:
    """Counting lines from the start of the file for each scene would take minutes here."""
    text = "Ada came home.\r\n\r\n***\r\n\r\n" * 40_000
    found = scenes_of(text)
    assert len(found) == 40_000
    assert found[-1].line == 1 + 4 * 39_999
    assert found[-1].text == "Ada came home."
