"""The navigator: what it lists, where it leads, and how it moves scenes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from inkstand.studio import Studio
from inkstand.tui.app import InkstandApp
from inkstand.tui.asking import AskLine
from inkstand.tui.navigator.pane import Navigator
from inkstand.tui.navigator.rows import NavigatorRow, rows, short
from inkstand.tui.screens.write import WriteScreen


def rows_of(root: Path, closed: frozenset[str] = frozenset()) -> list[NavigatorRow]:
    with Studio(root) as studio:
        desk = studio.desk()
        return rows(desk.status(), desk.bible.entries(), closed)


def told(found: list[NavigatorRow]) -> list[str]:
    return [f"{'  ' * row.depth}{row.label}|{row.right}" for row in found]


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    """A book with parts, chapters of several scenes, and a file that holds nothing yet."""
    root = tmp_path / "parts"
    texts = {
        "01-part-one/01-arrival.md": "# Arrival\n\nAda came home.\n\n* * *\n\nBo left.\n",
        "01-part-one/02-letters.md": "---\ntitle: Letters\n---\nFour words are here.\n",
        "01-part-one/03-the-ferry.md": "---\ntitle: The Ferry\n---\n",
        "02-part-two/01-rain.md": "---\ntitle: 04 Rain\n---\nRain.\n",
    }
    for name, text in texts.items():
        path = root / "manuscript" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (root / "inkstand.toml").write_text('title = "Parts"\n', encoding="utf-8")
    return root


def test_parts_chapters_and_scenes_have_their_words_and_numbers(parts: Path) -> None:
    assert told(rows_of(parts)) == [
        "Part one|9",
        "  01 Arrival|5",
        "    Scene 1|3",
        "    Scene 2|2",
        "  02 Letters|4",
        "  03 The ferry|0",
        "Part two|1",
        "  04 Rain|1",
    ]


def test_what_is_below_a_closed_part_is_left_out_and_the_numbers_stay(parts: Path) -> None:
    key = rows_of(parts)[0].key
    assert told(rows_of(parts, frozenset({key}))) == ["Part one|9", "Part two|1", "  04 Rain|1"]


@pytest.mark.parametrize(
    ("words", "shown"),
    [(0, "0"), (999, "999"), (1_000, "1.0k"), (9_949, "9.9k"), (9_950, "10k"), (999_499, "999k")],
)
def test_words_take_four_characters_at_most(words: int, shown: str) -> None:
    assert short(words) == shown


async def test_enter_opens_a_scene_at_its_place(parts: Path, ready: Any, settled: Any) -> None:
    with Studio(parts) as studio:
        (parts / "bible" / "characters").mkdir(parents=True)
        (parts / "bible" / "characters" / "ada.md").write_text("---\nname: Ada\n---\n", "utf-8")
        app = InkstandApp(studio, parts)
        async with app.run_test(size=(120, 40)) as pilot:
            await ready(pilot)
            screen = app.screen
            assert isinstance(screen, WriteScreen)
            await pilot.press("alt+1", "home", "down", "down", "down", "enter")
            editor = screen.text_pane.editor
            await settled(pilot, lambda: editor.text[editor.cursor :].startswith("Bo left"))
            assert screen.text_pane.has_focus_within
            await pilot.press("alt+1", "end", "enter")
            await settled(pilot, lambda: editor.file and editor.file.name == "ada.md")


async def test_a_click_opens_a_scene_and_folds_a_part(
    parts: Path, studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        screen = app.screen
        assert isinstance(screen, WriteScreen)
        await pilot.click(Navigator, offset=(6, 3))
        loft = book / "manuscript" / "04-the-loft.md"
        await settled(pilot, lambda: screen.text_pane.file == loft)
        before = len(screen.navigator._rows)
        people = next(
            place for place, row in enumerate(screen.navigator._rows) if row.label == "People"
        )
        await pilot.click(Navigator, offset=(3, people))
        assert len(screen.navigator._rows) == before - 6


async def test_keys_move_a_scene_and_the_cursor_stays_on_it(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("X")
        await pilot.press("alt+1", "home", "alt+down")

        def labels() -> list[str]:
            assert app.status is not None
            return [scene.label for scene in app.status.count.scenes][:2]

        await settled(pilot, lambda: labels() == ["A Number of Bags", "The Blank Column"])
        screen = app.screen
        assert isinstance(screen, WriteScreen)
        row = screen.navigator._row
        assert row is not None
        assert row.label == "02 The Blank Column"
        moved = (book / "manuscript" / "01-the-blank-column.md").read_text("utf-8")
        assert "order: 1.5" in moved
        assert "XThe door of the weighbridge" in moved
        await settled(pilot, lambda: screen.text_pane.editor.text == moved)


async def test_a_scene_that_cannot_be_moved_says_so(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("alt+1", "home", "alt+up")
        await settled(pilot, lambda: app._notifications)
        assert "first scene" in next(iter(app._notifications)).message


async def test_a_new_scene_is_made_after_the_one_under_the_cursor(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        screen = app.screen
        assert isinstance(screen, WriteScreen)
        await pilot.press("alt+1", "home", "n")
        await settled(pilot, lambda: isinstance(app.screen, AskLine))
        await pilot.press(*"The Tide", "enter")
        made = book / "manuscript" / "07-the-tide.md"
        await settled(pilot, lambda: screen.text_pane.file == made)
        await settled(pilot, lambda: screen.text_pane.has_focus_within)
        await pilot.press(*"Low water")
        await app.keep_everything()
        text = made.read_text("utf-8")
        assert "title: The Tide" in text
        assert text.endswith("---\n\nLow water")
        await settled(
            pilot,
            lambda: (
                app.status and [each.label for each in app.status.count.scenes][1] == "The Tide"
            ),
        )


async def test_what_another_program_writes_is_counted(
    studio: Studio, book: Path, ready: Any, settled: Any
) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        (book / "manuscript" / "07-new.md").write_text("Three words more.\n", encoding="utf-8")
        await settled(pilot, lambda: app.status and app.status.count.words == 6_343)


async def test_text_that_is_not_saved_is_marked(studio: Studio, book: Path, ready: Any) -> None:
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        screen = app.screen
        assert isinstance(screen, WriteScreen)
        await pilot.press("X")
        await pilot.pause()
        assert screen.navigator._unsaved == {"manuscript/01-the-blank-column.md"}
        await pilot.press("ctrl+s")
