"""Cards and lorebooks as pages of a bible, and the way back."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from inkstand.formats.cards import png
from inkstand.formats.cards.card import read_card
from inkstand.formats.cards.lorebook import read_lorebook, write_lorebook
from inkstand_sdk.errors import InputError, UsageError

from .cards import BOOK, V1, V2, V3, WORLD, picture
from .conftest import Book


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder outside of the book."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def placed(folder: Path, name: str, content: Any) -> Path:
    """A file of a card or a lorebook."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def test_a_card_becomes_a_page_and_the_card_is_kept_beside_it(book: Book, out: Path) -> None:
    source = placed(out, "lady.png", picture(chara=V2, ccv3=V3))
    made = book.bible.import_card(source)
    assert (made.name, made.file) == ("Ada Lovelace", "bible/characters/ada-lovelace.md")
    page = (book.root / made.file).read_text(encoding="utf-8")
    assert page == "---\nname: Ada Lovelace\naliases: Ada\nmanner: dry\n---\nAda counts.\n"
    assert (book.root / made.card).read_bytes() == source.read_bytes()
    assert any("first_mes" in note for note in made.notes)
    assert any("lorebook of 2" in note for note in made.notes)
    assert book.bible.check().findings == ()
    assert [each.name for each in book.desk().history.files()] == [made.file, made.card]


@pytest.mark.parametrize("content", [V1, V2, V3])
@pytest.mark.parametrize("kind", ["png", "json", "charx"])
def test_a_page_that_nobody_touched_gives_the_card_back(
    book: Book, out: Path, content: dict[str, Any], kind: str
) -> None:
    made = book.bible.import_card(placed(out, "x.json", content))
    book.bible.export_card(made.name, out / f"y.{kind}")
    again = read_card((out / f"y.{kind}").read_bytes(), "y")
    before = read_card((out / "x.json").read_bytes(), "x")
    for key, value in before.data.items():
        if key not in ("assets", "character_book"):
            assert json.dumps(again.data[key]) == json.dumps(value), key


@pytest.mark.parametrize(
    "text",
    ["a\0b", "a\rb", "a\r\n\r\nb", "---\nb: c\n---", "\u2028a\x85b\x0cc", "[[b]] # c", "\ufeffa"],
)
def test_odd_characters_of_a_card_are_in_a_sound_page_and_come_back(
    book: Book, out: Path, text: str
) -> None:
    entry = {"keys": ["k"], "content": text, "extensions": {}, "enabled": True}
    told = dict.fromkeys(("name", "description", "personality"), f"Ada {text}")
    content = {**V2, "data": {**V2["data"], **told, "character_book": {"entries": [entry]}}}
    source = placed(out, "ada.json", content)
    made = book.bible.import_card(source)
    book.bible.import_lorebook(source, "odd")
    assert not book.bible.check().faults
    book.bible.export_card(made.file, out / "again.json")
    assert json.loads((out / "again.json").read_bytes()) == content
    book.bible.export_lorebook(out / "lore.json")
    again = json.loads((out / "lore.json").read_bytes())["data"]
    assert again["entries"][0]["content"] == text


def test_what_the_page_says_now_goes_over_the_card(book: Book, out: Path) -> None:
    made = book.bible.import_card(placed(out, "x.json", {**V2, "personality": "dry"}))
    path = book.root / made.file
    path.write_text(path.read_text().replace("Ada counts.", "She flies.").replace("dry", "wry"))
    desk = book.desk()
    desk.bible.set(desk.bible.page("Ada"), ("name",), "Ada B.")
    desk.close()
    book.bible.export_card("Ada B.", out / "y.json")
    again = json.loads((out / "y.json").read_bytes())
    expected = {**V2["data"], "name": "Ada B.", "personality": "wry", "description": "She flies."}
    assert json.dumps(again["data"]) == json.dumps(expected)
    # The copies for readers of V1 agree.
    assert (again["name"], again["personality"]) == ("Ada B.", "wry")


def test_a_page_of_ones_own_becomes_a_sound_card_in_the_picture_that_was_given(
    book: Book, out: Path
) -> None:
    book.write(
        "bible/characters/ada.md",
        "---\nname: Ada\nrole: lead\nsecrets: [a, {value: b, from: x}]\nvoice: {tics: [hm]}\n"
        "---\nShe counts.\n",
    )
    image = placed(out, "image.png", png.plain_image(3, 3))
    book.bible.export_card("Ada", out / "ada.png", image=image)
    data = (out / "ada.png").read_bytes()
    assert png.chunks(data, "x")[0] == png.chunks(image.read_bytes(), "x")[0]
    card = read_card(data, "x")
    assert card.spec == "v3"
    assert card.text("description") == ("She counts.\n\nRole: lead\nSecrets: a; b\nVoice: tics: hm")
    assert card.data["extensions"] == {}
    with pytest.raises(InputError, match="no PNG picture"):
        book.bible.export_card("Ada", out / "b.png", image=placed(out, "j.png", b"JPEG"))


def test_nothing_is_replaced_unasked(book: Book, out: Path) -> None:
    source = placed(out, "x.json", V2)
    book.bible.import_card(source)
    with pytest.raises(UsageError, match="already"):
        book.bible.import_card(source)
    with pytest.raises(UsageError, match="already"):
        book.bible.export_card("Ada", source)
    assert json.loads(source.read_bytes()) == V2
    book.bible.export_card("Ada", source, force=True)
    with pytest.raises(UsageError, match="does not end as a card"):
        book.bible.export_card("Ada", out / "ada.jpg")


def test_a_card_that_cannot_be_read_leaves_nothing_behind(book: Book, out: Path) -> None:
    for name, content in (("a.png", b"\x89PNG\r\n\x1a\n"), ("b.json", {**V1, "name": " "})):
        with pytest.raises(InputError):
            book.bible.import_card(placed(out, name, content))
    assert not (book.root / "bible").exists()


@pytest.mark.parametrize(
    "content", [WORLD, {"spec": "lorebook_v3", "data": BOOK}, V3, BOOK, {**WORLD, "entries": []}]
)
def test_a_lorebook_becomes_pages_and_comes_back_as_it_was(
    book: Book, out: Path, content: dict[str, Any]
) -> None:
    source = placed(out, "port.json", content)
    made = book.bible.import_lorebook(source)
    before = read_lorebook(source.read_bytes(), "x")
    assert made.pages == len(before.entries())
    if not made.pages:
        return
    assert book.bible.check().findings == ()
    book.bible.export_lorebook(out / "again.json")
    again = json.loads((out / "again.json").read_bytes())
    assert json.dumps(again) == json.dumps(before.content)
    with pytest.raises(UsageError, match="already"):
        book.bible.import_lorebook(source)


def test_changed_new_and_deleted_pages_are_in_the_exported_lorebook(book: Book, out: Path) -> None:
    made = book.bible.import_lorebook(placed(out, "port.json", WORLD))
    folder = book.root / made.folder
    assert sorted(each.name for each in folder.iterdir()) == [
        "book.lorebook.json", "entry-9.md", "ships.md",
    ]  # fmt: skip
    assert (folder / "ships.md").read_text() == (
        "---\nname: Ships\nkeys: [ship, boat]\nsecondary_keys: [sail]\n"
        'entry: "4"\n---\nShips sail.\n'
    )
    (folder / "entry-9.md").unlink()
    (folder / "ships.md").write_text((folder / "ships.md").read_text().replace("boat", "barge"))
    (folder / "docks.md").write_text("---\nname: Docks\nkeys: dock\n---\nThey rot.\n")
    book.bible.export_lorebook(out / "again.json")
    again = json.loads((out / "again.json").read_bytes())
    assert again["custom"] == WORLD["custom"]
    assert again["entries"]["4"] == {**WORLD["entries"]["4"], "key": ["ship", "barge"]}
    (new,) = [entry for key, entry in again["entries"].items() if key != "4"]
    assert (new["key"], new["comment"], new["content"]) == (["dock"], "Docks", "They rot.")
    assert new["selectiveLogic"] == 0
    assert "9" not in again["entries"]


def test_lore_without_a_book_becomes_world_info_and_several_books_are_told_apart(
    book: Book, out: Path
) -> None:
    desk = book.desk()
    with pytest.raises(UsageError, match="none"):
        desk.bible.export_lorebook(out / "x.json")
    desk.bible.new("lore", "The Tide")
    desk.bible.export_lorebook(out / "x.json")
    (tide,) = read_lorebook((out / "x.json").read_bytes(), "x").entries()
    assert tide.title == "The Tide"
    desk.bible.import_lorebook(placed(out, "port.json", WORLD), "My Port")
    with pytest.raises(UsageError, match="lore, my-port"):
        desk.bible.export_lorebook(out / "y.json")
    assert desk.bible.export_lorebook(out / "y.json", name="My Port").entries == 2
    desk.close()


def test_world_info_and_v3_are_turned_into_each_other() -> None:
    world = read_lorebook(json.dumps(WORLD).encode(), "x")
    v3 = json.loads(write_lorebook(world, "lorebook_v3"))
    entry = v3["data"]["entries"][0]
    assert v3["spec"] == "lorebook_v3"
    assert v3["data"]["extensions"] == {"custom": {"kept": [1.5]}}
    assert (entry["keys"], entry["secondary_keys"]) == (["ship", "boat"], ["sail"])
    assert (entry["insertion_order"], entry["enabled"], entry["use_regex"]) == (100, True, False)
    assert entry["extensions"]["exclude_recursion"] is True
    assert entry["extensions"]["futureField"] == {"n": None}
    assert entry["extensions"]["characterFilter"]["names"] == ["X"]
    back = json.loads(write_lorebook(read_lorebook(json.dumps(v3).encode(), "x"), "world_info"))
    old = WORLD["entries"]["4"]
    new = back["entries"]["4"]
    assert {key: new[key] for key in old if key in new} == {
        key: old[key] for key in old if key in new
    }
    assert back["originalData"] == v3["data"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ([], "no object"),
        ({"a": 1}, "no `entries`"),
        ({"entries": [1]}, "no object"),
        ({"entries": {"0": {"content": 3}}}, "no text"),
        ({"entries": {}, "lorebookVersion": 5}, "NovelAI"),
        ({"entries": [], "kind": "memory"}, "Agnai"),
        (V1, "no `entries`"),
        ({"spec": "chara_card_v2", "data": {"name": "x"}}, "without a lorebook"),
        ({"spec": "lorebook_v3"}, "no `entries`"),
    ],
)
def test_what_is_no_lorebook_is_refused_with_a_reason(content: Any, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read_lorebook(json.dumps(content).encode(), "x")


def test_a_lorebook_is_imported_whole_or_not_at_all(book: Book, out: Path) -> None:
    source = placed(out, "port.json", WORLD)
    lore = book.root / "bible" / "lore"
    lore.mkdir(parents=True)
    if os.geteuid() == 0:
        # Root may write anywhere: a file in the folder's place does for it.
        lore.rmdir()
        lore.write_text("in the way")
    else:
        lore.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(InputError, match="cannot be written"):
        book.bible.import_lorebook(source)
    if lore.is_dir():
        lore.chmod(0o755)
        assert list(lore.iterdir()) == []
    assert book.desk().history.files() == []


_KILLED = """
import os, signal, sys
from pathlib import Path
from inkstand.config import Config
from inkstand.desk import Desk
from inkstand.workspace.project import Workspace

left = int(sys.argv[3])

def traced(frame, event, _):
    global left
    if "inkstand" in frame.f_code.co_filename:
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
    return traced

desk = Desk(Workspace.at(Path(sys.argv[1]), Path(sys.argv[1])), Config, print)
desk.bible.entries(), desk.saver
sys.settrace(traced)
desk.bible.import_lorebook(Path(sys.argv[2]))
sys.settrace(None)
print(int(sys.argv[3]) - left)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_whenever_an_import_is_killed_the_lorebook_is_whole_or_not_there(
    book: Book, out: Path
) -> None:
    source = placed(out, "port.json", WORLD)
    lore = book.root / "bible" / "lore"
    steps = 10**9  # the first run makes the history, and takes longer
    for share in (1.0, 1.0, 0.02, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95):
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                _KILLED,
                book.root,
                source,
                str(10**9 if share == 1.0 else int(steps * share)),
            ],
            stdout=subprocess.PIPE,
            check=False,
        )
        there = sorted(each.name for each in (lore / "port").glob("*"))
        if share == 1.0:
            steps = int(done.stdout)
            assert there
        else:
            assert done.returncode == -signal.SIGKILL
        if there:
            assert there == ["book.lorebook.json", "entry-9.md", "ships.md"]
            assert len(book.bible.entries()) == 2
            shutil.rmtree(lore / "port")
        assert book.bible.check().faults == 0
