"""The screen of the bible: pages beside what the text says, speech, timeline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from inkstand.studio import Studio
from inkstand.tui.app import InkstandApp
from inkstand.tui.bible.new_page import AskPage
from inkstand.tui.bible.speech_pane import SpeechPane
from inkstand.tui.forms.form import Form
from inkstand.tui.screens.bible import BibleScreen
from inkstand.tui.screens.write import WriteScreen

CONNIE = "bible/characters/connie-tuddenham.md"


async def open_bible(pilot: Any, ready: Any, settled: Any) -> BibleScreen:
    """Open the screen, and wait until the text is read and the pages stand beside it."""
    await ready(pilot)
    await pilot.press("f3")
    screen = pilot.app.screen
    assert isinstance(screen, BibleScreen)
    await settled(pilot, lambda: screen.text and screen.pages.pages.mentions)
    return screen


async def to_page(pilot: Any, screen: BibleScreen, settled: Any, file: str = CONNIE) -> None:
    screen.action_reach("list")
    screen.pages.choices.point_at(f"page {file}")
    await settled(
        pilot,
        lambda: screen.pages._shown == f"page {file}" and screen.pages.editor.file is not None,
    )
    await settled(pilot, lambda: screen.pages.evidence or screen.pages._wrong)


async def at_words(app: InkstandApp, pilot: Any, settled: Any, file: Path, words: str) -> None:
    """Wait until the screen to write in stands before these words."""
    await settled(pilot, lambda: isinstance(app.screen, WriteScreen))
    write = app.screen
    assert isinstance(write, WriteScreen)
    editor = write.text_pane.editor
    await settled(pilot, lambda: editor.file == file)
    await settled(pilot, lambda: editor.text[editor.cursor :].startswith(words))


async def test_a_page_stands_beside_its_evidence_and_enter_goes_to_the_passage(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_bible(pilot, ready, settled)
        await to_page(pilot, screen, settled)
        assert "Brown eyes" in screen.pages.editor.text
        said = screen.pages.said
        place = next(at for at, line in enumerate(said.plain) if "eyes: grey" in line)
        assert "⚠" in said.plain[place]
        said.focus()
        said.highlighted = place
        await pilot.press("enter")
        file = book / "manuscript" / "01-the-blank-column.md"
        await at_words(app, pilot, settled, file, "Connie Tuddenham’s grey eyes")


async def test_a_page_is_edited_in_place_saved_and_in_the_history(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_bible(pilot, ready, settled)
        await to_page(pilot, screen, settled)
        await pilot.press("enter")
        editor = screen.pages.editor
        await settled(pilot, lambda: editor.has_focus_within)
        editor.goto(editor.text.index("age: 53"))
        # Letters are text here, though some of them are keys of the screen.
        await pilot.press("n", "r", "o", "backspace", "backspace", "backspace", "ctrl+s")
        editor.goto(editor.text.index("53"))
        await pilot.press("1", "ctrl+s")
        await settled(pilot, lambda: "age: 153" in (book / CONNIE).read_text("utf-8"))
        assert studio.desk().history.of(CONNIE)
        assert app.screen is screen


async def test_a_page_with_broken_yaml_is_listed_with_its_fault_and_enter_goes_there(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    (book / CONNIE).write_text("---\nname: Connie\nage: [53\nrole: x\n---\n", "utf-8")
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_bible(pilot, ready, settled)
        assert any(line.startswith("✗ connie-tuddenham") for line in screen.pages.choices.plain)
        await to_page(pilot, screen, settled)
        assert "Wrong in the page" in screen.pages.said.plain
        screen.pages.said.focus()
        await settled(pilot, lambda: screen.pages.said.key == "wrong 0")
        await pilot.press("enter")
        editor = screen.pages.editor
        await settled(pilot, lambda: editor.has_focus_within and editor.cursor > 0)


async def test_a_page_that_is_no_text_costs_one_row(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    (book / "bible" / "things" / "odd.md").write_bytes(b"\x00\xff\x00\x01\xfe" * 50)
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_bible(pilot, ready, settled)
        screen.pages.choices.point_at("page bible/things/odd.md")
        await settled(pilot, lambda: screen.pages.has_class("-none"))
        await to_page(pilot, screen, settled)
        assert not screen.pages.has_class("-none")


async def test_a_page_is_made_of_a_person_whom_the_text_has(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    made = book / "bible" / "characters" / "colin.md"
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_bible(pilot, ready, settled)
        screen.action_reach("list")
        screen.pages.choices.point_at("person Colin")
        await settled(pilot, lambda: screen.pages._shown == "person Colin")
        assert screen.pages.evidence is not None
        await pilot.press("enter")
        await settled(pilot, lambda: isinstance(app.screen, AskPage))
        await settled(pilot, lambda: list(app.screen.query(Form)))
        await pilot.press("enter")
        await settled(pilot, made.exists)
        await settled(pilot, lambda: screen.pages.editor.file == made)
        assert "person Colin" not in [row.key for row in screen.pages.choices._shown]


async def test_a_page_that_exists_is_not_made_again(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    before = (book / CONNIE).read_bytes()
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_bible(pilot, ready, settled)
        screen.action_reach("list")
        await pilot.press("n")
        await settled(pilot, lambda: isinstance(app.screen, AskPage))
        await pilot.press(*"Connie", "space", *"Tuddenham", "enter")
        await settled(pilot, lambda: any("already" in n.message for n in app._notifications))
        assert (book / CONNIE).read_bytes() == before


async def test_a_file_that_was_deleted_meanwhile_is_said(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_bible(pilot, ready, settled)
        await to_page(pilot, screen, settled)
        (book / "manuscript" / "01-the-blank-column.md").unlink()
        said = screen.pages.said
        said.focus()
        said.highlighted = next(at for at, line in enumerate(said.plain) if "eyes: grey" in line)
        await pilot.press("enter")
        await settled(pilot, lambda: len(app._notifications))
        assert app.screen is screen


async def test_who_speaks_to_whom_is_filtered_by_scene_and_leads_to_the_lines(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_bible(pilot, ready, settled)
        await pilot.press("alt+4")
        pane = screen.query_one(SpeechPane)
        await settled(pilot, lambda: pane.drawing.ties and pane.choices.has_focus)
        whole = len(pane.drawing.ties)
        await pilot.press("n", "n")
        assert pane.scene == 1
        await settled(pilot, lambda: 0 < len(pane.drawing.ties) < whole)
        await pilot.press("m")
        assert pane.drawing.has_matrix
        await pilot.press("enter", "enter")
        await settled(pilot, lambda: isinstance(app.screen, WriteScreen))
        write = app.screen
        assert isinstance(write, WriteScreen)
        file = book / "manuscript" / "02-a-number-of-bags.md"
        await settled(pilot, lambda: write.text_pane.file == file)


async def test_the_timeline_has_scenes_and_events_in_order_and_leads_to_them(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_bible(pilot, ready, settled)
        await pilot.press("alt+5")
        await settled(pilot, lambda: screen.timeline.option_count)
        text = "\n".join(screen.timeline.plain)
        order = ["Before the book", "The lorry goes out", "The Blank Column", "Una tests the beam"]
        places = [text.index(words) for words in order]
        assert places == sorted(places)
        assert "Monday 5 November 2012, morning" in text
        screen.timeline.point_at("scene 3")
        await pilot.press("enter")
        await at_words(app, pilot, settled, book / "manuscript" / "04-the-loft.md", "“Shoes,”")


async def test_a_book_without_a_bible_says_what_to_do(
    tmp_path: Path, ready: Any, settled: Any
) -> None:
    root = tmp_path / "bare"
    root.mkdir()
    (root / "one.md").write_text("It rained.\n", "utf-8")
    with Studio(root) as studio:
        app = InkstandApp(studio, root)
        async with app.run_test(size=(120, 40)) as pilot:
            await settled(pilot, lambda: app.write_screen and app.write_screen.text_pane.file)
            await pilot.press("f3")
            screen = app.screen
            assert isinstance(screen, BibleScreen)
            await settled(pilot, lambda: screen.text)
            assert screen.has_class("-empty")
            await pilot.press("alt+4", "n", "m", "enter", "alt+5", "enter", "alt+1", "enter", "o")


PAGE = """---
name: Ada Marsh
aliases: [Ada]
role: the one who waits
appearance: Grey eyes, a long coat.
---

She counts boats.
"""
SCENES = {
    "01-the-ferry.md": """---
title: The Ferry
when: Monday, morning
place: The landing
---
Ada Marsh stood on the landing. Her eyes were grey.

“Is it late?” said Ada to Tom Reed.

“It is late,” said Tom to Ada.

“Then we walk,” said Ada to Tom.
""",
    "02-the-road.md": """---
title: The Road
when: Monday, noon
---
Tom Reed walked ahead. Bess Hale came behind with Ada Marsh.

“Wait for us,” said Bess to Tom.

“I am waiting,” said Tom to Bess.
""",
}


@pytest.fixture
def plain_book(tmp_path: Path) -> Path:
    """A book that says everything so plainly that no better Reader reads it otherwise."""
    root = tmp_path / "plain"
    (root / "manuscript").mkdir(parents=True)
    (root / "bible" / "characters").mkdir(parents=True)
    (root / "inkstand.toml").write_text('title = "The Ferry"\n', "utf-8")
    (root / "bible" / "characters" / "ada-marsh.md").write_text(PAGE, "utf-8")
    for name, text in SCENES.items():
        (root / "manuscript" / name).write_text(text, "utf-8")
    return root


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_how_it_looks(
    plain_book: Path, ready: Any, settled: Any, snapshot: Any, size: tuple[int, int]
) -> None:
    with Studio(plain_book) as studio:
        app = InkstandApp(studio, plain_book)
        async with app.run_test(size=size) as pilot:
            screen = await open_bible(pilot, ready, settled)
            await to_page(pilot, screen, settled, "bible/characters/ada-marsh.md")
            snapshot(app, "bible")
            await pilot.press("alt+4")
            pane = screen.query_one(SpeechPane)
            await settled(pilot, lambda: pane.drawing.ties and pane.choices.key)
            await pilot.pause()
            snapshot(app, "bible-speech")
            await pilot.press("alt+5")
            await pilot.pause()
            snapshot(app, "bible-timeline")
