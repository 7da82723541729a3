"""`inkstand bible`: pages, cards and lorebooks as a writer types them."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

Program = Any
ADA = (
    "---\nname: Ada\nrole: lead  # of the book\nstatus: {value: alive, until: Two}\n---\n"
    "She counts.\n"
)
CARD = {
    "spec": "chara_card_v2",
    "spec_version": "2.0",
    "data": {
        "name": "Zoë",
        "description": "{{char}} sails.",
        "first_mes": "Hi.",
        "extensions": {"x": [1.0, None]},
        "character_book": {
            "extensions": {},
            "entries": [{"keys": ["sea"], "content": "Salt.", "enabled": True}],
        },
    },
}


@pytest.fixture
def book(inkstand: Program) -> Program:
    """Inkstand in the folder of a book."""
    inkstand.file("inkstand.toml", 'title = "Lamps"\n')
    inkstand.file("manuscript/1.md", "---\ntitle: One\n---\nAda met Zoë in the mill.\n")
    inkstand.file("manuscript/2.md", "---\ntitle: Two\n---\nAda left.\n")
    inkstand.file("bible/characters/ada.md", ADA)
    return inkstand


def test_pages_are_listed_and_shown_as_of_a_scene(book: Program) -> None:
    (entry,) = book("bible", "list", "characters", "--json").json()
    assert (entry["name"], entry["file"]) == ("Ada", "bible/characters/ada.md")
    assert "Ada" in book("bible", "list").out
    assert book("bible", "list", "places").out.startswith("There is no page yet.")
    shown = book("bible", "show", "ada").out
    assert "alive (until Two)" in shown
    assert "She counts." in shown
    assert "status" not in book("bible", "show", "Ada", "--at", "Two", "--json").json()["fields"]
    book("bible", "show", "Bea").refused("no page 'Bea'", "inkstand bible list")
    book("bible", "show", "Ada", "--at", "Tow").refused("no scene 'Tow'", "Two")
    book("bible", "list", "beasts").refused("no kind of page", "character")


def test_a_page_is_made_changed_and_never_overwritten(book: Program) -> None:
    made = book("bible", "new", "place", "The Mill", "--json").json()
    assert made["file"] == "bible/places/the-mill.md"
    assert book("bible", "set", "The Mill", "smells", "[flour, rain]").status == 0
    page = (book.folder / made["file"]).read_text()
    assert "smells: [flour, rain]  # What one smells." in page
    book("bible", "new", "place", "the mill").refused("already", "nothing was written")
    assert (book.folder / made["file"]).read_text() == page
    book("bible", "new", "beast", "X").refused("no kind of page")
    book("bible", "set", "Ada", "name.x", "1").refused("no fields of its own")
    book("bible", "set", "Ada", "role", "foil")
    changed = (book.folder / "bible/characters/ada.md").read_text()
    assert changed == ADA.replace("lead", "foil")
    assert book("bible", "set", "Ada", "secrets", "- none").status == 0
    done = book("bible", "set", "Ada", "apearance", "tall")
    assert (
        "Note: 'apearance' is no field that Inkstand knows. Did you mean 'appearance'?" in done.err
    )
    assert book("history", "bible/characters/ada.md").out.count("set role") == 2


def test_a_check_says_file_line_and_fix_and_fails_on_faults_alone(book: Program) -> None:
    done = book("bible", "check")
    assert done.status == 0, done
    assert done.out.endswith("1 page: 0 faults, 0 hints.\n")
    book.file("bible/characters/bea.md", "---\naliases: ada\nknows: {value: x, from: Tow}\n---\n")
    done = book("bible", "check")
    assert done.status == 1
    assert done.err == ""
    assert "bible/characters/bea.md:2: fault: 'ada' is also a name of Ada" in done.out
    assert "bible/characters/bea.md:3: fault: knows.from names the scene 'Tow'" in done.out
    assert "Write 'Two'." in done.out
    book.file("bible/things/lamp.md", "---\nfancies: [light]\n---\n")
    found = book("bible", "check", "--json")
    assert found.status == 1
    assert [each["severity"] for each in json.loads(found.out)["findings"]] == [
        "fault", "fault", "hint", "hint",
    ]  # fmt: skip


def test_a_series_is_read_and_only_written_when_told_to(book: Program, tmp_path: Path) -> None:
    series = tmp_path / "series" / "characters"
    series.mkdir(parents=True)
    (series / "bea.md").write_text("---\nname: Bea\n---\n")
    book.file("inkstand.toml", '[bible]\nshared = ["../series"]\n')
    assert book("bible", "show", "Bea", "--json").json()["file"] == "../series/characters/bea.md"
    book("bible", "set", "Bea", "age", "9").refused("page of the series", "--shared")
    assert book("bible", "set", "Bea", "age", "9", "--shared").status == 0
    assert (series / "bea.md").read_text() == "---\nname: Bea\nage: 9\n---\n"


def test_cards_and_lorebooks_come_and_go(book: Program) -> None:
    book.file("zoe.json", json.dumps(CARD))
    made = book("bible", "import-card", "zoe.json")
    assert made.out == "Zoë has a page now: bible/characters/zoë.md\n"
    assert "import-lorebook" in made.err
    assert "Zoë sails." in book("bible", "show", "zoë").out
    for name in ("out.png", "out.charx", "out.json"):
        assert book("bible", "export-card", "Zoë", name).status == 0
    again = json.loads((book.folder / "out.json").read_bytes())
    assert json.dumps(again) == json.dumps(CARD)
    picture = (book.folder / "out.png").read_bytes()
    start = picture.index(b"ccv3\0") + 5
    newer = json.loads(base64.b64decode(picture[start : picture.index(b"IEND") - 8]))
    assert newer["spec"] == "chara_card_v3"
    book("bible", "export-card", "Zoë", "out.png").refused("already", "--force")
    assert book("bible", "export-card", "Zoë", "out.png", "--force").status == 0
    assert book("bible", "import-lorebook", "zoe.json", "--json").json()["pages"] == 1
    assert book("bible", "export-lorebook", "lore.json", "--form", "world_info").status == 0
    assert json.loads((book.folder / "lore.json").read_bytes())["entries"]["0"]["key"] == ["sea"]


def test_files_that_are_no_cards_are_refused_and_leave_nothing(book: Program) -> None:
    book.file("broken.png", b"\x89PNG\r\n\x1a\n\0\0")
    book("bible", "import-card", "broken.png").refused("cut off", "original file")
    book("bible", "import-card", "nowhere.png").refused("no file nowhere.png")
    book("bible", "import-lorebook", "inkstand.toml").refused("inkstand.toml is not read")
    book("bible", "export-card", "Ada", "ada.gif").refused(".png, .json, .charx")
    assert [each.name for each in (book.folder / "bible").rglob("*.*")] == ["ada.md"]
