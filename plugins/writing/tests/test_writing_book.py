from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from inkstand_sdk.errors import InputError, UsageError
from inkstand_sdk.testing.tools import run_tool
from inkstand_writing import inkstand_tools
from inkstand_writing.book import PASSAGE_WORDS, Book
from inkstand_writing.names import find_person
from inkstand_writing.text import ended

# The tools that work without a model; `continue` has nothing to do without one.
ANALYSTS = [tool for tool in inkstand_tools() if "analysis" in tool.capabilities.engines]


def book_of(story: Any) -> Book:
    return Book(story.manuscript, story.reading)


def test_a_sentence_knows_who_is_named_in_it_and_how_much_of_it_is_spoken(story: Any) -> None:
    book = book_of(story)
    first, *_ = book.sentences
    assert first.people == ("Ada Flint",)
    assert first.spoken == 0
    asks = next(s for s in book.sentences if s.words[:2] == ("who", "had"))
    assert 0.5 < asks.spoken < 1
    assert asks.people == ("Ada Flint",)


def test_scenes_under_one_heading_are_one_chapter(tell: Callable[..., Any]) -> None:
    story = tell(("It rained.", "It snowed.", "It thawed."), {}, (), titles=("One", "One", "Two"))
    assert [chapter.title for chapter in book_of(story).chapters] == ["One", "Two"]


def test_a_long_text_without_chapters_is_cut_where_paragraphs_begin(long_story: Any) -> None:
    book = book_of(long_story)
    assert len(book.chapters) == round(book.words / PASSAGE_WORDS)
    assert sum(part.words for part in book.chapters) == book.words
    for before, part in zip(book.chapters, book.chapters[1:], strict=False):
        assert before.last == part.first
        first = book.sentences[part.first]
        assert first.paragraph != book.sentences[part.first - 1].paragraph
        assert abs(part.words - PASSAGE_WORDS) < PASSAGE_WORDS / 4


def test_evidence_is_the_manuscript_word_for_word(story: Any) -> None:
    book = book_of(story)
    for sentence in book.sentences:
        evidence = book.evidence(sentence)
        text = story.manuscript.scenes[evidence.scene].text
        assert text[evidence.start : evidence.end] == evidence.quote
        assert evidence.label in {"Arrival", "Fire", "Peace"}


def test_a_text_whose_reader_found_no_sentences_is_split_all_the_same(
    tell: Callable[..., Any],
) -> None:
    story = tell(("Der Regen fiel. Niemand kam! Die Uhr stand still.",), {}, (), language="de")
    unread = type(story.reading)(language="de", reader="none", version="0")
    book = Book(story.manuscript, unread)
    assert [book.text(sentence) for sentence in book.sentences] == [
        "Der Regen fiel.",
        "Niemand kam!",
        "Die Uhr stand still.",
    ]
    assert any("English" in note for note in book.notes)


@pytest.mark.parametrize("tool", ANALYSTS, ids=lambda tool: tool.name)
def test_every_tool_says_that_there_is_no_text(tool: Any, empty_story: Any) -> None:
    with pytest.raises(InputError) as caught:
        run_tool(tool, **empty_story.given())
    assert caught.value.what
    assert caught.value.cause
    assert caught.value.fix


@pytest.mark.parametrize("tool", ANALYSTS, ids=lambda tool: tool.name)
def test_every_tool_bears_a_text_without_people_and_speech(tool: Any, nobody: Any) -> None:
    run = run_tool(tool, **nobody.given())
    assert isinstance(run.output, tool.Output)


@pytest.mark.parametrize("tool", ANALYSTS, ids=lambda tool: tool.name)
def test_every_tool_gives_the_same_twice(tool: Any, story: Any) -> None:
    assert run_tool(tool, **story.given()).output == run_tool(tool, **story.given()).output


def test_a_person_is_found_by_alias_whatever_the_case(story: Any) -> None:
    assert find_person(story.reading, "ada").name == "Ada Flint"
    assert find_person(story.reading, "FLINT").name == "Ada Flint"
    assert find_person(story.reading, "Tom").name == "Tom Bell"


@pytest.mark.parametrize("name", ["Adda", "", "  ", "Zebedee"])
def test_an_unknown_name_is_answered_with_the_nearest(name: str, story: Any) -> None:
    with pytest.raises(UsageError, match="Ada Flint"):
        find_person(story.reading, name)


def test_an_unknown_name_in_a_text_without_people_says_so(nobody: Any) -> None:
    with pytest.raises(UsageError, match="No people"):
        find_person(nobody.reading, "Ada")


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("It rained. It sto", "It rained."),
        ("It rained.", "It rained."),
        ("It rained and then it", "It rained and then it…"),
        ("“It rained.”", "“It rained.”"),
        ("", ""),
    ],
)
def test_a_sentence_that_breaks_off_is_left_out_or_marked(text: str, whole: str) -> None:
    assert ended(text) == whole
