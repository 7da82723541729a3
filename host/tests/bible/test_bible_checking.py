"""What is wrong with a bible: said with file, line, and what to write instead."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkstand.workspace.bible import front
from inkstand.workspace.bible.kinds import described
from inkstand.workspace.bible.shapes import problems
from inkstand.workspace.manuscript import load
from inkstand_sdk.bible import KINDS, page_of
from inkstand_sdk.reader import Person, Reading
from inkstand_sdk.tool import BibleEntry

from .conftest import Book


def findings(book: Book, reading: Reading | None = None) -> list[tuple[str, int, str, str]]:
    """File, line, severity and all words of what was found."""
    checked = book.bible.check(load(book.root), reading)
    return [(e.file, e.line, e.severity, f"{e.what}. {e.fix}") for e in checked.findings]


@pytest.fixture(autouse=True)
def _text(book: Book) -> None:
    book.write("manuscript/01-mill.md", "---\ntitle: The Mill\n---\nAda and Bea went to mills.\n")


@pytest.mark.parametrize(
    ("yaml", "line", "severity", "words"),
    [
        ("age: [", 2, "fault", "cannot be read"),
        ("a: 1\na: 2", 3, "fault", "twice"),
        ("voice: loud", 2, "fault", "vocabulary"),
        ("role: {a: 1}", 2, "fault", 'quotes: "a: 1"'),
        ("role: {from: The Mill, valeu: x}", 2, "fault", "no `value:` among them"),
        ("role:\n- x\n- [y]", 4, "fault", "not a text"),
        ("extends: maybe", 2, "fault", "true or false"),
        ("name: [a]", 2, "fault", "not a text"),
        ("aliases: [a, null]", 2, "fault", "not a text"),
        ("cloud: [never]", 2, "fault", "not a text"),
        ("knows: {value: [{a: b}]}", 2, "fault", "a text or a list"),
        ("secrets:\n  - spy\n  -", 4, "fault", "secrets is not a text"),
        ("relationships: Bea", 2, "fault", "not made of `name: what` lines"),
        ("relationships:\n  Cyd: foe", 3, "fault", "Cyd.*inkstand bible new character"),
        ("knows:\n- {value: x, from: The Mil}", 3, "fault", "'The Mil'.*Write 'The Mill'"),
        ("knows: {value: x, until: 7}", 2, "fault", "'7'"),
        ("knows: {value: x, act: one}", 2, "fault", "number of an act"),
        ("knows: {value: x, since: The Mill}", 2, "hint", "'since'.*'from'"),
        ("apearance: tall", 2, "hint", "Did you mean 'appearance'"),
        ("zodiac: lion", 2, "hint", "kept as it is"),
        ("voice: {tic: x}", 2, "hint", "Did you mean 'tics'"),
    ],
)
def test_a_wrong_field_is_named_with_its_line_and_what_to_write(
    book: Book, yaml: str, line: int, severity: str, words: str
) -> None:
    import re

    book.write("bible/characters/bea.md", "---\nname: Bea\n---\n")
    book.write("bible/characters/ada.md", f"---\n{yaml}\n---\n")
    (found,) = [each for each in findings(book) if "mentioned" not in each[3]]
    assert found[:3] == ("bible/characters/ada.md", line, severity)
    assert re.search(words, found[3], re.DOTALL), found[3]


def test_a_sound_page_has_no_findings(book: Book) -> None:
    book.write("bible/characters/bea.md", "---\naliases: Bee\n---\n")
    book.write(
        "bible/characters/ada.md",
        "---\nage: 3\nrole: [a, {value: b, from: 1, until: The Mill}]\nextends: false\n"
        "relationships: {Bee: friend, bea: [{value: x, act: 1}]}\ntitle: Ada\nlie:\n---\n",
    )
    assert findings(book) == []


def test_threads_and_timeline_name_scenes_that_are_there(book: Book) -> None:
    book.write("bible/threads/who.md", "---\nsetup: [The Mill, The Well]\npayoff: Nowhere\n---\n")
    book.write(
        "bible/timeline.md",
        "---\nevents:\n- {what: x, scene: The Mill}\n- {what: y, scene: No}\n---\n",
    )
    found = findings(book)
    assert [each[:3] for each in found] == [
        ("bible/threads/who.md", 2, "fault"),
        ("bible/threads/who.md", 3, "fault"),
        ("bible/timeline.md", 4, "fault"),
    ]


def test_two_pages_that_claim_one_name_are_a_fault(book: Book) -> None:
    book.write("bible/characters/ada.md", "---\naliases: [The Countess]\n---\n")
    book.write("bible/characters/bea.md", "---\nname: Bea\naliases:\n- x\n- the  COUNTESS\n---\n")
    (found,) = findings(book)
    assert found[:3] == ("bible/characters/bea.md", 3, "fault")
    assert "bible/characters/ada.md" in found[3]


def test_the_text_and_the_pages_are_compared_in_hints(book: Book) -> None:
    book.write("bible/characters/ada.md", "---\nname: Ada Lovelace\n---\n")
    book.write("bible/places/moon.md", "---\nname: The Moon\n---\n")
    book.write("bible/things/oil.md", "---\nname: Ada's oil\n---\n")
    book.write("bible/things/mil.md", "---\nname: mil\n---\n")
    book.write("manuscript/02.md", "It was Ada’s oil.")
    reading = Reading(
        language="en",
        reader="x",
        version="1",
        cast=(
            Person(name="Ada", importance=1.0, mentions=9),
            Person(name="Bea", importance=0.5, mentions=4),
            Person(name="a clerk", importance=0.01, mentions=1),
        ),
        quotations=(),
        scenes=(),
    )
    found = findings(book, reading)
    assert [each[2] for each in found] == ["hint"] * 3
    assert "Bea is in the text" in found[0][3]
    assert "The Moon is not mentioned" in found[1][3]
    # A part of a word is no mention.
    assert "mil is not mentioned" in found[2][3]


def test_a_shared_folder_that_is_not_there_is_a_fault_and_so_is_a_file_that_is_no_text(
    book: Book,
) -> None:
    book.write("inkstand.toml", '[bible]\nshared = ["../series"]')
    book.write("bible/notes.md", "").write_bytes(bytes(range(256)) * 9)
    found = findings(book)
    assert [each[0] for each in found] == ["bible/notes.md", "inkstand.toml"]
    assert all(each[2] == "fault" for each in found)


WORDS = st.sampled_from(
    ["value", "from", "until", "act", "what", "when", "scene", "tics", "people"]
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(0, 1) | st.sampled_from(["a", "1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=500)
@given(st.sampled_from(list(KINDS)), st.data())
def test_a_page_without_a_fault_can_be_typed(kind: str, data: st.DataObject) -> None:
    names = [name for name, _ in described(KINDS[kind])]
    fields = data.draw(st.dictionaries(st.sampled_from(names), ANYTHING, min_size=1, max_size=3))
    found = problems(kind, front.Front(fields, {}, 1, 1, 1), "x")
    if not any(each.severity == "fault" for each in found):
        page_of(BibleEntry(kind=kind, name="x", fields=fields))


def test_an_empty_item_of_a_list_is_named(book: Book) -> None:
    book.write("bible/timeline.md", "---\nevents:\n  - what: The fire\n  -\n---\n")
    assert ("bible/timeline.md", 4, "fault") in [each[:3] for each in findings(book)]
