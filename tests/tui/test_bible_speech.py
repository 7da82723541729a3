"""Who speaks to whom: counted and drawn."""

from __future__ import annotations

import itertools

from inkstand.tui.bible.drawing import Canvas, around, graph, matrix
from inkstand.tui.bible.speech import Tie, between, people_of, short_names, ties
from inkstand_sdk.reader import Person, Quotation, Reading
from inkstand_sdk.span import Span


def said(speaker: str | None, *to: str, scene: int = 0, sure: float = 0.9) -> Quotation:
    return Quotation(
        span=Span(scene, 0, 1), text="Yes.", speaker=speaker, confidence=sure, addressees=to
    )


def reading(*quotations: Quotation) -> Reading:
    return Reading(language="en", reader="test", version="1", quotations=quotations)


BOOK = reading(
    said("Ada", "Bo"),
    said("Bo", "Ada"),
    said("Ada", "Bo", scene=1),
    said("Cy", "Ada", "Bo", scene=1),
)


def test_lines_are_counted_both_ways_the_heaviest_pair_first() -> None:
    assert ties(BOOK) == [Tie("Ada", "Bo", 2, 1), Tie("Cy", "Ada", 1, 0), Tie("Cy", "Bo", 1, 0)]
    assert people_of(ties(BOOK), 2) == ["Ada", "Bo"]


def test_one_scene_alone_is_counted() -> None:
    assert ties(BOOK, 0) == [Tie("Ada", "Bo", 1, 1)]
    assert ties(BOOK, 2) == []


def test_guesses_monologues_and_lines_of_nobody_are_left_out() -> None:
    guessed = reading(
        said("Ada", "Bo", sure=0.3), said(None, "Bo"), said("Ada", "Ada"), said("Ada")
    )
    assert ties(guessed) == []


def test_the_lines_between_two_are_those_to_each_other() -> None:
    tie = ties(BOOK)[0]
    assert [(q.speaker, q.span.scene) for q in between(BOOK, tie)] == [
        ("Ada", 0),
        ("Bo", 0),
        ("Ada", 1),
    ]
    assert len(between(BOOK, tie, 1)) == 1


def test_first_names_are_enough_where_nobody_shares_them() -> None:
    cast = tuple(Person(name=n) for n in ("Ada Lovelace", "Ada Byron", "Bo Peep", "Mr. Fox"))
    names = [person.name for person in cast]
    assert short_names(names, cast) == {
        "Ada Lovelace": "Ada Lovelace",
        "Ada Byron": "Ada Byron",
        "Bo Peep": "Bo",
        "Mr. Fox": "Mr. Fox",
    }


def test_people_and_numbers_stand_in_the_drawing_and_no_row_is_too_wide() -> None:
    found = ties(BOOK)
    names = people_of(found, 9)
    labels = {name: name for name in names}
    rows = graph(around(names, labels, 50, 12), found, 50, 12, found[0])
    text = "\n".join(row.plain for row in rows)
    assert len(rows) == 12
    assert all(row.cell_length == 50 for row in rows)
    for words in ("Ada", "Bo", "Cy", "3"):
        assert words in text


def test_names_of_any_script_and_length_fit_into_a_small_sheet() -> None:
    names = ["ジョン・スミス", "Wolfeschlegelsteinhausenbergerdorff", "Zoë"]
    found = [Tie(names[0], names[1], 5, 2), Tie(names[2], names[0], 1, 0)]
    for width, height in ((20, 4), (36, 8), (120, 40)):
        labels = {name: name for name in names}
        rows = graph(around(names, labels, width, height), found, width, height)
        assert [row.cell_length for row in rows] == [width] * height


def test_one_who_speaks_alone_to_one_is_drawn_without_a_fault() -> None:
    found = [Tie("Ada", "Bo", 1, 0)]
    rows = graph(around(["Ada", "Bo"], {"Ada": "Ada", "Bo": "Bo"}, 40, 10), found, 40, 10)
    assert "1" in "\n".join(row.plain for row in rows)


def test_a_square_tells_how_much_each_says_to_each_and_who_is_left_out() -> None:
    names = [f"P{number}" for number in range(20)]
    found = [Tie(one, other, 7, 3) for one, other in itertools.pairwise(names)]
    rows = [row.plain for row in matrix(names, {n: n for n in names}, found, 40)]
    assert rows[1].split() == ["1", "P0", "·", "7"]
    assert rows[2].split()[:4] == ["2", "P1", "3", "·"]
    assert "more who say less" in rows[-1]


def test_what_leaves_the_sheet_is_lost() -> None:
    canvas = Canvas(4, 2)
    canvas.line((-10, -10), (20, 20), 3, "")
    canvas.write(2, 0, "words", "")
    canvas.write(0, 9, "nowhere", "")
    assert [row.cell_length for row in canvas.rows()] == [4, 4]
