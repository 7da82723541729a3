"""Headings that are no more than a number or a few capitals."""

from __future__ import annotations

from inkstand.workspace.headings import plain_mark
from inkstand.workspace.scenes import split

PROSE = "The tide came in over the flats and went out again. " * 40


def chapters(text: str) -> list[str]:
    found = split(text, 0, file="a.txt", fields={}, first=0, markdown=False)
    return [scene.chapter for scene in found]


def test_numbers_that_rise_from_one_are_chapters() -> None:
    text = "".join(f"{number}\n\n{PROSE}\n\n" for number in range(1, 5))
    assert chapters(text) == ["1", "2", "3", "4"]


def test_a_number_with_a_title_is_a_chapter() -> None:
    text = "".join(f"0{number} The Tide\n\n{PROSE}\n\n" for number in range(1, 4))
    assert chapters(text) == ["01 The Tide", "02 The Tide", "03 The Tide"]


def test_lines_in_capitals_set_off_by_two_blank_lines_are_chapters() -> None:
    text = "\n\n\n".join(f"{name}\n\n{PROSE}" for name in ("THE QUAY", "SALT", "THE WAY HOME"))
    assert chapters(text) == ["THE QUAY", "SALT", "THE WAY HOME"]


def test_a_list_of_numbers_is_no_row_of_chapters() -> None:
    text = f"{PROSE}\n\n1\n\nbread\n\n2\n\nsalt\n\n3\n\nrope\n\n"
    assert chapters(text) == [""]


def test_a_shout_is_no_chapter() -> None:
    text = "\n\n\n".join(f"STOP THAT LORRY!\n\n{PROSE}" for _ in range(4))
    assert chapters(text) == [""]


def test_words_that_name_a_chapter_are_enough() -> None:
    assert plain_mark("CHAPTER XII. The Ferry") == "chapter"
    assert plain_mark("Part Two") == "part"
    assert plain_mark("He was part of it.") is None
