"""Sentences and paragraphs."""

from __future__ import annotations

from inkstand_prose.paragraphs import paragraphs
from inkstand_prose.sentences import sentences


def split(text: str) -> list[str]:
    return [text[a:b] for a, b in sentences(text, 0, len(text))]


def test_abbreviations_and_initials_end_no_sentence() -> None:
    text = "Mr. J. P. Orme lived in St. Olave's Rd. with Dr. Finch. They had a cat, e.g. a tabby."
    assert split(text) == [
        "Mr. J. P. Orme lived in St. Olave's Rd. with Dr. Finch.",
        "They had a cat, e.g. a tabby.",
    ]


def test_closing_marks_go_with_their_sentence() -> None:
    assert split('"Stop!" She stopped. (He did not.) "Why?" he asked.') == [
        '"Stop!"',
        "She stopped.",
        "(He did not.)",
        '"Why?" he asked.',
    ]


def test_an_ellipsis_before_a_small_letter_goes_on() -> None:
    assert split("She waited… and waited. Then... nothing. Well… So be it.") == [
        "She waited… and waited.",
        "Then... nothing.",
        "Well…",
        "So be it.",
    ]


def test_wrapped_lines_are_one_paragraph() -> None:
    line = "the water lay flat and grey under the long wall of the harbor at"
    text = f"{line}\n{line}\n{line}\n\n{line}\n{line}\n"
    assert len(paragraphs(text)) == 2


def test_unwrapped_lines_are_paragraphs_of_their_own() -> None:
    long = "The water lay flat. " * 12
    assert len(paragraphs(f"{long}\n{long}\nShort.\n\n{long}")) == 4


def test_carriage_returns_do_not_matter() -> None:
    text = "One line here.\r\n\r\nAnother line.\r\n"
    assert [text[a:b] for a, b in paragraphs(text)] == ["One line here.", "Another line."]
