"""Where the cursor is in a scene that is opened: where one left off, or where its text begins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from inkstand.remembered import Remembered
from inkstand.studio import Studio
from inkstand.tui.app import InkstandApp
from inkstand.tui.editor.buffer import Buffer
from inkstand.tui.editor.motions import below_headings
from inkstand.tui.navigator.pane import Navigator


def test_a_text_begins_below_its_headings() -> None:
    text = "\n# One\n\n## Two\n\nIt rained.\n"
    assert below_headings(Buffer(text), 0) == text.index("It rained")
    assert below_headings(Buffer(text), text.index("rained")) == text.index("rained")
    assert below_headings(Buffer("# Only this"), 0) == len("# Only this")
    assert below_headings(Buffer("# Only this\n\n"), 0) == len("# Only this\n\n")
    assert below_headings(Buffer(""), 0) == 0


async def test_a_scene_opens_where_the_writer_left_off_also_at_the_next_start(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    loft, first = "04-the-loft.md", "01-the-blank-column.md"
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        screen = app.write_screen
        assert screen is not None
        pane, editor = screen.text_pane, screen.text_pane.editor
        assert editor.text[editor.cursor :].startswith("The door of the weighbridge house")
        await pilot.press("down", "down", "down")
        left = editor.cursor
        await pilot.click(Navigator, offset=(6, 3))
        await settled(pilot, lambda: pane.file and pane.file.name == loft)
        await settled(pilot, lambda: not editor.text[: editor.cursor].strip().endswith("---"))
        await pilot.press("ctrl+end")
        end = editor.cursor
        await pilot.click(Navigator, offset=(6, 0))
        await settled(pilot, lambda: pane.file and pane.file.name == first)
        await settled(pilot, lambda: editor.cursor == left)
        await pilot.press("down")
        left = editor.cursor
        await app.action_quit()
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        screen = app.write_screen
        assert screen is not None
        pane, editor = screen.text_pane, screen.text_pane.editor
        assert (pane.file, editor.cursor) == (book / "manuscript" / first, left)
        await pilot.click(Navigator, offset=(6, 3))
        await settled(pilot, lambda: pane.file and pane.file.name == loft)
        await settled(pilot, lambda: editor.cursor == end)


def test_places_are_kept_by_book_and_the_oldest_are_forgotten(tmp_path: Path) -> None:
    remembered = Remembered(tmp_path / "state.json")
    remembered.keep_book("a", "A", places={"one": 5, "two": 6})
    remembered.keep_book("a", "A", places={"one": 7})
    remembered.keep_book("b", "B", places={str(number): number for number in range(2_000)})
    by_path = {book.path: book.places for book in remembered.load().books}
    assert by_path["a"] == {"two": 6, "one": 7}
    assert list(by_path["b"].values()) == list(range(1_000, 2_000))
