"""Front matter that is kept: the same as if read anew, and never in the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from inkstand.workspace.bible import front, kept
from inkstand_sdk.tool import BibleEntry

from .conftest import Book

STATE = Path(".inkstand") / kept.FILE


def filled(book: Book) -> tuple[BibleEntry, ...]:
    for number in range(30):
        page = f"---\nname: P{number}\nvoice: {{tics: [a]}}\nborn: 1815-12-10\n---\nText.\n"
        book.write(f"bible/characters/p{number}.md", page)
    book.write("bible/things/x.md", "---\na: [\n---\n")
    return book.bible.entries()


def test_a_large_bible_is_only_read_once(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = filled(book)
    found = book.bible.check().findings
    assert (book.root / STATE).is_file()
    assert (book.root / ".inkstand" / ".gitignore").read_text() == "*\n"
    book.write("bible/characters/p3.md", "---\nname: Anew\n---\n")
    texts: list[str] = []
    really = front.read

    def read(text: str) -> front.Front:
        texts.append(text)
        return really(text)

    monkeypatch.setattr(front, "read", read)
    again = book.bible.entries()
    assert texts == ["---\nname: Anew\n---\n"]
    assert {each.name for each in again} == {each.name for each in entries} - {"P3"} | {"Anew"}
    assert [each for each in again if each.name == "P4"] == [
        each for each in entries if each.name == "P4"
    ]
    left = [each for each in found if each.file != "bible/characters/p3.md"]
    assert list(book.bible.check().findings) == left


@pytest.mark.parametrize("damage", [b"", b"\xff\x00", b"\x92\x63\x80", b"\x92\x01\x81\xa1x\x90"])
def test_damage_to_what_is_kept_costs_time_alone(book: Book, damage: bytes) -> None:
    entries = filled(book)
    (book.root / STATE).write_bytes(damage)
    assert book.bible.entries() == entries


def test_a_small_bible_and_a_folder_that_cannot_be_written_leave_nothing(book: Book) -> None:
    book.write("bible/characters/ada.md", "---\nname: Ada\n---\n")
    assert len(book.bible.entries()) == 1
    assert not (book.root / ".inkstand").exists()
    book.write(".inkstand", "a file in the way")
    assert len(filled(book)) == 32


def test_a_kept_page_can_be_changed(book: Book) -> None:
    filled(book)
    desk = book.desk()
    desk.bible.set(desk.bible.page("P4"), ("voice", "tics"), "b")
    assert desk.bible.find("P4").fields["voice"] == {"tics": "b"}
    desk.close()
